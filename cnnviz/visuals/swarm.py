"""Where dots stand that show one value each, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["swarm"]

SMALLEST = 0.02
"""Of a dot, in Manim units: what is smaller is no dot any more."""
MOST_ROWS = 6
"""In which dots of one value may stand."""
APART = 0.8
"""Of the way from one value to the next, the share that the rows of one may take."""
WORTH = 1.3
"""How many times as large dots must become for them to stand in several rows."""

Places = NDArray[np.float64]


def swarm(
    heights: Sequence[float], room: float, largest: float
) -> tuple[NDArray[np.float64], float]:
    """Places of dots around a middle line, always the same for the same heights.

    Dots of one height stand beside each other, the first in the middle. Where there are so many
    that they would be tiny, they stand in several rows around that height, all nearer to it than
    to any other height that occurs.

    Parameters
    ----------
    heights
        Of the dots' middles, in any unit, (n,).
    room
        How wide they may spread, in the same unit.
    largest
        The largest dot, in the same unit.

    Returns
    -------
    places, diameter
        Of each dot, how far it is to the side and how high, (n, 2); and how large all may be.

    Raises
    ------
    ValueError
        They would have to be smaller than `SMALLEST`.
    """
    given = np.asarray(heights, float)
    if not len(given):
        return np.zeros((0, 2)), largest
    places, size = _in_one_row(given, room, largest)
    rows, larger = _rows(given, room, largest)
    if larger > WORTH * size:
        places, size = _in_rows(given, rows, larger), larger
    if size < SMALLEST:
        raise ValueError(f"{len(given)} dots do not fit into a width of {room:.2f}")
    return places, size


def _in_one_row(heights: Places, room: float, largest: float) -> tuple[Places, float]:
    """Every dot at its very height, as large as fits; dots of other heights may be in between."""
    size = min(largest, room / int(np.unique(heights, return_counts=True)[1].max()))
    while size >= SMALLEST:
        offsets = _offsets(heights, size)
        if np.abs(offsets).max() + size / 2 <= room / 2 + 1e-9:
            return np.stack([offsets, heights], axis=1), size
        size *= 0.95
    return np.zeros((0, 2)), 0.0


def _offsets(heights: Places, size: float) -> Places:
    """Each dot, from the lowest on, as near to the middle as those before let it."""
    offsets = np.zeros_like(heights)
    placed: list[int] = []
    for index in np.argsort(heights, kind="stable"):
        near = [one for one in placed if heights[index] - heights[one] < size]
        apart = np.sqrt(size**2 - (heights[index] - heights[near]) ** 2)
        free = np.concatenate([[0.0], offsets[near] + apart, offsets[near] - apart])
        clear = free[np.all(np.abs(free[:, None] - offsets[near]) >= apart - 1e-9, axis=1)]
        offsets[index] = clear[np.lexsort((-clear, np.abs(clear).round(9)))[0]]
        placed.append(int(index))
    return _centred(heights, offsets, size)


def _centred(heights: Places, offsets: Places, size: float) -> Places:
    """Rows of equal height moved to the middle, where nothing is in their way."""
    for height in np.unique(heights):
        row = heights == height
        moved = offsets[row] - (offsets[row].min() + offsets[row].max()) / 2
        far = np.hypot(moved[:, None] - offsets[~row], height - heights[~row])
        if np.all(far >= size - 1e-9):
            offsets[row] = moved
    return offsets


def _rows(heights: Places, room: float, largest: float) -> tuple[int, float]:
    """In how many rows dots of one height can be largest, and how large."""
    levels, counts = np.unique(heights, return_counts=True)
    gap = float(np.diff(levels).min(initial=np.inf))
    sizes = {
        rows: min(largest, APART * gap / rows, room / -(-int(counts.max()) // rows))
        for rows in range(1, MOST_ROWS + 1)
    }
    return max(sizes.items(), key=lambda one: (round(one[1], 9), -one[0]))


def _in_rows(heights: Places, most: int, size: float) -> Places:
    """Dots of one height in rows of equal length, the fuller ones nearer to the height."""
    places = np.stack([np.zeros_like(heights), heights], axis=1)
    longest = -(-int(np.unique(heights, return_counts=True)[1].max()) // most)
    for height in np.unique(heights):
        level = np.flatnonzero(heights == height)
        rows = np.array_split(level, -(-len(level) // longest))
        for number, row in enumerate(rows):
            places[row, 0] = (np.arange(len(row)) - (len(row) - 1) / 2) * size
            places[row, 1] += (number - (len(rows) - 1) / 2) * size
    return places
