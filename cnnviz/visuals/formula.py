"""Formulas, typeset by Typst in the theme's colours."""

from __future__ import annotations

from manim import MathTypst

from cnnviz.visuals.glyphs import kept_outlines
from cnnviz.visuals.theme import BODY, TEXT

__all__ = ["formula"]


def formula(code: str, size: float = BODY, *, colour: str = TEXT) -> MathTypst:
    """The Typst mathematics `code`; parts in double braces can be found with `.select`."""
    return kept_outlines(
        ("formula", code, size, colour), lambda: MathTypst(code, font_size=size, color=colour)
    )
