"""Twelve seconds with two free frames for YouTube's end screen."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, Rectangle, VGroup

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, HEADING, LABEL, LINE, PANEL


class EndCard(Lesson):
    card = False
    titled = False
    minimum_seconds = {"goodbye": 12.0}

    def setup_stage(self):
        # YouTube lays its own thumbnails here: 16:9, and nothing of ours inside.
        self.frames = VGroup(
            *(
                Rectangle(
                    width=5.6,
                    height=3.15,
                    stroke_color=LINE,
                    stroke_width=3,
                    fill_color=PANEL,
                    fill_opacity=1,
                )
                for _ in range(2)
            )
        ).arrange(RIGHT, buff=0.8)
        self.names = VGroup(
            self.label("next", LABEL, colour=ACCENT), self.label("more", LABEL, colour=ACCENT)
        )
        for name, frame in zip(self.names, self.frames, strict=True):
            name.next_to(frame, UP, buff=0.25)
        self.add(self.frames, self.names)

    def construct(self):
        with self.beat("goodbye") as beat:
            thanks = self.label("thanks", HEADING, weight=SEMIBOLD)
            thanks.next_to(self.frames, DOWN, buff=0.55)
            credits = [FadeIn(credit) for credit in self.credits(thanks)]
            outline = self.frames.copy().set_fill(opacity=0).set_stroke(ACCENT, width=4)
            self.play(Create(outline), run_time=beat.part(0.3))
            self.play(FadeIn(thanks, shift=UP * 0.2), *credits, run_time=beat.part(0.1))

    def credits(self, thanks):
        """What stands below the thanks, where a film owes somebody credit."""
        return []
