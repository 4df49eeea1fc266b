"""The thumbnail: the cross, where it goes, and what that does to a machine."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, Arrow

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import fit
from cnnviz.visuals.text import BOLD
from cnnviz.visuals.theme import ACCENT
from scenes.tictactoe._parts import WRONG, Sign
from scenes.tictactoe._pictures import OURS


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
        text[-1].set_color(ACCENT).scale(1.3)
        text.arrange(DOWN, buff=0.45)
        fit(text, width=0.5)
        text.move_to(3.6 * RIGHT)
        self.add(picture, arrow, text)

    def construct(self):
        with self.beat("wrong"):
            pass
