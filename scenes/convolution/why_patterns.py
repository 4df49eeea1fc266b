"""Edges, corners, textures and shapes are all matters of a small place."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, Group, LaggedStart, Square, VGroup

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import framed, picture
from cnnviz.visuals.theme import ACCENT, BODY, LABEL, Role
from scenes.convolution._photograph import COLOUR

SIDE = 44
# Where the four things are found in the photograph: row and column of the upper left corner.
PLACES = {"edge": (112, 272), "corner": (18, 268), "texture": (108, 148), "shape": (39, 309)}


class WhyPatterns(Lesson):
    def setup_stage(self):
        self.photo = framed(picture(COLOUR, 5.6), Role.INPUT).shift(DOWN * 0.25)
        self.add(self.photo)

    def construct(self):
        with self.beat("question") as beat:
            self.play(self.photo.animate.scale(1.04), run_time=beat.part(0.7))

        with self.beat("four_things") as beat:
            self.play(
                self.photo.animate.scale_to_fit_height(4.6).to_edge(LEFT, buff=0.75),
                run_time=beat.part(0.25),
            )
            self.crops = self.cut_out()
            for crop, spot in zip(self.crops, self.spots(), strict=True):
                self.play(Create(spot), FadeIn(crop, scale=0.7), run_time=beat.part(0.15))

        with self.beat("local") as beat:
            windows = self.windows()
            self.play(
                LaggedStart(*(Create(window) for window in windows), lag_ratio=0.5),
                run_time=beat.part(0.5),
            )

        with self.beat("so") as beat:
            line = self.label("local", BODY, colour=ACCENT).to_edge(DOWN, buff=0.5)
            self.play(FadeIn(line, shift=UP * 0.2), run_time=beat.part(0.3))
            self.play(
                *(window.animate.shift(RIGHT * 0.9) for window in windows),
                run_time=beat.part(0.5),
            )

    def cut_out(self):
        crops = []
        for name, (top, left) in PLACES.items():
            crop = framed(picture(COLOUR[top : top + SIDE, left : left + SIDE], 1.9, crisp=True))
            title = self.label(name, LABEL)
            crops.append(Group(crop, title.next_to(crop, DOWN, buff=0.15)))
        group = Group(*crops).arrange_in_grid(2, 2, buff=(0.7, 0.35))
        return group.to_edge(RIGHT, buff=0.9).match_y(self.photo)

    def spots(self):
        photo = self.photo[0]
        pixel = photo.height / COLOUR.shape[0]
        corner = photo.get_corner(UP + LEFT)
        return [
            Square(SIDE * pixel, color=ACCENT, stroke_width=4).move_to(
                corner + pixel * ((left + SIDE / 2) * RIGHT + (top + SIDE / 2) * DOWN)
            )
            for top, left in PLACES.values()
        ]

    def windows(self):
        windows = VGroup()
        for crop in self.crops:
            window = Square(0.6, color=Role.KERNEL.value, stroke_width=6)
            windows.add(window.move_to(crop[0]).shift(LEFT * 0.45))
        return windows
