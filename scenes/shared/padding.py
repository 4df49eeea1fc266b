"""Padding: a fence of zeros, so that the map does not shrink and the border counts."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, Square, VGroup

from cnnviz.compute import count, greater, matrix_size, negative, zero
from cnnviz.lesson import Lesson
from cnnviz.visuals import (
    SweepWindow,
    WindowView,
    input_grid,
    output_grid,
    padded_grid,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, BODY, LABEL
from scenes.convolution._claims import corner, same_size, smaller
from scenes.convolution._worked_example import (
    INPUT_SIZE,
    PADDED,
    PADDED_SIZE,
    PADDED_STRIDED,
    STRIDED,
    VALID,
    VALID_SIZE,
    stride_number,
    visits,
)

CORNER, MIDDLE = (0, 0), (2, 2)


def around(side):
    """The places on the border of a square, `side` cells long."""
    places = [(row, column) for row in range(side) for column in range(side)]
    return [place for place in places if {0, side - 1} & {*place}]


class Padding(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "corner.visits": count(visits(*CORNER)),
            "middle.visits": count(visits(*MIDDLE)),
            "valid.size": VALID_SIZE,
            "same.size": PADDED_SIZE,
            "strided.size": matrix_size(PADDED_STRIDED.output[0].tolist()),
            "stride.two": stride_number(STRIDED),
        }

    @classmethod
    def claims(cls):
        border = [count(visits(*pixel)) for pixel in around(5)]
        return {
            "border_counts_less": greater(count(visits(*MIDDLE)), *border),
            "zeros_around": zero(*(PADDED.padded_number(*pixel) for pixel in around(7))),
            "starts_on_the_fence": negative(*corner(PADDED.window(0, 0))),
            "same_size": same_size(PADDED_SIZE, INPUT_SIZE),
            "valid_is_smaller": smaller(VALID_SIZE, INPUT_SIZE),
        }

    def setup_stage(self):
        self.small = input_grid(VALID, cell=0.62)
        self.padded = padded_grid(PADDED, cell=0.62)
        self.output = output_grid(PADDED, cell=0.62).empty()
        VGroup(self.padded, self.output).arrange(RIGHT, buff=2.2).shift(DOWN * 0.15)
        self.small.move_to(self.padded)
        self.title = self.label("input", LABEL, colour=self.small.role.value)
        self.title.next_to(self.padded, UP, buff=0.15)
        self.add(self.small, self.title)

    def construct(self):
        self.count_visits()
        self.pad()
        self.compare()

    def count_visits(self):
        with self.beat("unfair") as beat:
            notes = VGroup()
            for name, place in (("middle", MIDDLE), ("corner", CORNER)):
                mark = Square(0.62, color=ACCENT, stroke_width=7)
                mark.move_to(self.small.square(*place))
                note = self.label(name, BODY, colour=ACCENT)
                notes.add(VGroup(mark, note))
            VGroup(*(note for _, note in notes)).arrange(DOWN, buff=0.6).move_to(self.output)
            for note in notes:
                self.play(Create(note[0]), FadeIn(note[1]), run_time=beat.part(0.2))

        with self.beat("border") as beat:
            self.play(FadeOut(notes), run_time=beat.part(0.1))
            cells = self.padded.border
            self.play(
                LaggedStart(*(FadeIn(cell, scale=0.6) for cell in cells), lag_ratio=0.1),
                run_time=beat.part(0.5),
            )

    def pad(self):
        window = WindowView(PADDED, self.padded, self.output)
        with self.beat("same") as beat:
            self.remove(self.small)
            self.add(self.padded)
            self.output.reveal(0, 0)
            name = self.label("output", LABEL, colour=self.output.role.value)
            name.next_to(self.output, UP, buff=0.22)
            self.play(FadeIn(self.output, name), Create(window), run_time=beat.part(0.2))
            places = [(view.row, view.column) for view in PADDED.windows()]
            self.play(SweepWindow(window, places[1:], dwell=0.2), run_time=beat.part(0.75))
        self.stage = VGroup(self.padded, self.title, self.output, name, window)

    def compare(self):
        maps = VGroup(
            *(
                with_title(output_grid(trace, cell=0.7), self.label(name, LABEL, colour=ACCENT))
                for trace, name in ((VALID, "valid"), (PADDED, "same"), (PADDED_STRIDED, "strided"))
            )
        ).arrange(RIGHT, buff=1.3)
        with self.beat("names") as beat:
            self.play(FadeOut(*self.stage), run_time=beat.part(0.12))
            self.play(FadeIn(maps[0], shift=UP * 0.2), run_time=beat.part(0.2))
            self.play(FadeIn(maps[1], shift=UP * 0.2), run_time=beat.part(0.2))

        with self.beat("strided") as beat:
            self.play(FadeIn(maps[2], shift=UP * 0.2), run_time=beat.part(0.3))
