"""Two things side by side, three lines long."""

from __future__ import annotations

from manim import LEFT, RIGHT, Create, FadeIn

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import SideBySide


class ComparisonTable(Lesson):
    def setup_stage(self):
        heads = self.label_text("left"), self.label_text("right")
        rows = [
            (self.label_text("first_left"), self.label_text("first_right")),
            (self.label_text("second_left"), self.label_text("second_right")),
            (self.label_text("third_left"), self.label_text("third_right")),
        ]
        self.table = SideBySide(heads, rows)
        self.add(self.table.heads)

    def construct(self):
        with self.beat("question") as beat:
            self.play(Create(self.table.rule), run_time=beat.part(0.3))

        with self.beat("first") as beat:
            self.fill(beat, 0)

        with self.beat("second") as beat:
            self.fill(beat, 1)

        with self.beat("third") as beat:
            self.fill(beat, 2)

    def fill(self, beat, row):
        left, right = self.table.rows[row]
        self.play(FadeIn(left, shift=RIGHT * 0.3), run_time=beat.part(0.2))
        self.play(FadeIn(right, shift=LEFT * 0.3), run_time=beat.part(0.2))
