"""Parts that arrange themselves by the format that is on stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np
from manim import DOWN, RIGHT, Group, Mobject, VGroup, VMobject, tempconfig
from manim.typing import Vector3D

from cnnviz.stage_format import WIDE, Format

__all__ = ["across", "against", "at_edge", "current_format", "fit", "in_format"]

CLOSEST = 0.3
"""Manim units between parts that have to move together."""
TOUCHING = 0.15
"""Between a part and the headroom of the next one."""

Part = TypeVar("Part", bound=Mobject)
Parts = Group | VGroup

_on_stage: ContextVar[Format] = ContextVar("format", default=WIDE)


def current_format() -> Format:
    """The format that is on stage."""
    return _on_stage.get()


@contextmanager
def in_format(format: Format) -> Iterator[None]:
    """Put `format` on stage: building blocks arrange themselves by it, and Manim's frame is its."""
    before = _on_stage.set(format)
    try:
        with tempconfig({"frame_width": format.width, "frame_height": format.height}):
            yield
    finally:
        _on_stage.reset(before)


def across(
    *parts: Mobject,
    buff: float = 1.0,
    level: Vector3D | None = None,
    headroom: float = 0.0,
    footroom: float = 0.0,
    lowered: float = 0.0,
) -> Parts:
    """`parts` one after the other in the flow of the format, in the middle of what they may fill.

    In a frame that flows down they stand below each other, as far apart as there is room for, but
    not further than `buff`; if they are too high together, neighbours that have room beside each
    other share a row. What is still too large is made smaller.

    Parameters
    ----------
    buff
        Manim units between two parts.
    level
        The edge on which parts beside each other are level, as `UP`; their middles if None.
    headroom, footroom
        In a frame that flows down, what is left free above each row, say for a title, and below
        all of them.
    lowered
        In a frame that flows right, how far below the middle they stand, to make up for titles.
    """
    format = current_format()
    edge = np.zeros(3) if level is None else level
    if format.flow == "right":
        row = _group(parts).arrange(RIGHT, buff=buff, aligned_edge=edge)
        return fit(row.move_to(format.center).shift(lowered * DOWN))
    column = _Column(format, buff, headroom, footroom)
    rows = [[part] for part in parts]
    if not column.holds(rows):
        rows = _rows(parts, format.safe_width)
    lines = [_in_row(row, buff, edge) for row in rows]
    column.shrink(lines)
    column.place(lines)
    return _group(parts)


def against(*parts: Mobject, buff: float = 0.5, level: Vector3D | None = None) -> Parts:
    """`parts` one after the other against the flow: below each other where it goes right."""
    edge = np.zeros(3) if level is None else level
    if current_format().flow == "right":
        return _group(parts).arrange(DOWN, buff=buff, aligned_edge=edge)
    return _in_row(parts, buff, edge)


def fit(mobject: Part, *, width: float = 1.0, height: float = 1.0) -> Part:
    """`mobject`, made smaller where it is larger than these shares of what parts may fill."""
    room = current_format().room
    share = min(
        width * room[0] / max(mobject.width, 1e-9), height * room[1] / max(mobject.height, 1e-9)
    )
    return mobject.scale(share) if share < 1 else mobject


def at_edge(mobject: Part, edge: Vector3D, *, buff: float = 0.0) -> Part:
    """`mobject` in the middle of an edge of the safe area, or in a corner, `buff` units inside."""
    left, bottom, right, top = current_format().safe
    for axis, low, high in ((0, left, right), (1, bottom, top)):
        goal = (low + high) / 2
        if edge[axis]:
            goal = high - buff if edge[axis] > 0 else low + buff
        mobject.set_coord(goal, axis, edge)
    return mobject


class _Column:
    """Rows below each other in the format's frame."""

    def __init__(self, format: Format, buff: float, headroom: float, footroom: float) -> None:
        self.format, self.buff = format, buff
        self.headroom, self.footroom = headroom, footroom
        self.closest = max(CLOSEST, headroom + TOUCHING if headroom else 0.0)
        self.height = format.room[1] - headroom - footroom

    def holds(self, rows: Sequence[Sequence[Mobject]]) -> bool:
        """Whether it has room for rows as high as their highest part."""
        heights = [max(part.height for part in row) for row in rows]
        return sum(heights) <= self.height - self.closest * (len(rows) - 1)

    def shrink(self, lines: Sequence[Mobject]) -> None:
        """Make the finished rows small enough, all by the same share."""
        free = self.height - self.closest * (len(lines) - 1)
        share = min(
            free / max(1e-9, sum(line.height for line in lines)),
            self.format.room[0] / max(1e-9, *(line.width for line in lines)),
        )
        for line in lines if share < 1 else ():
            line.scale(share)

    def place(self, lines: Sequence[Mobject]) -> None:
        """Put the rows below each other."""
        left = self.height - sum(line.height for line in lines)
        gap = max(self.closest, min(self.buff, left / max(1, len(lines) - 1)))
        middle = np.array(self.format.center)
        middle[1] += (self.footroom - self.headroom) / 2
        _group(lines).arrange(DOWN, buff=gap).move_to(middle)


def _group(parts: Sequence[Any]) -> Parts:
    vectors = all(isinstance(part, VMobject) for part in parts)
    return VGroup(*parts) if vectors else Group(*parts)


def _rows(parts: Sequence[Mobject], width: float) -> list[list[Mobject]]:
    """`parts` in as few rows as their widths allow."""
    rows: list[list[Mobject]] = [[]]
    for part in parts:
        row = [*rows[-1], part]
        if rows[-1] and sum(one.width for one in row) + CLOSEST * (len(row) - 1) > width:
            rows.append([part])
        else:
            rows[-1] = row
    return rows


def _in_row(parts: Sequence[Mobject], buff: float, edge: Vector3D) -> Parts:
    """`parts` beside each other, as far apart as there is room for, but not further than `buff`."""
    left = current_format().safe_width - sum(part.width for part in parts)
    gap = max(CLOSEST, min(buff, left / max(1, len(parts) - 1)))
    return _group(parts).arrange(RIGHT, buff=gap, aligned_edge=edge)
