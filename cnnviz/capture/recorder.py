"""Records the recognizer's window while it runs: the screen into an MP4, what was seen beside it.

Three threads share the work. The one that shows the window tells what it has shown; the grabber
takes pictures of the screen at a constant rate, and learns from the number in each what it is; the
writer encodes them. Where a picture comes late or cannot be read, the one before it is repeated, so
the video's time is the clock's time.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Full, Queue
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cnnviz.capture.captured import Capture, CaptureFrame, Rates
from cnnviz.capture.film import CaptureFilm
from cnnviz.capture.framecode import read_number
from cnnviz.capture.moments import MomentFinder
from cnnviz.capture.provenance import Provenance, captured_card, in_utc, versions
from cnnviz.capture.screen import Screen
from cnnviz.capture.sidecar import sidecar_text
from cnnviz.capture.told import Told
from cnnviz.errors import StudioError
from cnnviz.evidence_files import sidecar_path
from cnnviz.files import file_digest, replacing
from cnnviz.media.container import writing_mp4
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture

if TYPE_CHECKING:
    from cnnviz.capture.shown import Shown
    from cnnviz.recognizer.recognizer import Sight

__all__ = ["FPS", "Recorder"]

FPS = 30

_WAITING = 8  # grabbed pictures between grabber and writer, 2 MB each
_BLIND = 10.0  # seconds after which a window that cannot be read is given up
_AGAIN = 0.002  # seconds between two attempts at one picture
_LATE = 0.5  # of a frame, in which a new picture is waited for


@dataclass(frozen=True, eq=False)
class _Grabbed:
    """A picture of the window, for the frame `slot` of the video."""

    slot: int
    picture: Picture
    number: int
    sight: Sight


class _AbandonedError(Exception):
    """What ends the writer when nothing is to be kept."""


class Recorder:
    """Records a window into `out` and the sidecar beside it.

    Both files appear, whole, when the capture is finished, the sidecar last; older ones stay
    until then. In a `with` block it is finished at the end, on Ctrl-C, and when camera or screen
    are lost; any other exception abandons it.

    Parameters
    ----------
    out
        The MP4 file.
    window
        Title of the OpenCV window, whose picture carries a number (`framecode.stamp`).
    provenance
        What is recorded.
    size
        Width and height of the window's picture, in pixels.
    scale
        Window pixels to one pixel of the camera.
    seconds
        How long to record at most, from the first picture on; without end if None.

    Examples
    --------
    >>> with Recorder(out, WINDOW, provenance) as recorder:  # doctest: +SKIP
    ...     LiveSession(camera, recognizer, on_shown=recorder.shown).run(lambda: recorder.done)
    >>> recorder.capture.moments  # doctest: +SKIP
    """

    def __init__(
        self,
        out: Path,
        window: str,
        provenance: Provenance,
        *,
        size: tuple[int, int] = (960, 720),
        scale: float = 1.5,
        seconds: float | None = None,
    ) -> None:
        self.out = out
        self._window = window
        self._provenance = provenance
        self._scale = scale
        self._quality = Quality("capture", *size, FPS)
        self._limit = None if seconds is None else max(1, round(seconds * FPS))
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="recorder")
        self._grabber: Future[None] | None = None
        self._writer: Future[None] | None = None
        self._writing = threading.Event()
        self._stop = threading.Event()
        self._abandoned = False
        self._pictures: Queue[_Grabbed | int | None] = Queue(_WAITING)
        self._told = Told(window, self._stop.is_set)
        self._shown_rate = 0.0
        self._grabbed = 0
        self._frames: list[CaptureFrame] = []
        self._moments = MomentFinder(kept=-(-FPS // 2))
        self._capture: Capture | None = None

    @property
    def done(self) -> bool:
        """Whether there is nothing more to record: the time is over, or something failed."""
        return any(work is not None and work.done() for work in (self._grabber, self._writer))

    @property
    def seconds(self) -> float:
        """How long the video is so far."""
        return len(self._frames) / FPS

    @property
    def capture(self) -> Capture:
        """What was recorded, once it is finished.

        Raises
        ------
        ValueError
            It is not.
        """
        if self._capture is None:
            raise ValueError(f"{self.out} is not finished")
        return self._capture

    def start(self) -> None:
        """Open the files, and begin with the next picture that the window shows.

        Raises
        ------
        UserError
            The folder cannot be written to.
        StudioError
            The disk is full, or the encoder does not start.
        """
        self._started = datetime.now(UTC)
        self._writer = self._threads.submit(self._write)
        self._writer.add_done_callback(lambda _: self._writing.set())
        self._writing.wait()
        if self._writer.done():
            self._threads.shutdown()
            self._writer.result()
        self._grabber = self._threads.submit(self._grab)

    def shown(self, shown: Shown) -> None:
        """Take notice of what the window shows now; called by the thread that shows it."""
        self._told.tell(shown)

    def finish(self) -> Capture:
        """End the capture and put the two files in their places.

        Raises
        ------
        StudioError
            Nothing was recorded, the window could not be read, or the disk is full.
        """
        self._stop.set()
        self._threads.shutdown()
        for work in (self._grabber, self._writer):
            if work is not None:
                work.result()
        return self.capture

    def abandon(self) -> None:
        """End the capture and keep nothing."""
        self._abandoned = True
        self._stop.set()
        self._threads.shutdown()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.finish()
        elif issubclass(kind, (KeyboardInterrupt, StudioError)):
            with suppress(StudioError):  # the first error counts
                self.finish()
        else:
            self.abandon()

    # The grabber

    def _grab(self) -> None:
        """Fill the queue with pictures, and at last the number of frames; None for a failure."""
        frames = None
        try:
            with Screen((self._quality.width, self._quality.height)) as screen:
                frames = self._grab_from(screen)
        finally:
            self._end(None if self._abandoned else frames)

    def _grab_from(self, screen: Screen) -> int:
        """Give the writer a picture for every frame, in time; returns how many frames there are."""
        last = self._first(screen)
        if last is None:
            return 0
        begin, before = time.monotonic(), self._told.clock
        self._pictures.put(last)
        slot = 0
        while not self._stop.wait(max(0.0, begin + (slot + 1) / FPS - time.monotonic())):
            slot = max(slot + 1, int((time.monotonic() - begin) * FPS))
            if self._limit is not None and slot >= self._limit:
                break
            grabbed = self._fresh(screen, slot, begin + slot / FPS, last)
            if grabbed is not None:
                last = grabbed
                with suppress(Full):  # the writer is behind, and repeats the picture before
                    self._pictures.put_nowait(grabbed)
        self._shown_rate = self._told.rate_since(before)
        # What comes after the last picture that could be read, the window's end, is not wanted.
        return self._limit if self._limit is not None and slot >= self._limit else last.slot + 1

    def _fresh(self, screen: Screen, slot: int, due: float, last: _Grabbed) -> _Grabbed | None:
        """The window's picture for `slot`, which begins at `due`; None if none can be read.

        A camera's picture comes now a little before, now a little after `due`. One that is a
        little late is waited for: otherwise pictures would be doubled and left out by turns.
        """
        grabbed = self._look(screen, slot, due + 1 / FPS)
        if grabbed is None or grabbed.number != last.number:
            return grabbed
        newer = self._told.is_newer(last.number, max(0.0, due + _LATE / FPS - time.monotonic()))
        return (self._look(screen, slot, due + 1 / FPS) or grabbed) if newer else grabbed

    def _first(self, screen: Screen) -> _Grabbed | None:
        """The first picture that can be read; None if the capture is ended before."""
        since = None
        while not self._stop.wait(_AGAIN):
            grabbed = self._look(screen, 0, time.monotonic())
            if grabbed is not None:
                return grabbed
            if since is None and self._told.clock[0]:
                since = time.monotonic()
            if since is not None and time.monotonic() - since > _BLIND:
                raise StudioError(
                    f"the window “{self._window}” cannot be read from the screen",
                    hint="leave it uncovered; under Wayland, unset DISPLAY for a virtual screen",
                )
        return None

    def _look(self, screen: Screen, slot: int, until: float) -> _Grabbed | None:
        """The window's picture, if one can be read before `until`; tried once at least."""
        while True:
            region = self._told.region
            picture = None if region is None else screen.grab(region)
            number = None if picture is None else read_number(picture)
            sight = None if number is None else self._told.sight(number)
            if picture is not None and number is not None and sight is not None:
                return _Grabbed(slot, picture, number, sight)
            if time.monotonic() + _AGAIN >= until or self._stop.wait(_AGAIN):
                return None

    def _end(self, frames: int | None) -> None:
        """Tell the writer, if it still works, that the capture has `frames` frames."""
        while self._writer is not None and not self._writer.done():
            with suppress(Full):
                self._pictures.put(frames, timeout=0.1)
                return

    # The writer

    def _write(self) -> None:
        sidecar = sidecar_path(self.out)
        with (
            suppress(_AbandonedError),
            replacing(sidecar) as new_sidecar,
            writing_mp4(self.out) as new_video,
        ):
            with CaptureFilm(new_video, self._quality) as film:
                self._writing.set()
                self._write_pictures(film)
            self._capture = self._described(new_video)
            # On the disk before the video gets its name: between the two, nothing is left to fail.
            with new_sidecar.open("w", encoding="utf-8") as file:
                file.write(sidecar_text(self._capture))
                file.flush()
                os.fsync(file.fileno())

    def _write_pictures(self, film: CaptureFilm) -> None:
        last: _Grabbed | None = None
        while True:
            item = self._pictures.get()
            if item is None:
                raise _AbandonedError
            if last is not None:
                self._append(film, last, (item if isinstance(item, int) else item.slot))
            if isinstance(item, int):
                break
            self._grabbed += last is None or item.number != last.number
            self._append(film, item, item.slot + 1)
            last = item
        if last is None:
            raise StudioError(
                f"nothing is recorded: “{self._window}” closed before its first picture"
            )

    def _append(self, film: CaptureFilm, grabbed: _Grabbed, until: int) -> None:
        """Write `grabbed` until the video has `until` frames."""
        frames = range(film.frames, until)
        if not frames:
            return
        film.write(grabbed.picture, len(frames))
        sight = grabbed.sight
        cards = tuple(captured_card(card) for card in sight.cards)
        for frame in frames:
            self._frames.append(CaptureFrame(frame / FPS, grabbed.number, sight.mode, cards))
            self._moments.add(sight.mode, cards, sight.cut_outs)

    def _described(self, video: Path) -> Capture:
        seconds = len(self._frames) / FPS
        return Capture(
            video=self.out,
            video_sha256=file_digest(video),
            fps=FPS,
            size=(self._quality.width, self._quality.height),
            scale=self._scale,
            recorded_at=in_utc(self._started),
            seconds=seconds,
            camera=self._provenance.camera,
            mode=self._provenance.mode,
            weights_sha256=self._provenance.weights_sha256,
            versions=versions(),
            rates=Rates(shown=self._shown_rate, grabbed=self._grabbed / seconds),
            frames=tuple(self._frames),
            moments=self._moments.moments,
        )
