"""Padding: a fence of zeros, so that the map does not shrink and the border counts."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, Square, VGroup

from cnnviz.compute import count, greater, negative, zero
from cnnviz.visuals import (
    SweepWindow,
    WindowView,
    input_grid,
    output_grid,
    padded_grid,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, BODY, LABEL
from scenes.shared._claims import corner, same_size, smaller
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    map_size,
    output_shape,
    places,
    stride_number,
)

CORNER = (0, 0)


def around(rows, columns):
    """The places on the border of a grid."""
    return [
        (row, column)
        for row, column in places(rows, columns)
        if row in (0, rows - 1) or column in (0, columns - 1)
    ]


class Padding(WorkedScene):
    padding = 1
    stride = 2

    @classmethod
    def numbers(cls):
        example = cls.example()
        return {
            "corner.visits": count(example.visits(*CORNER)),
            "middle.visits": count(example.visits(*cls.middle())),
            "valid.size": example.valid_size,
            "same.size": example.padded_size,
            "strided.size": map_size(example.padded_strided),
            "stride.two": stride_number(example.strided),
        }

    @classmethod
    def claims(cls):
        example = cls.example()
        padded, inside = example.padded, example.input_size
        border = [
            count(example.visits(*pixel))
            for pixel in around(len(example.image), len(example.image[0]))
        ]
        fence = around(*padded.padded.shape[-2:])
        return {
            "border_counts_less": greater(count(example.visits(*cls.middle())), *border),
            "zeros_around": zero(*(padded.padded_number(*pixel) for pixel in fence)),
            "starts_on_the_fence": negative(*corner(padded.window(0, 0))),
            "same_size": same_size(example.padded_size, inside),
            "valid_is_smaller": smaller(example.valid_size, inside),
        }

    @classmethod
    def middle(cls):
        return len(cls.image) // 2, len(cls.image[0]) // 2

    def setup_stage(self):
        valid, padded = self.example().valid, self.example().padded
        self.side = side = fitted(0.62, 7, padded.padded.shape[-2:])
        self.small = input_grid(valid, cell=side)
        self.padded = padded_grid(padded, cell=side)
        self.output = output_grid(padded, cell=side).empty()
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
            for place, note in (
                (self.middle(), self.label("middle", BODY, colour=ACCENT)),
                (CORNER, self.label("corner", BODY, colour=ACCENT)),
            ):
                mark = Square(self.side, color=ACCENT, stroke_width=7)
                mark.move_to(self.small.square(*place))
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
        window = WindowView(self.example().padded, self.padded, self.output)
        with self.beat("same") as beat:
            self.remove(self.small)
            self.add(self.padded)
            self.output.reveal(0, 0)
            name = self.label("output", LABEL, colour=self.output.role.value)
            name.next_to(self.output, UP, buff=0.22)
            self.play(FadeIn(self.output, name), Create(window), run_time=beat.part(0.2))
            places = [(view.row, view.column) for view in self.example().padded.windows()]
            self.play(SweepWindow(window, places[1:], dwell=0.2), run_time=beat.part(0.75))
        self.stage = VGroup(self.padded, self.title, self.output, name, window)

    def compare(self):
        example = self.example()
        traces = (example.valid, example.padded, example.padded_strided)
        titles = (
            self.label("valid", LABEL, colour=ACCENT),
            self.label("same", LABEL, colour=ACCENT),
            self.label("strided", LABEL, colour=ACCENT),
        )
        cell = fitted(0.7, 5, *map(output_shape, traces))
        maps = VGroup(
            *(
                with_title(output_grid(trace, cell=cell), title)
                for trace, title in zip(traces, titles, strict=True)
            )
        ).arrange(RIGHT, buff=1.3)
        with self.beat("names") as beat:
            self.play(FadeOut(*self.stage), run_time=beat.part(0.12))
            self.play(FadeIn(maps[0], shift=UP * 0.2), run_time=beat.part(0.2))
            self.play(FadeIn(maps[1], shift=UP * 0.2), run_time=beat.part(0.2))

        with self.beat("strided") as beat:
            self.play(FadeIn(maps[2], shift=UP * 0.2), run_time=beat.part(0.3))
