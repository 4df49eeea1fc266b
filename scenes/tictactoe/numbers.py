"""The picture as the machine has it: thirty-six numbers; and all the pictures that there are."""

from __future__ import annotations

from itertools import groupby

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
)

from cnnviz.compute import count, literal, matrix_size, product
from cnnviz.visuals import number_text, pulse, size_text
from cnnviz.visuals.theme import ACCENT, HEADING, TITLE
from scenes.tictactoe._parts import Sign, sign
from scenes.tictactoe._pictures import OURS, PLACES, SIDE
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.opening import Opening

LEFT_SIDE = 3.3 * LEFT
CLOSE = (1, 0, 2, 3)
"""Row, column, height and width of the cells that are looked at from close by."""
ALBUM = 1.46
"""Height of a picture among all the others."""


class Numbers(TrainedLesson):
    continues = Opening
    title_over = True

    @classmethod
    def numbers(cls):
        size = matrix_size(OURS.pixels().tolist())
        bright, dark = (literal(value, of="a cell of the picture") for value in (1, 0))
        pictures = [[one.sign, one.size, one.row, one.column] for one in PLACES]
        return {
            "input.size": size,
            "pixels": product(size),
            "on": bright,
            "off": dark,
            "pictures": count(pictures),
        }

    def setup_stage(self):
        self.sign = self.previous.sign
        self.size = size_text(*self.numbers()["input.size"], 2 * TITLE).move_to(LEFT_SIDE)
        own = self.sign.copy()
        self.grid = sign(OURS, own.height, digits=True).move_to(own)
        self.album = album().move_to(0.22 * DOWN)

    def construct(self):
        with self.beat("grid") as beat:
            self.count_cells(beat)
            self.look_closer(beat)

        with self.beat("task") as beat:
            rest = VGroup(*(one for one in self.grid.digits if one not in self.close))
            self.play(self.frame.animate.zoom_out(), run_time=max(1.0, beat.part(0.18)))
            self.play(FadeIn(rest), run_time=beat.part(0.1))
            total = number_text(self.numbers()["pixels"], 3 * TITLE, colour=ACCENT)
            total.move_to(LEFT_SIDE + 1.0 * UP)
            self.play(FadeOut(self.size), FadeIn(total, scale=0.6), run_time=beat.part(0.08))
            self.play(self.counted(), run_time=beat.part(0.2))
            asked = VGroup(*(self.label(name, 1.5 * HEADING) for name in ("cross", "ring")))
            asked.arrange(RIGHT, buff=0.9).next_to(total, DOWN, buff=0.9)
            for one in asked:
                self.play(FadeIn(one, shift=0.2 * UP), run_time=beat.part(0.14))

        with self.beat("pictures") as beat:
            self.play(FadeOut(self.grid.digits, total, asked), run_time=beat.part(0.06))
            self.play(
                self.sign.animate.become(self.album[PLACES.index(OURS)]),
                run_time=beat.part(0.2),
            )
            others = [one for one in self.album if one.place != OURS]
            for _, group in groupby(sorted(others, key=_size), key=_size):
                self.play(
                    LaggedStart(*(FadeIn(one, scale=0.3) for one in group), lag_ratio=0.2),
                    run_time=beat.part(0.18),
                )
            self.ours = Square(1.08 * ALBUM, color=ACCENT, stroke_width=7).move_to(self.sign)
            self.play(Create(self.ours), run_time=beat.part(0.1))

    def count_cells(self, beat):
        """Six columns, six rows: a stripe goes over them while the sizes appear."""
        across, down = (self.stripe(*shape) for shape in ((SIDE, 1), (1, SIDE)))
        way = (SIDE - 1) * self.sign.side
        self.play(
            self.sign.lit.animate.shift(self.sign.side * LEFT),
            FadeOut(self.previous.doubt, shift=0.4 * LEFT),
            run_time=beat.part(0.1),
        )
        self.play(FadeIn(across, down, self.size), run_time=beat.part(0.06))
        self.play(
            across.animate.shift(way * RIGHT),
            down.animate.shift(way * DOWN),
            run_time=beat.part(0.16),
        )
        self.play(FadeOut(across, down), run_time=beat.part(0.05))

    def stripe(self, rows, columns):
        """A light stripe over the first column, or the first row."""
        stripe = Square(stroke_width=0, fill_color=ACCENT, fill_opacity=0.4)
        stripe.stretch_to_fit_width(columns * self.sign.side)
        stripe.stretch_to_fit_height(rows * self.sign.side)
        return stripe.move_to(self.sign.point((rows - 1) / 2, (columns - 1) / 2))

    def look_closer(self, beat):
        """A few cells fill the frame, and the numbers that they are appear."""
        squares, digits = self.grid.block(*CLOSE), self.grid.block_digits(*CLOSE)
        self.close = list(digits)
        self.play(
            self.frame.animate.zoom_to(squares, fill=0.88),
            FadeIn(digits, rate_func=_late),
            run_time=max(1.0, beat.part(0.2)),
        )
        row, column, height, width = CLOSE
        places = [(row + i, column + j) for i in range(height) for j in range(width)]
        pixels = OURS.pixels()
        for value in (1, 0):
            ones = [one for one, at in zip(digits, places, strict=True) if pixels[at] == value]
            self.play(*(pulse(one, 1.5) for one in ones), run_time=beat.part(0.14))

    def counted(self):
        """All the numbers, one after the other."""
        return LaggedStart(*(pulse(one, 1.5) for one in self.grid.digits), lag_ratio=0.15)


def album():
    """All pictures, small ones first, rings above crosses."""
    return VGroup(*(Sign(one, ALBUM) for one in PLACES)).arrange_in_grid(4, 7, buff=0.18)


def _size(picture):
    return picture.place.size


def _late(share):
    """Nothing in the first half."""
    return max(0.0, 2 * share - 1)
