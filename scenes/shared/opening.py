"""The title over a photograph's edges, and the whole idea in one line."""

from __future__ import annotations

from manim import DOWN, LEFT, UP, Create, FadeIn, Line

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import SweepPicture, feature_picture
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED
from scenes.shared._photograph import CARDS, feature_map, photo


class Opening(Lesson):
    """A film's first words.

    Attributes
    ----------
    photograph, pattern
        What stands behind the title: a photograph's file, and the kernel, by name, through which
        it is seen.
    """

    card = False
    titled = False
    photograph = CARDS
    pattern = "laplacian_8"

    def setup_stage(self):
        self.edges = feature_map(photo(self.photograph), self.pattern)
        self.backdrop = self.picture(0.16)
        self.title = self.label("title", 110, weight=SEMIBOLD).shift(UP * 0.9)
        self.rule = Line(LEFT * 1.4, -LEFT * 1.4, color=ACCENT, stroke_width=7)
        self.rule.next_to(self.title, DOWN, buff=0.4)
        self.subtitle = self.label("subtitle", HEADING, colour=MUTED)
        self.subtitle.next_to(self.rule, DOWN, buff=0.4)
        self.add(self.backdrop, self.title)

    def construct(self):
        with self.beat("name") as beat:
            self.play(Create(self.rule), run_time=beat.part(0.15))
            self.play(FadeIn(self.subtitle, shift=UP * 0.2), run_time=beat.part(0.2))

        with self.beat("one_line") as beat:
            idea = self.label("idea", BODY, colour=ACCENT)
            idea.next_to(self.subtitle, DOWN, buff=0.7)
            bright = self.picture(0.24)
            self.play(FadeIn(idea, shift=UP * 0.2), run_time=beat.part(0.2))
            self.bring_to_back(self.backdrop, bright)
            self.play(SweepPicture(bright), run_time=beat.part(0.75))

        with self.beat("promise") as beat:
            self.play(self.title.animate.scale(1.06), run_time=beat.part(0.4))

    def picture(self, opacity):
        return feature_picture(self.edges, 8.0).set_opacity(opacity)
