"""A kernel while it learns: its cells follow the snapshots that were recorded, and nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnnviz.compute.number import Number
from cnnviz.script.numerals import as_digits
from cnnviz.visuals.grid import NumberGrid
from cnnviz.visuals.text import number_text
from cnnviz.visuals.theme import Role, diverging, hex_colour, readable_on

__all__ = ["MovingWeights"]


class MovingWeights(NumberGrid):
    """A grid of weights at the moment that it shows: the last snapshot that was recorded by then.

    It follows a `Clock` whose moments are steps of training. At first it shows the first snapshot.

    Parameters
    ----------
    weights
        Of all snapshots, (S, rows, columns); they colour the cells.
    steps
        When each was recorded, rising, (S,).
    number
        Gives the number that is written at (snapshot, row, column), rounded as it is to be shown.
    limit
        The weight of the full colour; the largest absolute value of all snapshots where it is None.
    role, cell
        As of `NumberGrid`.

    Attributes
    ----------
    snapshot
        The index of the one that is shown.

    Raises
    ------
    ValueError
        `weights` are not a stack of matrices, or do not go with `steps`, or these do not rise.
    """

    def __init__(
        self,
        weights: ArrayLike,
        steps: Sequence[float],
        number: Callable[[int, int, int], Number],
        *,
        role: Role = Role.KERNEL,
        cell: float = 1.0,
        limit: float | None = None,
    ) -> None:
        self.weights, self.steps = np.asarray(weights, float), list(steps)
        if self.weights.ndim != 3 or len(self.weights) != len(self.steps) or not self.steps:
            raise ValueError(f"{len(self.steps)} steps do not go with {self.weights.shape} weights")
        if self.steps != sorted(set(self.steps)):
            raise ValueError("steps must rise")
        self.number, self.snapshot = number, 0
        self.full = float(np.abs(self.weights).max()) if limit is None else limit
        # Wide enough for the longest number that will ever be written.
        snapshots, rows, columns = self.weights.shape
        longest = [
            [
                max(
                    (number(at, row, column) for at in range(snapshots)),
                    key=lambda one: len(as_digits(one.value)),
                )
                for column in range(columns)
            ]
            for row in range(rows)
        ]
        super().__init__(longest, role=role, cell=cell, limit=self.full)
        self._cell = cell
        self._show(0)

    def seek(self, step: float) -> MovingWeights:
        """Show the last snapshot that was recorded by `step`. Returns itself."""
        snapshot = max(0, bisect_right(self.steps, step) - 1)
        if snapshot != self.snapshot:
            self._show(snapshot)
        return self

    def _show(self, snapshot: int) -> None:
        self.snapshot = snapshot
        for row in range(self.rows):
            for column in range(self.columns):
                fill = hex_colour(diverging(self.weights[snapshot, row, column], self.full))
                self.fills[row][column] = fill
                self.square(row, column).set_fill(fill)
                self._write(row, column, self.number(snapshot, row, column))

    def _write(self, row: int, column: int, number: Number) -> None:
        """Write a number into its cell; the digits are exchanged only if they are others."""
        before = self.digit(row, column)
        ink = readable_on(self.fills[row][column])
        if before.original_text == as_digits(number.value):
            before.numbers = (number,)
            before.set_fill(ink)
            return
        text = number_text(number, self.digit_size, colour=ink)
        text.scale(self.cell / self._cell).move_to(self.square(row, column))
        text.set_fill(opacity=before[0].get_fill_opacity())
        before.set_opacity(0)  # Manim goes on drawing it until the running animation ends
        self.digits.submobjects[row * self.columns + column] = text
