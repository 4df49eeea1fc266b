"""What the signed colours mean."""

from __future__ import annotations

import numpy as np
from manim import DOWN, Group

from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.picture import picture
from cnnviz.visuals.text import words
from cnnviz.visuals.theme import MUTED, SMALL, diverging

__all__ = ["sign_legend"]

WIDEST = 4.4
"""Manim units of a bar that nobody wants wider."""


def sign_legend(negative: str, zero: str, positive: str, *, width: float | None = None) -> Group:
    """A bar from full negative over zero to full positive, with the three words below it.

    Parameters
    ----------
    width
        Of the bar, in Manim units; where it is None, as wide as there is room for it.
    """
    names = [words(text, SMALL, colour=MUTED) for text in (negative, zero, positive)]
    room = current_format().safe_width - max(names[0].width, names[2].width)
    width = min(WIDEST, room) if width is None else min(width, room)
    shades = diverging(np.linspace(-1, 1, 201)[None, :].repeat(6, axis=0), 1, vivid=True)
    bar = picture(shades, 0.16)
    bar.stretch_to_fit_width(width)
    for name, share in zip(names, (0, 0.5, 1), strict=True):
        name.next_to(bar, DOWN, buff=0.12).set_x(bar.get_left()[0] + share * width)
    return Group(bar, *names)
