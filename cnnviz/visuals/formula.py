"""Formulas, typeset by Typst in the theme's colours and in packaged fonts alone."""

from __future__ import annotations

from functools import cache

import typst
from manim import MathTypst

from cnnviz.font_signs import missing_signs
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.fonts import font_files
from cnnviz.visuals.glyphs import kept_outlines
from cnnviz.visuals.theme import BODY, TEXT

__all__ = ["formula", "missing_in_formula"]

_UNASSIGNED = "\U0010fffd"


def formula(code: str, size: float = BODY, *, colour: str = TEXT) -> MathTypst:
    """The Typst mathematics `code`; parts in double braces can be found with `.select`.

    Typst brings Latin and mathematics, the films' font has the rest. A line feed in the code is
    where the formula may be broken: in a frame that flows down it is.
    """
    code = code.replace("\n", " \\ " if current_format().flow == "down" else " ")
    return kept_outlines(
        ("formula", code, size, colour),
        lambda: MathTypst(code, font_size=size, color=colour, font_paths=_fonts()),
    )


def missing_in_formula(code: str) -> str:
    """The signs written in the Typst mathematics `code` that no packaged font has, each once."""
    return "".join(sign for sign in missing_signs(code) if _drawn(sign) == _drawn(_UNASSIGNED))


@cache
def _drawn(sign: str) -> bytes:
    """What Typst makes of one sign, as SVG."""
    code = f"$ {sign} $".encode()
    drawn: bytes = typst.compile(code, format="svg", font_paths=_fonts())
    return drawn


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts and the films', without the machine's."""
    folders = {str(file.parent) for file in font_files()}
    return typst.Fonts(include_system_fonts=False, font_paths=[*folders])
