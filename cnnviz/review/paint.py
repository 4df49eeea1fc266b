"""How a mobject is painted: how opaque it is, whether it hides what is behind it, where it lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import ImageMobject, Mobject, Rectangle, VMobject
from numpy.typing import NDArray

from cnnviz.review.stage import Box

__all__ = ["box_around", "is_panel", "look", "opacity_of", "outline_box"]


def look(member: Mobject) -> tuple[bytes | float, ...]:
    """What of it can change what is seen; of a picture, every fourth pixel."""
    if isinstance(member, ImageMobject):
        return member.points.tobytes(), np.ascontiguousarray(member.pixel_array[::4, ::4]).tobytes()
    if isinstance(member, VMobject):
        paint = member.get_fill_rgbas().tobytes(), member.get_stroke_rgbas().tobytes()
        return member.points.tobytes(), *paint, float(member.get_stroke_width())
    return (member.points.tobytes(),)


def opacity_of(member: Mobject) -> float:
    """Of its most opaque part, from 0 to 1."""
    if isinstance(member, VMobject):
        fill = float(member.get_fill_rgbas()[0, 3])
        return max(fill, float(member.get_stroke_rgbas()[0, 3])) if member.stroke_width else fill
    if isinstance(member, ImageMobject):
        return float(member.pixel_array[..., 3].max()) / 255
    return 1.0


def is_panel(member: Mobject) -> bool:
    """Whether it hides what lies behind it."""
    if isinstance(member, ImageMobject):
        return bool(member.pixel_array[..., 3].min() > 250)
    return isinstance(member, Rectangle) and bool(member.get_fill_opacity() > 0.95)


def outline_box(outlines: Sequence[NDArray[np.float64]]) -> Box:
    """The box of outlines, each (n, 3) in Manim units."""
    points = np.concatenate(outlines)
    low, high = points.min(axis=0).round(3).tolist(), points.max(axis=0).round(3).tolist()
    return Box(low[0], low[1], high[0], high[1])


def box_around(boxes: Sequence[Box]) -> Box:
    """The least box that holds all of them."""
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )
