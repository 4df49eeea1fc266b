"""Forty perceptrons at places that they have never seen, and why they fail there."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Square,
    VGroup,
    rush_from,
)

from cnnviz.compute import count, less, literal
from cnnviz.visuals import DotPlot, number_text, pulse
from cnnviz.visuals.theme import ACCENT, TITLE, Role
from scenes.tictactoe._parts import OFF, ON, Sign, mean_right
from scenes.tictactoe._pictures import MOVED, OURS
from scenes.tictactoe._run import COIN, TrainedLesson
from scenes.tictactoe._wires import DARK, Wires
from scenes.tictactoe.filter import CEILING, CELL, FLOOR
from scenes.tictactoe.perceptron import PICTURE, PICTURE_PLACE, WIRES_PLACE, Perceptron, slot

SHUFFLES = 5
BEFORE = Role.INPUT.value
"""Of what was bright before the cross moved."""


class Unseen(TrainedLesson):
    continues = Perceptron
    title_over = True

    @classmethod
    def numbers(cls):
        run = cls.run()
        before, after = (np.argwhere(one.pixels()).tolist() for one in (OURS, MOVED))
        return {
            "seeds": count([one["seed"] for one in run.seeds]),
            "mean": mean_right(run, "perceptron"),
            "lit": count(after),
            "shared": count([cell for cell in after if cell in before]),
        }

    @classmethod
    def claims(cls):
        return {"worse_than_a_coin": less(mean_right(cls.run(), "perceptron", 2), COIN)}

    def setup_stage(self):
        run = self.run()
        self.album = self.previous.album
        shares = [100 * one.number.value / len(one.right) for one in run.by_seed("perceptron")]
        self.plot = DotPlot(
            [(self.label_text("perceptron"), shares)],
            ticks=[literal(percent, of="axis") for percent in (0, 25, 50, 75, 100)],
            means=[self.numbers()["mean"]],
            coin=COIN,
            coin_name=self.label_text("coin"),
            title=self.label_text("right"),
            width=12.6,
            height=6.5,
            colours=[Role.INPUT.value],
        ).empty()
        self.plot.shift(0.3 * DOWN)
        self.wires = Wires(run.data["perceptron"]["weights"], OURS).move_to(WIRES_PLACE)

    def construct(self):
        with self.beat("luck") as beat:
            self.shuffle(beat)

        with self.beat("dots") as beat:
            self.play(
                FadeOut(*self.album, self.previous.heads, self.tally, scale=0.6),
                FadeIn(self.plot.axes, self.plot.names, self.plot.coin),
                run_time=beat.part(0.15),
            )
            self.add(self.plot)
            self.play(self.plot.fall(0), run_time=beat.part(0.4))
            # Closer to the dots, and to the coin's line behind them.
            closer = self.frame.animate.zoom_to(self.plot.columns[0], fill=0.8)
            self.play(closer, run_time=max(1.0, beat.part(0.2)))

        with self.beat("mean") as beat:
            self.play(self.frame.animate.zoom_out(), run_time=max(1.0, beat.part(0.2)))
            self.play(self.plot.show_mean(0), run_time=beat.part(0.25))
            self.play(pulse(self.plot.means[0][1], 1.3), run_time=beat.part(0.15))
            self.play(pulse(self.plot.coin[1], 1.2), run_time=beat.part(0.15))

        with self.beat("shared") as beat:
            self.move_by_one(beat)

        with self.beat("need") as beat:
            self.wander(beat)

    def shuffle(self, beat):
        """The halves are drawn again and again, as they were for the first seeds."""
        before = self.previous
        number = number_text(self.numbers()["seeds"], 1.3 * TITLE, colour=ACCENT)
        self.tally = number.move_to((slot("unseen", 14) + slot("unseen", 15)) / 2)
        first, *others = self.run().seeds[:SHUFFLES]
        self.play(
            FadeOut(*before.marks, before.coin),
            FadeOut(before.heads, rate_func=rush_from),  # the title comes over them
            self.deal(first),
            run_time=beat.part(0.2),
        )
        for seed in others[:-1]:
            self.play(self.deal(seed), run_time=beat.part(0.16))
        self.play(
            self.deal(others[-1]),
            FadeIn(before.heads),
            FadeIn(self.tally, scale=1.6),
            run_time=beat.part(0.18),
        )

    def deal(self, seed):
        """Every picture goes to where this seed has put it."""
        moves = [
            self.album[one].animate.move_to(slot(half, index))
            for half in ("seen", "unseen")
            for index, one in enumerate(seed[half])
        ]
        return LaggedStart(*moves, lag_ratio=0.02)

    def move_by_one(self, beat):
        """The cross goes one cell to the right, and comes in on other wires."""
        wires, before = self.wires, self.wires.lit(OURS)
        after = wires.lit(MOVED)
        shared = [cell for cell in after if cell in before]
        self.sign = Sign(OURS, PICTURE).move_to(PICTURE_PLACE)
        for index, own in enumerate(wires.first):
            own.set_stroke(opacity=1.0 if index in before else DARK)
        self.play(FadeOut(self.plot), FadeIn(self.sign, wires), run_time=beat.part(0.1))
        self.play(wires.flow(before), run_time=beat.part(0.12))
        traces = VGroup(*(self.trace(cell) for cell in self.sign.lit))
        marks = VGroup(*(self.beside(cell) for cell in before))
        self.add(traces)
        self.bring_to_front(self.sign.lit)
        self.play(FadeIn(marks), run_time=beat.part(0.06))
        self.play(
            self.sign.lit.animate.shift(self.sign.side * RIGHT),
            *(
                cell.animate.set_fill(ON if index in after else OFF)
                for index, cell in enumerate(wires.cells)
            ),
            *wires.brighten(after),
            run_time=beat.part(0.16),
        )
        numbers = self.numbers()
        told = VGroup(
            self.counted(numbers["lit"], ON),
            self.counted(numbers["shared"], BEFORE),
        ).arrange(RIGHT, buff=0.8)
        told.next_to(self.sign, UP, buff=0.35)
        self.play(FadeIn(told[0], scale=1.4), wires.flow(after), run_time=beat.part(0.12))
        rings = VGroup(*(self.ring(cell) for cell in shared))
        self.play(
            FadeIn(told[1], scale=1.4),
            LaggedStart(*(Create(one) for one in rings), lag_ratio=0.3),
            *wires.brighten(shared),
            run_time=beat.part(0.14),
        )
        lost = [cell for cell in after if cell not in before]
        self.play(*wires.brighten(lost), run_time=beat.part(0.08))
        self.extra = [traces, marks, *rings, *told]

    def counted(self, number, colour):
        """A bright cell as it is marked in the picture, and how many there are."""
        cell = Square(0.55, stroke_width=0, fill_color=ON, fill_opacity=1)
        if colour != ON:
            cell.set_stroke(colour, 9)
        digits = number_text(number, 1.4 * TITLE, colour=colour)
        return VGroup(cell, digits).arrange(RIGHT, buff=0.25)

    def trace(self, cell):
        """Where a bright cell was."""
        return cell.copy().set_fill(opacity=0).set_stroke(BEFORE, 5).scale(0.9)

    def beside(self, cell):
        """A mark at the column, beside a cell that was bright before."""
        at = self.wires.cells[cell]
        return Square(0.13, stroke_width=0, fill_color=BEFORE, fill_opacity=1).next_to(
            at, LEFT, buff=0.09
        )

    def ring(self, cell):
        """Round a cell of the picture that is bright before and after."""
        own = self.sign.cell(*divmod(cell, 6))
        return own.set_stroke(BEFORE, 9).scale(0.96)

    def wander(self, beat):
        """The wires go; the picture fills the frame, and a small window begins to look round."""
        goal = Sign(MOVED, 6.7).move_to(0.1 * DOWN)
        self.play(
            *(FadeOut(one) for one in (self.wires, *self.extra)),
            self.sign.animate.become(goal),
            run_time=beat.part(0.2),
        )
        window = Square(3 * self.sign.side, stroke_color=Role.KERNEL.value, stroke_width=9)
        window.set_fill(Role.KERNEL.value, opacity=0.08).move_to(self.sign.point(1, 1))
        self.play(Create(window), run_time=beat.part(0.1))
        for row, column in ((1, 4), (2, 4), (2, 1), (4, 1), (4, 4)):
            self.play(
                window.animate.move_to(self.sign.point(row, column)), run_time=beat.part(0.08)
            )
        # The next scene begins with the film's own cross.
        ours = Sign(OURS, 6 * CELL).move_to(UP * (FLOOR + CEILING) / 2)
        self.play(FadeOut(window), self.sign.animate.become(ours), run_time=beat.part(0.2))
