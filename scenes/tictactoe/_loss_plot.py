"""The loss of an answer over the probability of the right one, as a curve one can run along."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, UL, UP, UR, Dot, Line, Rectangle, VGroup, VMobject

from cnnviz.compute import cross_entropy, literal, rounded, softmax
from cnnviz.visuals import number_text
from cnnviz.visuals.axes import PlotAxes, Scale
from cnnviz.visuals.theme import ACCENT, HEADING, LINE, MUTED, PANEL, TEXT
from scenes.tictactoe._parts import WRONG

LEAST = 0.05  # the probability at which the curve ends: its loss is just below 3
TRACK = 0.2  # Manim units: how high the bar on the axis is
LOSS = WRONG  # the colour of all that tells how large the loss is


def answer_with(probability):
    """The logits of two answers of which the second, the right one, is so probable."""
    return [0, float(np.log(probability / (1 - probability)))]


def loss_at(probability):
    """The loss of an answer, as it is shown."""
    return rounded(cross_entropy(answer_with(probability), 1).number)


def probability_at(probability):
    """The same probability, computed as networks do, as it is shown."""
    return rounded(softmax(answer_with(probability)).number(1))


class LossPlot(VGroup):
    """The curve of −ln p; its bottom axis is the bar of the right answer.

    `pen` and `marker` follow clocks whose moment is the probability: the one draws the curve from
    1 as far as that, the other stands there, with lines to both axes, and fills the bar.
    """

    def __init__(self, loss, probability, width, height):
        super().__init__()
        ticks = [literal(one, of="axis") for one in (0, 0.5, 1)]
        losses = [literal(one, of="axis") for one in (0, 1, 2, 3)]
        self.axes = PlotAxes(
            Scale(losses),
            Scale(ticks),
            width=width,
            height=height,
            y_title=loss,
            x_title=probability,
        )
        self.track = Rectangle(width=1, height=TRACK, stroke_color=LINE, stroke_width=1.5)
        self.track.set_fill(PANEL, 1)
        self.pen, self.marker = Pen(self), Marker(self)
        self.add(self.axes, self.track, self.pen, self.marker)
        self.track.stretch_to_fit_width(self.axes.bottom.get_length()).move_to(self.axes.bottom)
        self.pen.seek(1)
        self.marker.seek(1)

    def point(self, probability):
        """Where the curve is there."""
        return self.axes.point(-np.log(probability) + 0.0, probability)

    def foot(self, probability):
        """The place of a probability on the axis."""
        return self.axes.point(0, probability)

    def loss_text(self, number):
        """A loss beside the upright axis, on the marker's line."""
        text = number_text(number, HEADING, colour=LOSS)
        height = self.axes.point(number.value, 0)
        return text.next_to(height, UR, buff=0.14)

    def probability_text(self, number):
        """A probability at the marker's foot."""
        text = number_text(number, HEADING, colour=ACCENT)
        return self.put_at_foot(text, number.value)

    def put_at_foot(self, text, probability):
        return text.next_to(self.foot(probability) + TRACK / 2 * UP, UL, buff=0.14)


class Pen(VMobject):
    """The curve from 1 to the probability that it is told."""

    def __init__(self, plot):
        super().__init__(stroke_color=LOSS, stroke_width=6)
        self.plot = plot

    def seek(self, probability):
        places = np.linspace(1, min(max(probability, LEAST), 0.999), 120)
        self.set_points_as_corners([self.plot.point(one) for one in places])
        return self


class Marker(VGroup):
    """A dot on the curve, lines from it to both axes, and the bar as long as it says."""

    def __init__(self, plot):
        super().__init__()
        self.plot = plot
        self.lines = VGroup(*(Line(color=MUTED, stroke_width=3) for _ in range(2)))
        self.bar = Rectangle(width=1, height=TRACK, stroke_width=0, fill_color=ACCENT)
        self.bar.set_fill(opacity=1)
        self.dot = Dot(radius=0.15, color=TEXT)
        self.add(self.lines, self.bar, self.dot)

    def seek(self, probability):
        self.probability = probability
        at, foot = self.plot.point(probability), self.plot.foot(probability)
        start = self.plot.foot(0)
        side = np.array([start[0], at[1], 0])
        for line, end in zip(self.lines, (foot, side), strict=True):
            # One that has no length has no direction either.
            line.put_start_and_end_on(end, at + 1e-3 * (UP + RIGHT))
        self.bar.stretch_to_fit_width(max(foot[0] - start[0], 1e-3))
        self.bar.move_to(start, LEFT)
        self.dot.move_to(at)
        return self
