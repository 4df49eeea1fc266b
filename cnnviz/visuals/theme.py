"""One look for all films: a calm dark ground, one colour a role, one scale for signed values.

The roles keep their colours in every scene. Signed values run from blue (negative) over the
neutral ground (zero) to orange (positive): a pair that stays apart for every common kind of
colour blindness.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.visuals.luminance import contrast_ratio

__all__ = [
    "ACCENT",
    "BODY",
    "GROUND",
    "HEADING",
    "LABEL",
    "LINE",
    "MUTED",
    "PANEL",
    "SMALL",
    "TEXT",
    "TITLE",
    "Role",
    "diverging",
    "grey",
    "hex_colour",
    "readable_on",
]

GROUND = "#10151F"
PANEL = "#1A2130"
LINE = "#3A465C"
TEXT = "#EEF2F8"
MUTED = "#A3B0C4"
ACCENT = "#7FE3B0"

# Font sizes in Manim's units. A digit of size 24 is 30 px high at 1080p, 44 px in a tall film.
TITLE, HEADING, BODY, LABEL, SMALL = 68, 46, 36, 30, 25

NEGATIVE, ZERO, POSITIVE = (46, 108, 196), (38, 47, 66), (205, 92, 28)
VIVID_NEGATIVE, VIVID_ZERO, VIVID_POSITIVE = (92, 176, 255), (16, 21, 31), (255, 158, 84)
DARK, BRIGHT = (24, 31, 45), (226, 233, 244)

# On any colour there is, one of the two has a contrast of at least 4.58 : 1.
DARK_INK, BRIGHT_INK = "#000000", "#FFFFFF"


class Role(StrEnum):
    """What a grid of numbers is, and so its colour."""

    INPUT = "#6CC7E8"
    KERNEL = "#FFD166"
    OUTPUT = "#C08BFF"


def diverging(values: ArrayLike, limit: float, *, vivid: bool = False) -> NDArray[np.uint8]:
    """Colours of signed `values`: blue below zero, the ground's neutral at zero, orange above.

    Parameters
    ----------
    values
        Array of any shape (...,).
    limit
        The absolute value that gets the full colour; what lies beyond it is drawn like it.
    vivid
        The same hues, brighter, for pictures: cells must stay dark enough for their digits.

    Returns
    -------
    array of shape (..., 3), uint8
        sRGB.
    """
    share = np.clip(np.asarray(values, dtype=float) / (limit or 1.0), -1, 1)[..., None]
    negative, zero, positive = (
        np.array(colour, dtype=float)
        for colour in (
            (VIVID_NEGATIVE, VIVID_ZERO, VIVID_POSITIVE) if vivid else (NEGATIVE, ZERO, POSITIVE)
        )
    )
    mixed = zero + np.abs(share) * (np.where(share < 0, negative, positive) - zero)
    shades: NDArray[np.uint8] = np.rint(mixed).astype(np.uint8)
    return shades


def grey(values: ArrayLike, limit: float) -> NDArray[np.uint8]:
    """Colours of brightness `values` from 0 (dark) to `limit` (bright), shape (..., 3), sRGB."""
    share = np.clip(np.asarray(values, dtype=float) / (limit or 1.0), 0, 1)[..., None]
    mixed = np.array(DARK) + share * (np.array(BRIGHT) - np.array(DARK))
    shades: NDArray[np.uint8] = np.rint(mixed).astype(np.uint8)
    return shades


def hex_colour(rgb: ArrayLike) -> str:
    """`#RRGGBB` of one sRGB triple."""
    red, green, blue = (int(value) for value in np.asarray(rgb))
    return f"#{red:02X}{green:02X}{blue:02X}"


def readable_on(colour: str) -> str:
    """The text colour, light or dark, that contrasts more with `colour` (WCAG luminance)."""
    return max((BRIGHT_INK, DARK_INK), key=lambda text: _contrast(text, colour))


def _contrast(one: str, other: str) -> float:
    return float(contrast_ratio(_triple(one), _triple(other)))


def _triple(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
