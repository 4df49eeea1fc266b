"""Stride: how many cells the kernel jumps."""

from __future__ import annotations

from manim import DOWN, UP, FadeIn, FadeOut, VGroup

from cnnviz.compute import count, equal, less
from cnnviz.visuals import (
    MoveWindow,
    WindowView,
    at_edge,
    input_grid,
    output_grid,
    pulse,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, LABEL
from scenes.shared._claims import smaller
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    map_size,
    output_shape,
    stride_number,
)


def positions(trace):
    return [[window.row, window.column] for window in trace.windows()]


class Stride(WorkedScene):
    stride = 2

    @classmethod
    def numbers(cls):
        one, two = cls.example().valid, cls.example().strided
        return {
            "stride.one": stride_number(one),
            "stride.two": stride_number(two),
            "two.size": map_size(two),
            "one.windows": count(positions(one)),
            "two.windows": count(positions(two)),
        }

    @classmethod
    def claims(cls):
        numbers, (start, *others) = cls.numbers(), positions(cls.example().strided)
        right, down = ([at for at in others if at[axis] == start[axis]] for axis in (0, 1))
        return {
            "one_jump_each_way": equal(count(right), count(down), count([start])),
            "smaller_map": smaller(numbers["two.size"], cls.example().valid_size),
            "less_work": less(numbers["two.windows"], numbers["one.windows"]),
        }

    def setup_stage(self):
        trace = self.example().strided
        cell = fitted(0.86, 5, input_shape(trace))
        self.input = input_grid(trace, cell=cell)
        self.output = output_grid(trace, cell=cell).empty()
        self.across(self.input, self.output, buff=3.2, headroom=0.6, footroom=2.0, lowered=0.1)
        self.window = WindowView(trace, self.input, self.output)
        self.titled = VGroup(
            with_title(self.input, self.label_text("input")),
            with_title(self.output, self.label_text("output")),
        )
        self.output.reveal(0, 0)
        self.add(self.titled, self.window)

    def construct(self):
        with self.beat("question") as beat:
            note = at_edge(self.label("stride", BODY, colour=ACCENT), DOWN, buff=0.2)
            self.play(FadeIn(note, shift=UP * 0.2), run_time=beat.part(0.3))

        with self.beat("jump") as beat:
            jumps = positions(self.example().strided)[1:]
            for row, column in jumps:
                move = MoveWindow(self.window, row, column)
                self.play(move, run_time=beat.part(0.6 / len(jumps)))
                self.output.reveal(row, column)
                cell = FadeIn(self.output.at(row, column))
                self.play(cell, run_time=beat.part(0.3 / len(jumps)))

        with self.beat("name") as beat:
            size = self.label("size", HEADING, colour=self.output.role.value)
            size.next_to(self.output, DOWN, buff=0.5)
            self.play(FadeOut(self.window), run_time=beat.part(0.2))
            self.play(pulse(note, 1.2), run_time=beat.part(0.25))
            self.play(FadeIn(size, shift=UP * 0.2), run_time=beat.part(0.2))
        self.titled.add(size)

        with self.beat("trade") as beat:
            self.play(FadeOut(self.titled, note), run_time=beat.part(0.1))
            for side in self.compare():
                self.play(FadeIn(side, shift=UP * 0.2), run_time=beat.part(0.2))

    def compare(self):
        sides, example = VGroup(), self.example()
        maps = (
            (
                example.valid,
                self.label("one", BODY, colour=ACCENT),
                self.label("detail", LABEL),
            ),
            (
                example.strided,
                self.label("two", BODY, colour=ACCENT),
                self.label("small", LABEL),
            ),
        )
        for trace, title, remark in maps:
            grid = output_grid(trace, cell=fitted(0.95, 4, output_shape(example.valid)))
            sides.add(with_title(grid, title).add(remark.next_to(grid, DOWN, buff=0.35)))
        return self.across(*sides, buff=2.6, level=UP)
