"""The first window, spelled out: nine products, one sum, one cell of the feature map."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    ReplacementTransform,
    VGroup,
)

from cnnviz.compute import count, negative, positive, total, zero
from cnnviz.lesson import Lesson
from cnnviz.visuals import (
    ProductGrid,
    SumRow,
    WindowView,
    gather,
    input_grid,
    kernel_grid,
    output_grid,
    pair_up,
    pulse,
    sum_text,
    with_title,
)
from cnnviz.visuals.theme import LABEL, SMALL
from scenes.convolution._claims import corner, weights
from scenes.convolution._worked_example import FIRST_SUM, INPUT_SIZE, KERNEL_SIZE, VALID

WINDOW = VALID.window(0, 0)


class FirstWindow(Lesson):
    @classmethod
    def numbers(cls):
        numbers = {
            "input.size": INPUT_SIZE,
            "kernel.size": KERNEL_SIZE,
            "window.pixels": count(WINDOW.patch.ravel().tolist()),
            "first.sum": FIRST_SUM,
        }
        for column, name in enumerate("abc"):
            numbers[f"{name}.pixel"] = WINDOW.pixel(0, column)
            numbers[f"{name}.weight"] = VALID.kernel_number(0, column)
            numbers[f"{name}.product"] = WINDOW.product(0, column)
        return numbers

    @classmethod
    def claims(cls):
        left, middle, right = (
            [VALID.kernel_number(row, column) for row in range(3)] for column in range(3)
        )
        return {
            "left_is_added": positive(*left),
            "right_is_subtracted": negative(*right),
            "feels_differences_only": zero(total(weights(VALID))),
            "top_left": zero(*corner(WINDOW)),
            "middle_is_zero": zero(*middle, *(WINDOW.product(row, 1) for row in range(3))),
        }

    def setup_stage(self):
        self.input = input_grid(VALID, cell=0.64)
        self.kernel = kernel_grid(VALID, cell=0.64)
        self.products = ProductGrid(WINDOW, cell=1.12)
        self.output = output_grid(VALID, cell=0.64).empty()
        stage = VGroup(self.input, self.kernel, self.products, self.output)
        stage.arrange(RIGHT, buff=0.62).shift(DOWN * 0.1)
        self.window = WindowView(VALID, self.input)
        self.titled_input = with_title(self.input, self.label_text("input"))
        self.titled_kernel = with_title(self.kernel, self.label_text("kernel"))
        # Large in the middle while they are introduced; later they make room for the rest.
        self.pair = VGroup(self.titled_input, self.titled_kernel)
        self.pair.save_state()
        self.pair.arrange(RIGHT, buff=1.6).scale(1.45).center().shift(DOWN * 0.1)
        self.add(self.titled_input)

    def construct(self):
        self.meet_the_kernel()
        self.multiply()
        self.add_up()

    def meet_the_kernel(self):
        with self.beat("example") as beat:
            self.play(FadeIn(self.titled_kernel, shift=LEFT * 0.3), run_time=beat.part(0.4))

        with self.beat("edge_finder") as beat:
            left = self.label("left", SMALL).next_to(self.kernel, DOWN, buff=0.35)
            right = self.label("right", SMALL).next_to(left, DOWN, buff=0.2)
            self.play(self.light(0), FadeIn(left), run_time=beat.part(0.25))
            self.play(self.light(2), FadeIn(right), run_time=beat.part(0.25))
        self.notes = VGroup(left, right)

        with self.beat("place") as beat:
            self.play(FadeOut(self.notes), self.pair.animate.restore(), run_time=beat.part(0.2))
            flying = self.kernel.copy()
            self.play(
                flying.animate.move_to(self.window.frame).set_opacity(0.25),
                Create(self.window),
                run_time=beat.part(0.4),
            )
            self.play(FadeOut(flying), run_time=beat.part(0.15))

    def light(self, column):
        cells = VGroup(*(self.kernel.at(row, column) for row in range(self.kernel.rows)))
        return pulse(cells, 1.25)

    def multiply(self):
        pixels = self.input.block_digits(0, 0, 3, 3)
        pairs = pair_up(self.products, pixels, self.kernel.digits).animations
        name = self.label("products", LABEL).next_to(self.products, UP, buff=0.22)
        results = self.products.results
        with self.beat("multiply") as beat:
            self.play(FadeIn(name), pairs[0], run_time=beat.part(0.2))
            self.play(FadeIn(results[0], shift=DOWN * 0.2), run_time=beat.part(0.15))
            self.play(pairs[1], run_time=beat.part(0.1))
            self.play(pairs[2], run_time=beat.part(0.2))
            self.play(FadeIn(results[2], shift=DOWN * 0.2), run_time=beat.part(0.15))

        with self.beat("rest") as beat:
            self.play(FadeIn(results[1], shift=DOWN * 0.2), run_time=beat.part(0.1))
            for index in range(3, 9):
                self.play(
                    pairs[index],
                    FadeIn(results[index], shift=DOWN * 0.2),
                    run_time=beat.part(0.13),
                )

    def add_up(self):
        row = SumRow(WINDOW)
        total = sum_text(WINDOW)
        VGroup(row, total).arrange(RIGHT, buff=0.3).to_edge(DOWN, buff=0.65)
        with self.beat("first_sum") as beat:
            self.play(
                *(
                    ReplacementTransform(result.copy(), term)
                    for result, term in zip(self.products.results, row.terms, strict=True)
                ),
                FadeIn(row.signs),
                run_time=beat.part(0.4),
            )
            self.play(gather(row, total), run_time=beat.part(0.3))

        with self.beat("land") as beat:
            output = with_title(self.output, self.label_text("output"))
            self.play(FadeIn(output), run_time=beat.part(0.2))
            self.output.reveal(0, 0)
            landing = self.output.digit(0, 0)
            self.play(
                FadeOut(row),
                FadeOut(total, target_position=landing, scale=0.5),
                FadeIn(self.output.at(0, 0)),
                run_time=beat.part(0.3),
            )
            self.play(
                pulse(self.output.at(0, 0), 1.3),
                run_time=beat.part(0.2),
            )
