"""A perceptron on a picture: all its cells in one column, and a wire from each to each neuron."""

from __future__ import annotations

from itertools import product

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    Animation,
    Circle,
    Dot,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
    linear,
)

from cnnviz.visuals import number_text
from cnnviz.visuals.theme import BODY, MUTED, PANEL, Role, diverging, hex_colour
from scenes.tictactoe._parts import OFF, ON
from scenes.tictactoe._pictures import SIDE

CELL, PITCH = (0.5, 0.17), 0.184
NEURON = 0.6
THIN, THICK = 1.4, 6.0
DARK, FAINT, BRIGHT = 0.07, 0.65, 1.0
"""Of wires: at dark cells, while nothing flows, and at bright cells."""


class Wires(VGroup):
    """Thirty-six cells in a column, three neurons, two answers.

    Attributes
    ----------
    cells
        In reading order of the picture.
    neurons, answers
        Circles.
    first
        For each cell, a `VGroup` of its wires to the neurons.
    last
        For each neuron, a `VGroup` of its wires to the answers.
    sums
        What neurons hold, once it is written.
    """

    def __init__(self, weights, place, *, width=6.4):
        super().__init__()
        self.weights = weights
        self.cells = VGroup(*(self._cell(index) for index in range(SIDE * SIDE)))
        self.cells.center()
        self.show(place)
        self.neurons = _circles(3, 2.0).shift(0.62 * width * RIGHT)
        self.answers = _circles(2, 2.0).shift(width * RIGHT)
        self.first = self._wires(self.cells, self.neurons, weights["hidden_weights"])
        self.last = self._wires(self.neurons, self.answers, weights["output_weights"])
        self.sums = VGroup()
        self.add(self.first, self.last, self.cells, self.neurons, self.answers, self.sums)

    def show(self, place):
        """Let the cells be those of a picture, at once."""
        self.place = place
        for cell, value in zip(self.cells, place.pixels().ravel(), strict=True):
            cell.set_fill(ON if value else OFF)
        return self

    def lit(self, place=None):
        """Indices of the bright cells."""
        return np.flatnonzero((place or self.place).pixels().ravel()).tolist()

    def spread(self, picture, **kwargs):
        """The cells of a picture leave it, row by row, and stand in the column."""
        goals = [cell.copy() for cell in self.cells]
        places = product(range(SIDE), range(SIDE))
        for cell, place in zip(self.cells, places, strict=True):
            cell.stretch_to_fit_width(picture.side).stretch_to_fit_height(picture.side)
            cell.move_to(picture.point(*place))
        moves = (cell.animate.become(goal) for cell, goal in zip(self.cells, goals, strict=True))
        return LaggedStart(*moves, lag_ratio=0.06, **kwargs)

    def grow(self, wires, **kwargs):
        """Draw wires from their beginnings, those of the first cell first."""
        return _Grow(wires, **kwargs)

    def flow(self, cells, neurons=(0, 1, 2), **kwargs):
        """A pulse runs along the wires of some cells."""
        return _Flow([self.first[cell][neuron] for cell in cells for neuron in neurons], **kwargs)

    def brighten(self, bright=(), rest=DARK):
        """Animations: the wires of some cells become bright, all others faint."""
        return [
            wires.animate.set_stroke(opacity=BRIGHT if index in bright else rest)
            for index, wires in enumerate(self.first)
        ]

    def written(self, numbers):
        """Numbers for the neurons."""
        return VGroup(
            *(
                number_text(number, BODY).scale(0.88).move_to(circle)
                for number, circle in zip(numbers, self.neurons, strict=True)
            )
        )

    def _cell(self, index):
        width, height = CELL
        cell = Rectangle(width=width, height=height, stroke_width=0.8, fill_opacity=1)
        cell.set_stroke(Role.INPUT.value, opacity=0.65)
        return cell.shift(index * PITCH * DOWN)

    def _wires(self, starts, ends, matrix):
        shares = np.array(matrix).T / np.abs(matrix).max()
        return VGroup(
            *(
                VGroup(*(_wire(start, *to) for to in zip(ends, own, strict=True)))
                for start, own in zip(starts, shares, strict=True)
            )
        )


def _circles(count, pitch):
    return VGroup(
        *(
            Circle(NEURON, color=MUTED, stroke_width=4, fill_color=PANEL, fill_opacity=1).shift(
                (index - (count - 1) / 2) * pitch * DOWN
            )
            for index in range(count)
        )
    )


def _wire(start, end, share):
    """From one thing to another; its colour is the weight's sign, its width the weight's size."""
    one, other = start.get_right(), end.get_left()
    colour = hex_colour(diverging(np.sign(share) * max(abs(share), 0.35), 1.0, vivid=True))
    line = Line(one, other)
    return line.set_stroke(colour, THIN + abs(share) * (THICK - THIN), opacity=FAINT)


class _Grow(Animation):
    """Lines that grow from their starts, one after the other."""

    LONG = 0.4

    def __init__(self, wires, **kwargs):
        self.lines = [line for group in wires for line in group]
        kwargs.setdefault("rate_func", linear)
        super().__init__(wires, introducer=True, **kwargs)

    def create_starting_mobject(self):
        """No copy: where the lines lie is where they end."""
        self.ends = [line.get_start_and_end() for line in self.lines]
        return self.mobject

    def interpolate_mobject(self, alpha):
        """Be so far."""
        share, last = self.rate_func(alpha), max(1, len(self.lines) - 1)
        for index, (line, (start, end)) in enumerate(zip(self.lines, self.ends, strict=True)):
            own = (share - index / last * (1 - self.LONG)) / self.LONG
            own = min(max(own, 1e-3), 1.0)
            line.put_start_and_end_on(start, start + own * (end - start))


class _Flow(Animation):
    """A dot on each of some wires, from its start to its end."""

    def __init__(self, lines, **kwargs):
        self.lines = lines
        self.dots = VGroup(*(Dot(radius=0.07, color=ON) for _ in lines))
        super().__init__(self.dots, introducer=True, remover=True, **kwargs)

    def create_starting_mobject(self):
        """No copy: where the dots are follows from the time alone."""
        return self.mobject

    def interpolate_mobject(self, alpha):
        """Be so far on the way."""
        share = self.rate_func(alpha)
        for dot, line in zip(self.dots, self.lines, strict=True):
            dot.move_to(line.point_from_proportion(share))
