"""Glyphs as finished outlines, laid out once on a machine and not once in every process.

To lay out a line takes Pango, a file and a parser of SVG, and some tens of milliseconds; to read
what came of it, less than one.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar, cast

from manim import Text, VGroup, VMobject
from manim.mobject.svg.svg_mobject import VMobjectFromSVGPath

from cnnviz.compute.number import Number
from cnnviz.files import file_digest
from cnnviz.store import Shelf, json_digest
from cnnviz.visuals.fonts import FAMILY, font_files, register_fonts

__all__ = ["Glyphs", "kept_outlines", "laid_out"]

Outlined = TypeVar("Outlined", bound=VMobject)


class Glyphs(Text):
    """A laid-out line: how far it reaches below its baseline, and the numbers it shows."""

    descent: float = 0.0
    numbers: tuple[Number, ...] = ()


@cache
def laid_out(text: str, size: float, weight: str) -> Glyphs:
    """`text` on one line, in the films' font; to be copied, not changed."""
    return kept_outlines(("text", text, size, weight), lambda: _with_descent(text, size, weight))


def kept_outlines(what: tuple[str | float, ...], make: Callable[[], Outlined]) -> Outlined:
    """What `make` gives, out of the cache where somebody has made it before.

    Parameters
    ----------
    what
        All that it depends on, fonts and libraries excepted.
    make
        Gives the mobject; its SVG paths are forgotten.
    """
    shelf, key = Shelf("glyphs"), json_digest([*what, *_makers()])
    entry = shelf.get(key)
    if entry is not None:
        return cast(Outlined, pickle.loads(entry.files[".pickle"].read_bytes()))
    made = _without_paths(make())
    shelf.put(key, {".pickle": pickle.dumps(made)})
    return made


@cache
def _makers() -> tuple[str, ...]:
    """What outlines depend on besides their text."""
    libraries = ("manim", "manimpango", "numpy", "svgelements", "typst")
    code = (Path(__file__).with_name(f"{name}.py") for name in ("glyphs", "fonts", "formula"))
    files = (*font_files(), *code)
    return (FAMILY, *map(version, libraries), *map(file_digest, files))


def _with_descent(text: str, size: float, weight: str) -> Glyphs:
    """`text` laid out, with what is below its baseline measured.

    Manim places texts by their outlines and forgets the baseline; an H in front, which stands on
    it, shows where it was, and is taken off.
    """
    register_fonts()
    line = Glyphs(f"H{text}", font=FAMILY, font_size=size, weight=weight)
    foot = float(line[0].get_bottom()[1])
    line.remove(line[0])
    line.descent = foot - min(glyph.get_bottom()[1] for glyph in line)
    line.original_text, line.text = text, line.text[1:]
    line.chars, line.initial_height = VGroup(*line), line.height
    line.center()
    return line


def _without_paths(mobject: Outlined) -> Outlined:
    """`mobject` without the paths that its points were made from.

    Manim copies whatever it animates, and would copy them, segment by segment, as well: a copy
    would cost seven times as much.
    """
    for member in mobject.get_family():
        if isinstance(member, VMobjectFromSVGPath):
            member.path_obj = None
    return mobject
