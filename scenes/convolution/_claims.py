"""What several scenes' claims are made of: sides of a window, sizes, places in the photograph."""

from __future__ import annotations

from cnnviz.compute import (
    equal,
    every,
    farther_from_zero,
    farthest_from_zero,
    less,
    literal,
    product,
    total,
)
from scenes.convolution._photograph import GREY
from scenes.convolution._worked_example import KERNEL_SIZE

PICTURE_SIZE = tuple(
    literal(size, of=f"{what} of cards.png")
    for size, what in zip(GREY.shape, ("rows", "columns"), strict=True)
)
SMALL_KERNEL = every(
    *(less(product([10, own]), whole) for own, whole in zip(KERNEL_SIZE, PICTURE_SIZE, strict=True))
)

# Output positions on the sides of the upper right card, and where nothing is near them: on the
# table beside it, and on its own white.
LEFT_SIDE, RIGHT_SIDE, TOP_SIDE, BOTTOM_SIDE = (128, 294), (128, 445), (23, 350), (229, 380)
FLAT_ROW = [(128, column) for column in (*range(278, 286), *range(301, 309))]
FLAT_COLUMN = [(row, 350) for row in (*range(15, 20), *range(30, 38))]


def weights(trace):
    """All the weights of a kernel of one channel, as applied, row by row."""
    rows, columns = trace.kernel.shape[2:]
    return [trace.kernel_number(i, j) for i in range(rows) for j in range(columns)]


def side(window, column):
    """The pixels below one column of the kernel, added up."""
    return total(window.pixel(row, column) for row in range(window.kernel.shape[1]))


def left_and_right(window):
    return side(window, 0), side(window, 2)


def same_size(size, other):
    return every(*(equal(one, two) for one, two in zip(size, other, strict=True)))


def smaller(size, other):
    """Fewer rows and fewer columns."""
    return every(*(less(one, two) for one, two in zip(size, other, strict=True)))


def corner(window):
    """Where a window begins: its topmost row and its leftmost column."""
    return literal(window.top, of="top of a window"), literal(window.left, of="left of a window")


def end(window):
    """Where a window ends: the row below it and the column to the right of it."""
    return tuple(total(pair) for pair in zip(corner(window), KERNEL_SIZE, strict=True))


def goes_to_the_end(trace, size):
    """With windows one pixel apart, the last of them ends where the picture ends."""
    return same_size(end(trace.window(trace.rows - 1, trace.columns - 1)), size)


def stands_out(trace, place, others):
    """At `place` the map is over ten times as far from zero as at any of the `others`."""
    numbers = [trace.number(*other) for other in others]
    farthest = max(numbers, key=lambda number: abs(number.value))
    return every(
        farthest_from_zero(farthest, of=numbers),
        farther_from_zero(trace.number(*place), product([10, farthest])),
    )
