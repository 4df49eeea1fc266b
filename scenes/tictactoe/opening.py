"""The title, and the film's best picture as a promise: nine numbers on their way to an answer."""

from __future__ import annotations

from bisect import bisect_right

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Square,
    VGroup,
    smooth,
)

from cnnviz.compute import literal
from cnnviz.visuals import Clock, LinePlot, MovingWeights
from cnnviz.visuals.text import SEMIBOLD, words
from cnnviz.visuals.theme import ACCENT, BODY, MUTED, Role
from scenes.tictactoe._parts import WRONG
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.hook import Hook

LAST = 200
"""Steps of training that are shown as a promise; the rest changes little."""
SMALL_SIGN = 3.75
LARGE = 6.5
LARGE_PLACE = 3.1 * RIGHT
"""Where the large picture stands in the end: the upper left is left to the next title."""


class Opening(TrainedLesson):
    continues = Hook
    card = False
    titled = False

    @classmethod
    def numbers(cls):
        return {"cnn.parameters": cls.run().measured("/recipe/parameters/cnn", 0)}

    def setup_stage(self):
        run = self.run()
        self.sign = self.previous.sign
        self.title = self.fit(self.label("title", 92, weight=SEMIBOLD)).move_to(2.85 * UP)
        self.subtitle = self.label("subtitle", BODY, colour=MUTED)
        self.subtitle.next_to(self.title, DOWN, buff=0.25)
        self.count = self.label("count", BODY, colour=Role.KERNEL.value)
        self.count.move_to(self.subtitle)
        self.filter = MovingWeights(run.kernels, run.steps, run.kernel_number, cell=1.25)
        shown = run.index(LAST) + 1
        steps, losses = run.steps[:shown], run.data["watched"]["loss"][:shown]
        self.curve = LinePlot(
            list(zip(steps, losses, strict=True)),
            x_ticks=[literal(step, of="axis") for step in (0, LAST // 2, LAST)],
            y_ticks=[literal(loss, of="axis") for loss in (0, 0.25, 0.5, 0.75)],
            x_title=self.label_text("step"),
            y_title=self.label_text("mistake"),
            width=4.3,
            height=4.3,
        )
        self.known = Known(SMALL_SIGN, steps, run.data["watched"]["certainty"])
        parts = VGroup(self.known, self.filter, self.curve).arrange(RIGHT, buff=0.45)
        parts.move_to(1.1 * DOWN)
        self.clock = Clock(self.filter, self.curve, self.known)

    def construct(self):
        before = self.previous
        with self.beat("name") as beat:
            self.play(
                FadeOut(before.machine),
                self.home(),
                FadeIn(self.title, shift=0.2 * DOWN),
                run_time=beat.part(0.13),
            )
            self.play(
                FadeIn(self.filter, scale=0.6),
                FadeIn(self.curve),
                Create(self.known),
                FadeIn(self.subtitle),
                run_time=beat.part(0.1),
            )
            self.play(self.clock.to(LAST, rate_func=_slow_first), run_time=beat.part(0.52))
            self.play(FadeOut(self.subtitle, shift=0.2 * UP), run_time=beat.part(0.06))
            self.play(FadeIn(self.count, scale=1.5), run_time=beat.part(0.08))

        with self.beat("promise") as beat:
            self.play(self.clock.to(0, rate_func=smooth), run_time=beat.part(0.14))
            self.wait(beat.part(0.06))
            self.play(self.clock.to(LAST, rate_func=_slow_first), run_time=beat.part(0.34))
            self.play(
                FadeOut(self.title, self.count, self.filter, self.curve, self.known),
                run_time=beat.part(0.06),
            )
            self.play(
                self.sign.animate.scale_to_fit_height(LARGE).move_to(LARGE_PLACE),
                run_time=beat.part(0.14),
            )
            self.doubt = words("?", 320, colour=WRONG, weight=SEMIBOLD)
            self.doubt.move_to(3.3 * LEFT)
            self.play(
                self.sign.lit.animate.shift(self.sign.side * RIGHT),
                FadeIn(self.doubt, shift=0.4 * RIGHT),
                run_time=beat.part(0.16),
            )

    def home(self):
        """The picture becomes small, and its cross goes back to where it was."""
        goal = self.sign.copy()
        goal.lit.shift(self.sign.side * LEFT)
        goal.scale_to_fit_height(SMALL_SIGN).move_to(self.known)
        return self.sign.animate.become(goal)


class Known(Square):
    """A border that is green at steps at which the network takes the picture for a cross."""

    def __init__(self, side, steps, certainty):
        super().__init__(side, stroke_width=9)
        self.steps, self.certainty = steps, certainty
        self.seek(steps[0])

    def seek(self, step):
        """Show what it says at a step. Returns itself."""
        right = self.certainty[max(0, bisect_right(self.steps, step) - 1)] > 0.5
        return self.set_stroke(ACCENT if right else WRONG)


def _slow_first(share):
    """Most of what changes changes early."""
    return share**1.5
