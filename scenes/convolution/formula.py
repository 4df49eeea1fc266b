"""The formula in one line, the bias, and the flip that deep learning leaves out."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Rotate, VGroup

from cnnviz.compute import equal, every, literal, not_
from cnnviz.visuals import (
    formula,
    input_grid,
    kernel_grid,
    number_text,
    output_grid,
    pulse,
    with_title,
    words,
)
from cnnviz.visuals.theme import ACCENT, HEADING, LABEL, MUTED, TITLE, Role
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    kernel_shape,
    output_shape,
    places,
)

SUM = "{{ F(i, j) : output }} = sum_(m, n) {{ X(i + m, j + n) : input }} dot {{ K(m, n) : kernel }}"


class Formula(WorkedScene):
    bias = 1

    @classmethod
    def numbers(cls):
        example = cls.example()
        return {
            "first.sum": example.first_sum,
            "bias": literal(cls.bias, of="bias"),
            "biased": example.biased.window(0, 0).result_number,
            "flipped.sum": example.flipped.window(0, 0).result_number,
        }

    @classmethod
    def claims(cls):
        used, turned = cls.example().valid, cls.example().flipped
        around = places(*kernel_shape(used))
        return {
            "flipped": every(
                *(
                    equal(turned.kernel_number(*here), used.kernel_number(*there))
                    for here, there in zip(around, reversed(around), strict=True)
                )
            ),
            "another_sum": not_(equal(cls.example().first_sum, turned.window(0, 0).result_number)),
        }

    def setup_stage(self):
        self.line = self.coloured(SUM + " + {{ b : bias }}").shift(UP * 1.9)
        self.addend = VGroup(*self.line.submobjects[-2:])
        self.addend.set_opacity(0)
        trace = self.example().valid
        cell = fitted(0.62, 5, input_shape(trace), output_shape(trace))
        self.grids = {
            "input": input_grid(trace, cell=cell),
            "kernel": kernel_grid(trace, cell=cell),
            "output": output_grid(trace, cell=cell),
        }
        self.stage = VGroup(*self.grids.values()).arrange(RIGHT, buff=1.4)
        self.stage.next_to(self.line, DOWN, buff=0.7)
        self.add(self.line, self.stage)

    def coloured(self, code):
        line = formula(code, 60)
        for role in Role:
            line.select(role.name.lower()).set_color(role.value)
        return line

    def construct(self):
        with self.beat("write_down") as beat:
            for name, grid in self.grids.items():
                self.play(
                    pulse(self.line.select(name), 1.2),
                    pulse(grid, 1.1),
                    run_time=beat.part(0.25),
                )

        with self.beat("bias") as beat:
            addition = self.bias_example().next_to(self.line, DOWN, buff=1.2)
            self.play(FadeOut(self.stage), run_time=beat.part(0.1))
            self.play(self.addend.animate.set_opacity(1).set_color(ACCENT), run_time=beat.part(0.2))
            self.play(FadeIn(addition, shift=UP * 0.2), run_time=beat.part(0.3))

        example = self.example()
        used = self.kernel_with_sum(example.valid, "kernel", example.first_sum)
        turned = self.kernel_with_sum(example.flipped, "flipped", self.numbers()["flipped.sum"])
        VGroup(used, turned).arrange(RIGHT, buff=3.0).to_edge(DOWN, buff=0.55).shift(LEFT * 0.9)
        with self.beat("flip") as beat:
            self.play(FadeOut(addition), FadeIn(used), run_time=beat.part(0.15))
            copy = used[0][0].copy()
            self.play(copy.animate.move_to(turned[0][0]), run_time=beat.part(0.15))
            self.play(Rotate(copy, angle=-3.14159265), run_time=beat.part(0.25))
            self.remove(copy)
            self.play(FadeIn(turned), run_time=beat.part(0.15))

        with self.beat("correlation") as beat:
            for side, name in ((used, "used"), (turned, "maths")):
                note = self.label(name, LABEL, colour=MUTED).next_to(side, RIGHT, buff=0.35)
                self.play(FadeIn(note), run_time=beat.part(0.2))

    def bias_example(self):
        numbers = self.numbers()
        return VGroup(
            number_text(numbers["first.sum"], TITLE, colour=Role.OUTPUT.value),
            words("+", TITLE, colour=MUTED),
            number_text(numbers["bias"], TITLE, colour=ACCENT),
            words("=", TITLE, colour=MUTED),
            number_text(numbers["biased"], TITLE, colour=Role.OUTPUT.value),
        ).arrange(RIGHT, buff=0.3)

    def turned_grid(self, trace):
        return kernel_grid(trace, cell=fitted(0.75, 3, kernel_shape(trace)))

    def kernel_with_sum(self, trace, name, total):
        kernel = with_title(self.turned_grid(trace), self.label_text(name))
        result = number_text(total, HEADING, colour=Role.OUTPUT.value)
        return VGroup(kernel, result.next_to(kernel, DOWN, buff=0.3))
