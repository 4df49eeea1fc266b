"""Twelve seconds with two free frames for YouTube's end screen, and the question to think about."""

from __future__ import annotations

from manim import DOWN, UP, Create, FadeIn, FadeOut, VGroup

from cnnviz.compute import rounded
from cnnviz.visuals import NumberGrid, pulse
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, HEADING, Role
from scenes.shared import end_card
from scenes.tictactoe._maps import DECIMALS
from scenes.tictactoe._pictures import Place
from scenes.tictactoe._run import TrainedLesson

PLACE = Place("X", 4, 1, 0)
"""One that the network takes for a ring."""


class EndCard(end_card.EndCard, TrainedLesson):
    """What is pooled stands below; then only the largest number of it."""

    def construct(self):
        with self.beat("goodbye") as beat:
            pooled, best = self.pooled(), int(self.run().cnn(-1, PLACE).pooled.output.argmax())
            pooled.next_to(self.frames, DOWN, buff=0.55)
            others = VGroup(*(pooled.at(0, one) for one in range(4) if one != best))
            outline = self.frames.copy().set_fill(opacity=0).set_stroke(ACCENT, width=4)
            self.play(FadeIn(pooled, shift=UP * 0.2), run_time=beat.part(0.1))
            self.play(FadeOut(others), run_time=beat.part(0.12))
            self.play(pulse(pooled.at(0, best), 1.2), run_time=beat.part(0.12))
            self.play(Create(outline), run_time=beat.part(0.3))
            thanks = self.label("thanks", HEADING, weight=SEMIBOLD)
            thanks.next_to(self.frames, DOWN, buff=0.55)
            self.play(FadeOut(pooled.at(0, best)), run_time=beat.part(0.05))
            self.play(FadeIn(thanks, shift=UP * 0.2), run_time=beat.part(0.1))

    def pooled(self):
        """The four values of a picture in a row."""
        found = self.run().cnn(-1, PLACE)
        numbers = [rounded(found.pooled_number(one), DECIMALS) for one in range(4)]
        return NumberGrid([numbers], role=Role.OUTPUT, cell=1.1)
