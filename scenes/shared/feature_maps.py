"""Three kernels on one photograph: three feature maps, stacked as channels."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, Line, Square, VGroup

from cnnviz.compute import count, farthest_from_zero
from cnnviz.errors import UserError
from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import (
    NumberGrid,
    SweepPicture,
    feature_picture,
    framed,
    kernel_grid,
    map_limit,
    picture,
    sign_legend,
    stack,
    words,
)
from cnnviz.visuals.theme import HEADING, LABEL, MUTED, Role
from scenes.shared._photograph import CARDS, feature_map, photo
from scenes.shared._worked_example import fitted, kernel_shape

THREE = 3
OUTPUT = Role.OUTPUT.value
BESIDE = 10  # columns on each side that a place is compared with


class FeatureMaps(Lesson):
    """A photograph through three kernels.

    Attributes
    ----------
    photograph
        Its file.
    kernels
        Three of them, each a name or rows of one size.
    place
        The output position where one window is worked out; where it is None, the one at which the
        first map is farthest from zero.
    """

    photograph = CARDS
    kernels = ("vertical_edge", "horizontal_edge", "laplacian_8")
    place = None

    @classmethod
    def photo(cls):
        return photo(cls.photograph)

    @classmethod
    def maps(cls):
        """The traces of the kernels, in their order."""
        if len(cls.kernels) != THREE:
            raise UserError(
                f"the scene has beats for three kernels, here are {len(cls.kernels)}",
                hint="write three under `kernels`",
            )
        return [feature_map(cls.photo(), each) for each in cls.kernels]

    @classmethod
    def window(cls):
        """The window that is worked out."""
        first = cls.maps()[0]
        strongest = divmod(int(np.abs(first.output[0]).argmax()), first.columns)
        return first.window(*(cls.place or strongest))

    @classmethod
    def numbers(cls):
        window = cls.window()
        return {
            "kernels": count(list(range(len(cls.maps())))),
            "photo.pixels": count(window.patch.ravel().tolist()),
            "photo.sum": window.result_number,
        }

    @classmethod
    def claims(cls):
        window = cls.window()
        trace, row, column = window.trace, window.row, window.column
        columns = range(max(0, column - BESIDE), min(trace.columns, column + BESIDE + 1))
        beside = [trace.number(row, other) for other in columns]
        return {"strongest_in_its_row": farthest_from_zero(window.result_number, of=beside)}

    def setup_stage(self):
        self.seen = framed(self.photo_picture(5.2), Role.INPUT).shift(DOWN * 0.2)
        self.add(self.seen)
        self.weights, self.shown = Group(), []

    def photo_picture(self, height):
        seen = self.photo()
        return picture(seen.colour, seen.height_within(height))

    def map_picture(self, trace, height):
        image = feature_picture(trace, self.photo().height_within(height))
        return framed(image, Role.OUTPUT)

    def construct(self):
        with self.beat("question") as beat:
            self.make_room(beat)

        with self.beat("zoom") as beat:
            self.stop_at_one_place(beat)

        with self.beat("first") as beat:
            self.show_map(beat, self.label("first", LABEL, colour=OUTPUT))

        with self.beat("second") as beat:
            self.show_map(beat, self.label("second", LABEL, colour=OUTPUT))

        with self.beat("third") as beat:
            self.show_map(beat, self.label("third", LABEL, colour=OUTPUT))

        with self.beat("channels") as beat:
            self.pile_up(beat)

    def make_room(self, beat):
        height = self.photo().height_within(3.1)
        self.play(
            self.seen.animate.scale_to_fit_height(height).to_corner(UP + LEFT, buff=1.0),
            run_time=beat.part(0.6),
        )

    def stop_at_one_place(self, beat):
        window = self.window()
        rows, columns = kernel_shape(window.trace)
        cell = fitted(0.85, 3, (rows, columns))
        pixels = [[window.pixel(i, j) for j in range(columns)] for i in range(rows)]
        patch = NumberGrid(pixels, role=Role.INPUT, cell=cell, shade="grey", limit=255)
        limit = map_limit(window.trace)
        result = NumberGrid([[window.result_number]], role=Role.OUTPUT, cell=1.3, limit=limit)
        kernel = kernel_grid(window.trace, cell=cell)
        signs = [words(sign, HEADING, colour=MUTED) for sign in ("×", "=")]
        line = Group(patch, signs[0], kernel, signs[1], result).arrange(RIGHT, buff=0.3)
        line.to_edge(RIGHT, buff=0.8).shift(DOWN * 0.2)
        spot = Square(0.22, color=Role.KERNEL.value, stroke_width=5).move_to(self.middle_of(window))
        rays = VGroup(
            Line(spot.get_corner(UP + RIGHT), patch.get_corner(UP + LEFT)),
            Line(spot.get_corner(DOWN + RIGHT), patch.get_corner(DOWN + LEFT)),
        ).set_stroke(Role.KERNEL.value, width=1.5, opacity=0.6)
        self.play(Create(spot), run_time=beat.part(0.12))
        self.play(Create(rays), FadeIn(patch), run_time=beat.part(0.2))
        self.play(FadeIn(signs[0], kernel), run_time=beat.part(0.2))
        self.play(FadeIn(signs[1], result), run_time=beat.part(0.15))
        self.zoomed = Group(spot, rays, line)

    def middle_of(self, window):
        """Where the middle of a window is on the photograph."""
        shown, (rows, columns) = self.seen[0], kernel_shape(window.trace)
        pixel = shown.height / self.photo().grey.shape[0]
        across, down = window.left + columns / 2, window.top + rows / 2
        return shown.get_corner(UP + LEFT) + pixel * (across * RIGHT + down * DOWN)

    def show_map(self, beat, title):
        """Slide the next kernel over the photograph, and put its map in place of the last one."""
        trace = self.maps()[len(self.shown)]
        cell = fitted(0.62, 3, kernel_shape(trace))
        kernel = kernel_grid(trace, cell=cell).next_to(self.seen, DOWN, buff=0.5)
        image = self.map_picture(trace, 4.9)
        image.to_edge(RIGHT, buff=0.85).shift(DOWN * 0.1)
        title.next_to(image, DOWN, buff=0.2)
        leaving = [self.weights, *self.shown[-1:]] if self.shown else [self.zoomed]
        self.play(
            *(FadeOut(old) for old in leaving if len(old)),
            FadeIn(kernel, shift=UP * 0.2),
            run_time=beat.part(0.15),
        )
        self.play(FadeIn(title), Create(image[1]), run_time=beat.part(0.1))
        cursor = Square(0.3, color=Role.KERNEL.value, stroke_width=5)
        self.add(image, cursor)
        self.play(SweepPicture(image[0], seen=self.seen[0], cursor=cursor), run_time=beat.part(0.5))
        self.remove(cursor)
        self.weights = kernel
        self.shown.append(Group(image, title))

    def pile_up(self, beat):
        traces = self.maps()
        pile = stack([self.map_picture(trace, 3.6) for trace in traces], step=0.55)
        pile.to_edge(RIGHT, buff=0.85).shift(UP * 0.15)
        legend = sign_legend(
            self.label_text("negative"), self.label_text("zero"), self.label_text("positive")
        ).next_to(pile, DOWN, buff=0.4)
        cell = fitted(0.46, 3, *map(kernel_shape, traces))
        kernels = Group(*(kernel_grid(trace, cell=cell) for trace in traces))
        kernels.arrange(RIGHT, buff=0.3).next_to(self.seen, DOWN, buff=0.6)
        self.play(FadeOut(self.weights, self.shown[-1]), run_time=beat.part(0.12))
        for kernel, layer in zip(kernels, pile, strict=True):
            self.play(FadeIn(kernel), FadeIn(layer, shift=LEFT * 0.3), run_time=beat.part(0.16))
        self.play(FadeIn(legend), run_time=beat.part(0.15))
