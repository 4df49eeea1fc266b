"""The formula in one line, the bias, and the flip that deep learning leaves out."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Rotate, VGroup

from cnnviz.compute import equal, every, literal, not_
from cnnviz.lesson import Lesson
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
from scenes.convolution._worked_example import BIAS, BIASED, FIRST_SUM, FLIPPED, VALID

SUM = "{{ F(i, j) : output }} = sum_(m, n) {{ X(i + m, j + n) : input }} dot {{ K(m, n) : kernel }}"


class Formula(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "first.sum": FIRST_SUM,
            "bias": literal(BIAS, of="bias"),
            "biased": BIASED.window(0, 0).result_number,
            "flipped.sum": FLIPPED.window(0, 0).result_number,
        }

    @classmethod
    def claims(cls):
        places = [(row, column) for row in range(3) for column in range(3)]
        return {
            "flipped": every(
                *(
                    equal(FLIPPED.kernel_number(r, c), VALID.kernel_number(2 - r, 2 - c))
                    for r, c in places
                )
            ),
            "another_sum": not_(equal(FIRST_SUM, FLIPPED.window(0, 0).result_number)),
        }

    def setup_stage(self):
        self.line = self.coloured(SUM + " + {{ b : bias }}").shift(UP * 1.9)
        self.bias = VGroup(*self.line.submobjects[-2:])
        self.bias.set_opacity(0)
        self.grids = {
            "input": input_grid(VALID, cell=0.62),
            "kernel": kernel_grid(VALID, cell=0.62),
            "output": output_grid(VALID, cell=0.62),
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
            example = self.bias_example().next_to(self.line, DOWN, buff=1.2)
            self.play(FadeOut(self.stage), run_time=beat.part(0.1))
            self.play(self.bias.animate.set_opacity(1).set_color(ACCENT), run_time=beat.part(0.2))
            self.play(FadeIn(example, shift=UP * 0.2), run_time=beat.part(0.3))

        used = self.kernel_with_sum(VALID, "kernel", FIRST_SUM)
        turned = self.kernel_with_sum(FLIPPED, "flipped", self.numbers()["flipped.sum"])
        VGroup(used, turned).arrange(RIGHT, buff=3.0).to_edge(DOWN, buff=0.55).shift(LEFT * 0.9)
        with self.beat("flip") as beat:
            self.play(FadeOut(example), FadeIn(used), run_time=beat.part(0.15))
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
            number_text(FIRST_SUM, TITLE, colour=Role.OUTPUT.value),
            words("+", TITLE, colour=MUTED),
            number_text(numbers["bias"], TITLE, colour=ACCENT),
            words("=", TITLE, colour=MUTED),
            number_text(numbers["biased"], TITLE, colour=Role.OUTPUT.value),
        ).arrange(RIGHT, buff=0.3)

    def kernel_with_sum(self, trace, name, total):
        kernel = with_title(kernel_grid(trace, cell=0.75), self.label_text(name))
        result = number_text(total, HEADING, colour=Role.OUTPUT.value)
        return VGroup(kernel, result.next_to(kernel, DOWN, buff=0.3))
