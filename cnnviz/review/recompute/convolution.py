"""Convolution."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from cnnviz.review.recompute.proof import (
    Args,
    Exact,
    NoProofError,
    computes,
    exact,
    planes,
    whole,
)

__all__ = ["conv2d"]


@computes("conv2d")
def conv2d(args: Args, base: Path) -> Exact:
    """One output, tap by tap."""
    image, kernel = planes(args["input"]), planes(args["kernel"])
    if args["flip"]:
        kernel = [[row[::-1] for row in plane[::-1]] for plane in kernel]
    rows, columns = (
        _places(index, stride, dilation, taps, size, padding)
        for index, stride, dilation, taps, size, padding in zip(
            args["index"],
            args["stride"],
            args["dilation"],
            (len(kernel[0]), len(kernel[0][0])),
            (len(image[0]), len(image[0][0])),
            args["padding"],
            strict=True,
        )
    )
    total = exact(args["bias"])
    for pixels, weights in zip(image, kernel, strict=True):
        for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns)):
            if row is not None and column is not None:
                total += weights[i][j] * pixels[row][column]
    return total


def _places(
    index: Any, stride: Any, dilation: Any, taps: int, size: int, padding: Any
) -> list[int | None]:
    """Along one axis, the place in the image of each tap; None on the border of zeros."""
    before, after = map(whole, padding)
    first = whole(index) * whole(stride, 1) - before
    places = [first + tap * whole(dilation, 1) for tap in range(taps)]
    if places[-1] >= size + after:
        raise NoProofError(f"the output has no place {index}")
    return [place if 0 <= place < size else None for place in places]
