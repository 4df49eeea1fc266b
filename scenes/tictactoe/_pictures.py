"""Every O and every X that fits into 6×6: three sizes, at all their places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDE = 6
SIZES = (4, 5, 6)
NAMES = ("O", "X")  # in the order of the network's outputs


@dataclass(frozen=True)
class Place:
    """A sign, its size, and the cell in which its upper left corner lies."""

    sign: str
    size: int
    row: int
    column: int

    def moved(self, down, right):
        return Place(self.sign, self.size, self.row + down, self.column + right)

    def pixels(self):
        """The picture, (6, 6), of 0 and 1."""
        picture = np.zeros((SIDE, SIDE), dtype=int)
        own = drawn_x(self.size) if self.sign == "X" else drawn_o(self.size)
        rows, columns = (slice(at, at + self.size) for at in (self.row, self.column))
        picture[rows, columns] = own
        return picture


def drawn_x(size):
    """Both diagonals."""
    line = np.eye(size, dtype=int)
    return np.maximum(line, line[:, ::-1])


def drawn_o(size):
    """A ring without its four corners. With 4×4 it has as many cells as the X."""
    ring = np.ones((size, size), dtype=int)
    ring[1:-1, 1:-1] = 0
    ring[:: size - 1, :: size - 1] = 0
    return ring


PLACES = tuple(
    Place(sign, size, row, column)
    for sign in NAMES
    for size in SIZES
    for row in range(SIDE - size + 1)
    for column in range(SIDE - size + 1)
)

OURS = Place("X", 4, 1, 1)  # the X of the film, in the middle
MOVED = OURS.moved(0, 1)  # the same one cell to the right
