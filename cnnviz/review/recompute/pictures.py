"""What OpenCV does to grey pictures: adaptive threshold, erosion, dilation."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from cnnviz.review.recompute.proof import (
    Args,
    NoProofError,
    computes,
    in_decimals,
    matrix,
    whole,
)

__all__ = ["dilate", "erode", "threshold"]

_HALVES = {3: (1, 2), 5: (1, 4, 6), 7: (2, 7, 14, 18), 9: (4, 13, 30, 51, 60)}
_DOUBT = Fraction(1, 10_000)  # of a mean whose weights are no binary fractions


@computes("threshold")
def threshold(args: Args, base: Path) -> int:
    """255 or 0, by the rounded mean of the block."""
    block = [[_grey(pixel) for pixel in row] for row in matrix(args["block"])]
    size = len(block)
    if size < 3 or size % 2 == 0 or len(block[0]) != size:
        raise NoProofError("the block must be square, and its side odd")
    weights, doubt = _weights(size)
    mean = sum(
        (
            one * other * pixel
            for one, row in zip(weights, block, strict=True)
            for other, pixel in zip(weights, row, strict=True)
        ),
        Fraction(0),
    )
    pixel, constant = block[size // 2][size // 2], whole(args["constant"], -255)
    bright = {pixel > round(each) - constant for each in (mean - doubt, mean + doubt)}
    if len(bright) > 1:
        raise NoProofError("the mean is too near to being rounded otherwise")
    if not isinstance(args["inverted"], bool):
        raise NoProofError("inverted must be true or false")
    return 255 if bright != {args["inverted"]} else 0


def _weights(size: int) -> tuple[list[Fraction], Fraction]:
    """The weights along one axis, and how far a mean by them may be off in OpenCV."""
    if size in _HALVES:
        half = _HALVES[size]
        known = [*half, *half[-2::-1]]
        return [Fraction(weight, sum(known)) for weight in known], Fraction(0)
    deviation = Fraction(3, 10) * (Fraction(size - 1, 2) - 1) + Fraction(8, 10)
    places = [Fraction(2 * place - size + 1, 2) for place in range(size)]
    bell = [_power(-(place**2) / (2 * deviation**2)) for place in places]
    return [weight / sum(bell) for weight in bell], _DOUBT


def _power(exponent: Fraction) -> Fraction:
    return in_decimals(lambda decimal: Decimal.exp(decimal(exponent))).limit_denominator(10**30)


@computes("erode")
def erode(args: Args, base: Path) -> int:
    """The smallest of the pixels that count."""
    return min(_counting(args))


@computes("dilate")
def dilate(args: Args, base: Path) -> int:
    """The largest of the pixels that count."""
    return max(_counting(args))


def _counting(args: Args) -> list[int]:
    """The pixels under a 1 of the element, apart from those outside the picture."""
    element, window = matrix(args["element"]), args["window"]
    rows, columns = len(element), len(element[0])
    if rows % 2 == 0 or columns % 2 == 0 or not isinstance(window, list):
        raise NoProofError("the element must have a middle, and the window rows")
    if any(mark not in (0, 1) for marks in element for mark in marks):
        raise NoProofError("the element must be of 0 and 1")
    return [
        _grey(pixel)
        for pixels, marks in zip(window, element, strict=True)
        for pixel, mark in zip(pixels, marks, strict=True)
        if mark and pixel is not None
    ]


def _grey(pixel: Any) -> int:
    if whole(pixel) > 255:
        raise NoProofError(f"{pixel} is no grey value")
    return int(pixel)
