"""Why the CNN still errs: the filter finds the line, but each place has a weight of its own."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Square,
    VGroup,
)

from cnnviz.compute import count, equal, every, negative, positive
from cnnviz.visuals import MoveWindow, NumberGrid, number_text, pulse
from cnnviz.visuals.theme import ACCENT, HEADING, LABEL, Role
from scenes.tictactoe._maps import (
    answer,
    map_limit,
    number_grid,
    shown_answer,
    sliding,
    strongest,
)
from scenes.tictactoe._parts import WRONG, Sign, verdict
from scenes.tictactoe._pictures import OURS, PLACES
from scenes.tictactoe._run import TrainedLesson

NEURON = 0  # whose weights are shown: a cross makes it large
SIDE, LARGE, SMALLER = 1.52, 2.9, 1.9  # of the fourteen pictures, and of the wrong ones


class Mistakes(TrainedLesson):
    title_over = True

    @classmethod
    def numbers(cls):
        run = cls.run()
        return {
            "unseen": count(run.data["watched"]["unseen"]["pictures"]),
            "unseen.right": run.right("watched").number,
            "crosses": count([str(place) for place in cls.unseen() if place.sign == "X"]),
            "wrong": count([str(place) for place in cls.wrong()]),
            "found": shown_answer(run, cls.wrong()[0]),
        }

    @classmethod
    def claims(cls):
        run = cls.run()
        wrong = cls.wrong()
        crosses = [str(place) for place in wrong if place.sign == "X"]
        elsewhere = {cls.pooled_at(place) for place in wrong}
        return {
            "only_crosses_are_wrong": equal(count(crosses), cls.numbers()["wrong"]),
            "same_answer_on_each": equal(*(answer(run, place) for place in (OURS, *wrong))),
            # The same answer raises this neuron in the one place and lowers it in the others.
            "weights_differ_by_place": every(
                positive(cls.weight(cls.pooled_at(OURS))),
                negative(*(cls.weight(index) for index in sorted(elsewhere))),
            ),
        }

    @classmethod
    def unseen(cls):
        return [PLACES[at] for at in cls.run().data["watched"]["unseen"]["pictures"]]

    @classmethod
    def wrong(cls):
        """The hidden pictures that it takes for something else."""
        return [place for place in cls.unseen() if cls.run().cnn(-1, place).said != place.sign]

    @classmethod
    def pooled_at(cls, place):
        """In which of the four pooled values the filter's largest answer to a picture stands."""
        return int(cls.run().cnn(-1, place).pooled.output.argmax())

    @classmethod
    def weight(cls, index):
        return cls.run().weight_number("hidden_weights", -1, NEURON, index)

    def setup_stage(self):
        self.signs = {place: Sign(place, SIDE) for place in self.unseen()}
        grid = VGroup(*self.signs.values()).arrange_in_grid(2, 7, buff=(0.25, 0.6))
        grid.shift(0.75 * DOWN)
        self.add(grid)

    def construct(self):
        with self.beat("wrong") as beat:
            self.mark_all(beat)

        with self.beat("found") as beat:
            self.find(beat)

        with self.beat("place") as beat:
            self.weigh(beat)

    def mark_all(self, beat):
        wrong = self.wrong()
        marks = {
            place: verdict(sign, place not in wrong, 0.55) for place, sign in self.signs.items()
        }
        order = sorted(marks, key=lambda place: place in wrong)
        self.play(
            LaggedStart(*(FadeIn(marks[place], scale=1.3) for place in order), lag_ratio=0.25),
            run_time=beat.part(0.45),
        )
        leaving = [
            part
            for place in self.signs
            if place not in wrong
            for part in (self.signs[place], marks[place])
        ]
        goal = VGroup(*(Square(LARGE) for _ in wrong)).arrange(RIGHT, buff=0.35).shift(0.3 * UP)
        self.play(FadeOut(*leaving, *(marks[place] for place in wrong)), run_time=beat.part(0.08))
        self.play(
            *(
                self.signs[place].animate.scale(LARGE / SIDE).move_to(square)
                for place, square in zip(wrong, goal, strict=True)
            ),
            run_time=beat.part(0.17),
        )

    def find(self, beat):
        """The window goes over each picture to where the filter answers most."""
        run, windows, answers = self.run(), [], VGroup()
        for place in self.wrong():
            window = sliding(run.cnn(-1, place).map, self.signs[place])
            number = number_text(shown_answer(run, place), HEADING, colour=Role.OUTPUT.value)
            windows.append((window, strongest(run, place)))
            answers.add(number.scale(1.2).next_to(self.signs[place], DOWN, buff=0.35))
        name = self.label("filter", LABEL, colour=Role.OUTPUT.value)
        name.next_to(answers, DOWN, buff=0.3).set_x(0)
        self.play(FadeIn(*(window for window, _ in windows)), run_time=beat.part(0.07))
        self.play(*(MoveWindow(window, *at) for window, at in windows), run_time=beat.part(0.25))
        self.play(
            LaggedStart(
                *(
                    FadeIn(number, target_position=window.frame)
                    for number, (window, _) in zip(answers, windows, strict=True)
                ),
                lag_ratio=0.25,
            ),
            FadeIn(name),
            run_time=beat.part(0.3),
        )
        arms = [self.arm(place) for place in self.wrong()]
        self.play(
            LaggedStart(*(arm.animate.set_fill(Role.KERNEL.value) for arm in arms), lag_ratio=0.25),
            run_time=beat.part(0.2),
        )
        self.windows, self.answers = [window for window, _ in windows], VGroup(answers, name)

    def arm(self, place):
        """The bright cells on the diagonal of the window in which the filter answers most."""
        row, column = strongest(self.run(), place)
        cells = [(row + step, column + step) for step in range(3)]
        lit = [tuple(map(int, cell)) for cell in np.argwhere(place.pixels())]
        return VGroup(*(self.signs[place].lit[lit.index(cell)] for cell in cells))

    def weigh(self, beat):
        """Below each picture what is pooled, and the weights by which one neuron multiplies it."""
        run, limit = self.run(), map_limit(self.run())
        places = [*self.wrong(), OURS]
        columns = [2.16 * at - 3.35 for at in range(len(places))]
        pooled = [number_grid(run.cnn(-1, place).pooled, 0.93, limit) for place in places]
        weights = [self.weight_grid() for _ in places]
        for x, upper, lower in zip(columns, pooled, weights, strict=True):
            upper.move_to((x, -0.15, 0))
            lower.move_to((x, -2.4, 0))
        ours = Sign(OURS, SMALLER).move_to((columns[-1], 2.1, 0))
        names = [
            self.label(name, LABEL, colour=colour, width=1.9).move_to((-5.45, y, 0))
            for name, colour, y in (
                ("pooled", Role.OUTPUT.value, -0.15),
                ("weights", Role.KERNEL.value, -2.4),
            )
        ]
        self.play(FadeOut(self.answers, *self.windows), run_time=beat.part(0.05))
        self.play(
            *(
                self.signs[place].animate.scale(SMALLER / LARGE).move_to((x, 2.1, 0))
                for place, x in zip(self.wrong(), columns, strict=False)
            ),
            run_time=beat.part(0.1),
        )
        verdicts = [verdict(self.signs[place], False, 0.5) for place in self.wrong()]
        verdicts.append(verdict(ours, True, 0.5))
        self.play(FadeIn(ours, *pooled, names[0], *verdicts), run_time=beat.part(0.12))
        kept = [self.pooled_at(place) for place in places]
        upper = [self.spot(grid, index) for grid, index in zip(pooled, kept, strict=True)]
        self.play(*(Create(spot) for spot in upper), run_time=beat.part(0.1))
        self.play(
            LaggedStart(*(FadeIn(grid, shift=0.3 * DOWN) for grid in weights), lag_ratio=0.15),
            FadeIn(names[1]),
            run_time=beat.part(0.18),
        )
        lower = [
            self.spot(grid, index, WRONG if place in self.wrong() else ACCENT)
            for grid, index, place in zip(weights, kept, places, strict=True)
        ]
        self.play(
            LaggedStart(*(Create(spot) for spot in lower), lag_ratio=0.3), run_time=beat.part(0.2)
        )
        cells = [
            VGroup(grid.squares[index], grid.digits[index], spot)
            for grid, index, spot in zip(weights, kept, lower, strict=True)
        ]
        self.play(*(pulse(cell, 1.12) for cell in cells), FadeOut(*names), run_time=beat.part(0.15))
        self.ours = ours
        self.rest = VGroup(*self.signs_of_wrong(), *verdicts, *pooled, *weights, *upper, *lower)

    def signs_of_wrong(self):
        return [self.signs[place] for place in self.wrong()]

    def weight_grid(self):
        numbers = [[self.weight(2 * row + column) for column in range(2)] for row in range(2)]
        return NumberGrid(numbers, role=Role.KERNEL, cell=0.93)

    def spot(self, grid, index, colour=ACCENT):
        spot = Square(grid.cell - 0.02, stroke_color=colour, stroke_width=7)
        return spot.move_to(grid.squares[index])
