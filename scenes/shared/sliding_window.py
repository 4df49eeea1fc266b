"""The window slides: left to right, then down, until the whole picture is covered."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, Arrow, FadeIn, FadeOut, VGroup

from cnnviz.compute import count, difference, equal, every, positive, zero
from cnnviz.visuals import (
    MoveWindow,
    SumRow,
    SweepWindow,
    WindowView,
    input_grid,
    kernel_grid,
    output_grid,
    size_text,
    sum_text,
    with_title,
)
from cnnviz.visuals.theme import HEADING, MUTED
from scenes.shared._claims import corner, end
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    kernel_shape,
    output_shape,
    require_map,
)

ONE_CELL = count(["cell"])


def moved_right(window, following, cells):
    """The window that follows stands so many cells further to the right."""
    (down, right), (top, left) = corner(following), corner(window)
    return every(zero(difference(down, top)), equal(difference(right, left), cells))


class SlidingWindow(WorkedScene):
    @classmethod
    def numbers(cls):
        example, stops = cls.example(), cls.stops()
        trace = example.valid
        names = ("first", "second", "third", "fourth")
        sums = {
            **dict(zip(names, cls.positions(), strict=False)),
            **dict(zip(("next_column", "row_end", "next_row"), stops, strict=True)),
        }
        return {
            "input.size": example.input_size,
            "output.size": example.valid_size,
            "windows": count([list(position) for position in cls.positions()]),
            **{
                f"{name}.sum": trace.window(*position).sum_number for name, position in sums.items()
            },
        }

    @classmethod
    def claims(cls):
        example = cls.example()
        beside, last, below = (example.valid.window(*stop) for stop in cls.stops())
        visits = [count(example.visits(*pixel)) for pixel in example.pixels]
        return {
            "one_right": moved_right(example.valid.window(0, 0), beside, ONE_CELL),
            "one_more_right": moved_right(beside, last, ONE_CELL),
            "no_room": equal(end(last)[1], example.input_size[1]),
            "one_down_and_left_again": every(
                equal(difference(corner(below)[0], corner(last)[0]), ONE_CELL),
                zero(corner(below)[1]),
            ),
            "whole_picture": positive(*visits),
        }

    @classmethod
    def positions(cls):
        return [(window.row, window.column) for window in cls.example().valid.windows()]

    @classmethod
    def stops(cls):
        """The places of the first three beats: one to the right, the row's end, one down."""
        require_map(cls.example(), 2, 2)
        return (0, 1), (0, cls.example().valid.columns - 1), (1, 0)

    def setup_stage(self):
        trace = self.example().valid
        cell = fitted(0.78, 5, input_shape(trace), output_shape(trace))
        self.input = input_grid(trace, cell=cell)
        self.weights = kernel_grid(trace, cell=fitted(0.5, 3, kernel_shape(trace)))
        self.output = output_grid(trace, cell=cell).empty()
        VGroup(self.input, self.weights, self.output).arrange(RIGHT, buff=1.5)
        self.output.reveal(0, 0)
        self.window = WindowView(trace, self.input, self.output)
        self.add(
            with_title(self.input, self.label_text("input")),
            with_title(self.weights, self.label_text("kernel")),
            with_title(self.output, self.label_text("output")),
            self.window,
        )

    def construct(self):
        self.sums = VGroup()
        positions, (beside, last, below) = self.positions(), self.stops()
        with self.beat("next_column") as beat:
            self.one_step(beat, beside)

        with self.beat("row_end") as beat:
            between = positions[2 : positions.index(last)]
            if between:
                self.play(FadeOut(self.sums), run_time=beat.part(0.05))
                self.play(SweepWindow(self.window, between), run_time=beat.part(0.2))
            self.one_step(beat, last)

        with self.beat("next_row") as beat:
            self.one_step(beat, below)

        with self.beat("sweep") as beat:
            self.play(FadeOut(self.sums), run_time=beat.part(0.08))
            self.play(
                SweepWindow(self.window, positions[positions.index(below) + 1 :]),
                run_time=beat.part(0.85),
            )

        with self.beat("result") as beat:
            example = self.example()
            sizes = VGroup(
                size_text(*example.input_size, HEADING, colour=self.input.role.value),
                Arrow(LEFT, RIGHT, color=MUTED, stroke_width=4),
                size_text(*example.valid_size, HEADING, colour=self.output.role.value),
            ).arrange(RIGHT, buff=0.4)
            sizes.to_edge(DOWN, buff=0.7)
            self.play(FadeOut(self.window), FadeIn(sizes), run_time=beat.part(0.25))

    def one_step(self, beat, position):
        window = self.example().valid.window(*position)
        row, total = SumRow(window), sum_text(window)
        sums = VGroup(row, total).arrange(RIGHT, buff=0.3).to_edge(DOWN, buff=0.65)
        self.play(FadeOut(self.sums), MoveWindow(self.window, *position), run_time=beat.part(0.3))
        self.play(FadeIn(row), run_time=beat.part(0.15))
        self.play(FadeIn(total), run_time=beat.part(0.1))
        self.output.reveal(*position)
        self.play(FadeIn(self.output.at(*position)), run_time=beat.part(0.15))
        self.sums = sums
