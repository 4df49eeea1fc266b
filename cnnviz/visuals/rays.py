"""Rays from a small place to its enlargement beside it."""

from __future__ import annotations

from manim import DL, DR, UL, UR, Line, Mobject, VGroup

from cnnviz.visuals.theme import Role

__all__ = ["zoom_rays"]


def zoom_rays(spot: Mobject, first: Mobject, last: Mobject | None = None) -> VGroup:
    """Two thin lines that open from `spot` to what it is shown as, to the right of it.

    Parameters
    ----------
    spot
        The marked place.
    first, last
        The enlargement, or the uppermost and the lowest part of it.
    """
    lowest = first if last is None else last
    return VGroup(
        Line(spot.get_corner(UR), first.get_corner(UL)),
        Line(spot.get_corner(DR), lowest.get_corner(DL)),
    ).set_stroke(Role.KERNEL.value, width=1.5, opacity=0.6)
