"""Human and CNN side by side."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, Group

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import SideBySide, feature_picture, framed, picture
from scenes.convolution._photograph import COLOUR, TEXTURE

ROWS = (("eyes", "kernels"), ("meaning", "pattern"), ("context", "no_context"))


class HumanAndMachine(Lesson):
    def setup_stage(self):
        text = self.label_text
        self.table = SideBySide(
            (text("human"), text("machine")),
            [(text(left), text(right)) for left, right in ROWS],
            step=0.95,
        )
        views = [framed(picture(COLOUR, 2.1)), framed(feature_picture(TEXTURE, 2.1))]
        for view, head in zip(views, self.table.heads, strict=True):
            view.next_to(head, UP, buff=0.3).align_to(views[0], UP)
        Group(*views, self.table).center().shift(DOWN * 0.25)
        self.add(*views, self.table.heads)

    def construct(self):
        with self.beat("question") as beat:
            self.play(Create(self.table.rule), run_time=beat.part(0.3))

        with self.beat("eyes") as beat:
            self.fill(beat, 0)

        with self.beat("meaning") as beat:
            self.fill(beat, 1)

        with self.beat("context") as beat:
            self.fill(beat, 2)

    def fill(self, beat, row):
        human, machine = self.table.rows[row]
        self.play(FadeIn(human, shift=RIGHT * 0.3), run_time=beat.part(0.2))
        self.play(FadeIn(machine, shift=LEFT * 0.3), run_time=beat.part(0.2))
