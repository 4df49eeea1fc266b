"""Twelve seconds with two free frames for YouTube's end screen."""

from __future__ import annotations

from manim import DOWN

from cnnviz.visuals.theme import MUTED, SMALL
from scenes.shared import end_card


class EndCard(end_card.EndCard):
    def credits(self, thanks):
        credit = self.label("credit", SMALL, colour=MUTED)
        return [credit.next_to(thanks, DOWN, buff=0.35)]
