"""What several scenes show: a picture of a sign as large as one likes, and whether it was known."""

from __future__ import annotations

import numpy as np
from manim import DOWN, DR, RIGHT, UP, Circle, Square, VGroup, VMobject

from cnnviz.compute import conv2d, mean, rounded
from cnnviz.visuals import input_grid
from cnnviz.visuals.theme import ACCENT, GROUND, Role, grey, hex_colour
from scenes.tictactoe._pictures import SIDE

WRONG = hex_colour((255, 127, 102))
"""Of what a machine has got wrong; what it has got right is in the accent's green."""
SIGN_COLOURS = {"X": ACCENT, "O": WRONG}
"""Of the two answers, say in bars. The film's own picture is a cross."""
OFF, ON = (hex_colour(grey(value, 1)) for value in (0, 1))
LINES, SEEN = 1.6, 0.65  # as in a grid of numbers


def sign(place, height, digits=False, trace=None):
    """A picture, `height` units high.

    With `digits` it is an `input_grid`, of the convolution `trace` if that is given; without them
    a `Sign`, which looks the same and has few parts.
    """
    if not digits:
        return Sign(place, height)
    # Any convolution of a picture knows its pixels.
    return input_grid(trace or conv2d(place.pixels(), [[1]]), cell=height / SIDE)


class Sign(VGroup):
    """A picture of 6×6 cells without digits.

    Attributes
    ----------
    place
        What is drawn.
    panel, rules
        The dark ground with its border, and the lines between cells.
    lit
        A square for each bright cell, in reading order.
    """

    def __init__(self, place, height):
        super().__init__()
        self.place = place
        self.panel = Square(height, fill_color=OFF, fill_opacity=1, stroke_width=0)
        self.rules = _rules(height)
        # Where small cells stand close, full lines would be all that is seen of them.
        self.rules.set_stroke(Role.INPUT.value, min(LINES, 0.4 + 0.6 * height), opacity=SEEN)
        self.add(self.panel, self.rules)
        cells = [tuple(map(int, cell)) for cell in np.argwhere(place.pixels())]
        self.lit = VGroup(*(self.cell(*cell, fill=ON) for cell in cells))
        self.submobjects = [self.panel, self.lit, self.rules]

    @property
    def side(self):
        """Of a cell as it is now, in Manim units."""
        return self.panel.width / SIDE

    def point(self, row, column):
        """The middle of a cell, which may lie between cells or outside."""
        middle = (SIDE - 1) / 2
        return self.panel.get_center() + self.side * (
            (column - middle) * RIGHT + (row - middle) * DOWN
        )

    def cell(self, row, column, *, fill=None, **style):
        """A new square over a cell."""
        square = Square(self.side, stroke_width=0, **style)
        if fill:
            square.set_fill(fill, opacity=1)
        return square.move_to(self.point(row, column))


def _rules(height):
    """All lines of the grid as one path."""
    rules, half = VMobject(), height / 2
    for at in np.linspace(-half, half, SIDE + 1):
        for start, end in (((at, -half), (at, half)), ((-half, at), (half, at))):
            _stroke(rules, [start, end])
    return rules


def _stroke(path, corners):
    """Go on with a path at other corners."""
    first, *others = (np.array([x, y, 0.0]) for x, y in corners)
    path.start_new_path(first)
    for other in others:
        path.add_line_to(other)


def mark(right, size=0.4):
    """A tick or a small cross on a disc: known, or not."""
    colour = ACCENT if right else WRONG
    corners = [[(-0.5, 0), (-0.12, -0.4), (0.55, 0.42)]]
    if not right:
        corners = [[(-0.4, -0.4), (0.4, 0.4)], [(-0.4, 0.4), (0.4, -0.4)]]
    strokes = VMobject(stroke_color=GROUND, stroke_width=max(3.0, 12 * size))
    for line in corners:
        _stroke(strokes, np.array(line) * size / 2)
    disc = Circle(size / 2, stroke_width=0, fill_color=colour, fill_opacity=1)
    return VGroup(disc, strokes)


def verdict(picture, right, size=None):
    """A border around a picture, and a mark at its lower right corner: known, or not."""
    colour = ACCENT if right else WRONG
    border = Square(picture.height, stroke_color=colour, stroke_width=5).move_to(picture)
    own = mark(right, size or 0.3 * picture.height)
    return VGroup(
        border, own.move_to(picture.get_corner(DR) + 0.06 * picture.height * (UP - RIGHT))
    )


def mean_right(run, kind, decimals=0):
    """Of a hundred pictures that it never saw, how many a kind of network knows: over all seeds."""
    return rounded(mean([one.percent(2) for one in run.by_seed(kind)]), decimals)
