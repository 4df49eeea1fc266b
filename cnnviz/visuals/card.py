"""Chapter cards and the header that stays while a scene plays."""

from __future__ import annotations

from manim import DOWN, LEFT, UP, Line, Rectangle, VGroup, config

from cnnviz.visuals.text import SEMIBOLD, words
from cnnviz.visuals.theme import ACCENT, GROUND, MUTED, SAFE_X, SAFE_Y, SMALL, TITLE

__all__ = ["chapter_card", "ground", "header"]


def ground() -> Rectangle:
    """A plain ground that hides everything below it."""
    return Rectangle(
        width=config.frame_width + 0.2,
        height=config.frame_height + 0.2,
        stroke_width=0,
        fill_color=GROUND,
        fill_opacity=1,
    )


def chapter_card(title: str) -> VGroup:
    """A full-frame card with the chapter's title over a short rule."""
    text = words(title, TITLE, weight=SEMIBOLD, width=2 * SAFE_X - 1)
    rule = Line(LEFT * 0.9, LEFT * -0.9, color=ACCENT, stroke_width=6)
    return VGroup(ground(), VGroup(text, rule).arrange(DOWN, buff=0.5))


def header(title: str) -> VGroup:
    """The chapter's title, small, in the upper left corner of the safe area."""
    text = words(title, SMALL, colour=MUTED)
    return text.move_to(LEFT * SAFE_X + UP * SAFE_Y, aligned_edge=UP + LEFT)
