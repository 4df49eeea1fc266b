"""What several scenes' claims are made of: sizes and places in the photograph."""

from __future__ import annotations

from cnnviz.compute import (
    every,
    farther_from_zero,
    farthest_from_zero,
    less,
    literal,
    matrix_size,
    product,
)
from scenes.convolution._photograph import GREY, TEXTURE

PICTURE_SIZE = tuple(
    literal(size, of=f"{what} of cards.png")
    for size, what in zip(GREY.shape, ("rows", "columns"), strict=True)
)
KERNEL_SIZE = matrix_size(TEXTURE.kernel[0, 0].tolist())
SMALL_KERNEL = every(
    *(less(product([10, own]), whole) for own, whole in zip(KERNEL_SIZE, PICTURE_SIZE, strict=True))
)

# Output positions on the sides of the upper right card, and where nothing is near them: on the
# table beside it, and on its own white.
LEFT_SIDE, RIGHT_SIDE, TOP_SIDE, BOTTOM_SIDE = (128, 294), (128, 445), (23, 350), (229, 380)
FLAT_ROW = [(128, column) for column in (*range(278, 286), *range(301, 309))]
FLAT_COLUMN = [(row, 350) for row in (*range(15, 20), *range(30, 38))]


def stands_out(trace, place, others):
    """At `place` the map is over ten times as far from zero as at any of the `others`."""
    numbers = [trace.number(*other) for other in others]
    farthest = max(numbers, key=lambda number: abs(number.value))
    return every(
        farthest_from_zero(farthest, of=numbers),
        farther_from_zero(trace.number(*place), product([10, farthest])),
    )
