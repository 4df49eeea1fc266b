"""Chapter cards and the header that stays while a scene plays."""

from __future__ import annotations

from manim import DOWN, LEFT, UL, Line, Rectangle, VGroup, config

from cnnviz.visuals.arrange import at_edge, current_format, fit
from cnnviz.visuals.text import SEMIBOLD, Words, words
from cnnviz.visuals.theme import ACCENT, GROUND, MUTED, SMALL, TITLE

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
    room = current_format()
    text = fit(words(title, TITLE, weight=SEMIBOLD, width=room.safe_width - 1), width=0.95)
    rule = Line(LEFT * 0.9, LEFT * -0.9, color=ACCENT, stroke_width=6)
    middle = VGroup(text, rule).arrange(DOWN, buff=0.5).move_to(room.center)
    return VGroup(ground(), middle)


def header(title: str) -> Words:
    """The chapter's title, small, in the upper left corner of the safe area."""
    text = words(title, SMALL, colour=MUTED, width=current_format().safe_width)
    for line in text:
        line.align_to(text, LEFT)
    return at_edge(text, UL)
