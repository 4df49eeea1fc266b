"""What several scenes' claims are made of: sides of a window, sizes, corners."""

from __future__ import annotations

from cnnviz.compute import equal, every, less, literal, matrix_size, product, total


def weights(trace):
    """All the weights of a kernel of one channel, as applied, row by row."""
    rows, columns = trace.kernel.shape[2:]
    return [trace.kernel_number(i, j) for i in range(rows) for j in range(columns)]


def side(window, column):
    """What the kernel takes of the pixels below one of its columns, signs aside, added up."""
    return total(taken(window, row, column) for row in range(window.kernel.shape[1]))


def taken(window, row, column):
    """A pixel as often as its weight says."""
    weight = abs(window.trace.kernel_number(row, column).value)
    pixel = window.pixel(row, column)
    return pixel if weight == 1 else product([weight, pixel])


def left_and_right(window):
    return side(window, 0), side(window, window.kernel.shape[2] - 1)


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
    size = matrix_size(window.kernel[0].tolist())
    return tuple(total(pair) for pair in zip(corner(window), size, strict=True))


def goes_to_the_end(trace, size):
    """With windows one pixel apart, the last of them ends where the picture ends."""
    return same_size(end(trace.window(trace.rows - 1, trace.columns - 1)), size)
