"""A question in large letters, and what the film promises: an opening that needs no picture."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, Line

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, HEADING, MUTED, TITLE


class QuestionCard(Lesson):
    card = False
    titled = False

    def setup_stage(self):
        self.question = self.label("question", TITLE, weight=SEMIBOLD, width=11.5)
        self.question.shift(UP * 0.7)
        self.add(self.question)

    def construct(self):
        with self.beat("question") as beat:
            self.rule = Line(LEFT * 1.4, RIGHT * 1.4, color=ACCENT, stroke_width=7)
            self.rule.next_to(self.question, DOWN, buff=0.45)
            self.play(Create(self.rule), run_time=beat.part(0.3))

        with self.beat("promise") as beat:
            promise = self.label("promise", HEADING, colour=MUTED, width=11.5)
            promise.next_to(self.rule, DOWN, buff=0.45)
            self.play(FadeIn(promise, shift=UP * 0.2), run_time=beat.part(0.3))
