"""The whole story once more, in two beats."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, Group, VGroup

from cnnviz.visuals import (
    SweepPicture,
    SweepWindow,
    WindowView,
    feature_picture,
    framed,
    input_grid,
    kernel_grid,
    output_grid,
    with_title,
)
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, HEADING, Role
from scenes.convolution._photograph import TEXTURE
from scenes.shared._worked_example import WorkedScene, fitted, input_shape, kernel_shape


class Summary(WorkedScene):
    def setup_stage(self):
        trace = self.example().valid
        cell = fitted(0.78, 5, input_shape(trace))
        self.input = input_grid(trace, cell=cell)
        self.weights = kernel_grid(trace, cell=fitted(0.6, 3, kernel_shape(trace)))
        self.output = output_grid(trace, cell=cell).empty()
        VGroup(self.input, self.weights, self.output).arrange(RIGHT, buff=1.5)
        self.stage = VGroup(
            self.input,
            with_title(self.weights, self.label_text("kernel")),
            with_title(self.output, self.label_text("map")),
        )
        self.window = WindowView(trace, self.input, self.output)
        self.add(self.stage, self.window)

    def construct(self):
        places = [(window.row, window.column) for window in self.example().valid.windows()]
        with self.beat("recap") as beat:
            self.output.reveal(0, 0)
            self.play(SweepWindow(self.window, places[1:]), run_time=beat.part(0.95))

        with self.beat("one_line") as beat:
            line = self.label("line", HEADING, colour=ACCENT, weight=SEMIBOLD)
            image = framed(feature_picture(TEXTURE, 4.6), Role.OUTPUT)
            Group(image, line).arrange(DOWN, buff=0.5).shift(DOWN * 0.2)
            self.play(FadeOut(self.stage, self.window), run_time=beat.part(0.1))
            self.play(Create(image[1]), FadeIn(line, shift=UP * 0.2), run_time=beat.part(0.15))
            self.add(image)
            self.play(SweepPicture(image[0]), run_time=beat.part(0.6))
