"""The whole story once more, in two beats."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, Group, VGroup

from cnnviz.lesson import Lesson
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
from scenes.convolution._worked_example import VALID


class Summary(Lesson):
    def setup_stage(self):
        self.input = input_grid(VALID, cell=0.78)
        self.kernel = kernel_grid(VALID, cell=0.6)
        self.output = output_grid(VALID, cell=0.78).empty()
        VGroup(self.input, self.kernel, self.output).arrange(RIGHT, buff=1.5)
        self.stage = VGroup(
            self.input,
            with_title(self.kernel, self.label_text("kernel")),
            with_title(self.output, self.label_text("map")),
        )
        self.window = WindowView(VALID, self.input, self.output)
        self.add(self.stage, self.window)

    def construct(self):
        places = [(window.row, window.column) for window in VALID.windows()]
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
