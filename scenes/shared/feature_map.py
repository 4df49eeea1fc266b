"""What the feature map says: where the pattern is strong, and which way round."""

from __future__ import annotations

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
from cnnviz.lesson import Lesson
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
from scenes.convolution._claims import left_and_right
from scenes.convolution._worked_example import IMAGE, VALID

STRONG, FLAT = (1, 1), (1, 0)
OTHERS = [conv2d(IMAGE, kernel(name).values) for name in ("horizontal_edge", "laplacian_8")]


def sign_and_side(window):
    """The sign of a window's sum says which of its sides is brighter."""
    number, sides = window.sum_number, left_and_right(window)
    if number.value < 0:
        return every(negative(number), less(*sides))
    if number.value > 0:
        return every(positive(number), greater(*sides))
    return every(zero(number), equal(*sides))


class FeatureMap(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "strong.sum": VALID.window(*STRONG).sum_number,
            "flat.sum": VALID.window(*FLAT).sum_number,
        }

    @classmethod
    def claims(cls):
        windows = list(VALID.windows())
        left, right = left_and_right(VALID.window(*STRONG))
        return {
            "further_is_stronger": every(
                *(
                    equal(window.sum_number, difference(*left_and_right(window)))
                    for window in windows
                )
            ),
            "none_is_stronger": farthest_from_zero(
                VALID.window(*STRONG).sum_number, of=[window.sum_number for window in windows]
            ),
            "right_is_much_brighter": less(product([2, left]), right),
            "sides_are_equal": equal(*left_and_right(VALID.window(*FLAT))),
            "sign_tells_side": every(*(sign_and_side(window) for window in windows)),
        }

    def setup_stage(self):
        self.input = input_grid(VALID, cell=0.82)
        self.output = output_grid(VALID, cell=0.95)
        VGroup(self.input, self.output).arrange(RIGHT, buff=2.4)
        self.titled = VGroup(
            with_title(self.input, self.label_text("input")),
            with_title(self.output, self.label_text("output")),
        )
        self.add(self.titled)

    def construct(self):
        window = WindowView(VALID, self.input, self.output).place(0, 0)
        with self.beat("question") as beat:
            self.play(FadeIn(window), run_time=beat.part(0.4))

        with self.beat("strong") as beat:
            self.play(MoveWindow(window, *STRONG), run_time=beat.part(0.2))
            self.compare_sides(beat, STRONG)

        with self.beat("zero") as beat:
            self.play(MoveWindow(window, *FLAT), run_time=beat.part(0.2))
            self.compare_sides(beat, FLAT)

        with self.beat("sign") as beat:
            legend = sign_legend(
                *(self.label_text(name) for name in ("negative", "zero", "positive")), width=8.0
            ).to_edge(DOWN, buff=0.5)
            self.play(FadeOut(window), FadeIn(legend), run_time=beat.part(0.3))

        with self.beat("one_each") as beat:
            self.play(FadeOut(legend, self.titled), run_time=beat.part(0.15))
            for row in self.kernels_and_maps():
                self.play(FadeIn(row, shift=RIGHT * 0.3), run_time=beat.part(0.25))

    def compare_sides(self, beat, place):
        """Light up what the kernel subtracts, then what it adds."""
        window = VALID.window(*place)
        for column in (window.left + 2, window.left):
            side = self.input.block(window.top, column, 3, 1)
            frame = SurroundingRectangle(side, color=ACCENT, buff=-0.05, stroke_width=6)
            self.play(ShowPassingFlash(frame, time_width=1.2), run_time=beat.part(0.3))

    def kernels_and_maps(self):
        rows = VGroup(
            *(
                VGroup(
                    kernel_grid(trace, cell=0.52),
                    Arrow(LEFT, RIGHT, color=MUTED, stroke_width=4),
                    output_grid(trace, cell=0.52),
                ).arrange(RIGHT, buff=0.8)
                for trace in (VALID, *OTHERS)
            )
        ).arrange(DOWN, buff=0.35)
        rows.shift(DOWN * 0.45)
        first, _, last = rows[0]
        for grid, name in ((first, "kernel"), (last, "output")):
            rows[0].add(self.label(name, LABEL, colour=grid.role.value).next_to(grid, UP, buff=0.2))
        return rows
