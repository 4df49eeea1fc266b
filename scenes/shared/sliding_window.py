"""The window slides: left to right, then down, until the whole picture is covered."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, Arrow, FadeIn, FadeOut, VGroup

from cnnviz.compute import count, difference, equal, every, literal, positive, zero
from cnnviz.lesson import Lesson
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
from scenes.convolution._claims import corner, end
from scenes.convolution._worked_example import INPUT_SIZE, VALID, VALID_SIZE, visits

POSITIONS = [(window.row, window.column) for window in VALID.windows()]

ONE = literal(1, of="one cell")


def moved(window, following, *, down, right):
    """The window that follows stands so many cells further down and to the right."""
    steps = zip(corner(following), corner(window), (down, right), strict=True)
    return every(*(equal(difference(a, b), literal(n, of="step")) for a, b, n in steps))


class SlidingWindow(Lesson):
    @classmethod
    def numbers(cls):
        names = ("first", "second", "third", "fourth")
        return {
            "input.size": INPUT_SIZE,
            "output.size": VALID_SIZE,
            "windows": count([list(position) for position in POSITIONS]),
            **{
                f"{name}.sum": VALID.window(*position).sum_number
                for name, position in zip(names, POSITIONS, strict=False)
            },
        }

    @classmethod
    def claims(cls):
        first, second, third, fourth = (VALID.window(*position) for position in POSITIONS[:4])
        pixels = [(row, column) for row in range(5) for column in range(5)]
        return {
            "one_right": moved(first, second, down=0, right=1),
            "one_more_right": moved(second, third, down=0, right=1),
            "no_room": equal(end(third)[1], INPUT_SIZE[1]),
            "one_down_and_left_again": every(
                equal(difference(corner(fourth)[0], corner(third)[0]), ONE), zero(corner(fourth)[1])
            ),
            "whole_picture": positive(*(count(visits(*pixel)) for pixel in pixels)),
        }

    def setup_stage(self):
        self.input = input_grid(VALID, cell=0.78)
        self.kernel = kernel_grid(VALID, cell=0.5)
        self.output = output_grid(VALID, cell=0.78).empty()
        VGroup(self.input, self.kernel, self.output).arrange(RIGHT, buff=1.5)
        self.output.reveal(0, 0)
        self.window = WindowView(VALID, self.input, self.output)
        self.add(
            with_title(self.input, self.label_text("input")),
            with_title(self.kernel, self.label_text("kernel")),
            with_title(self.output, self.label_text("output")),
            self.window,
        )

    def construct(self):
        self.sums = VGroup()
        with self.beat("next_column") as beat:
            self.one_step(beat, POSITIONS[1])

        with self.beat("row_end") as beat:
            self.one_step(beat, POSITIONS[2])

        with self.beat("next_row") as beat:
            self.one_step(beat, POSITIONS[3])

        with self.beat("sweep") as beat:
            self.play(FadeOut(self.sums), run_time=beat.part(0.08))
            self.play(SweepWindow(self.window, POSITIONS[4:]), run_time=beat.part(0.85))

        with self.beat("result") as beat:
            sizes = VGroup(
                size_text(*INPUT_SIZE, HEADING, colour=self.input.role.value),
                Arrow(LEFT, RIGHT, color=MUTED, stroke_width=4),
                size_text(*VALID_SIZE, HEADING, colour=self.output.role.value),
            ).arrange(RIGHT, buff=0.4)
            sizes.to_edge(DOWN, buff=0.7)
            self.play(FadeOut(self.window), FadeIn(sizes), run_time=beat.part(0.25))

    def one_step(self, beat, position):
        window = VALID.window(*position)
        row, total = SumRow(window), sum_text(window)
        sums = VGroup(row, total).arrange(RIGHT, buff=0.3).to_edge(DOWN, buff=0.65)
        self.play(FadeOut(self.sums), MoveWindow(self.window, *position), run_time=beat.part(0.3))
        self.play(FadeIn(row), run_time=beat.part(0.15))
        self.play(FadeIn(total), run_time=beat.part(0.1))
        self.output.reveal(*position)
        self.play(FadeIn(self.output.at(*position)), run_time=beat.part(0.15))
        self.sums = sums
