"""Rays from a small place to its enlargement beside it."""

from __future__ import annotations

from manim import DL, DR, UL, UR, Line, Mobject, VGroup

from cnnviz.visuals.theme import Role

__all__ = ["zoom_rays"]


def zoom_rays(spot: Mobject, first: Mobject, last: Mobject | None = None) -> VGroup:
    """Two thin lines that open from `spot` to what it is shown as, to the right of it or below.

    Parameters
    ----------
    spot
        The marked place.
    first, last
        The enlargement, or its first and its last part.
    """
    last = first if last is None else last
    beside = first.get_left()[0] >= spot.get_right()[0]
    corners = ((UR, UL), (DR, DL)) if beside else ((DL, UL), (DR, UR))
    ends = zip((first, last), corners, strict=True)
    return VGroup(
        *(Line(spot.get_corner(start), part.get_corner(end)) for part, (start, end) in ends)
    ).set_stroke(Role.KERNEL.value, width=1.5, opacity=0.6)
