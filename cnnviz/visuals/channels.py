"""Many feature maps at once: a stack of channels seen slightly from the side."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, RIGHT, Group, Mobject

__all__ = ["stack"]


def stack(layers: Sequence[Mobject], *, step: float = 0.35) -> Group:
    """`layers` behind each other, the first in front, each shifted by `step` units."""
    for depth, layer in enumerate(layers):
        layer.shift(depth * step * (RIGHT - 0.7 * DOWN))
    return Group(*reversed(list(layers)))
