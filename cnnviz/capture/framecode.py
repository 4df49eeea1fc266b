"""A picture's number, drawn into it, so that a captured frame says by itself which one it is.

The number stands along the bottom edge as one row of black and white cells: a fixed beginning, 32
bits, their CRC-16, a fixed end. The cells are large enough to come through a screen, a JPEG and
H.264.
"""

from __future__ import annotations

import binascii
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnviz.pixels import Picture

__all__ = ["LIMIT", "STRIP_HEIGHT", "read_number", "stamp"]

STRIP_HEIGHT = 6
"""Pixels at the bottom edge that the number takes."""

_NUMBER_BITS, _CHECK_BITS = 32, 16
LIMIT = 2**_NUMBER_BITS
"""The first number that has no room."""

# Each is the other's mirror image and opposite: a mirrored or inverted strip is not read.
_START, _STOP = (1, 1, 0, 1), (0, 1, 0, 0)
_CELLS = len(_START) + _NUMBER_BITS + _CHECK_BITS + len(_STOP)
_NARROWEST = 8 * _CELLS
_DARK, _BRIGHT = 80, 176  # of 255: what lies between is neither black nor white


def stamp(picture: Picture, number: int) -> Picture:
    """Draw `number` along the bottom edge of `picture`.

    Parameters
    ----------
    picture
        uint8, (H, W, 3), at least 448 pixels wide; changed in place.
    number
        From 0 up to, but not including, `LIMIT`.

    Returns
    -------
    Picture
        The same array.

    Raises
    ------
    ValueError
        The number or the picture is too large or too small.
    """
    if not 0 <= number < LIMIT:
        raise ValueError(f"the number {number} does not fit into {_NUMBER_BITS} bits")
    height, width = picture.shape[:2]
    if width < _NARROWEST or height < STRIP_HEIGHT:
        raise ValueError(f"no room for a number in a picture of {width}×{height}")
    cells = np.array(_bits(number), np.uint8) * 255
    picture[-STRIP_HEIGHT:] = cells[_cell_of_column(width)][None, :, None]
    return picture


def read_number(picture: Picture) -> int | None:
    """The number that `stamp` drew into `picture`, which may have been encoded since.

    Parameters
    ----------
    picture
        uint8, (H, W, 3), in the size in which it was stamped.

    Returns
    -------
    int or None
        None where no number is there, or it is damaged.
    """
    height, width = picture.shape[:2]
    if width < _NARROWEST or height < STRIP_HEIGHT:
        return None
    # The middle of each cell: what an encoder blurs lies at its edges.
    strip = picture[height - STRIP_HEIGHT + 2 : height - 1].mean(axis=(0, 2))
    levels = strip[_middles(width)].mean(axis=1)
    bright = levels > _BRIGHT
    if not np.all(bright | (levels < _DARK)):
        return None
    number = _value(bright[len(_START) : len(_START) + _NUMBER_BITS])
    return number if np.array_equal(bright, np.array(_bits(number), bool)) else None


def _bits(number: int) -> list[int]:
    """All cells of `number`, left to right, 1 for white."""
    check = binascii.crc_hqx(number.to_bytes(_NUMBER_BITS // 8, "big"), 0xFFFF)
    coded = f"{number:0{_NUMBER_BITS}b}{check:0{_CHECK_BITS}b}"
    return [*_START, *map(int, coded), *_STOP]


def _value(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@lru_cache
def _cell_of_column(width: int) -> NDArray[np.intp]:
    return np.asarray(np.arange(width) * _CELLS // width, np.intp)


@lru_cache
def _middles(width: int) -> NDArray[np.intp]:
    """Columns around the middle of each cell, (cells, 5)."""
    middles = (np.arange(_CELLS) + 0.5) * width / _CELLS
    return middles.astype(np.intp)[:, None] + np.arange(-2, 3)
