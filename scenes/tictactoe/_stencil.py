"""The filter as it lies on the picture: a weight on each cell, bright where the cell is bright."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, RoundedRectangle, Square, VGroup

from cnnviz.visuals import number_text
from cnnviz.visuals.theme import DARK_INK, LINE, PANEL, SMALL, TEXT, Role

SIZE = 3
PLATE = (0.82, 0.48)
"""Width and height of a weight's plate, in cells of the picture."""


class Stencil(VGroup):
    """Nine weights on plates, and a frame around them; it slides like any window.

    The plates lie on the picture's cells and hide their digits; around them the cells' light is
    seen. A plate on a bright cell shines.

    Parameters
    ----------
    seen
        The picture's grid.
    numbers
        The weights, row by row.
    output
        The map whose cell gets an outline; None for none.

    Attributes
    ----------
    plates
        A board and its weight each, in reading order.
    frame, target
        The outlines on the picture and on the map.
    row, column
        Where it lies.
    """

    def __init__(self, seen, numbers, output=None):
        super().__init__()
        self.seen, self.output = seen, output
        side = seen.cell
        self.plates = VGroup(*(_plate(number, side) for row in numbers for number in row))
        self.frame = Square(SIZE * side, stroke_color=Role.KERNEL.value, stroke_width=6)
        self.target = VGroup()
        if output:
            self.target = Square(output.cell, stroke_color=Role.OUTPUT.value, stroke_width=6)
        self.add(self.target, self.plates, self.frame)
        self.place(0, 0)

    def place(self, row, column):
        """Lie at a position of the map, which may be between cells. Returns itself."""
        self.row, self.column = row, column
        self.frame.move_to(self.seen.point(row + 1, column + 1))
        for index, plate in enumerate(self.plates):
            i, j = divmod(index, SIZE)
            plate.move_to(self.seen.point(row + i, column + j))
            shine(plate, self.lit(i, j))
        if self.output:
            self.target.move_to(self.output.point(row, column))
        return self

    def lit(self, i, j):
        """Whether a weight lies on a bright cell."""
        cell = round(self.row) + i, round(self.column) + j
        return bool(self.seen.digit(*cell).numbers[0].value)

    def lit_plates(self):
        """The plates on bright cells."""
        return VGroup(
            *(plate for at, plate in enumerate(self.plates) if self.lit(*divmod(at, SIZE)))
        )


def _plate(number, side):
    board = RoundedRectangle(
        width=PLATE[0] * side,
        height=PLATE[1] * side,
        corner_radius=0.08 * side,
        fill_opacity=1,
        stroke_width=1.5,
    )
    text = number_text(number, SMALL)
    text.scale(min(1.35, 0.88 * board.width / text.width, 0.7 * board.height / text.height))
    return VGroup(board, text)


def shine(plate, lit):
    """Paint a plate as it lies on a bright or on a dark cell."""
    board, text = plate
    board.set_fill(Role.KERNEL.value if lit else PANEL)
    board.set_stroke(Role.KERNEL.value if lit else LINE)
    text.set_color(DARK_INK if lit else TEXT)


class Workings(VGroup):
    """What happens in each cell under the filter, written into it: pixel × weight, the product.

    Parameters
    ----------
    window
        Of the convolution's trace.
    seen
        The picture's grid.

    Attributes
    ----------
    pixels, times, products
        `VGroup`s in reading order. Where the weights belong, `lay` tells.
    """

    def __init__(self, window, seen):
        super().__init__()
        self.window, self.seen, side = window, seen, seen.cell
        self.pixels, self.times, self.products = VGroup(), VGroup(), VGroup()
        for i, j in np.ndindex(SIZE, SIZE):
            square = seen.square(window.top + i, window.left + j)
            ink = seen.digit(window.top + i, window.left + j).get_color()
            middle = square.get_center()
            pixel = number_text(window.pixel(i, j), SMALL, colour=ink).scale(0.85 * side)
            product = number_text(window.product(i, j), SMALL, colour=ink).scale(1.3 * side)
            cross = _cross(0.1 * side, ink)
            self.pixels.add(pixel.move_to(middle + side * (0.36 * -RIGHT + 0.2 * -DOWN)))
            self.times.add(cross.move_to(middle + side * (0.2 * -RIGHT + 0.2 * -DOWN)))
            self.products.add(product.move_to(middle + side * 0.22 * DOWN))
        self.add(self.pixels, self.times, self.products)

    def lay(self, plate, index):
        """`plate`, made smaller and put where a weight belongs. Returns it."""
        i, j = divmod(index, SIZE)
        square = self.seen.square(self.window.top + i, self.window.left + j)
        side = self.seen.cell
        plate.scale(0.62)
        return plate.move_to(square.get_center() + side * (0.17 * RIGHT + 0.2 * -DOWN))

    def dark(self):
        """Which cells are dark, as indices."""
        return [at for at, pixel in enumerate(self.window.patch.flat) if not pixel]

    def lit(self):
        """Which cells are bright, as indices."""
        return [at for at, pixel in enumerate(self.window.patch.flat) if pixel]


def _cross(size, colour):
    from cnnviz.visuals import words

    cross = words("×", SMALL, colour=colour)
    return cross.scale(size / cross.width)
