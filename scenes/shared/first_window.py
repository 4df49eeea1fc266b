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
from cnnviz.errors import UserError
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
from scenes.shared._claims import corner, weights
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    kernel_shape,
    output_shape,
)


class FirstWindow(WorkedScene):
    @classmethod
    def numbers(cls):
        example, window = cls.example(), cls.first()
        numbers = {
            "input.size": example.input_size,
            "kernel.size": example.kernel_size,
            "window.pixels": count(window.patch.ravel().tolist()),
            "first.sum": example.first_sum,
        }
        _, columns = kernel_shape(example.valid)
        names = ["a", "b", "c", "d", "e"][:columns]
        for column, name in [*enumerate(names), (columns - 1, "last")]:
            numbers[f"{name}.pixel"] = window.pixel(0, column)
            numbers[f"{name}.weight"] = example.valid.kernel_number(0, column)
            numbers[f"{name}.product"] = window.product(0, column)
        return numbers

    @classmethod
    def claims(cls):
        trace, window = cls.example().valid, cls.first()
        rows, columns = kernel_shape(trace)
        left, *middle, right = (
            [trace.kernel_number(row, column) for row in range(rows)] for column in range(columns)
        )
        claims = {
            "left_is_added": positive(*left),
            "right_is_subtracted": negative(*right),
            "feels_differences_only": zero(total(weights(trace))),
            "top_left": zero(*corner(window)),
        }
        if middle:
            between = [(row, column) for row in range(rows) for column in range(1, columns - 1)]
            claims["middle_is_zero"] = zero(
                *(weight for column in middle for weight in column),
                *(window.product(*place) for place in between),
            )
        return claims

    @classmethod
    def first(cls):
        trace = cls.example().valid
        if kernel_shape(trace)[1] < 2:
            raise UserError(
                "the kernel has one column only, and the scene compares its left and right",
                hint="take a kernel of two columns or more",
            )
        return trace.window(0, 0)

    def setup_stage(self):
        trace = self.example().valid
        cell = fitted(0.64, 5, input_shape(trace), output_shape(trace))
        self.seen = input_grid(trace, cell=cell)
        self.weights = kernel_grid(trace, cell=cell)
        self.products = ProductGrid(self.first(), cell=fitted(1.12, 3, kernel_shape(trace)))
        self.output = output_grid(trace, cell=cell).empty()
        stage = VGroup(self.seen, self.weights, self.products, self.output)
        stage.arrange(RIGHT, buff=0.62).shift(DOWN * 0.1)
        self.window = WindowView(trace, self.seen)
        self.titled_input = with_title(self.seen, self.label_text("input"))
        self.titled_kernel = with_title(self.weights, self.label_text("kernel"))
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
            left = self.label("left", SMALL).next_to(self.weights, DOWN, buff=0.35)
            right = self.label("right", SMALL).next_to(left, DOWN, buff=0.2)
            self.play(self.light(0), FadeIn(left), run_time=beat.part(0.25))
            self.play(self.light(self.weights.columns - 1), FadeIn(right), run_time=beat.part(0.25))
        self.notes = VGroup(left, right)

        with self.beat("place") as beat:
            self.play(FadeOut(self.notes), self.pair.animate.restore(), run_time=beat.part(0.2))
            flying = self.weights.copy()
            self.play(
                flying.animate.move_to(self.window.frame).set_opacity(0.25),
                Create(self.window),
                run_time=beat.part(0.4),
            )
            self.play(FadeOut(flying), run_time=beat.part(0.15))

    def light(self, column):
        cells = VGroup(*(self.weights.at(row, column) for row in range(self.weights.rows)))
        return pulse(cells, 1.25)

    def multiply(self):
        rows, columns = self.weights.rows, self.weights.columns
        pixels = self.seen.block_digits(0, 0, rows, columns)
        pairs = pair_up(self.products, pixels, self.weights.digits).animations
        name = self.label("products", LABEL).next_to(self.products, UP, buff=0.22)
        results = self.products.results
        with self.beat("multiply") as beat:
            self.play(FadeIn(name), pairs[0], run_time=beat.part(0.2))
            self.play(FadeIn(results[0], shift=DOWN * 0.2), run_time=beat.part(0.15))
            between = range(1, columns - 1)
            for index in between:
                self.play(pairs[index], run_time=beat.part(0.1 / len(between)))
            self.play(pairs[columns - 1], run_time=beat.part(0.2))
            self.play(FadeIn(results[columns - 1], shift=DOWN * 0.2), run_time=beat.part(0.15))

        with self.beat("rest") as beat:
            for index in between:
                result = FadeIn(results[index], shift=DOWN * 0.2)
                self.play(result, run_time=beat.part(0.1 / len(between)))
            below = range(columns, rows * columns)
            for index in below:
                self.play(
                    pairs[index],
                    FadeIn(results[index], shift=DOWN * 0.2),
                    run_time=beat.part(min(0.2, 0.78 / len(below))),
                )

    def add_up(self):
        row = SumRow(self.first())
        total = sum_text(self.first())
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
