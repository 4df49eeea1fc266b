"""What the filter has become: a line of large weights, and what that answers to all pictures."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    ReplacementTransform,
    Square,
    VGroup,
)

from cnnviz.compute import (
    count,
    every,
    greater,
    largest,
    less,
    literal,
    negative,
    smallest,
)
from cnnviz.visuals import Clock, LinePlot, MovingWeights, number_text, pulse
from cnnviz.visuals.theme import ACCENT, BODY, GROUND, HEADING, LINE, MUTED, SMALL, Role
from scenes.tictactoe._maps import (
    answer,
    cut_out,
    learned_filter,
    shown_answer,
    strongest,
    weight_limit,
    window_on,
)
from scenes.tictactoe._parts import WRONG, Sign
from scenes.tictactoe._pictures import OURS, PLACES, Place
from scenes.tictactoe._run import TrainedLesson

RING = Place("O", OURS.size, OURS.row, OURS.column)
CROSSES, RINGS = ([place for place in PLACES if place.sign == sign] for sign in "XO")
DIAGONAL, CORNERS = ((0, 0), (1, 1), (2, 2)), ((0, 2), (2, 0))
COLOURS = {"X": ACCENT, "O": WRONG}
OUTER = tuple(2.02 * (column - 2.5) for column in range(6))  # of other filters
MOST_FALLS = 400  # steps in which nearly all of the loss is gone


class Learned(TrainedLesson):
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def numbers(cls):
        return {
            "pictures": count([vars(place) for place in PLACES]),
            "x.max": shown_answer(cls.run(), OURS),
            "o.max": shown_answer(cls.run(), RING),
            "x.least": shown_answer(cls.run(), cls.weakest_cross()),
            "o.most": shown_answer(cls.run(), cls.strongest_ring()),
        }

    @classmethod
    def claims(cls):
        run = cls.run()
        last = run.index(-1)
        weights = {
            place: run.kernel_number(last, *place)
            for place in itertools.product(range(3), repeat=2)
        }
        others = [number for place, number in weights.items() if place not in DIAGONAL]
        crosses, rings = ([answer(run, one) for one in group] for group in (CROSSES, RINGS))
        least, most = answer(run, cls.weakest_cross()), answer(run, cls.strongest_ring())
        return {
            "diagonal_is_largest": every(*(greater(weights[place], *others) for place in DIAGONAL)),
            "corners_are_negative": negative(*(weights[place] for place in CORNERS)),
            "more_on_the_cross": greater(answer(run, OURS), answer(run, RING)),
            "no_ring_reaches_a_cross": every(
                smallest(least, of=crosses), largest(most, of=rings), less(most, least)
            ),
        }

    @classmethod
    def weakest_cross(cls):
        return min(CROSSES, key=lambda place: answer(cls.run(), place).value)

    @classmethod
    def strongest_ring(cls):
        return max(RINGS, key=lambda place: answer(cls.run(), place).value)

    def setup_stage(self):
        run = self.run()
        self.first, self.last = (
            MovingWeights(run.kernels, run.steps, run.kernel_number, cell=1.5, limit=limit)
            for limit in [weight_limit(run)] * 2
        )
        VGroup(self.first, self.last).arrange(RIGHT, buff=2.6).shift(0.55 * DOWN)
        self.names = [
            self.label(name, colour=MUTED).next_to(grid, DOWN, buff=0.2)
            for name, grid in (("before", self.first), ("after", self.last))
        ]
        self.add(self.first, self.names[0])

    def construct(self):
        with self.beat("predict") as beat:
            self.side_by_side(beat)
            self.think(beat)

        with self.beat("diagonal") as beat:
            self.light_up(beat)

        with self.beat("answers") as beat:
            self.answer_two(beat)

        with self.beat("everywhere") as beat:
            self.answer_all(beat)

        with self.beat("nobody") as beat:
            self.learn_again(beat)

        with self.beat("chosen") as beat:
            self.one_of_many(beat)

    def side_by_side(self, beat):
        """The first filter goes over and learns on its way."""
        goal = self.last.get_center()
        self.last.move_to(self.first)
        self.play(self.last.animate.move_to(goal), run_time=beat.part(0.2))
        clock = Clock(self.last)
        self.play(clock.to(self.run().steps[-1], rate_func=gently), run_time=beat.part(0.5))
        self.play(FadeIn(self.names[1]), run_time=beat.part(0.1))

    def light_up(self, beat):
        self.play(
            self.frame.animate.zoom_to(self.last, fill=0.86),
            FadeOut(self.first, *self.names),
            run_time=beat.part(0.17),
        )
        marks = self.marks_on(self.last, DIAGONAL)
        self.play(
            LaggedStart(*(Create(mark) for mark in marks), lag_ratio=0.5),
            run_time=beat.part(0.2),
        )
        line = VGroup(*(self.last.at(*place) for place in DIAGONAL))
        self.play(pulse(VGroup(line, marks), 1.08), run_time=beat.part(0.2))
        corners = self.marks_on(self.last, CORNERS, Role.INPUT.value)
        self.play(
            LaggedStart(*(Create(mark) for mark in corners), lag_ratio=0.4),
            run_time=beat.part(0.2),
        )
        self.marks = VGroup(marks, corners)

    def marks_on(self, grid, places, colour=ACCENT):
        return VGroup(
            *(
                Square(grid.cell - 0.12, stroke_color=colour, stroke_width=9).move_to(
                    grid.square(*place)
                )
                for place in places
            )
        )

    def answer_two(self, beat):
        run = self.run()
        self.pictures = {place: Sign(place, 4.8) for place in (OURS, RING)}
        for side, picture in zip((LEFT, RIGHT), self.pictures.values(), strict=True):
            picture.move_to(3.9 * side + 0.3 * UP)
        small = learned_filter(run, self.pictures[OURS].side).shift(0.3 * UP)
        for digit in small.digits:
            digit.scale(0.88)  # two that are both below zero would touch
        self.play(self.frame.animate.zoom_out(), FadeOut(self.marks), run_time=beat.part(0.13))
        self.play(
            ReplacementTransform(self.last, small),
            FadeIn(*self.pictures.values()),
            run_time=beat.part(0.12),
        )
        self.answers = VGroup()
        for place, shares in ((OURS, (0.14, 0.08, 0.1)), (RING, (0.14, 0.08, 0.1))):
            self.lay_on(place, small, beat, shares)
        self.small = small

    def lay_on(self, place, small, beat, shares):
        """The filter goes to the window in which it answers most, and says so."""
        to_window, to_weights, to_answer = (beat.part(share) for share in shares)
        picture, at = self.pictures[place], strongest(self.run(), place)
        laid, frame = small.copy(), window_on(picture, *at)
        self.play(laid.animate.move_to(frame), run_time=to_window)
        self.play(*cut_out(laid, place, *at), Create(frame), run_time=to_weights)
        number = number_text(shown_answer(self.run(), place), HEADING, colour=COLOURS[place.sign])
        number.scale(1.25).next_to(picture, DOWN, buff=0.35)
        self.play(FadeIn(number, target_position=frame), run_time=to_answer)
        self.answers.add(VGroup(laid, frame, number))

    def answer_all(self, beat):
        """All pictures stand where their largest answer is."""
        run = self.run()
        axis = AnswerAxis(run)
        lower = VGroup(axis.line, axis.values)
        self.play(FadeOut(self.small, self.answers), run_time=beat.part(0.06))
        goals = axis.pictures
        self.play(
            *(
                ReplacementTransform(picture, goals[place])
                for place, picture in self.pictures.items()
            ),
            FadeIn(lower, *(axis.borders[place] for place in self.pictures)),
            run_time=beat.part(0.1),
        )
        falls = [
            FadeIn(VGroup(picture, axis.borders[place]), shift=0.8 * DOWN)
            for place, picture in goals.items()
            if place not in self.pictures
        ]
        self.play(LaggedStart(*falls, lag_ratio=0.2), run_time=beat.part(0.3))
        names = [
            self.label(name, HEADING, colour=COLOURS[sign]) for name, sign in self.signs.items()
        ]
        for name, sign in zip(names, self.signs.values(), strict=True):
            name.set_x(axis.middle(sign)).set_y(2.75)
        least, most = (
            axis.value_of(place) for place in (self.weakest_cross(), self.strongest_ring())
        )
        self.play(FadeIn(*names), run_time=beat.part(0.06))
        self.play(
            least.animate.set_color(COLOURS["X"]).scale(1.25),
            Create(axis.divider),
            run_time=beat.part(0.12),
        )
        self.play(most.animate.set_color(COLOURS["O"]).scale(1.25), run_time=beat.part(0.12))
        self.chart = VGroup(lower, axis.divider, *goals.values(), *axis.borders.values(), *names)

    signs = {"ring": "O", "cross": "X"}

    def learn_again(self, beat):
        """The first filter once more: as the loss falls, the line comes."""
        plot = self.falling_loss()
        VGroup(self.first, plot).arrange(RIGHT, buff=1.0).shift(0.1 * DOWN)
        self.play(FadeOut(self.chart), run_time=beat.part(0.06))
        self.play(FadeIn(self.first, plot), run_time=beat.part(0.1))
        clock = Clock(self.first, plot)
        self.play(clock.to(MOST_FALLS), run_time=beat.part(0.55))
        marks = self.marks_on(self.first, DIAGONAL)
        self.play(
            LaggedStart(*(Create(mark) for mark in marks), lag_ratio=0.4),
            run_time=beat.part(0.18),
        )
        self.plot, self.again = plot, VGroup(self.first, marks)

    def falling_loss(self):
        run = self.run()
        kept = [at for at, step in enumerate(run.steps) if step <= MOST_FALLS]
        losses = run.data["watched"]["loss"]
        return LinePlot(
            [(run.steps[at], losses[at]) for at in kept],
            x_ticks=[literal(step, of="axis") for step in (0, MOST_FALLS // 2, MOST_FALLS)],
            y_ticks=[literal(tick, of="axis") for tick in (0, 0.4, 0.8)],
            y_title=self.label("loss", SMALL, colour=MUTED),
            x_title=self.label("step", SMALL, colour=MUTED),
            number=lambda index: run.measured(f"/watched/loss/{kept[index]}"),
            width=6.6,
            height=5.2,
        )

    def one_of_many(self, beat):
        """The filter stands out among others, of which nothing is told."""
        rows = (OUTER, (-4.6, -2.6, 2.6, 4.6), OUTER)
        others = VGroup(
            *(
                blank(1.6).move_to((across, up - 0.2, 0))
                for up, row in zip((2.45, 0, -2.45), rows, strict=True)
                for across in row
            )
        )
        clock = Clock(self.first)
        clock.seek(MOST_FALLS)
        self.play(FadeOut(self.plot, self.again[1]), run_time=beat.part(0.07))
        self.play(clock.to(self.run().steps[-1]), run_time=beat.part(0.1))
        goal = self.first.copy().scale(0.95 / 1.5).move_to(0.2 * DOWN)
        self.play(self.first.animate.become(goal), run_time=beat.part(0.13))
        self.play(
            LaggedStart(*(FadeIn(one, scale=0.6) for one in others), lag_ratio=0.12),
            run_time=beat.part(0.25),
        )
        border = Square(self.first.width + 0.16, stroke_color=ACCENT, stroke_width=9)
        border.move_to(self.first)
        self.play(Create(border), run_time=beat.part(0.12))
        self.play(pulse(VGroup(self.first, border), 1.06), run_time=beat.part(0.15))
        self.filter, self.around = self.first, VGroup(others, border)


def gently(share):
    """Slow at first: there the weights move most."""
    return float(share**3)


def blank(side):
    """A filter of which one sees that it is there."""
    grid = VGroup(*(Square(side / 3, stroke_color=LINE, stroke_width=2) for _ in range(9)))
    return grid.arrange_in_grid(3, 3, buff=0).set_fill(GROUND, opacity=1)


class AnswerAxis:
    """Pictures in columns over an axis, each column where its answer lies.

    Attributes
    ----------
    line, values
        The axis, and below it the answer of each column, once.
    pictures, borders
        Of each place its small picture, and the border around it in the colour of its sign.
    divider
        Stands between the last ring and the first cross.
    """

    left, right, low, high = -5.15, 5.2, 1.5, 3.1
    bottom, side, step, most = -2.35, 0.8, 0.86, 5

    def __init__(self, run):
        self.line = Line(6.3 * LEFT, 6.3 * RIGHT, color=LINE, stroke_width=4)
        self.line.set_y(self.bottom)
        self.columns = {}
        for place in PLACES:
            number = shown_answer(run, place)
            self.columns.setdefault(number.value, (number, []))[1].append(place)
        self.columns = dict(sorted(self.columns.items()))
        self.values, self.pictures, self.borders = VGroup(), {}, {}
        for number, places in self.columns.values():
            at = self.x(number.value)
            text = number_text(number, BODY, colour=MUTED)
            self.values.add(text.next_to((at, self.bottom, 0), DOWN, buff=0.3))
            self._stack(places, at)
        self.divider = self._divider()

    def x(self, value):
        share = (value - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def _stack(self, places, at):
        wide = -(-len(places) // self.most)
        for index, place in enumerate(places):
            row, column = divmod(index, wide)
            across = at + (column - (wide - 1) / 2) * self.step
            up = self.bottom + 0.12 + (row + 0.5) * self.step
            self.pictures[place] = picture = Sign(place, self.side).move_to((across, up, 0))
            border = Square(self.side + 0.04, stroke_color=COLOURS[place.sign], stroke_width=4)
            self.borders[place] = border.move_to(picture)

    def middle(self, sign):
        """Of all columns of a sign."""
        own = VGroup(*(one for place, one in self.pictures.items() if place.sign == sign))
        return own.get_x()

    def value_of(self, place):
        return self.values[
            next(at for at, (_, own) in enumerate(self.columns.values()) if place in own)
        ]

    def _divider(self):
        rings, crosses = (
            VGroup(*(one for place, one in self.pictures.items() if place.sign == sign))
            for sign in "OX"
        )
        between = (rings.get_right()[0] + crosses.get_left()[0]) / 2
        top = np.array([between, 2.4, 0])
        return DashedLine((between, self.bottom, 0), top, color=MUTED, stroke_width=4)
