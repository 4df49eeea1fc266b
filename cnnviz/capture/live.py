"""The recognizer at work in its window."""

from __future__ import annotations

import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

import cv2

from cnnviz.capture.camera import Camera, check_camera, open_camera
from cnnviz.capture.captured import CapturedCamera
from cnnviz.capture.display import check_display
from cnnviz.capture.framecode import stamp
from cnnviz.capture.overlay import SCALE, draw_sight
from cnnviz.capture.provenance import Provenance
from cnnviz.capture.recorder import Recorder
from cnnviz.capture.shown import Shown
from cnnviz.capture.window import ESCAPE, WINDOW, Window
from cnnviz.errors import StudioError, shown_path
from cnnviz.files import replacing
from cnnviz.pixels import Picture
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.finding import MODES, check_mode
from cnnviz.recognizer.recognizer import Recognizer, Sight
from cnnviz.recognizer.weights import WEIGHTS, weights_digest

__all__ = ["SCALE", "WINDOW", "LiveSession", "live", "until_interrupted"]

_FROZEN_WAIT_MS = 30
_RATE_OVER = 30  # pictures


class LiveSession:
    """Camera, recognizer and window, one frame after another.

    Parameters
    ----------
    camera, recognizer
        Where frames come from, and what looks at them.
    on_shown
        Called with every picture after it was painted.
    on_record_key
        Called when the record key is pressed; gives back whether a capture runs now.
    snapshots
        The folder for the snapshot key's pictures.
    window
        Where pictures are shown, if not on the screen.
    """

    def __init__(
        self,
        camera: Camera,
        recognizer: Recognizer,
        *,
        on_shown: Callable[[Shown], None] | None = None,
        on_record_key: Callable[[], bool] | None = None,
        snapshots: Path,
        window: Window | None = None,
    ) -> None:
        self.recording = False
        """Whether the pictures say that they are being recorded."""
        self._camera = camera
        self._recognizer = recognizer
        self._on_shown = on_shown
        self._on_record_key = on_record_key
        self._snapshots = snapshots
        self._window = window or Window()
        self._rate = _Rate()
        self._frozen = False
        self._number = 0

    def run(self, stop: Callable[[], bool]) -> None:
        """Show frames until the quit key, the file's end, a closed window, or `stop()` is true.

        The window is gone afterwards; the camera stays open.

        Raises
        ------
        UserError
            There is no screen.
        StudioError
            The camera was lost.
        """
        self._frozen = False
        self._rate.restart()
        try:
            self._window.open()
            while not stop():
                frame = self._camera.read()
                if frame is None or not self._present(frame, stop):
                    return
        finally:
            self._window.close()

    def _present(self, frame: Picture, stop: Callable[[], bool]) -> bool:
        """Look at `frame` and show it, for as long as it is frozen; whether to go on."""
        sight = self._look(frame)
        self._rate.count()
        while True:
            recording = self.recording
            picture = self._paint(frame, sight)
            key = self._window.key()
            if not self._window.is_open:
                return False
            if self._on_shown:
                self._on_shown(Shown(self._number, time.monotonic(), sight, frame))
            while key is None and self._still(recording) and not stop():
                key = self._window.key(_FROZEN_WAIT_MS)
            if key in ("q", ESCAPE) or not self._window.is_open:
                return False
            self._obey(key, picture)
            if not self._frozen or stop():
                return True
            if sight.mode != self._recognizer.mode:
                sight = self._look(frame)

    def _still(self, recording: bool) -> bool:
        """Whether the picture that was painted while `recording` goes on to be right."""
        return self._frozen and self._window.is_open and recording == self.recording

    def _look(self, frame: Picture) -> Sight:
        self._number += 1
        return self._recognizer.look(frame)

    def _paint(self, frame: Picture, sight: Sight) -> Picture:
        picture = draw_sight(
            frame,
            sight,
            rate=self._rate.value,
            camera=self._camera,
            frozen=self._frozen,
            recording=self.recording,
        )
        self._window.show(stamp(picture, self._number))
        return picture

    def _obey(self, key: str | None, picture: Picture) -> None:
        if key == " ":
            self._frozen = not self._frozen
            self._rate.restart()
        elif key == "m":
            following = MODES.index(self._recognizer.mode) + 1
            self._recognizer.mode = MODES[following % len(MODES)]
        elif key == "s":
            self._save(picture)
        elif key == "r" and self._on_record_key:
            self.recording = self._on_record_key()

    def _save(self, picture: Picture) -> None:
        """Write a snapshot; a failure is said and no reason to end."""
        name = f"{datetime.now():%Y-%m-%d-%H%M%S-%f}"[:-3]
        path = self._snapshots / f"snapshot-{name}.png"
        with _told():
            write_png(picture, path)
            print(f"snapshot: {shown_path(path)}", flush=True)


class Takes:
    """What the record key begins and ends, each in a file of its own, named by date and time.

    What goes wrong with a capture is said, and is no reason for the window to close.

    Parameters
    ----------
    folder
        For the files.
    provenance
        Asked at each beginning what is recorded.
    """

    def __init__(self, folder: Path, provenance: Callable[[], Provenance]) -> None:
        self._folder = folder
        self._provenance = provenance
        self._recorder: Recorder | None = None

    def toggle(self) -> bool:
        """Begin a capture, or end the one that runs; whether one runs now."""
        if self._recorder is not None:
            self.finish()
        else:
            self._begin()
        return self._recorder is not None

    def _begin(self) -> None:
        out = self._folder / f"demo-{datetime.now():%Y%m%d-%H%M%S}.mp4"
        recorder = Recorder(out, WINDOW, self._provenance(), scale=SCALE)
        with _told():
            recorder.start()
            self._recorder = recorder
            print(f"recording into {shown_path(out)}", flush=True)

    def shown(self, shown: Shown) -> None:
        """Tell a running capture what the window shows."""
        if self._recorder is not None:
            self._recorder.shown(shown)

    @property
    def broken_off(self) -> bool:
        """Whether a capture ended by itself, as on a full disk."""
        return self._recorder is not None and self._recorder.done

    def finish(self) -> None:
        """End the capture that runs, if any, and say where it is."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            with _told():
                capture = recorder.finish()
                print(f"{shown_path(capture.video)}: {capture.seconds:.1f} s", flush=True)


@contextmanager
def _told() -> Iterator[None]:
    """Say a failure on standard error, in one line, and go on."""
    try:
        yield
    except StudioError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)


class _Rate:
    """Pictures a second, over the last ones."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_RATE_OVER)

    def restart(self) -> None:
        self._times.clear()

    def count(self) -> None:
        self._times.append(time.monotonic())

    @property
    def value(self) -> float:
        """0 where there were too few to say."""
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(1e-6, self._times[-1] - self._times[0])


def write_png(picture: Picture, path: Path) -> None:
    """Write `picture`, BGR (H, W, 3), to `path`, whole or not at all."""
    _, data = cv2.imencode(".png", picture)
    with replacing(path) as temporary:
        temporary.write_bytes(data.tobytes())


HANG_UP: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""What a program gets when its terminal is closed; Windows has none."""


@contextmanager
def until_interrupted() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether there was a Ctrl-C, a polite kill, or a closed terminal.

    So work ends after the present frame instead of anywhere. The second one interrupts as usual,
    but for a closed terminal, of which shell and system both tell.
    """
    interrupted = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted and number != HANG_UP:
            raise KeyboardInterrupt
        interrupted = True

    heard = [signal.SIGINT, signal.SIGTERM]
    if HANG_UP is not None and signal.getsignal(HANG_UP) != signal.SIG_IGN:  # as under nohup
        heard.append(HANG_UP)
    before = {number: signal.signal(number, note) for number in heard}
    try:
        yield lambda: interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def live(camera: str, mode: str, weights: Path | None, recordings: Path) -> None:
    """Show the recognizer at work in its window, until q, Ctrl-C or the camera's end.

    Parameters
    ----------
    camera
        A camera's number, a video file, or `simulated`.
    mode
        `auto-detect` or `full-frame`, to begin with.
    weights
        Of the network; the ones that come with the project if None.
    recordings
        Folder for what the record key records; snapshots go into its folder `snapshots`.

    Raises
    ------
    UserError
        No such mode or camera, no weights, or no screen.
    StudioError
        The camera was lost.
    """
    check_mode(mode)
    check_camera(camera)
    weights = weights or WEIGHTS
    weights_digest(weights)
    check_display()
    classifier = Classifier(weights)
    recognizer = Recognizer(classifier, mode)
    with closing(open_camera(camera)) as source, until_interrupted() as interrupted:
        facts = CapturedCamera(source.name, source.simulated, source.credit)
        takes = Takes(recordings, lambda: Provenance(facts, recognizer.mode, classifier.digest))
        session = LiveSession(
            source,
            recognizer,
            on_shown=takes.shown,
            on_record_key=takes.toggle,
            snapshots=recordings / "snapshots",
        )

        def over() -> bool:
            if takes.broken_off:
                session.recording = takes.toggle()
            return interrupted()

        try:
            session.run(over)
        finally:
            takes.finish()
