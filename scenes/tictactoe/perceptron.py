"""The plain way: a wire from every cell to every neuron; and what it knows of pictures unseen."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    SurroundingRectangle,
    VGroup,
    rush_from,
)

from cnnviz.compute import count, equal, greater, not_, product, rounded
from cnnviz.visuals import number_text, pulse
from cnnviz.visuals.theme import ACCENT, BODY, GROUND, HEADING, LABEL, MUTED, TITLE, Role
from scenes.tictactoe._parts import SIGN_COLOURS, WRONG, Sign, verdict
from scenes.tictactoe._pictures import OURS, PLACES
from scenes.tictactoe._run import TrainedLesson, pointer
from scenes.tictactoe._wires import FAINT, Wires
from scenes.tictactoe.numbers import Numbers

PICTURE, PICTURE_PLACE = 4.7, np.array([-4.0, -0.75, 0.0])
WIRES_PLACE = np.array([2.62, -0.1, 0.0])
HALF = 1.25
"""Height of a picture among its half."""
HEADS = 2.55
"""How high the halves' names stand."""


class Perceptron(TrainedLesson):
    continues = Numbers
    title_over = True

    @classmethod
    def numbers(cls):
        run = cls.run()
        return {
            "perceptron.parameters": run.measured("/recipe/parameters/perceptron", 0),
            "seen": count(pictures_of(run, "seen")),
            "unseen": count(pictures_of(run, "unseen")),
            "seen.right": run.right("perceptron", "seen").number,
            "unseen.right": run.right("perceptron").number,
        }

    @classmethod
    def claims(cls):
        numbers = cls.numbers()
        twice = product([2, numbers["unseen.right"]])
        return {
            "all_seen_right": equal(numbers["seen.right"], numbers["seen"]),
            "no_better_than_a_coin": not_(greater(twice, numbers["unseen"])),
        }

    def setup_stage(self):
        run = self.run()
        self.album = self.previous.album
        self.sign = self.previous.sign
        self.wires = Wires(run.data["perceptron"]["weights"], OURS).move_to(WIRES_PLACE)

    def construct(self):
        with self.beat("wires") as beat:
            self.connect(beat)

        with self.beat("weights") as beat:
            self.multiply(beat)

        with self.beat("half") as beat:
            self.divide(beat)

        with self.beat("learned") as beat:
            self.judge("seen", beat)

        with self.beat("fails") as beat:
            self.play(self.blocks["unseen"].animate.set_opacity(1), run_time=beat.part(0.08))
            self.judge("unseen", beat)
            self.toss(beat)

    def connect(self, beat):
        """The picture's cells go into one column, and wires are drawn from each."""
        wires = self.wires
        away = [one for one in self.album if one.place != OURS]
        self.play(
            # Soon gone, for the title comes over them.
            FadeOut(*away, self.previous.ours, rate_func=rush_from),
            self.sign.animate.become(Sign(OURS, PICTURE).move_to(PICTURE_PLACE)),
            run_time=beat.part(0.17),
        )
        self.play(wires.spread(self.sign), run_time=beat.part(0.3))
        self.add(wires.cells)
        names = [self.label(name, LABEL, colour=SIGN_COLOURS[one]) for name, one in ANSWERS]
        self.names = VGroup(self.label("neurons", LABEL, colour=MUTED), *names)
        self.names[0].next_to(wires.neurons, DOWN, buff=0.3)
        for name, answer in zip(names, reversed(wires.answers), strict=True):
            name.next_to(answer, DOWN, buff=0.2)
        self.play(
            LaggedStart(*(FadeIn(one, scale=0.4) for one in wires.neurons), lag_ratio=0.3),
            FadeIn(self.names[0]),
            run_time=beat.part(0.1),
        )
        self.play(wires.grow(wires.first), run_time=beat.part(0.22))
        self.add(wires.neurons)
        self.play(FadeIn(wires.last, wires.answers, self.names[1:]), run_time=beat.part(0.1))
        self.remove(*wires, wires)
        self.add(wires, self.names)

    def multiply(self, beat):
        """One wire and its weight; then what flows along the wires of bright cells."""
        wires, run = self.wires, self.run()
        lit = wires.lit()
        strongest = max(lit, key=lambda cell: abs(wires.weights["hidden_weights"][1][cell]))
        wire = wires.first[strongest][1]
        weight = run.measured(pointer("perceptron", "weights", "hidden_weights", 1, strongest))
        number = number_text(weight, BODY).move_to(wire.point_from_proportion(0.4) + 0.5 * UP)
        plate = SurroundingRectangle(number, color=Role.KERNEL.value, buff=0.14)
        plate.set_fill(GROUND, opacity=0.95).set_stroke(width=3)
        width = wire.get_stroke_width()
        self.play(
            *wires.brighten(rest=0.15),
            wire.animate.set_stroke(width=12, opacity=1),
            FadeIn(plate, number),
            run_time=beat.part(0.14),
        )
        self.wait(beat.part(0.06))
        self.play(
            *wires.brighten(lit),
            wire.animate.set_stroke(width=width, opacity=1),
            FadeOut(plate, number),
            run_time=beat.part(0.1),
        )
        self.play(wires.flow(lit), run_time=beat.part(0.22))
        sums = wires.written([rounded(run.perceptron().sums.number(at)) for at in range(3)])
        wires.sums.add(*sums)
        self.play(FadeIn(sums, scale=1.4), run_time=beat.part(0.08))
        self.total = self.label("count", HEADING, colour=Role.KERNEL.value)
        self.total.scale(min(1.0, self.sign.width / self.total.width))
        self.total.next_to(self.sign, UP, buff=0.35).match_x(self.sign)
        self.play(
            *wires.brighten(range(36), rest=FAINT), FadeIn(self.total), run_time=beat.part(0.12)
        )
        self.play(wires.flow(range(36)), run_time=beat.part(0.14))

    def divide(self, beat):
        """All pictures again, and one half of them goes to each side."""
        run, album = self.run(), self.album
        at = PLACES.index(OURS)
        there = self.previous.album
        self.play(
            FadeOut(self.wires, self.names, self.total),
            self.sign.animate.become(Sign(OURS, there[0].height).move_to(there[at])),
            *(FadeIn(one) for one in album if one.place != OURS),
            run_time=beat.part(0.2),
        )
        self.remove(self.sign)
        self.add(album)
        self.halves = {half: pictures_of(run, half) for half in ("seen", "unseen")}
        self.heads = VGroup(*(self.head(half) for half in self.halves))
        self.play(self.deal(self.halves), run_time=beat.part(0.35))
        self.blocks = {
            half: VGroup(*(album[one] for one in mine)) for half, mine in self.halves.items()
        }
        self.play(FadeIn(self.heads), run_time=beat.part(0.08))
        self.play(self.blocks["unseen"].animate.set_opacity(0.25), run_time=beat.part(0.15))

    def head(self, half):
        """What a half is called."""
        name = self.label(half, BODY, colour=Role.INPUT.value)
        return name.move_to([MIDDLES[half], HEADS, 0])

    def deal(self, halves):
        """Every picture goes to its place in its half."""
        moves = []
        for half, mine in halves.items():
            for index, one in enumerate(mine):
                goal = slot(half, index)
                picture = self.album[one]
                moves.append(picture.animate.scale_to_fit_height(HALF).move_to(goal))
        return LaggedStart(*moves, lag_ratio=0.03)

    def judge(self, half, beat):
        """The pictures of a half, one after the other: known, or not. Then how many were."""
        answers = self.run().right("perceptron", half)
        marks = VGroup(
            *(
                verdict(picture, right)
                for picture, right in zip(self.blocks[half], answers.right, strict=True)
            )
        )
        good = half == "seen"
        colour = ACCENT if good else WRONG
        number = number_text(answers.number, 1.3 * TITLE, colour=colour)
        told = self.label("right", HEADING, colour=colour).next_to(number, RIGHT, buff=0.3)
        # Where the last row has room.
        number = VGroup(number, told).move_to((slot(half, 14) + slot(half, 15)) / 2)
        self.play(
            LaggedStart(*(FadeIn(one, scale=1.3) for one in marks), lag_ratio=0.4),
            run_time=beat.part(0.45 if good else 0.3),
        )
        self.play(FadeIn(number, scale=1.5), run_time=beat.part(0.1))
        self.marks = [*getattr(self, "marks", []), marks, number]
        if good:
            for one in self.blocks[half]:
                one.set_opacity(1)
            self.play(pulse(number, 1.12), run_time=beat.part(0.15))

    def toss(self, beat):
        """A coin, beside the half that a coin would have done better."""
        self.coin = coin().move_to([MIDDLES["unseen"] + 2.3, HEADS, 0])
        self.play(FadeIn(self.coin, shift=0.6 * UP), run_time=beat.part(0.08))
        turn = _turn(4)
        self.play(
            self.coin.animate(rate_func=turn).stretch(0.02, 1).shift(0.35 * UP),
            run_time=beat.part(0.3),
        )


ANSWERS = (("cross", "X"), ("ring", "O"))
MIDDLES = {"seen": -3.25, "unseen": 3.25}


def slot(half, index):
    """Where a picture stands in its half: rows of four."""
    step = HALF + 0.12
    row, column = divmod(index, 4)
    return np.array([MIDDLES[half] + (column - 1.5) * step, 1.3 - row * step, 0.0])


def pictures_of(run, half):
    """The pictures that the perceptron has seen in training, or not: their places in all."""
    return run.data["perceptron"][half]["pictures"]


def coin(size=0.4):
    """A coin."""
    gold = Role.KERNEL.value
    rim = Circle(size, color=gold, stroke_width=5, fill_color=gold, fill_opacity=0.85)
    return VGroup(rim, Circle(0.68 * size, color=GROUND, stroke_width=4))


def _turn(times):
    """Flat and round again, so many times, in one rise and fall."""
    return lambda share: float(abs(np.sin(times * np.pi * share)))
