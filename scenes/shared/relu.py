"""ReLU drops the negatives and cleans the map."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Arrow, Create, FadeIn, FadeOut, LaggedStart, Square, VGroup

from cnnviz.compute import (
    count,
    difference,
    every,
    greater,
    not_negative,
    positive,
    zero,
)
from cnnviz.lesson import Lesson
from cnnviz.visuals import SweepReplace, formula, number_text, output_grid, relu_grid, with_title
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED
from scenes.convolution._claims import left_and_right
from scenes.convolution._worked_example import RECTIFIED, VALID

NEGATIVE, POSITIVE = (0, 0), (0, 2)


def left_bright_or_gone(window):
    """After ReLU something is left where the left side is brighter, and nowhere else."""
    after, (left, right) = RECTIFIED.number(window.row, window.column), left_and_right(window)
    if after.value:
        return every(positive(after), greater(left, right))
    return every(zero(after), not_negative(difference(right, left)))


class Relu(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "negative.before": VALID.number(*NEGATIVE),
            "negative.after": RECTIFIED.number(*NEGATIVE),
            "positive.before": VALID.number(*POSITIVE),
            "positive.after": RECTIFIED.number(*POSITIVE),
        }

    @classmethod
    def claims(cls):
        values = VALID.output.ravel().tolist()
        return {
            "most_are_negative": greater(
                count([value for value in values if value < 0]),
                count([value for value in values if value >= 0]),
            ),
            "no_minus_left": not_negative(
                *(RECTIFIED.number(window.row, window.column) for window in VALID.windows())
            ),
            "only_left_bright_left": every(*(left_bright_or_gone(one) for one in VALID.windows())),
        }

    def setup_stage(self):
        self.before = output_grid(VALID, cell=1.2).shift(DOWN * 0.2)
        self.titled = with_title(self.before, self.label("before", BODY, colour=MUTED))
        self.add(self.titled)

    def construct(self):
        with self.beat("question") as beat:
            negatives = [
                Square(1.2, color=ACCENT, stroke_width=6).move_to(square)
                for square, value in zip(self.before.squares, VALID.output.flat, strict=True)
                if value < 0
            ]
            self.play(
                LaggedStart(*(Create(mark) for mark in negatives), lag_ratio=0.3),
                run_time=beat.part(0.7),
            )

        with self.beat("rule") as beat:
            rule = formula('"ReLU"(x) = max(0, x)', HEADING)
            rule.move_to(RIGHT * 3.2 + UP * 1.2)
            self.play(
                FadeOut(*negatives),
                self.titled.animate.shift(-RIGHT * 3.4),
                run_time=beat.part(0.2),
            )
            self.play(FadeIn(rule, shift=UP * 0.2), run_time=beat.part(0.2))

        with self.beat("example") as beat:
            pairs = VGroup(*(self.in_and_out(*place) for place in (NEGATIVE, POSITIVE)))
            pairs.arrange(DOWN, buff=0.5).next_to(rule, DOWN, buff=0.9)
            for pair in pairs:
                self.play(FadeIn(pair, shift=RIGHT * 0.3), run_time=beat.part(0.3))

        with self.beat("sweep") as beat:
            after = relu_grid(RECTIFIED, cell=1.2, limit=4)
            name = self.label("after", BODY, colour=after.role.value).move_to(self.titled[1])
            self.play(SweepReplace(self.before, after), run_time=beat.part(0.5))
            self.play(FadeOut(self.titled[1]), FadeIn(name), run_time=beat.part(0.2))

    def in_and_out(self, row, column):
        before = number_text(VALID.number(row, column), HEADING)
        after = number_text(RECTIFIED.number(row, column), HEADING, colour=ACCENT)
        arrow = Arrow(-RIGHT * 0.6, RIGHT * 0.6, color=MUTED, stroke_width=4)
        return VGroup(before, arrow, after).arrange(RIGHT, buff=0.35)
