"""Looking through a finished film for stretches in which there is nothing to be seen.

Only keyframes are decoded, of which there are two a second: a film of nine minutes in 1080p60 takes
six seconds on two cores. Around black ones all frames are, so that a black stretch is measured to
the frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from cnnviz.media.decode import damaged, open_film, read_frames

__all__ = ["Stretch", "Watched", "watch"]

_Grey = npt.NDArray[np.uint8]

_WIDTH = 480
"""Pictures are averaged to about so many pixels: the encoder's noise is gone, a digit is not."""
_SAME = 4
"""Levels by which no averaged pixel of a still picture differs: encoding one anew adds 1 or 2."""
_BLACK = 24
"""The brightest level of a black picture, where 16 is black and the film's own ground 34."""
_BLACK_RGB = round((_BLACK - 16) * 255 / 219)


@dataclass(frozen=True)
class Stretch:
    """A part of a film, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class Watched:
    """The `black` stretches of a film, and those in which it is `still` for at least two keyframes.

    A still stretch is measured from keyframe to keyframe, up to half a second too short at either
    end.
    """

    black: tuple[Stretch, ...]
    still: tuple[Stretch, ...]


@dataclass(frozen=True)
class _Keyframe:
    """The frame `index`; `same` tells whether it looks as the first one of a still stretch."""

    index: int
    black: bool
    same: bool


def watch(path: Path, fps: int, frames: int) -> Watched:
    """Where the film at `path`, of so many `frames`, shows nothing or does not move.

    Raises
    ------
    StudioError
        It is damaged.
    """
    keyframes = list(_keyframes(path, fps))
    black = [
        _black_stretch(path, keyframes, run, frames, fps)
        for run in _runs([keyframe.black for keyframe in keyframes])
    ]
    still = [
        Stretch(keyframes[run.start - 1].index / fps, keyframes[run.stop - 1].index / fps)
        for run in _runs([keyframe.same for keyframe in keyframes])
    ]
    return Watched(tuple(black), tuple(still))


def _runs(marks: Sequence[bool]) -> Iterator[range]:
    """Where one mark after another is set."""
    for marked, group in groupby(range(len(marks)), key=marks.__getitem__):
        if marked:
            places = list(group)
            yield range(places[0], places[-1] + 1)


def _keyframes(path: Path, fps: int) -> Iterator[_Keyframe]:
    with open_film(path) as film:
        stream = film.streams.video[0]
        assert stream.time_base is not None
        frames_a_tick = stream.time_base * fps
        stream.codec_context.skip_frame = "NONKEY"
        stream.thread_type = "AUTO"
        still = None  # not the keyframe before: what moves slowly must move away from it in time
        for frame in film.decode(stream):
            if frame.pts is None or frame.is_corrupt:
                raise damaged(path)
            grey = _small(_luma(frame))
            same = still is not None and int(cv2.absdiff(grey, still).max()) <= _SAME
            index = round((frame.pts - (stream.start_time or 0)) * frames_a_tick)
            yield _Keyframe(index, bool(grey.max() <= _BLACK), same)
            still = still if same else grey


def _luma(frame: av.VideoFrame) -> _Grey:
    """The brightness of a frame as it is stored, (H, W), 16 to 235."""
    planes = frame.reformat(format="yuv420p").to_ndarray()
    return np.asarray(planes[: frame.height], np.uint8)


def _small(picture: _Grey) -> _Grey:
    height, width = picture.shape[:2]
    smaller = max(1, round(width / _WIDTH))
    size = (width // smaller, height // smaller)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _black_stretch(
    path: Path, keyframes: Sequence[_Keyframe], run: range, frames: int, fps: int
) -> Stretch:
    """The black frames around the black keyframes in `run`."""
    indices = [keyframe.index for keyframe in keyframes]
    first, last = indices[run.start], indices[run.stop - 1]
    begin = indices[run.start - 1] if run.start else first
    end = indices[run.stop] if run.stop < len(indices) else frames
    leading = [_is_black(frame) for frame in read_frames(path, begin, first - begin)]
    trailing = [_is_black(frame) for frame in read_frames(path, last, end - last)]
    return Stretch((first - _led(leading[::-1])) / fps, (last + _led(trailing)) / fps)


def _led(marks: Sequence[bool]) -> int:
    """How many marks are set before the first that is not."""
    return sum(takewhile(bool, marks))


def _is_black(picture: _Grey) -> bool:
    return bool(_small(picture).max() <= _BLACK_RGB)
