"""The verb `record`: the live recognizer, captured into a file."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from cnnviz.capture.camera import Camera, check_camera, open_camera
from cnnviz.capture.captured import Capture, CapturedCamera
from cnnviz.capture.captured_window import CapturedWindow
from cnnviz.capture.display import display
from cnnviz.capture.live import SCALE, WINDOW, LiveSession, until_interrupted
from cnnviz.capture.provenance import Provenance
from cnnviz.capture.recorder import Recorder
from cnnviz.errors import UserError, shown_path
from cnnviz.evidence_files import sidecar_path
from cnnviz.progress import LINE_EVERY, Reporter
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.finding import check_mode
from cnnviz.recognizer.recognizer import Recognizer
from cnnviz.recognizer.weights import WEIGHTS, weights_digest

__all__ = ["provenance", "record"]


def record(
    camera: str,
    mode: str,
    seconds: float | None,
    out: Path | None,
    recordings: Path,
    weights: Path | None,
) -> Path:
    """Show the recognizer at work and record its window, until q, Ctrl-C or the camera's end.

    Where there is no screen, it runs on a virtual one.

    Parameters
    ----------
    camera
        A camera's number, a video file, or `simulated`.
    mode
        `auto-detect` or `full-frame`, to begin with.
    seconds
        How long to record at most; without end if None.
    out
        The MP4 file; named by date and time, in `recordings`, if None.
    recordings
        Folder of captures.
    weights
        Of the network; the ones that come with the project if None.

    Returns
    -------
    Path
        The MP4 file; its sidecar lies beside it.

    Raises
    ------
    UserError
        A wrong mode, name or length; no such camera, no weights; a folder that is not writable.
    StudioError
        The camera was lost, nothing could be recorded, the disk is full.
    """
    reporter = Reporter()
    check_mode(mode)
    check_camera(camera)
    out = _checked_out(out or recordings / f"demo-{datetime.now():%Y%m%d-%H%M%S}.mp4")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise UserError(f"{seconds:g} seconds cannot be recorded", hint="give more than 0")
    weights = weights or WEIGHTS
    weights_digest(weights)
    with ExitStack() as stack:
        stack.enter_context(display())
        opened = stack.enter_context(closing(open_camera(camera)))
        classifier = Classifier(weights)
        origin = provenance(opened, mode, classifier.digest)
        interrupted = stack.enter_context(until_interrupted())
        recorder = Recorder(out, WINDOW, origin, scale=SCALE, seconds=seconds)
        recognizer = Recognizer(classifier, mode)
        session = LiveSession(
            opened,
            recognizer,
            on_shown=recorder.shown,
            snapshots=recordings / "snapshots",
            window=CapturedWindow(),
        )
        session.recording = True
        reporter.line(f"recording into {shown_path(out)}; q in the window, or Ctrl-C, ends it")
        with recorder, _progress(reporter, recorder, seconds) as tell:

            def over() -> bool:
                tell()
                return interrupted() or recorder.done

            session.run(over)
    _report(reporter, recorder.capture)
    return out


def provenance(camera: Camera, mode: str, weights_sha256: str) -> Provenance:
    """What a capture of `camera` says about its origin."""
    facts = CapturedCamera(camera.name, camera.simulated, camera.credit)
    return Provenance(facts, mode, weights_sha256)


def _checked_out(out: Path) -> Path:
    """`out`, if a video can be written there."""
    if out.suffix.lower() != ".mp4":
        raise UserError(f"“{out.name}” is not the name of an MP4 file", hint="end --out in .mp4")
    if out.is_dir():
        raise UserError("a folder, where a file is needed", file=out)
    folder = next(each for each in out.absolute().parents if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        wrong = "not writable" if folder.is_dir() else "not a folder"
        raise UserError(wrong, file=folder, hint="choose another place with --out")
    return out


@contextmanager
def _progress(
    reporter: Reporter, recorder: Recorder, seconds: float | None
) -> Iterator[Callable[[], None]]:
    """Give a function that tells now and then how far the capture is."""
    if seconds is not None:
        with reporter.bar("recording", round(seconds), "s") as move:
            yield lambda: move(int(recorder.seconds))
        return
    last = time.monotonic()

    def tell() -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            reporter.line(f"recording: {recorder.seconds:.0f} s")

    yield tell


def _report(reporter: Reporter, capture: Capture) -> None:
    cards = sorted({moment.label for moment in capture.moments})
    named = f": {', '.join(cards)}" if cards else ""
    reporter.line(
        f"{shown_path(capture.video)} and {sidecar_path(capture.video).name}: "
        f"{capture.seconds:.1f} s, {capture.rates.shown:.0f} pictures a second, "
        f"cards recognized: {len(cards)}{named}"
    )
