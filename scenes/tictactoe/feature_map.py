"""The filter slides over the picture and makes a map; ReLU takes what is negative out of it."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    Square,
    VGroup,
    rush_from,
)

from cnnviz.compute import count, difference, equal, every, matrix_size, not_negative, zero
from cnnviz.visuals import (
    MoveWindow,
    SweepReplace,
    SweepWindow,
    number_text,
    output_grid,
    pulse,
    relu_grid,
    words,
)
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED, Role
from scenes.shared._claims import corner
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe._stencil import SIZE, Stencil
from scenes.tictactoe.filter import AT, Filter

MAP_CELL = 1.05
FIRST, SECOND = (0, 0), (0, 1)
APART = ((0, 0), (0, 3), (3, 0), (3, 3))
"""Places of the filter that do not overlap, and cover the picture."""
SUM_AT = -2.84
"""Height of the sum that is written below the map."""


class FeatureMap(TrainedLesson):
    continues = Filter
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def numbers(cls):
        found = cls.run().cnn(0)
        return {
            "first": found.map.number(*FIRST),
            "second": found.map.number(*SECOND),
            "map.size": matrix_size(found.map.output[0].tolist()),
            "kernel.count": count([one.value for row in Filter.weights() for one in row]),
        }

    @classmethod
    def claims(cls):
        found = cls.run().cnn(0)
        first, second = (corner(found.map.window(*place)) for place in (FIRST, SECOND))
        step = count([FIRST])
        before = [found.map.number(row, column) for row, column in cells(found.map)]
        after = [found.rectified.number(row, column) for row, column in cells(found.map)]
        return {
            "top_left": zero(*first),
            "one_right": every(
                zero(difference(second[0], first[0])),
                equal(difference(second[1], first[1]), step),
            ),
            "no_minus_left": every(
                not_negative(*after),
                *(
                    zero(now) if was.value < 0 else equal(now, was)
                    for was, now in zip(before, after, strict=True)
                ),
            ),
        }

    def setup_stage(self):
        before = self.previous
        self.trace = self.run().cnn(0).map
        self.picture = before.picture
        self.full = float(np.abs(self.trace.output).max())
        self.map = sized(output_grid(self.trace, cell=MAP_CELL, limit=self.full)).empty()
        self.map.move_to(RIGHT * 3.5).align_to(self.picture, UP)
        self.stencil = Stencil(self.picture, Filter.weights(), self.map).place(*AT)
        self.bias = self.bias_plate()
        self.bias.shift((3.8, SUM_AT, 0) - self.bias[0].get_center())

    def bias_plate(self):
        """The bias with its name."""
        colour = Role.KERNEL.value
        number = number_text(Filter.bias(), BODY, colour=colour)
        opening, closing = (words(sign, BODY, colour=MUTED) for sign in "()")
        written = VGroup(opening, number, closing).arrange(RIGHT, buff=0.08)
        name = self.label("bias", BODY, colour=colour).next_to(written, DOWN, buff=0.06)
        return VGroup(written, name)

    def construct(self):
        self.begin_in_the_corner()
        self.predict()
        self.slide()
        self.stay_the_same()
        self.rectify()

    def begin_in_the_corner(self):
        with self.beat("first") as beat:
            self.put_back(max(1.1, beat.part(0.3)))
            self.play(MoveWindow(self.stencil, *FIRST), run_time=beat.part(0.17))
            row = self.sum_row(FIRST)
            self.play(self.rise(row), FadeIn(self.bias), run_time=beat.part(0.2))
            self.arrive(row, FIRST, beat.part(0.2))
            self.row = row

    def put_back(self, seconds):
        """Out of the window again: the whole picture, and the map for which all this was done."""
        before = self.previous
        dims = [
            square.animate.set_fill(opacity=1).set_stroke(opacity=0.65)
            for square in self.picture.squares
        ]
        old, works = before.stencil.plates, before.workings
        left = [
            part[at] for part in (before.pixels, works.times, works.products) for at in works.lit()
        ]
        for at in works.dark():
            old[at].set_opacity(0)
            self.add(old[at])
        row, column = AT
        self.map.square(*AT).set_fill(self.map.fills[row][column])
        self.stencil.target.set_opacity(0)
        before.result.set_z_index(1)  # above the map that appears
        self.play(
            self.frame.animate.zoom_out(),
            FadeOut(before.column, *left, rate_func=rush_from),
            *dims,
            *(
                ReplacementTransform(one, other)
                for one, other in zip(old, self.stencil.plates, strict=True)
            ),
            FadeIn(self.map.squares),
            ReplacementTransform(before.result, self.map.digit(*AT).copy().set_opacity(1)),
            FadeOut(before.window),
            FadeIn(self.stencil.frame),
            run_time=seconds,
        )
        self.clear_stage()

    def clear_stage(self):
        """What stands there now is the picture, the map and the filter on it."""
        own = [self.picture.squares, self.map, self.stencil]
        others = [one for one in self.mobjects if one not in own]
        titles = [one for one in others if getattr(one, "pinned", False)]
        self.remove(*(one for one in others if one not in titles))
        self.map.reveal(*AT)
        self.stencil.target.set_stroke(opacity=1)
        self.add(*own)

    def sum_row(self, place):
        """The weights of bright cells, the bias, the result; as they are written below the map."""
        window = self.trace.window(*place)
        lit = [(i, j) for i in range(SIZE) for j in range(SIZE) if window.patch[0, i, j]]
        colour = Role.KERNEL.value
        terms = [number_text(Filter.weights()[i][j], BODY, colour=colour) for i, j in lit]
        line = []
        for term in terms:
            line += [term, words("+", BODY, colour=MUTED)]
        left = VGroup(*line).arrange(RIGHT, buff=0.2)
        left.next_to(self.bias[0], LEFT, buff=0.25)
        result = number_text(self.trace.number(*place), BODY, colour=Role.OUTPUT.value)
        right = VGroup(words("=", BODY, colour=MUTED), result).arrange(RIGHT, buff=0.25)
        right.next_to(self.bias[0], RIGHT, buff=0.25)
        row = VGroup(left, right)
        row.terms, row.signs, row.result = VGroup(*terms), VGroup(*line[1::2]), result
        return row

    def rise(self, row):
        """The weights on bright cells come down from the picture into the sum."""
        plates = self.stencil.lit_plates()
        moves = (
            ReplacementTransform(plate[1].copy(), term)
            for plate, term in zip(plates, row.terms, strict=True)
        )
        return AnimationGroup(LaggedStart(*moves, lag_ratio=0.3), FadeIn(row.signs))

    def arrive(self, row, place, seconds, *also):
        """The result goes to its cell of the map."""
        row_at, column = place
        self.map.square(*place).set_fill(self.map.fills[row_at][column])
        landing = self.map.digit(*place).copy().set_opacity(1)
        flight = ReplacementTransform(row.result.copy(), landing)
        self.play(*also, LaggedStart(FadeIn(row[1]), flight, lag_ratio=0.5), run_time=seconds)
        self.remove(landing)
        self.map.reveal(*place)

    def predict(self):
        self.asked = words("?", HEADING, colour=ACCENT).move_to(self.map.square(*SECOND))
        name = self.label("map", BODY, colour=Role.OUTPUT.value)
        self.map_name = name.next_to(self.map, UP, buff=0.22)
        self.name = self.label("input", BODY, colour=Role.INPUT.value)
        self.name.next_to(self.picture, UP, buff=0.22)
        with self.beat("predict") as beat:
            self.play(
                MoveWindow(self.stencil, *SECOND), FadeOut(self.row), run_time=beat.part(0.22)
            )
            self.play(FadeIn(self.asked, self.map_name, self.name), run_time=beat.part(0.1))
            shining = (pulse(plate, 1.3) for plate in self.stencil.lit_plates())
            self.play(LaggedStart(*shining, lag_ratio=0.3), run_time=beat.part(0.3))
            self.play(pulse(self.bias, 1.25), run_time=beat.part(0.25))
            self.think(beat, (6.1, self.map.get_top()[1] - 0.5, 0))

    def slide(self):
        places = [one for one in cells(self.trace) if one > SECOND]
        with self.beat("slide") as beat:
            row = self.sum_row(SECOND)
            self.play(self.rise(row), run_time=beat.part(0.12))
            self.arrive(row, SECOND, beat.part(0.16), FadeOut(self.asked))
            self.play(FadeOut(row, self.bias), run_time=beat.part(0.06))
            self.play(SweepWindow(self.stencil, places), run_time=beat.part(0.58))

    def stay_the_same(self):
        others = [Stencil(self.picture, Filter.weights()).place(3, 3) for _ in APART[1:]]
        everywhere = (self.stencil, *others)
        marks = [self.stencil.target.copy().move_to(self.map.square(*place)) for place in APART[1:]]
        with self.beat("same") as beat:
            self.add(*others)
            self.play(
                *(MoveWindow(one, *place) for one, place in zip(everywhere, APART, strict=True)),
                run_time=beat.part(0.26),
            )
            self.play(FadeIn(*marks), run_time=beat.part(0.06))
            # One weight after the other, in all places at once: it is the same one.
            together = (
                AnimationGroup(*(pulse(one.plates[at], 1.3) for one in everywhere))
                for at in range(SIZE * SIZE)
            )
            self.play(LaggedStart(*together, lag_ratio=0.25), run_time=beat.part(0.45))
            self.play(FadeOut(*others, *marks), run_time=beat.part(0.12))

    def rectify(self):
        after = sized(relu_grid(self.run().cnn(0).rectified, cell=MAP_CELL, limit=self.full))
        marks = [
            Square(MAP_CELL, color=ACCENT, stroke_width=6).move_to(self.map.square(*place))
            for place in cells(self.trace)
            if self.trace.output[(0, *place)] < -1e-9
        ]
        with self.beat("relu") as beat:
            self.play(FadeOut(self.stencil), pulse(self.map_name, 1.1), run_time=beat.part(0.14))
            self.play(
                LaggedStart(*(Create(mark) for mark in marks), lag_ratio=0.2),
                run_time=beat.part(0.22),
            )
            self.play(SweepReplace(self.map, after), run_time=beat.part(0.4))
            self.play(FadeOut(*marks), run_time=beat.part(0.12))
        self.remove(self.map)
        self.map = after


def cells(trace):
    """All places of a map, row by row."""
    return [(row, column) for row in range(trace.rows) for column in range(trace.columns)]


def sized(grid):
    """`grid` with digits that are as large in every map. Returns it."""
    for digit in grid.digits:
        digit.scale(BODY / grid.digit_size)
    return grid
