"""A matrix as a grid of cells: squares shaded by value, digits that carry their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from manim import DOWN, RIGHT, UP, DashedVMobject, Square, VGroup
from manim.typing import Point3D

from cnnviz.compute import ConvTrace, Number, PoolTrace, ReluTrace
from cnnviz.visuals.text import Glyphs, number_text, worded
from cnnviz.visuals.theme import (
    BODY,
    GROUND,
    HEADING,
    LABEL,
    LINE,
    MUTED,
    SMALL,
    Role,
    diverging,
    grey,
    hex_colour,
    readable_on,
)

__all__ = [
    "NumberGrid",
    "Shade",
    "input_grid",
    "kernel_grid",
    "output_grid",
    "padded_grid",
    "pooled_grid",
    "relu_grid",
    "with_title",
]

Shade = Literal["grey", "diverging", "plain"]


class NumberGrid(VGroup):
    """Numbers in rows and columns.

    Parameters
    ----------
    numbers
        Rows of equal length; each `Number` comes from a trace.
    role
        Decides the colour of the lines.
    cell
        Side of a cell in Manim units.
    shade
        How the value fills the cell: brightness, signed scale, or not at all.
    limit
        The value of the full shade; the largest absolute value where it is None.

    Attributes
    ----------
    squares, digits
        `VGroup`s in reading order.
    border, inner
        Of a padded input: the cells of the border, and the others.
    rows, columns
        Counts of cells.
    cell
        Side of a cell as it is now, in Manim units.
    digit_size
        The font size of its digits, before anything was scaled.
    """

    def __init__(
        self,
        numbers: Sequence[Sequence[Number]],
        *,
        role: Role,
        cell: float = 0.7,
        shade: Shade = "diverging",
        limit: float | None = None,
    ) -> None:
        super().__init__()
        self.rows, self.columns = len(numbers), len(numbers[0])
        self.border, self.inner = VGroup(), VGroup()
        self.role = role
        values = np.array([[number.value for number in row] for row in numbers], dtype=float)
        full = limit if limit is not None else float(np.abs(values).max())
        self.fills = fills = _fills(values, shade, full)
        self.squares = VGroup(
            *(
                _square(cell, role, fills[r][c])
                for r in range(self.rows)
                for c in range(self.columns)
            )
        )
        self.squares.arrange_in_grid(self.rows, self.columns, buff=0)
        self.digit_size = size = _digit_size(cell, numbers)
        self.digits = VGroup(
            *(
                number_text(numbers[r][c], size, colour=readable_on(fills[r][c]))
                for r in range(self.rows)
                for c in range(self.columns)
            )
        )
        for digit, square in zip(self.digits, self.squares, strict=True):
            digit.move_to(square)
        self.add(self.squares, self.digits)

    @property
    def cell(self) -> float:
        points = self.squares[0].points[:, 0]
        return float(points.max() - points.min())

    def square(self, row: int, column: int) -> Square:
        """The cell's square."""
        square = self.squares[row * self.columns + column]
        assert isinstance(square, Square)
        return square

    def digit(self, row: int, column: int) -> Glyphs:
        """The cell's digits."""
        digits = self.digits[row * self.columns + column]
        assert isinstance(digits, Glyphs)
        return digits

    def at(self, row: int, column: int) -> VGroup:
        """Square and digits of a cell."""
        return VGroup(self.square(row, column), self.digit(row, column))

    def block(self, row: int, column: int, height: int, width: int) -> VGroup:
        """The squares of a window whose top left cell is (row, column), in reading order."""
        return VGroup(
            *(self.square(row + i, column + j) for i in range(height) for j in range(width))
        )

    def block_digits(self, row: int, column: int, height: int, width: int) -> VGroup:
        """The digits of a window, in reading order."""
        return VGroup(
            *(self.digit(row + i, column + j) for i in range(height) for j in range(width))
        )

    def point(self, row: float, column: float) -> Point3D:
        """Centre of the cell (row, column), which may lie between cells or outside."""
        origin, side = self.square(0, 0).get_center(), self.cell
        return origin + side * (column * RIGHT + row * DOWN)

    def empty(self) -> NumberGrid:
        """Make the cells blank for now: no fill, digits invisible. Returns itself."""
        for square in self.squares:
            square.set_fill(GROUND)
        self.digits.set_opacity(0)
        return self

    def reveal(self, row: int, column: int) -> NumberGrid:
        """Give a blank cell its fill and its digits. Returns itself."""
        self.square(row, column).set_fill(self.fills[row][column])
        self.digit(row, column).set_opacity(1)
        return self


def _square(cell: float, role: Role, fill: str) -> Square:
    square = Square(cell, stroke_color=role.value, stroke_width=1.6, fill_opacity=1)
    square.set_stroke(opacity=0.65)
    return square.set_fill(fill)


def _fills(values: np.ndarray, shade: Shade, limit: float) -> list[list[str]]:
    if shade == "plain":
        return [[GROUND] * values.shape[1] for _ in range(values.shape[0])]
    colours = (grey if shade == "grey" else diverging)(values, limit)
    return [[hex_colour(colour) for colour in row] for row in colours]


def _digit_size(cell: float, numbers: Sequence[Sequence[Number]]) -> float:
    """The largest size of the house at which the widest number fits its cell."""
    widest = max(
        (number for row in numbers for number in row), key=lambda n: number_text(n, SMALL).width
    )
    for size in (HEADING, BODY, LABEL):
        text = number_text(widest, size)
        if text.width <= 0.8 * cell and text.height <= 0.6 * cell:
            return size
    return SMALL


def input_grid(trace: ConvTrace, *, cell: float = 0.7, channel: int = 0) -> NumberGrid:
    """The trace's input, shaded like the picture that it is."""
    _, rows, columns = trace.input.shape
    return NumberGrid(
        [[trace.input_number(r, c, channel) for c in range(columns)] for r in range(rows)],
        role=Role.INPUT,
        cell=cell,
        shade="grey",
    )


def kernel_grid(trace: ConvTrace, *, cell: float = 0.7, output: int = 0) -> NumberGrid:
    """The trace's kernel, weights tinted by value."""
    *_, rows, columns = trace.kernel.shape
    return NumberGrid(
        [[trace.kernel_number(r, c, output=output) for c in range(columns)] for r in range(rows)],
        role=Role.KERNEL,
        cell=cell,
    )


def output_grid(
    trace: ConvTrace, *, cell: float = 0.7, channel: int = 0, limit: float | None = None
) -> NumberGrid:
    """The trace's output: the feature map."""
    return NumberGrid(_numbers(trace, channel), role=Role.OUTPUT, cell=cell, limit=limit)


def relu_grid(trace: ReluTrace, *, cell: float = 0.7, limit: float | None = None) -> NumberGrid:
    """The feature map after ReLU."""
    return NumberGrid(_numbers(trace, 0), role=Role.OUTPUT, cell=cell, limit=limit)


def pooled_grid(trace: PoolTrace, *, cell: float = 0.7, limit: float | None = None) -> NumberGrid:
    """The pooled feature map."""
    return NumberGrid(_numbers(trace, 0), role=Role.OUTPUT, cell=cell, limit=limit)


def _numbers(trace: ConvTrace | ReluTrace | PoolTrace, channel: int) -> list[list[Number]]:
    _, rows, columns = trace.output.shape
    return [[trace.number(r, c, channel) for c in range(columns)] for r in range(rows)]


def padded_grid(trace: ConvTrace, *, cell: float = 0.7) -> NumberGrid:
    """The trace's input with its border of zeros, the border's cells dashed.

    The grid's `border` holds the dashed squares and zeros, its `inner` the input's cells.
    """
    _, rows, columns = trace.padded.shape
    grid = NumberGrid(
        [[trace.padded_number(r, c) for c in range(columns)] for r in range(rows)],
        role=Role.INPUT,
        cell=cell,
        shade="grey",
    )
    (top, bottom), (left, right) = trace.padding
    for row in range(rows):
        for column in range(columns):
            inside = top <= row < rows - bottom and left <= column < columns - right
            (grid.inner if inside else grid.border).add(grid.at(row, column))
            if not inside:
                _dash(grid, row, column)
    return grid


def _dash(grid: NumberGrid, row: int, column: int) -> None:
    square = grid.square(row, column)
    square.set_fill(GROUND).set_stroke(opacity=0)
    outline = Square(grid.cell, stroke_color=LINE, stroke_width=2.5).move_to(square)
    square.add(DashedVMobject(outline, num_dashes=16))
    grid.digit(row, column).set_color(MUTED)


def with_title(grid: VGroup, text: VGroup | str, *, size: float = LABEL) -> VGroup:
    """The grid with its name above it, in the colour of its role."""
    role = getattr(grid, "role", None)
    title = worded(text, size, colour=role.value if role else MUTED)
    return VGroup(grid, title.next_to(grid, UP, buff=0.22))
