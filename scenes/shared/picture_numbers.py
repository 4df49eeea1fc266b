"""A small picture turns into its numbers: what a computer has of it."""

from __future__ import annotations

import numpy as np
from manim import RIGHT, UP, Create, FadeIn, Group, Square

from cnnviz.compute import largest, smallest
from cnnviz.visuals import framed, input_grid, picture
from cnnviz.visuals.theme import ACCENT, LABEL, Role
from scenes.shared._worked_example import WorkedScene, fitted, input_shape


class PictureNumbers(WorkedScene):
    @classmethod
    def pixels(cls):
        example = cls.example()
        return [example.valid.input_number(*place) for place in example.pixels]

    @classmethod
    def numbers(cls):
        pixels = cls.pixels()
        return {
            "input.size": cls.example().input_size,
            "brightest": max(pixels, key=lambda pixel: pixel.value),
            "darkest": min(pixels, key=lambda pixel: pixel.value),
        }

    @classmethod
    def claims(cls):
        numbers, pixels = cls.numbers(), cls.pixels()
        return {
            "brightest": largest(numbers["brightest"], of=pixels),
            "darkest": smallest(numbers["darkest"], of=pixels),
        }

    def setup_stage(self):
        trace = self.example().valid
        self.grid = input_grid(trace, cell=fitted(0.95, 5, input_shape(trace)))
        shades = np.array(trace.input[0]) * 255 / max(trace.input.max(), 1)
        self.photo = framed(picture(shades.astype(int), self.grid.height, crisp=True), Role.INPUT)
        Group(self.photo, self.grid).arrange(RIGHT, buff=1.6)
        self.titles = [
            self.label("picture", LABEL, colour=Role.INPUT.value),
            self.label("numbers", LABEL, colour=Role.INPUT.value),
        ]
        for title, shown in zip(self.titles, (self.photo, self.grid), strict=True):
            title.next_to(shown, UP, buff=0.22)
        self.add(self.photo, self.titles[0])

    def construct(self):
        with self.beat("look") as beat:
            self.play(self.photo.animate.scale(1.03), run_time=beat.part(0.4))

        with self.beat("numbers") as beat:
            self.play(FadeIn(self.titles[1], self.grid), run_time=beat.part(0.5))

        with self.beat("extremes") as beat:
            for name in ("brightest", "darkest"):
                self.play(Create(self.mark(name)), run_time=beat.part(0.3))

    def mark(self, name):
        index = self.pixels().index(self.numbers()[name])
        frame = Square(self.grid.cell, color=ACCENT, stroke_width=7)
        return frame.move_to(self.grid.squares[index])
