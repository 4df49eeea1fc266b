"""A poster for thumbnails: a photograph that turns into its edges, the kernel that did it."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, Line, Rectangle, VGroup

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import kernel_grid, picture
from cnnviz.visuals.text import BOLD
from cnnviz.visuals.theme import ACCENT, GROUND, Role, diverging
from scenes.shared._photograph import CARDS, feature_map, photo


class Poster(Lesson):
    """A still; a subclass in an episode's `_thumbnail.py` chooses, and plays one beat.

    Attributes
    ----------
    photograph, pattern
        Its file, and the kernel, by name, through which its right part is seen.
    crop
        Top, bottom, left and right of what is shown, in pixels, as 16:9.
    split
        The column from which on there are edges.
    """

    card = False
    titled = False
    photograph = CARDS
    pattern = "laplacian_8"
    crop: tuple
    split: int

    def setup_stage(self):
        seen = photo(self.photograph)
        self.edges = feature_map(seen, self.pattern)
        still = picture(self.half_and_half(seen.colour), 8.0)
        border = Line(4 * UP, 4 * DOWN, color=ACCENT, stroke_width=10)
        border.move_to(still.get_left() + RIGHT * still.width * self.share_of_width())
        kernel = kernel_grid(self.edges, cell=0.9).move_to(border, aligned_edge=DOWN)
        kernel.shift(UP * 0.5)
        frame = Rectangle(width=kernel.width, height=kernel.height, stroke_width=12)
        frame.set_stroke(Role.KERNEL.value).move_to(kernel)
        question = self.label("thumbnail", 100, weight=BOLD).to_edge(RIGHT, buff=0.55)
        question[-1].set_color(ACCENT)
        panel = Rectangle(width=question.width + 0.8, height=8.2, stroke_width=0)
        panel.set_fill(GROUND, opacity=0.82).to_edge(RIGHT, buff=0)
        question.move_to(panel)
        self.add(still, border, VGroup(kernel, frame), panel, question)

    def half_and_half(self, colour):
        top, bottom, left, right = self.crop
        rows, columns = self.edges.kernel.shape[-2:]
        limit = float(np.percentile(np.abs(self.edges.output), 94))
        mixed = colour.copy()
        # The map lacks the border that no window has its middle on.
        inside = mixed[rows // 2 : mixed.shape[0] - rows // 2, columns // 2 : -(columns // 2)]
        inside[:] = diverging(self.edges.output[0], limit, vivid=True)
        mixed[:, : self.split] = colour[:, : self.split]
        return mixed[top:bottom, left:right]

    def share_of_width(self):
        _, _, left, right = self.crop
        return (self.split - left) / (right - left)
