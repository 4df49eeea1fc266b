"""ReLU drops the negatives and cleans the map."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arrow, Create, FadeIn, FadeOut, LaggedStart, Square, VGroup

from cnnviz.compute import (
    count,
    difference,
    every,
    greater,
    not_negative,
    positive,
    zero,
)
from cnnviz.errors import UserError
from cnnviz.visuals import (
    SweepReplace,
    fit,
    formula,
    number_text,
    output_grid,
    relu_grid,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED
from scenes.shared._claims import left_and_right
from scenes.shared._worked_example import WorkedScene, fitted, output_shape


def left_bright_or_gone(window, rectified):
    """After ReLU something is left where the left side is brighter, and nowhere else."""
    after, (left, right) = rectified.number(window.row, window.column), left_and_right(window)
    if after.value:
        return every(positive(after), greater(left, right))
    return every(zero(after), not_negative(difference(right, left)))


class Relu(WorkedScene):
    @classmethod
    def examples(cls):
        """Where a negative and a positive number stand: the first of each."""
        trace = cls.example().valid
        signs = np.sign(trace.output[0])
        if not {-1, 1} <= set(signs.flat):
            raise UserError(
                "the feature map has not both a negative and a positive number for ReLU to show",
                hint="take another picture or kernel",
            )
        found = (np.argwhere(signs == sign)[0] for sign in (-1, 1))
        return [(int(row), int(column)) for row, column in found]

    @classmethod
    def numbers(cls):
        before, after = cls.example().valid, cls.example().rectified
        negative, positive = cls.examples()
        return {
            "negative.before": before.number(*negative),
            "negative.after": after.number(*negative),
            "positive.before": before.number(*positive),
            "positive.after": after.number(*positive),
        }

    @classmethod
    def claims(cls):
        trace, rectified = cls.example().valid, cls.example().rectified
        values = trace.output.ravel().tolist()
        return {
            "most_are_negative": greater(
                count([value for value in values if value < 0]),
                count([value for value in values if value >= 0]),
            ),
            "no_minus_left": not_negative(
                *(rectified.number(window.row, window.column) for window in trace.windows())
            ),
            "only_left_bright_left": every(
                *(left_bright_or_gone(window, rectified) for window in trace.windows())
            ),
        }

    def setup_stage(self):
        trace = self.example().valid
        self.side = fitted(1.2, 4, output_shape(trace))
        self.before = output_grid(trace, cell=self.side)
        self.across(self.before, lowered=0.2)
        self.titled = with_title(self.before, self.label("before", BODY, colour=MUTED))
        self.add(self.titled)

    def construct(self):
        with self.beat("question") as beat:
            values = self.example().valid.output.flat
            negatives = [
                Square(self.side, color=ACCENT, stroke_width=6).move_to(square)
                for square, value in zip(self.before.squares, values, strict=True)
                if value < 0
            ]
            self.play(
                LaggedStart(*(Create(mark) for mark in negatives), lag_ratio=0.3),
                run_time=beat.part(0.7),
            )

        with self.beat("rule") as beat:
            rule = formula('"ReLU"(x) = max(0, x)', HEADING)
            pairs = VGroup(*(self.in_and_out(*place) for place in self.examples()))
            goal = self.beside(rule, pairs)
            self.play(
                FadeOut(*negatives),
                self.titled.animate.move_to(goal),
                run_time=beat.part(0.2),
            )
            self.play(FadeIn(rule, shift=UP * 0.2), run_time=beat.part(0.2))

        with self.beat("example") as beat:
            for pair in pairs:
                self.play(FadeIn(pair, shift=RIGHT * 0.3), run_time=beat.part(0.3))

        with self.beat("sweep") as beat:
            full = float(np.abs(self.example().valid.output).max())
            after = relu_grid(self.example().rectified, cell=self.side, limit=full)
            name = self.label("after", BODY, colour=after.role.value).move_to(self.titled[1])
            self.play(SweepReplace(self.before, after), run_time=beat.part(0.5))
            self.play(FadeOut(self.titled[1]), FadeIn(name), run_time=beat.part(0.2))

    def beside(self, rule, pairs):
        """Put the rule and the examples where they belong; where the map goes to make room."""
        pairs.arrange(DOWN, buff=0.5)
        if self.format.flow == "right":
            rule.move_to(RIGHT * 3.2 + UP * 1.2)
            pairs.next_to(rule, DOWN, buff=0.9)
            return self.titled.copy().shift(LEFT * 3.4)
        goal = self.titled.copy()
        self.across(goal, fit(rule), pairs, buff=0.6)
        return goal

    def in_and_out(self, row, column):
        before = number_text(self.example().valid.number(row, column), HEADING)
        rectified = self.example().rectified.number(row, column)
        after = number_text(rectified, HEADING, colour=ACCENT)
        arrow = Arrow(-RIGHT * 0.6, RIGHT * 0.6, color=MUTED, stroke_width=4)
        return VGroup(before, arrow, after).arrange(RIGHT, buff=0.35)
