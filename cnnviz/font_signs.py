"""Which signs the films' font can write; what it lacks would look different on each machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from PIL import ImageFont

from cnnviz.font_files import font_files

__all__ = ["missing_signs", "with_names"]

SELECTORS = frozenset(map(chr, (0x034F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks without a shape, which choose how the sign before them looks, as emojis have them."""
UNASSIGNED = "\U0010ffff"  # no font may have it: it is drawn as what stands for a missing sign


def missing_signs(text: str) -> str:
    """The signs of `text` that the font lacks in one of its weights, each once.

    Blanks and signs without a shape, like the joiners of Bengali, are never missing.
    """
    return "".join(dict.fromkeys(sign for sign in text if not _can_be_written(sign)))


def with_names(signs: Iterable[str]) -> str:
    """Signs as a person can look them up, like “→” (RIGHTWARDS ARROW)."""
    return ", ".join(f"“{sign}” ({unicodedata.name(sign, f'U+{ord(sign):04X}')})" for sign in signs)


@cache
def _can_be_written(sign: str) -> bool:
    if sign.isspace() or unicodedata.category(sign) == "Cf" or sign in SELECTORS:
        return True
    return all(_shape(font, sign) != _shape(font, UNASSIGNED) for font in _weights())


def _shape(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    return bytes(font.getmask(sign))


@cache
def _weights() -> list[ImageFont.FreeTypeFont]:
    # The other engine would put a dotted circle below a vowel sign, whether the font has it or not.
    basic = ImageFont.Layout.BASIC
    return [ImageFont.truetype(str(file), 64, layout_engine=basic) for file in font_files()]
