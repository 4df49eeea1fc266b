"""Drawing the eye to something that is on stage already, without changing its colours."""

from __future__ import annotations

from manim import Mobject, there_and_back
from manim.mobject.mobject import _AnimationBuilder

__all__ = ["pulse"]


def pulse(mobject: Mobject, factor: float = 1.15) -> _AnimationBuilder:
    """Grow for a moment and return. Colours stay: here they mean values and roles."""
    return mobject.animate(rate_func=there_and_back).scale(factor)
