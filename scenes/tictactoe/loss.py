"""How wrong is it? The bar of the right answer becomes an axis, and the loss a curve above it."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    UR,
    Arrow,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Rectangle,
    ReplacementTransform,
    VGroup,
    there_and_back,
)

from cnnviz.compute import cross_entropy, every, greater, less, percent, rounded
from cnnviz.visuals import Bars, Clock, formula, number_text, pulse
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, TEXT, TITLE
from scenes.tictactoe._loss_plot import (
    LEAST,
    LOSS,
    LossPlot,
    answer_with,
    loss_at,
    probability_at,
)
from scenes.tictactoe._parts import WRONG, mark, sign
from scenes.tictactoe._pictures import NAMES, OURS
from scenes.tictactoe._run import TrainedLesson

STOPS = (0.9, 0.5, 0.1)  # where the dot leaves its loss behind


class Loss(TrainedLesson):
    title_over = True

    @classmethod
    def answer(cls):
        return cls.run().cnn(0)

    @classmethod
    def numbers(cls):
        return {
            "p": rounded(cls.answer().certainty(OURS.sign)),
            "loss": rounded(cls.run().gradient().loss.number),
        }

    @classmethod
    def claims(cls):
        losses = [cross_entropy(answer_with(one), 1).number for one in STOPS]
        chances = [probability_at(one) for one in STOPS]
        pairs = zip(losses, losses[1:], chances, chances[1:], strict=False)
        return {
            "less_likely_more_loss": every(
                *(every(less(q, p), greater(more, loss)) for loss, more, p, q in pairs)
            )
        }

    def setup_stage(self):
        self.picture = sign(OURS, 4.2).move_to([-4.25, -1.0, 0])
        self.bars = Bars(
            [self.label("ring", HEADING), self.label("cross", HEADING)],
            [percent(self.answer().certainty(name)) for name in NAMES],
            full=100,
            width=7.0,
            colours=[WRONG, ACCENT],
            unit="%",
            size=HEADING,
        )
        self.bars.scale(1.13).move_to([2.4, -1.0, 0])
        self.add(self.picture, self.bars)

    def construct(self):
        with self.beat("measure") as beat:
            self.measure(beat)
        with self.beat("formula") as beat:
            self.formula(beat)
        with self.beat("value") as beat:
            self.value(beat)

    def measure(self, beat):
        """What the cross lacks is what has to be measured; then its bar becomes an axis."""
        p = self.answer().certainty(OURS.sign).value
        wrong = mark(False, 0.9).next_to(self.bars.tracks[0], UP, buff=0.3)
        track, bar = self.bars.tracks[1], self.bars.bars[1]
        missing = Rectangle(
            width=track.width - bar.width,
            height=track.height,
            fill_color=WRONG,
            fill_opacity=0.55,
            stroke_width=0,
        ).move_to(track, RIGHT)
        self.play(FadeIn(wrong, scale=1.6), run_time=beat.part(0.15))
        self.play(GrowFromEdge(missing, RIGHT), run_time=beat.part(0.25))
        blink = missing.animate(rate_func=there_and_back).set_fill(opacity=1)
        self.play(blink, run_time=beat.part(0.13))
        self.plot = LossPlot(
            self.label("loss", BODY, colour=LOSS),
            VGroup(self.label("probability", BODY, colour=ACCENT), formula("p", HEADING)).arrange(
                RIGHT, buff=0.25
            ),
            12.4,
            6.2,
        ).move_to(0.4 * DOWN)
        plot = self.plot
        plot.marker.seek(p)
        plot.pen.set_stroke(opacity=0)
        small = self.picture.copy().scale(2 / self.picture.height)
        small.move_to(plot.axes.point(2.6, 0.91))
        self.play(
            FadeOut(self.bars.row(0), self.bars.names[1], self.bars.values[1], missing, wrong),
            run_time=beat.part(0.08),
        )
        self.play(
            ReplacementTransform(track, plot.track),
            ReplacementTransform(bar, plot.marker.bar),
            self.picture.animate.become(small),
            FadeIn(plot.axes),
            run_time=beat.part(0.32),
        )
        # The bar lies on the axis, not behind it.
        self.add(plot.track, plot.marker.bar)

    def formula(self, beat):
        plot = self.plot
        rule = formula("- ln p", TITLE).scale(1.3).move_to(plot.axes.point(2.55, 0.45))
        minus, logarithm, chance = rule[0], rule[1:3], rule[3:]
        name = VGroup(self.label("loss", HEADING, colour=LOSS), formula("=", HEADING))
        name.arrange(RIGHT, buff=0.25).next_to(rule, LEFT, buff=0.3)
        bar = plot.marker.bar
        self.play(FadeIn(chance, target_position=bar, scale=0.5), run_time=beat.part(0.14))
        self.play(FadeIn(logarithm, shift=0.3 * RIGHT), run_time=beat.part(0.1))
        self.play(FadeIn(minus, shift=0.3 * RIGHT), run_time=beat.part(0.1))
        full = bar.copy().stretch_to_fit_width(plot.track.width).move_to(plot.track)
        self.play(FadeIn(name), bar.animate.become(full), run_time=beat.part(0.1))
        plot.pen.seek(1).set_stroke(opacity=1)
        self.add(plot.pen)
        clock = Clock(plot.pen, plot.marker, at=0.999)
        self.add(plot.marker)
        self.stops = VGroup()
        for stop in STOPS:
            self.play(clock.to(stop), run_time=beat.part(0.12))
            number = number_text(loss_at(stop), BODY, colour=LOSS)
            number.next_to(plot.point(stop), UR, buff=0.12)
            left = VGroup(Dot(plot.point(stop), radius=0.08, color=LOSS), number)
            self.play(FadeIn(left), run_time=beat.part(0.03))
            self.stops.add(left)
        self.play(clock.to(LEAST), run_time=beat.part(0.05))
        self.rule = VGroup(name, rule)

    def value(self, beat):
        plot, numbers = self.plot, self.numbers()
        back = Clock(plot.marker, at=LEAST)
        p, loss = numbers["p"], numbers["loss"]
        exact = self.answer().certainty(OURS.sign).value
        self.play(back.to(exact), run_time=beat.part(0.2))
        self.chance, self.loss = plot.probability_text(p), plot.loss_text(loss)
        self.play(FadeIn(self.chance, shift=0.2 * UP), run_time=beat.part(0.1))
        self.play(
            FadeIn(self.loss, shift=0.2 * LEFT), FadeOut(self.stops), run_time=beat.part(0.12)
        )
        start, end = (plot.point(one) + 0.3 * UR for one in (0.45, 0.8))
        self.down = Arrow(start, end, color=TEXT, stroke_width=8, buff=0)
        self.play(Create(self.down), run_time=beat.part(0.2))
        self.play(pulse(self.loss, 1.25), run_time=beat.part(0.15))
