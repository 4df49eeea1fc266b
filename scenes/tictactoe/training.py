"""Thousands of steps: the filter as it changes, and with it the loss and what is right."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    Square,
    VGroup,
)

from cnnviz.compute import count, equal, every, greater, less, literal
from cnnviz.visuals import Clock, LinePlot, MovingWeights, number_text, pulse, words
from cnnviz.visuals.theme import (
    ACCENT,
    BODY,
    HEADING,
    LINE,
    MUTED,
    PANEL,
    SMALL,
    TEXT,
    Role,
)
from scenes.tictactoe._loss_plot import LOSS
from scenes.tictactoe._parts import WRONG, mark, sign
from scenes.tictactoe._pictures import OURS, PLACES
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.one_step import OneStep

FIRST, SOON, LATE = 50, 200, 3000  # where the three plots end
PLOT = (7.9, 4.4)  # width and height in Manim units
LEARNING = 45  # the step by which it has forgotten our cross for the last time


class Training(TrainedLesson):
    continues = OneStep
    title_over = True

    @classmethod
    def numbers(cls):
        run = cls.run()
        return {
            "steps": run.measured("/recipe/steps"),
            "seen": cls.seen(),
            "first.step": run.measured("/watched/first_right"),
            "lost": run.measured("/watched/lost_again"),
            "all.step": run.measured("/watched/all_right_from"),
            "loss.first": cls.loss(0),
            "loss.last": cls.loss(len(run.steps) - 1),
        }

    @classmethod
    def seen(cls):
        """How many pictures it is trained with."""
        return count(cls.run().data["watched"]["seen"]["pictures"])

    @classmethod
    def loss(cls, index):
        """The mean loss of those pictures at a kept step."""
        return cls.run().measured(f"/watched/loss/{index}", 3)

    @classmethod
    def right(cls, index):
        """How many of them are right."""
        return cls.run().measured(f"/watched/right/{index}", 0)

    @classmethod
    def sure(cls, index):
        """How sure it is that our cross is one, in percent."""
        return cls.run().measured(f"/watched/certainty/{index}", 0, 100)

    @classmethod
    def claims(cls):
        run, numbers = cls.run(), cls.numbers()
        first, settled = (int(numbers[name].value) for name in ("first.step", "all.step"))
        kept = [at for at, step in enumerate(run.steps) if step >= settled]
        lost = cls.lost()
        return {
            "wrong_before": every(*(cls.is_cross(step, less) for step in range(first))),
            "right_there": cls.is_cross(first, greater),
            "wrong_again": every(
                equal(numbers["lost"], count(lost)),
                *(cls.is_cross(step - 1, greater) for step in lost),
                *(cls.is_cross(step, less) for step in lost),
            ),
            "all_right_from_there": every(
                less(cls.right(run.index(settled - 1)), numbers["seen"]),
                equal(
                    count([run.steps[at] for at in kept]),
                    count([run.steps[at] for at in kept if cls.all_right(at)]),
                ),
            ),
            "loss_fell": less(
                numbers["loss.last"], numbers["loss.first"], cls.loss(run.index(settled))
            ),
        }

    @classmethod
    def all_right(cls, index):
        return cls.right(index).value == cls.seen().value

    @classmethod
    def is_cross(cls, step, relation):
        """Our picture's cross is likelier than its ring, or less likely."""
        answer = cls.run().cnn(step)
        return relation(answer.certainty(OURS.sign), answer.certainty("O"))

    @classmethod
    def lost(cls):
        """The steps at which our cross was wrong after it had been right."""
        sure = cls.run().data["watched"]["certainty"]
        return [at for at in range(1, SOON + 1) if sure[at] < 0.5 < sure[at - 1]]

    # The stage ----------------------------------------------------------------------------

    def setup_stage(self):
        run = self.run()
        weights = MovingWeights(run.kernels, run.steps, run.kernel_number, cell=1.25, limit=1.0)
        self.weights = weights.move_to([-4.5, -0.1, 0])
        self.certainty = Certainty(self, 7.6).move_to([-2.57, -2.95, 0])
        self.tally = Tally(self).move_to([4.0, -2.95, 0])

    def plot_until(self, last, ticks, **marked):
        """The mean loss as far as a step; `marked` has labels of milestones."""
        run = self.run()
        points = [
            (step, loss)
            for step, loss in zip(run.steps, run.data["watched"]["loss"], strict=True)
            if step <= last
        ]
        marks = [
            (run.index(self.milestone(f"{name}.step")), self.label(label, SMALL))
            for name, label in marked.items()
        ]
        plot = LinePlot(
            points,
            x_ticks=[literal(one, of="axis") for one in ticks],
            y_ticks=[literal(one, of="axis") for one in (0, 0.2, 0.4, 0.6, 0.8)],
            x_title=self.label("step", SMALL, colour=MUTED),
            y_title=self.label("loss", BODY, colour=LOSS),
            marks=marks,
            number=self.loss,
            width=PLOT[0],
            height=PLOT[1],
            colour=LOSS,
        )
        return plot.move_to([2.4, 0.6, 0])

    def milestone(self, name):
        return int(self.numbers()[name].value)

    def construct(self):
        with self.beat("go") as beat:
            self.go(beat)
        with self.beat("first") as beat:
            self.first(beat)
        with self.beat("forgets") as beat:
            self.forgets(beat)
        with self.beat("settles") as beat:
            self.settles(beat)
        with self.beat("rest") as beat:
            self.rest(beat)

    def go(self, beat):
        before = self.previous
        self.weights.seek(1)
        self.plot = self.plot_until(FIRST, (0, 10, 20, 30, 40, 50), first="first")
        self.band = Band(self.plot, self.run().data["watched"]["certainty"][:FIRST])
        self.clock = Clock(self.weights, self.plot, self.band, self.certainty, self.tally, at=1)
        self.name = self.label("filter", BODY, colour=Role.KERNEL.value)
        self.name.next_to(self.weights, UP, buff=0.2)
        goal = before.after.copy().scale(self.weights.cell / before.after.cell)
        goal.move_to(self.weights)
        # All pictures in turn, our cross first.
        seen = [PLACES[one] for one in self.run().data["watched"]["seen"]["pictures"]]
        seen.sort(key=lambda place: place != OURS)
        pictures = VGroup(*(sign(place, 0.98) for place in seen))
        pictures.arrange_in_grid(2, buff=0.14).move_to([2.2, 0.2, 0])
        first = before.picture.copy().match_height(pictures[0]).move_to(pictures[0])
        # At once, for the title comes where they are.
        self.play(
            FadeOut(before.plot, before.chance, before.loss, before.pair, before.half),
            FadeOut(before.wrong, scale=1.6),
            before.picture.animate.become(first),
            run_time=beat.part(0.09),
        )
        self.play(before.after.animate.become(goal), run_time=beat.part(0.15))
        self.play(
            LaggedStart(*(FadeIn(one, scale=1.2) for one in pictures[1:]), lag_ratio=0.4),
            run_time=beat.part(0.34),
        )
        ours = self.certainty.picture
        self.play(
            *(
                FadeOut(one, target_position=lamp, scale=0.3)
                for one, lamp in zip(pictures[1:], self.tally.lamps[1:], strict=True)
            ),
            before.picture.animate.match_height(ours).set_y(ours.get_y()),
            run_time=beat.part(0.09),
        )
        self.play(before.picture.animate.match_height(ours).move_to(ours), run_time=beat.part(0.06))
        self.play(FadeIn(self.certainty, self.tally), run_time=beat.part(0.06))
        before.take_off(before.picture)
        self.play(FadeIn(self.weights, self.name, self.plot, self.band), run_time=beat.part(0.09))
        before.take_off(before.after)

    def first(self, beat):
        self.play(self.clock.to(self.milestone("first.step")), run_time=beat.part(0.6))
        self.play(pulse(self.certainty.written, 1.3), run_time=beat.part(0.1))
        self.play(pulse(self.certainty.verdict, 1.5), run_time=beat.part(0.15))

    def forgets(self, beat):
        self.play(self.clock.to(LEARNING), run_time=beat.part(0.9))

    def settles(self, beat):
        settled = self.milestone("all.step")
        plot = self.plot_until(SOON, (0, 50, 100, 150, 200), all="all")
        self.go_on_with(plot, LEARNING, beat.part(0.14), self.band)
        self.play(self.clock.to(settled), run_time=beat.part(0.3))
        self.play(pulse(self.tally.written, 1.3), run_time=beat.part(0.12))
        self.play(self.clock.to(SOON), run_time=beat.part(0.36))

    def rest(self, beat):
        longer = self.plot_until(LATE, (0, 1000, 2000, 3000), all="all")
        self.go_on_with(longer, SOON, beat.part(0.16))
        self.play(self.clock.to(LATE), run_time=beat.part(0.6))
        self.play(pulse(longer.value, 1.3), run_time=beat.part(0.14))

    def go_on_with(self, plot, step, seconds, *gone):
        """The bottom axis gives way to a longer one; the curve shrinks to its place on that."""
        before = self.plot
        plot.seek(step)
        self.play(FadeOut(before.axes, before.marks, *gone), run_time=0.35 * seconds)
        self.play(
            FadeIn(plot.axes, plot.marks),
            before.curve.animate.become(plot.curve),
            before.tip.animate.become(plot.tip),
            run_time=0.65 * seconds,
        )
        self.remove(*before.get_family())
        self.add(plot)
        self.plot = plot
        self.clock = Clock(self.weights, plot, self.certainty, self.tally, at=step)


class Band(VGroup):
    """Along a plot's bottom axis, for each step whether our cross was right: a little bar.

    It shows as many as there are at the moment that it is told.
    """

    HEIGHT = 0.24

    def __init__(self, plot, certainty):
        super().__init__()
        for step, sure in enumerate(certainty):
            start, end = (plot.axes.point(0, at) for at in (step, step + 1))
            bar = Rectangle(width=end[0] - start[0], height=self.HEIGHT, stroke_width=0)
            bar.set_fill(ACCENT if sure > 0.5 else WRONG, 1)
            self.add(bar.move_to(start, LEFT + DOWN))

    def seek(self, step):
        for at, bar in enumerate(self):
            bar.set_fill(opacity=float(at <= step))
        return self


class Certainty(VGroup):
    """Our cross, and how sure the network is of it: a bar that has to reach beyond the middle."""

    HEIGHT, BAR = 1.15, 0.5

    def __init__(self, scene, width):
        super().__init__()
        self.run, self.number, self.index = scene.run(), scene.sure, None
        self.picture = sign(OURS, self.HEIGHT)
        self.full = width - self.HEIGHT - 2.75
        self.track = Rectangle(width=self.full, height=self.BAR, stroke_color=LINE, stroke_width=2)
        self.track.set_fill(PANEL, 1).next_to(self.picture, RIGHT, buff=0.3)
        self.bar = self.track.copy().set_stroke(width=0)
        middle = self.track.get_center()
        self.half = Line(middle + 0.45 * UP, middle + 0.45 * DOWN, color=TEXT, stroke_width=4)
        self.written, self.verdict = VGroup(), VGroup()
        self.unit = words("%", BODY)
        self.add(self.picture, self.track, self.bar, self.half, self.written, self.verdict)
        self.space = Rectangle(width=width, height=self.HEIGHT, stroke_width=0)
        self.add(self.space.move_to(self.picture, LEFT))

    def seek(self, step):
        """Show what stands at the last kept step by then."""
        index = max(0, int(np.searchsorted(self.run.steps, step, side="right")) - 1)
        if index != self.index:
            self.index = index
            self.show(self.run.data["watched"]["certainty"][index])
        return self

    def show(self, sure):
        right = sure > 0.5
        self.bar.set_fill(ACCENT if right else WRONG, 1)
        self.bar.stretch_to_fit_width(sure * self.track.width).align_to(self.track, LEFT)
        text = VGroup(number_text(self.number(self.index), BODY), self.unit.copy())
        text.arrange(RIGHT, buff=0.06).next_to(self.track, RIGHT, buff=0.25)
        own = mark(right, 0.6).next_to(self.track, RIGHT, buff=1.6)
        replace(self.written, text)
        replace(self.verdict, own)


class Tally(VGroup):
    """How many pictures are right at the moment that it shows: a lamp for each, and the number."""

    LAMP = 0.27

    def __init__(self, scene):
        super().__init__()
        self.run, self.number, self.index = scene.run(), scene.right, None
        self.seen = scene.seen()
        self.lamps = VGroup(
            *(
                Square(self.LAMP, stroke_color=LINE, stroke_width=1.5)
                for _ in range(self.seen.value)
            )
        ).arrange_in_grid(2, buff=0.09)
        self.written = VGroup()
        of = VGroup(words("/", HEADING, colour=MUTED), number_text(self.seen, HEADING))
        self.of = of.arrange(RIGHT, buff=0.1).next_to(self.lamps, LEFT, buff=0.35)
        self.add(self.lamps, self.of, self.written)
        self.add(Rectangle(width=0.75, height=0.1, stroke_width=0).next_to(self.of, LEFT, buff=0.1))

    def seek(self, step):
        index = max(0, int(np.searchsorted(self.run.steps, step, side="right")) - 1)
        if index != self.index:
            self.index = index
            self.show(self.number(index))
        return self

    def show(self, right):
        for at, lamp in enumerate(self.lamps):
            lamp.set_fill(ACCENT if at < right.value else PANEL, 1)
        text = number_text(right, HEADING, colour=ACCENT)
        replace(self.written, text.next_to(self.of, LEFT, buff=0.1))


def replace(group, new):
    """Let `new` be all that a group holds; Manim may go on drawing what it held for a while."""
    for old in group:
        old.set_opacity(0)
    group.submobjects = [new]
