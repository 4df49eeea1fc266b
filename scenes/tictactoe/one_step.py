"""One step of learning: the blame flows back to the filter, and the filter gives way a little."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UR, Arrow, FadeIn, FadeOut, Line, VGroup

from cnnviz.compute import (
    count,
    cross_entropy,
    difference,
    equal,
    every,
    greater,
    less,
    percent,
    product,
    rounded,
    zero,
)
from cnnviz.visuals import Clock, number_text, pulse, words
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED, TEXT
from scenes.tictactoe._giving_way import GivingWay
from scenes.tictactoe._loss_plot import LOSS, LossPlot
from scenes.tictactoe._nine import CELLS, NineGradients
from scenes.tictactoe._parts import mark
from scenes.tictactoe._pictures import NAMES, OURS
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe._way_back import WayBack
from scenes.tictactoe.loss import Loss


class OneStep(WayBack, NineGradients, GivingWay, TrainedLesson):
    continues = Loss
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def slope(cls, row, column):
        """The gradient of one weight of the filter."""
        return cls.run().gradient().number("kernels", 0, row, column)

    @classmethod
    def rate(cls):
        return cls.run().measured("/recipe/learning_rate")

    @classmethod
    def numbers(cls):
        run = cls.run()
        slopes = [cls.slope(*cell).value for cell in CELLS]
        before, after = (cls.loss_after(step) for step in (0, 1))
        return {
            "kernel.count": count(slopes),
            "up": count([one for one in slopes if one < 0]),
            "down": count([one for one in slopes if one > 0]),
            "same": count([one for one in slopes if one == 0]),
            "rate": cls.rate(),
            "loss.before": rounded(before),
            "loss.after": rounded(after),
            "p.after": percent(run.cnn(1).certainty(OURS.sign)),
        }

    @classmethod
    def loss_after(cls, step):
        """The loss for our picture after so many steps."""
        logits = cls.run().cnn(step).logits.output
        return cross_entropy(logits, NAMES.index(OURS.sign)).number

    @classmethod
    def claims(cls):
        run, trace, forward = cls.run(), cls.run().gradient(), cls.run().gradient().forward
        [silent] = np.flatnonzero(forward.hidden == 0).tolist()
        won = cls.winners()
        after, (right, wrong) = run.cnn(1), (OURS.sign, "O")
        return {
            "silent_gets_none": zero(
                trace.number("hidden_bias", silent),
                *(trace.number("hidden_weights", silent, i) for i in range(4)),
                *(trace.number("output_weights", k, silent) for k in range(2)),
            ),
            "losers_get_none": zero(
                *(
                    trace.number("map", 0, *map(int, place))
                    for place in np.ndindex(*forward.map.shape[1:])
                    if place not in won
                )
            ),
            "against_the_slope": every(*(cls.opposite(*cell) for cell in CELLS)),
            "a_small_step": every(*(cls.stepped(*cell) for cell in CELLS)),
            "loss_is_smaller": less(cls.loss_after(1), cls.loss_after(0)),
            "still_wrong": less(after.certainty(right), after.certainty(wrong)),
        }

    @classmethod
    def weight(cls, step, row, column, decimals=10):
        run = cls.run()
        return run.kernel_number(run.index(step), row, column, decimals)

    @classmethod
    def opposite(cls, row, column):
        """The training has moved a weight against its gradient: up where that is below zero."""
        before, after = (cls.weight(step, row, column) for step in (0, 1))
        relation = {-1: greater, 0: equal, 1: less}[int(np.sign(cls.slope(row, column).value))]
        return relation(after, before)

    @classmethod
    def stepped(cls, row, column):
        """It has moved by the size of a step times the gradient, and by nothing else."""
        before, after = (cls.weight(step, row, column) for step in (0, 1))
        return equal(after, difference(before, product([cls.rate(), cls.slope(row, column)])))

    @classmethod
    def winners(cls):
        """The four cells of the map that were kept, (row, column), in the order of the pieces."""
        won = cls.run().gradient().forward.winners[0]
        return [
            (2 * y + int(won[y, x]) // 2, 2 * x + int(won[y, x]) % 2)
            for y, x in np.ndindex(*won.shape)
        ]

    def construct(self):
        with self.beat("blame") as beat:
            self.blame(beat)
        with self.beat("silent") as beat:
            self.silent(beat)
        with self.beat("nine") as beat:
            self.nine(beat)
        with self.beat("direction") as beat:
            self.direction(beat)
        with self.beat("step") as beat:
            self.step(beat)
        with self.beat("predict") as beat:
            self.predict(beat)
        with self.beat("smaller") as beat:
            self.smaller(beat)

    # The same picture again -------------------------------------------------------------------

    def predict(self, beat):
        p = self.run().cnn(0).certainty(OURS.sign)
        self.plot = LossPlot(
            self.label("loss", BODY, colour=LOSS),
            self.label("probability", BODY, colour=ACCENT),
            8.6,
            6.2,
        ).move_to([1.95, -0.4, 0])
        plot = self.plot
        plot.pen.seek(0)
        plot.marker.seek(p.value)
        self.chance = self.in_percent(0)
        self.loss = plot.loss_text(rounded(self.loss_after(0)))
        self.picture.scale(2.5 / self.picture.height).move_to([-4.95, 1.2, 0])
        small = self.after.copy().scale(0.62).move_to([-4.95, -2.0, 0])
        self.play(
            FadeOut(self.titled, self.sum, self.filter_name),
            self.after.animate.become(small),
            run_time=beat.part(0.15),
        )
        self.play(FadeIn(self.picture), FadeIn(plot), run_time=beat.part(0.15))
        self.play(FadeIn(self.chance, self.loss), run_time=beat.part(0.12))
        arrows = VGroup(self.along(0.38, 0.2), self.along(0.45, 0.75))
        down, up = arrows[1], arrows[0]
        self.play(FadeIn(down, shift=0.3 * RIGHT), run_time=beat.part(0.2))
        self.play(FadeIn(up, shift=0.3 * LEFT), run_time=beat.part(0.2))
        self.arrows = arrows
        self.think(beat)

    def along(self, start, end):
        """An arrow above the curve."""
        places = [self.plot.point(one) + 0.3 * UR for one in (start, end)]
        return Arrow(*places, color=TEXT, stroke_width=8, buff=0)

    def in_percent(self, step):
        """The probability of the cross after so many steps, at its place on the axis."""
        share = self.run().cnn(step).certainty(OURS.sign)
        number = number_text(percent(share), HEADING, colour=ACCENT)
        text = VGroup(number, words("%", HEADING, colour=ACCENT)).arrange(RIGHT, buff=0.06)
        return self.plot.put_at_foot(text, share.value)

    def smaller(self, beat):
        plot, run = self.plot, self.run()
        before, after = (run.cnn(step).certainty(OURS.sign).value for step in (0, 1))
        clock = Clock(plot.marker, at=before)
        new = plot.loss_text(rounded(self.loss_after(1)))
        pair = VGroup(
            self.loss.copy(), Arrow(LEFT, RIGHT, color=MUTED, stroke_width=6), new.copy()
        ).arrange(RIGHT, buff=0.3)
        pair.scale(1.25).move_to(plot.axes.point(2.3, 0.62))
        self.play(
            FadeOut(self.arrows, self.chance, self.loss),
            clock.to(after),
            run_time=beat.part(0.2),
        )
        self.chance, self.loss = self.in_percent(1), new
        self.play(FadeIn(new, self.chance), run_time=beat.part(0.08))
        for part in pair:
            self.play(FadeIn(part, shift=0.2 * RIGHT), run_time=beat.part(0.08))
        half = Line(plot.foot(0.5), plot.axes.point(0.9, 0.5), color=TEXT, stroke_width=5)
        wrong = (
            mark(False, 0.7).next_to(self.picture, RIGHT, buff=-0.35).align_to(self.picture, DOWN)
        )
        self.play(FadeIn(half, shift=0.4 * DOWN), run_time=beat.part(0.12))
        self.play(pulse(self.chance, 1.25), FadeIn(wrong, scale=1.6), run_time=beat.part(0.2))
        self.pair, self.half, self.wrong = pair, half, wrong
