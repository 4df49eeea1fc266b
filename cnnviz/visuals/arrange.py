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


def across(*parts: Mobject, buff: float = 1.0, level: Vector3D | None = None) -> Parts:
    """`parts` in the middle of the safe area, one after the other in the flow of the format.

    In a frame that flows down they stand below each other, `buff` or what there is room for apart;
    if they are too high together, those that have room beside each other share a row.

    Parameters
    ----------
    buff
        Manim units between two parts.
    level
        The edge on which parts beside each other are level, as `UP`; their middles if None.
    """
    format = current_format()
    edge = np.zeros(3) if level is None else level
    if format.flow == "right":
        row = _group(parts).arrange(RIGHT, buff=buff, aligned_edge=edge)
        return row.move_to(format.safe_center)
    rows = [[part] for part in parts]
    if _height(rows) > format.safe_height:
        rows = _rows(parts, min(buff, CLOSEST), format.safe_width)
    return _in_rows(rows, buff, edge, format)


def against(*parts: Mobject, buff: float = 0.5, level: Vector3D | None = None) -> Parts:
    """`parts` one after the other against the flow: below each other where it goes right."""
    format = current_format()
    edge = np.zeros(3) if level is None else level
    if format.flow == "right":
        return _group(parts).arrange(DOWN, buff=buff, aligned_edge=edge)
    widths = sum(part.width for part in parts)
    return _group(parts).arrange(RIGHT, buff=_gap(buff, widths, len(parts), format.safe_width))


def fit(mobject: Part, *, width: float = 1.0, height: float = 1.0) -> Part:
    """`mobject` made smaller where it is larger than these shares of the safe area.

    A part as good as fitting is left as it is; where it stands, is left to `across` and `at_edge`.
    """
    format = current_format()
    wide, high = width * format.safe_width, height * format.safe_height
    share = min(wide / max(mobject.width, 1e-9), high / max(mobject.height, 1e-9))
    return mobject.scale(share) if share < 1 else mobject


def at_edge(mobject: Part, edge: Vector3D, *, buff: float = 0.0) -> Part:
    """`mobject` at an edge, or in a corner, of the safe area, `buff` units inside it."""
    left, bottom, right, top = current_format().safe
    for axis, low, high in ((0, left, right), (1, bottom, top)):
        if edge[axis]:
            goal = high - buff if edge[axis] > 0 else low + buff
            mobject.set_coord(goal, axis, edge)
    return mobject


def _group(parts: Sequence[Any]) -> Parts:
    vectors = all(isinstance(part, VMobject) for part in parts)
    return VGroup(*parts) if vectors else Group(*parts)


def _rows(parts: Sequence[Mobject], gap: float, width: float) -> list[list[Mobject]]:
    """`parts` in as few rows as their widths allow."""
    rows: list[list[Mobject]] = [[]]
    for part in parts:
        row = [*rows[-1], part]
        if rows[-1] and sum(one.width for one in row) + gap * (len(row) - 1) > width:
            rows.append([part])
        else:
            rows[-1] = row
    return rows


def _in_rows(
    rows: Sequence[Sequence[Mobject]], buff: float, edge: Vector3D, format: Format
) -> Parts:
    lines = []
    for row in rows:
        widths = sum(part.width for part in row)
        gap = _gap(buff, widths, len(row), format.safe_width)
        lines.append(_group(row).arrange(RIGHT, buff=gap, aligned_edge=edge))
    gap = _gap(buff, sum(line.height for line in lines), len(lines), format.safe_height)
    _group(lines).arrange(DOWN, buff=gap).move_to(format.safe_center)
    return _group([part for row in rows for part in row])


def _gap(buff: float, filled: float, count: int, room: float) -> float:
    """Between `count` parts that fill so much of the `room`: `buff`, or what is left over."""
    return max(CLOSEST, min(buff, (room - filled) / max(1, count - 1)))


def _height(rows: Sequence[Sequence[Mobject]]) -> float:
    heights = sum(max(part.height for part in row) for row in rows)
    return float(heights + CLOSEST * (len(rows) - 1))
