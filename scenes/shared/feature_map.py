"""What the feature map says: where the pattern is strong, and which way round."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    FadeIn,
    FadeOut,
    ShowPassingFlash,
    SurroundingRectangle,
    VGroup,
)

from cnnviz.compute import (
    conv2d,
    difference,
    equal,
    every,
    farthest_from_zero,
    greater,
    kernel,
    less,
    negative,
    positive,
    product,
    zero,
)
from cnnviz.visuals import (
    MoveWindow,
    WindowView,
    input_grid,
    kernel_grid,
    output_grid,
    sign_legend,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, LABEL, MUTED
from scenes.shared._claims import left_and_right
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    kernel_shape,
    output_shape,
)


def sign_and_side(window):
    """The sign of a window's sum says which of its sides is brighter."""
    number, sides = window.sum_number, left_and_right(window)
    if number.value < 0:
        return every(negative(number), less(*sides))
    if number.value > 0:
        return every(positive(number), greater(*sides))
    return every(zero(number), equal(*sides))


READABLE_ROWS = 3  # of kernels and maps of which three stand below each other
HIGH, WIDE = 5.0, 9.2  # of cells below and beside each other, where kernels stand over their maps


class FeatureMap(WorkedScene):
    """What stands where in the map.

    Attributes
    ----------
    strong, flat
        Output positions to look at; where they are None, what is farthest from zero and what is
        nearest to it, as close to the middle of the map as can be.
    others
        Kernels that give more maps in the end.
    """

    strong = None
    flat = None
    others = ("horizontal_edge", "laplacian_8")

    @classmethod
    def window_at(cls, place):
        """The window at `strong` or `flat`, whichever is asked for."""
        trace = cls.example().valid
        chosen, farthest = {"strong": (cls.strong, max), "flat": (cls.flat, min)}[place]
        sizes = np.abs(trace.output[0])
        middle = (np.array(sizes.shape) - 1) / 2
        alike = np.argwhere(sizes == farthest(sizes.flat))
        row, column = chosen or min(alike, key=lambda found: np.abs(found - middle).sum())
        return trace.window(int(row), int(column))

    @classmethod
    def numbers(cls):
        return {
            "strong.sum": cls.window_at("strong").sum_number,
            "flat.sum": cls.window_at("flat").sum_number,
        }

    @classmethod
    def claims(cls):
        windows = list(cls.example().valid.windows())
        left, right = left_and_right(cls.window_at("strong"))
        return {
            "further_is_stronger": every(
                *(
                    equal(window.sum_number, difference(*left_and_right(window)))
                    for window in windows
                )
            ),
            "none_is_stronger": farthest_from_zero(
                cls.window_at("strong").sum_number, of=[window.sum_number for window in windows]
            ),
            "right_is_much_brighter": less(product([2, left]), right),
            "sides_are_equal": equal(*left_and_right(cls.window_at("flat"))),
            "sign_tells_side": every(*(sign_and_side(window) for window in windows)),
        }

    def setup_stage(self):
        trace = self.example().valid
        self.input = input_grid(trace, cell=fitted(0.82, 5, input_shape(trace)))
        self.output = output_grid(trace, cell=fitted(0.95, 4, output_shape(trace)))
        VGroup(self.input, self.output).arrange(RIGHT, buff=2.4)
        self.titled = VGroup(
            with_title(self.input, self.label_text("input")),
            with_title(self.output, self.label_text("output")),
        )
        self.add(self.titled)

    def construct(self):
        strong, flat = self.window_at("strong"), self.window_at("flat")
        window = WindowView(self.example().valid, self.input, self.output).place(0, 0)
        with self.beat("question") as beat:
            self.play(FadeIn(window), run_time=beat.part(0.4))

        with self.beat("strong") as beat:
            self.play(MoveWindow(window, strong.row, strong.column), run_time=beat.part(0.2))
            self.compare_sides(beat, strong)

        with self.beat("zero") as beat:
            self.play(MoveWindow(window, flat.row, flat.column), run_time=beat.part(0.2))
            self.compare_sides(beat, flat)

        with self.beat("sign") as beat:
            legend = sign_legend(
                self.label_text("negative"),
                self.label_text("zero"),
                self.label_text("positive"),
                width=8.0,
            ).to_edge(DOWN, buff=0.5)
            self.play(FadeOut(window), FadeIn(legend), run_time=beat.part(0.3))

        with self.beat("one_each") as beat:
            self.play(FadeOut(legend, self.titled), run_time=beat.part(0.15))
            for row in self.kernels_and_maps():
                self.play(FadeIn(row, shift=RIGHT * 0.3), run_time=beat.part(0.25))

    def compare_sides(self, beat, window):
        """Light up what the kernel subtracts, then what it adds."""
        rows, columns = kernel_shape(window.trace)
        for column in (window.left + columns - 1, window.left):
            side = self.input.block(window.top, column, rows, 1)
            frame = SurroundingRectangle(side, color=ACCENT, buff=-0.05, stroke_width=6)
            self.play(ShowPassingFlash(frame, time_width=1.2), run_time=beat.part(0.3))

    def kernels_and_maps(self):
        example = self.example()
        others = [conv2d(example.image, kernel(name).values) for name in self.others]
        traces = (example.valid, *others)
        grids = [shape(trace) for trace in traces for shape in (kernel_shape, output_shape)]
        if max(max(grid) for grid in grids) > READABLE_ROWS:
            return self.side_by_side(traces, grids)
        cell = fitted(0.52, 3, *grids)
        # Where sizes differ, rows are all that holds together what belongs together.
        gap = 0.8 if len(set(grids)) == 1 else 0.4
        rows = VGroup(
            *(
                VGroup(
                    kernel_grid(trace, cell=cell),
                    Arrow(LEFT, RIGHT, color=MUTED, stroke_width=4),
                    output_grid(trace, cell=cell),
                ).arrange(RIGHT, buff=gap)
                for trace in traces
            )
        ).arrange(DOWN, buff=0.35)
        rows.shift(DOWN * 0.45)
        first, _, last = rows[0]
        for grid, name in zip((first, last), self.names_of(first, last), strict=True):
            rows[0].add(name.next_to(grid, UP, buff=0.2))
        return rows

    def side_by_side(self, traces, grids):
        """Each kernel over its map: three large maps have no room below each other."""
        high = max(kernel_shape(trace)[0] + output_shape(trace)[0] for trace in traces)
        wide = sum(max(kernel_shape(trace)[1], output_shape(trace)[1]) for trace in traces)
        cell = min(0.62, HIGH / high, WIDE / wide)
        columns = VGroup(
            *(
                VGroup(
                    kernel_grid(trace, cell=cell),
                    Arrow(UP * 0.3, DOWN * 0.3, color=MUTED, stroke_width=4, buff=0),
                    output_grid(trace, cell=cell),
                ).arrange(DOWN, buff=0.15)
                for trace in traces
            )
        ).arrange(RIGHT, buff=0.5, aligned_edge=UP)
        columns.center().shift(DOWN * 0.3 + RIGHT * 0.8)
        first, _, last = columns[0]
        for grid, name in zip((first, last), self.names_of(first, last), strict=True):
            columns[0].add(name.next_to(grid, LEFT, buff=0.3))
        return columns

    def names_of(self, kernel, output):
        yield self.label("kernel", LABEL, colour=kernel.role.value)
        yield self.label("output", LABEL, colour=output.role.value)
