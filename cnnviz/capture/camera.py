"""Where frames come from: a camera by its number, a video file, or the simulated camera."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from cnnviz.capture.simulated import SimulatedCamera
from cnnviz.capture.video_file import decoded, told_rate
from cnnviz.errors import StudioError, UserError
from cnnviz.files import media_name
from cnnviz.pixels import Picture, require_shape
from cnnviz.recognizer.frames import FRAMES_PER_SECOND, HEIGHT, WIDTH, Pace, fitted

__all__ = ["SIMULATED", "Camera", "check_camera", "open_camera"]

SIMULATED = "simulated"

_OTHERS = f"try another number, or --camera {SIMULATED}"
_ATTEMPTS, _PAUSE_SECONDS = 5, 0.05
_SLOWEST, _FASTEST = 1.0, 240.0  # frames a second that a file may claim


class Camera(Protocol):
    """Something that gives frames, BGR (480, 640, 3), at its own rate.

    `name` is how a person calls it; `simulated` whether its frames are made up; `credit` whom its
    pictures are owed to; `fps` its frames a second.
    """

    @property
    def name(self) -> str: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def credit(self) -> str | None: ...
    @property
    def fps(self) -> float: ...

    def read(self) -> Picture | None:
        """The next frame, as soon as it is there; None after a file's last.

        Raises
        ------
        StudioError
            The camera was lost.
        """

    def close(self) -> None:
        """Release the device or the file."""


def check_camera(which: str) -> None:
    """See, without opening anything, whether `which` can be the name of a camera.

    Raises
    ------
    UserError
        It is neither a number nor `simulated` nor a file that may be a video.
    """
    if which == SIMULATED or _is_number(which):
        return
    if not Path(which).is_file():
        raise UserError(
            f"there is no camera or file “{which}”",
            hint=f"--camera takes a number (0 is the first), a video file or {SIMULATED}",
        )
    _be_quiet()
    if cv2.haveImageReader(which):
        raise UserError("a picture, where a video is needed", file=which)


def _is_number(which: str) -> bool:
    return re.fullmatch(r"[0-9]{1,2}", which) is not None


def open_camera(which: str, *, paced: bool = True) -> Camera:
    """The camera called `which`.

    Parameters
    ----------
    which
        A camera's number, the path of a video file, or `simulated`.
    paced
        Whether files and the simulated camera keep to their rate, as a camera does by itself;
        otherwise they give frames as fast as they are read.

    Raises
    ------
    UserError
        There is no such camera or file, or it gives no picture.
    """
    check_camera(which)
    if which == SIMULATED:
        return SimulatedCamera(paced=paced)
    _be_quiet()
    if _is_number(which):
        return _Device(int(which))
    return _File(Path(which), paced=paced)


def _be_quiet() -> None:
    """Keep OpenCV and its drivers from writing to the terminal: what fails is said by us, once."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; 10 look like a hang


class _Device:
    """A camera of this machine."""

    simulated = False
    credit: str | None = None

    def __init__(self, number: int) -> None:
        self.name = f"camera {number}"
        self._capture = cv2.VideoCapture(number)
        try:
            self.fps = self._set_up()
        except BaseException:
            self._capture.release()
            raise

    def _set_up(self) -> float:
        """Ask for size and rate, and see whether pictures come; frames a second."""
        if not self._capture.isOpened():
            raise UserError(f"there is no {self.name}", hint=_OTHERS)
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        self._capture.set(cv2.CAP_PROP_FPS, FRAMES_PER_SECOND)
        if self._attempt() is None:
            raise UserError(
                f"{self.name} gives no picture",
                hint=f"close other programs that use it, {_OTHERS}",
            )
        return _sensible(float(self._capture.get(cv2.CAP_PROP_FPS)))

    def read(self) -> Picture | None:
        picture = self._attempt()
        if picture is None:
            raise StudioError(f"{self.name} was lost", hint="is it still plugged in?")
        return picture

    def _attempt(self) -> Picture | None:
        """The next frame; single failures are common, several in a row mean that it is gone."""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE_SECONDS)
            there, picture = self._capture.read()
            if there:
                return fitted(np.asarray(picture, np.uint8))
        return None

    def close(self) -> None:
        self._capture.release()


class _File:
    """A video file, from its beginning to its end or to where it is damaged."""

    simulated = False
    credit: str | None = None

    def __init__(self, path: Path, *, paced: bool) -> None:
        self.name, self._path = path.name, path
        self._capture = cv2.VideoCapture(media_name(path), cv2.CAP_FFMPEG)
        self._by_libav: Iterator[Picture] | None = None
        self._next, rate = self._picture(), float(self._capture.get(cv2.CAP_PROP_FPS))
        if self._next is None:
            # OpenCV's own FFmpeg cannot decode everything; libav, as PyAV has it, does AV1, too.
            self._capture.release()
            self._by_libav, rate = decoded(path), told_rate(path)
            self._next = self._picture()
        if self._next is None:
            raise UserError("not a video that can be read", file=path)
        self.fps = _sensible(rate)
        self._pace = Pace(self.fps) if paced else None

    def read(self) -> Picture | None:
        picture = self._next
        if picture is None:
            return None
        if self._pace:
            self._pace.wait()
        self._next = self._picture()
        return picture

    def _picture(self) -> Picture | None:
        if self._by_libav is not None:
            picture = next(self._by_libav, None)
        else:
            there, read = self._capture.read()
            picture = np.asarray(read, np.uint8) if there else None
        if picture is None:
            return None
        require_shape(picture, self._path)
        return fitted(picture)

    def close(self) -> None:
        self._capture.release()


def _sensible(rate: float) -> float:
    """Frames a second as a camera or file says, or the usual ones where that is not sensible."""
    sensible = math.isfinite(rate) and _SLOWEST <= rate <= _FASTEST
    return rate if sensible else FRAMES_PER_SECOND
