"""A capture's pictures in a film's look: rounded corners, a thin border, the film's ground.

MoviePy composites them, from arrays: its own reader would take the colours for BT.601. It gets
only the rows in which there are round corners; in all others the frame is copied between two lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoClip
from numpy.typing import NDArray

from cnnviz.media.decode import frame_count, read_frames
from cnnviz.pixels import Picture

__all__ = ["BORDER", "CUT_OFF", "FramedVideo"]

BORDER = 3
"""Width of the border, in pixels of the capture."""

CUT_OFF = 8
"""Pixels at the bottom: the strip with the frame's number, and the rest of the encoder's blocks."""

_RADIUS = 20
_NEAR = 30  # frames that are decoded and dropped rather than sought: a keyframe is not closer

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


class FramedVideo:
    """Frames of a capture, framed; the strip at the bottom that numbers them is cut off.

    Parameters
    ----------
    video
        The capture's MP4.
    fps
        Its frames a second.
    border, ground
        The colours of the border and of what is outside the round corners.

    Raises
    ------
    StudioError
        The video is missing or damaged, now or when a frame is asked for.
    """

    def __init__(self, video: Path, fps: int, *, border: Colour, ground: Colour) -> None:
        self.video, self.fps = video, fps
        self.frames = frame_count(video)
        self._coming: Iterator[Picture] = read_frames(video)
        self._next = 0  # the frame that comes
        self._frame = self._read(0)
        height, width = self._frame.shape[:2]
        outside = _rounded(height + 2 * BORDER, width + 2 * BORDER, _RADIUS + BORDER)[..., None]
        plate = np.rint(np.array(ground) + outside * (np.array(border) - np.array(ground)))
        self._plate = plate.astype(np.uint8)
        self._mask = _rounded(height, width, _RADIUS)
        self._edges = {rows: self._composited(rows) for rows in _edges(height)}
        self._framed = (-1, self._frame)

    def __call__(self, index: int) -> Picture:
        """Frame `index`, counted from 0, (H, W, 3) RGB; the last one for all that follow it."""
        index = min(index, self.frames - 1)
        if self._framed[0] != index:
            self._framed = index, self._frame_it(index)
        return self._framed[1]

    def __deepcopy__(self, memo: dict[int, object]) -> FramedVideo:
        # Manim copies what it animates, with all that belongs to it; a decoder cannot be copied.
        return self

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where the capture's pixel (x, y) lies, as shares of the framed width and height."""
        height, width = self._frame.shape[:2]
        return (x + BORDER) / (width + 2 * BORDER), (y + BORDER) / (height + 2 * BORDER)

    def _frame_it(self, index: int) -> Picture:
        picture: Picture = self._plate.copy()
        picture[BORDER:-BORDER, BORDER:-BORDER] = self._read(index)
        for (first, end), film in self._edges.items():
            picture[BORDER + first : BORDER + end] = film.get_frame(index / self.fps)
        return picture

    def _composited(self, rows: tuple[int, int]) -> CompositeVideoClip:
        """Some `rows` of the video, first and end, on the plate."""
        inside = slice(*rows)
        seconds = self.frames / self.fps
        plate = ImageClip(self._plate[BORDER:-BORDER][inside], duration=seconds)
        mask = ImageClip(self._mask[inside], is_mask=True, duration=seconds)
        video = VideoClip(lambda time: self._read(round(time * self.fps))[inside], duration=seconds)
        return CompositeVideoClip(
            [plate, video.with_mask(mask).with_position((BORDER, 0))], use_bgclip=True
        )

    def _read(self, index: int) -> Picture:
        """The bare frame `index`; quick where it is the one that was read last, or a later one."""
        if index == self._next - 1:
            return self._frame
        if not self._next <= index <= self._next + _NEAR:
            self._coming, self._next = read_frames(self.video, index), index
        for _ in range(index - self._next + 1):
            frame = next(self._coming)
        self._next = index + 1
        self._frame = frame[:-CUT_OFF]
        return self._frame


def _edges(height: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The rows, first and end, in which a picture of that height has round corners."""
    return (0, _RADIUS), (height - _RADIUS, height)


def _rounded(height: int, width: int, radius: int) -> NDArray[np.float64]:
    """How much of each pixel, 0 to 1, lies in a rectangle with round corners that fills all."""
    y, x = np.mgrid[0.5:height, 0.5:width]
    across = np.abs(x - width / 2) - (width / 2 - radius)
    down = np.abs(y - height / 2) - (height / 2 - radius)
    corner = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    distance = corner + np.minimum(np.maximum(across, down), 0) - radius
    return np.asarray(np.clip(0.5 - distance, 0, 1))
