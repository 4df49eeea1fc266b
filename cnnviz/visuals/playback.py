"""A video that plays on stage, and what keeps time with it: everything here can `seek`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import cv2
import numpy as np
from manim import (
    DL,
    DOWN,
    RIGHT,
    UL,
    UR,
    Animation,
    Group,
    ImageMobject,
    Mobject,
    Polygon,
    VMobject,
    linear,
    smooth,
)
from manim.typing import Point3D
from numpy.typing import NDArray

from cnnviz.visuals.theme import ACCENT

__all__ = ["Playback", "Ring", "Roll", "Screen"]

APPEARS, RINGS = 0.4, 0.9
"""Seconds in which a line appears at its moment, and in which a ring fades."""
WIDEST = 1.25  # of a ring, when it begins
EDGE = 0.3  # of a step, over which a line fades that leaves a roll


class Timed(Protocol):
    """Something on stage that keeps time with a video."""

    def seek(self, seconds: float) -> Any:
        """Look as it does at that time of the video. Returns itself."""


class Screen(ImageMobject):
    """A video's picture, upright, `height` units high.

    Parameters
    ----------
    frame
        Gives the frame of a number from 0, (H, W, 3) RGB; all of one size.
    fps
        Frames a second of the video.
    """

    def __init__(
        self, frame: Callable[[int], NDArray[np.uint8]], fps: int, *, height: float
    ) -> None:
        super().__init__(frame(0))
        self.frame, self.fps = frame, fps
        self.height = height
        self.shown = 0

    def seek(self, seconds: float) -> Screen:
        """Show what the video shows at `seconds`."""
        # A frame that begins just now must not be missed by a rounding error.
        index = int(seconds * self.fps + 1e-3)
        if index != self.shown:  # the film has more frames a second than the video
            # All but the opacity, which may be on its way.
            cv2.mixChannels([self.frame(index)], [self.pixel_array], [0, 0, 1, 1, 2, 2])
            self.shown = index
        return self

    def at(self, across: float, down: float) -> Point3D:
        """A place on it, by its shares of the width and height from the top left."""
        place: Point3D = self.get_corner(UL) + self.width * across * RIGHT
        return place + self.height * down * DOWN


class Ring(Polygon):
    """An outline that closes in on something at the moment `at`, and fades.

    It never leaves `screen`.
    """

    def __init__(self, *corners: Point3D, at: float, screen: Mobject) -> None:
        super().__init__(*corners, color=ACCENT, stroke_width=7, stroke_opacity=0)
        self.moment = at
        self.outline = self.points.copy()
        self.room = screen.get_corner(DL), screen.get_corner(UR)

    def seek(self, seconds: float) -> Ring:
        """Look as it does at `seconds` of the video."""
        closed = _progress(seconds - self.moment, RINGS)
        middle = (self.outline.min(axis=0) + self.outline.max(axis=0)) / 2
        factor = WIDEST + closed * (1 - WIDEST)
        self.points = np.clip(middle + (self.outline - middle) * factor, *self.room)
        self.set_stroke(opacity=1 - closed if seconds >= self.moment else 0)
        return self


class Roll(Group):
    """Lines below each other that appear one by one; when the roll is full, it moves up.

    Only lines that can be seen are members of the group: Manim asks every member of a group a
    dozen questions a frame, seen or not. Before the first `seek` all of them are. A line that has
    left is transparent as well: until the running animation ends, Manim draws what was a member
    when it began.

    Parameters
    ----------
    lines
        Texts and pictures, arranged as in a roll that has room for all of them.
    moments
        When each appears, in seconds of the video; never earlier than the one before.
    rows
        For how many lines there is room.
    """

    def __init__(self, lines: Sequence[Mobject], moments: Sequence[float], rows: int) -> None:
        super().__init__(*lines)
        self.lines, self.moments, self.rows = tuple(lines), moments, rows
        self.offset = 0.0
        self.moved = [0.0] * len(lines)  # by how many lines each is moved up
        self.opacities = [math.nan] * len(lines)  # not known before they are set
        self.step = abs(lines[1].get_y() - lines[0].get_y()) if len(lines) > 1 else 0.0

    def seek(self, seconds: float) -> Roll:
        """Look as it does at `seconds` of the video."""
        shown = [_progress(seconds - moment, APPEARS) for moment in self.moments]
        return self.place(max(0.0, sum(shown) - self.rows), shown)

    def rewind(self, share: float, start: float) -> Roll:
        """Be on the way, by a `share` from 0 to 1, from `start` lines further down to the top."""
        return self.place(start * (1 - share), [1.0] * len(self.moments))

    def place(self, offset: float, shown: Sequence[float]) -> Roll:
        """Move up by `offset` lines; each has the opacity `shown` unless it is out of the roll."""
        self.offset = offset
        self.submobjects = []
        for index, opacity in enumerate(shown):
            out = max(offset - index, index - offset - self.rows + 1, 0.0)
            opacity *= max(0.0, 1 - out / EDGE)
            self._show(index, opacity)
            if opacity > 0:
                self.submobjects.append(self._moved(index))
        return self

    def _show(self, index: int, opacity: float) -> None:
        if self.opacities[index] != opacity:  # to set it takes longer than to draw the line
            _set_opacity(self.lines[index], opacity)
            self.opacities[index] = opacity

    def _moved(self, index: int) -> Mobject:
        """The line `index`, where it belongs now."""
        line = self.lines[index]
        if self.moved[index] != self.offset:
            line.shift((self.offset - self.moved[index]) * self.step * -DOWN)
            self.moved[index] = self.offset
        return line


class Playback(Animation):
    """Play a part of the video; it lasts as long as the animation.

    Parameters
    ----------
    parts
        What keeps time: a screen, rolls, rings.
    start
        The first moment of the part, in seconds of the video.
    """

    def __init__(self, *parts: Timed, start: float = 0.0, **kwargs: Any) -> None:
        self.parts, self.start = parts, start
        kwargs.setdefault("rate_func", linear)
        super().__init__(Group(*parts), **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: every moment is sought, none is reached from the first."""
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the moment that `alpha` stands for."""
        for part in self.parts:
            part.seek(self.start + self.rate_func(alpha) * self.run_time)


def _set_opacity(mobject: Mobject, opacity: float) -> None:
    for member in mobject.get_family():
        if isinstance(member, VMobject | ImageMobject):
            member.set_opacity(opacity)


def _progress(seconds: float, of: float) -> float:
    return float(smooth(np.clip(seconds / of, 0, 1)))
