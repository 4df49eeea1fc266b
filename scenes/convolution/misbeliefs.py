"""Two common misbeliefs, and what is true."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Line, Square

from cnnviz.compute import count, less
from cnnviz.visuals import MoveWindow, WindowView, input_grid, kernel_grid
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED, Role
from scenes.shared._worked_example import (
    WorkedScene,
    fitted,
    input_shape,
    kernel_shape,
    require_map,
)


class Misbeliefs(WorkedScene):
    @classmethod
    def numbers(cls):
        require_map(cls.example(), 2, 2)
        return {"window.pixels": count(cls.example().valid.window(0, 0).patch.ravel().tolist())}

    @classmethod
    def claims(cls):
        whole = count(cls.example().valid.input.ravel().tolist())
        return {"small_pieces": less(cls.numbers()["window.pixels"], whole)}

    def setup_stage(self):
        self.claim = self.label("whole", HEADING).to_edge(UP, buff=1.1)
        trace = self.example().valid
        cell = fitted(0.8, 5, input_shape(trace))
        self.grid = input_grid(trace, cell=cell).shift(DOWN * 0.5)
        self.add(self.claim, self.grid)

    def construct(self):
        with self.beat("whole") as beat:
            whole = Square(self.grid.width + 0.2, color=MUTED, stroke_width=6).move_to(self.grid)
            self.play(Create(whole), run_time=beat.part(0.5))

        with self.beat("pieces") as beat:
            window = WindowView(self.example().valid, self.grid)
            truth = self.label("pieces", BODY, colour=ACCENT).to_edge(DOWN, buff=0.5)
            self.play(self.strike(), FadeOut(whole), run_time=beat.part(0.12))
            self.play(FadeIn(window, truth), run_time=beat.part(0.12))
            across = self.example().valid.columns - 1
            for place in ((0, 1), (0, across), (1, 0), (1, 1)):
                self.play(MoveWindow(window, *place), run_time=beat.part(0.15))

        with self.beat("fixed") as beat:
            trace = self.example().valid
            cell = fitted(1.0, 3, kernel_shape(trace))
            kernel = kernel_grid(trace, cell=cell).shift(DOWN * 0.5)
            claim = self.label("fixed", HEADING).to_edge(UP, buff=1.1)
            self.play(
                FadeOut(self.claim, self.line, self.grid, window, truth), run_time=beat.part(0.15)
            )
            self.claim = claim
            self.play(FadeIn(claim, kernel), run_time=beat.part(0.2))

        with self.beat("learned") as beat:
            truth = self.label("learned", BODY, colour=ACCENT).to_edge(DOWN, buff=0.5)
            self.play(self.strike(), run_time=beat.part(0.15))
            self.play(FadeIn(truth, shift=UP * 0.2), run_time=beat.part(0.15))
            self.play(kernel.animate.scale(1.08), run_time=beat.part(0.3))

    def strike(self):
        claim = self.claim
        self.line = Line(
            claim.get_left() + LEFT * 0.2, claim.get_right() + RIGHT * 0.2, stroke_width=6
        ).set_color(Role.OUTPUT.value)
        return Create(self.line)
