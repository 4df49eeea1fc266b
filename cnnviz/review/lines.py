"""A text or formula on a stage: which of its glyphs are seen, what they say, and how they look."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from manim import Mobject, Text, Typst, VMobject
from numpy.typing import NDArray

from cnnviz.font_signs import missing_signs
from cnnviz.review.stage import Box
from cnnviz.script.captions import graphemes
from cnnviz.visuals.formula import missing_in_formula

__all__ = ["Line", "Owners"]

_NAMED_PART = re.compile(r'manimgrp\("\w*", ((?:[^()]|\([^()]*\))*)\)')  # Manim's notation

Owners = dict[Mobject, Text | Typst]
"""Glyph → the text or formula that it belongs to."""


class Line:
    """A text or formula on stage: its visible glyphs, and where they are seen."""

    def __init__(
        self, mobject: Text | Typst, glyphs: list[Mobject], opacity: float, box: Box, scale: float
    ) -> None:
        self.mobject, self.glyphs, self.opacity = mobject, glyphs, opacity
        self.box, self.scale = box, scale

    @cached_property
    def text(self) -> str:
        """What it says; of a formula, how it is written."""
        if isinstance(self.mobject, Text):
            return str(self.mobject.original_text)
        return _NAMED_PART.sub(r"\1", str(self.mobject.typst_code)).strip("$ ")

    @property
    def missing(self) -> str:
        """Its signs that no packaged font has, each once."""
        if isinstance(self.mobject, Text):
            return missing_signs(self.text)
        return missing_in_formula(self.text)

    @cached_property
    def identity(self) -> tuple[str, Box, bytes]:
        """What makes it look as it does: two lines of one identity have one contrast."""
        return self.text, self.box, self.colours.tobytes()

    @property
    def signs(self) -> int:
        """How many signs have to be read; of a formula, its visible glyphs."""
        return graphemes(self.text) if isinstance(self.mobject, Text) else len(self.glyphs)

    @cached_property
    def colours(self) -> NDArray[np.float64]:
        """The different colours of its glyphs, (n, 4) RGBA from 0 to 1."""
        glyphs = (glyph for glyph in self.glyphs if isinstance(glyph, VMobject))
        fills = np.array([glyph.get_fill_rgbas()[0] for glyph in glyphs])
        return np.unique(fills.round(3), axis=0)
