"""Drawing the eye to something that is on stage already, without changing its colours."""

from __future__ import annotations

from typing import Any

from manim import Mobject, there_and_back

__all__ = ["pulse"]


def pulse(mobject: Mobject, factor: float = 1.15) -> Any:
    """Grow for a moment and return. Colours stay: here they mean values and roles."""
    moving: Any = mobject.animate
    return moving(rate_func=there_and_back).scale(factor)
