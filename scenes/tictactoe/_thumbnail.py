"""The thumbnail: the cross, where it goes, and what that does to a machine."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, Arrow

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals.text import BOLD
from cnnviz.visuals.theme import ACCENT
from scenes.tictactoe._parts import WRONG, Sign
from scenes.tictactoe._pictures import OURS

WIDEST, HIGHEST = 6.4, 1.65  # of a line, in Manim units


class Thumbnail(Lesson):
    """A still."""

    card = False
    titled = False

    def setup_stage(self):
        picture = Sign(OURS, 7.9).move_to(3.75 * LEFT)
        # Right of its middle the cross leaves room for it.
        arrow = Arrow(
            picture.point(2.5, 3.65),
            picture.point(2.5, 5.5),
            color=WRONG,
            stroke_width=60,
            tip_length=1.1,
            max_stroke_width_to_length_ratio=99,
            max_tip_length_to_length_ratio=1,
            buff=0,
        )
        text = self.label("thumbnail", 100, weight=BOLD)
        for line in text:
            line.scale(min(WIDEST / line.width, HIGHEST / line.height))
        text[-1].set_color(ACCENT)
        text.arrange(DOWN, buff=0.4).move_to(3.62 * RIGHT)
        self.add(picture, arrow, text)

    def construct(self):
        with self.beat("wrong"):
            pass
