"""The thumbnail: a card that turns into its edges, the kernel that did it, one question."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, Line, Rectangle, VGroup

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import kernel_grid, picture
from cnnviz.visuals.text import BOLD
from cnnviz.visuals.theme import ACCENT, GROUND, Role, diverging
from scenes.convolution._photograph import COLOUR, TEXTURE

# 16:9 of the photograph round the king, and the column where he turns into edges.
TOP, BOTTOM, LEFTMOST, RIGHTMOST = 18, 252, 62, 478
SPLIT = 172


class Thumbnail(Lesson):
    card = False
    titled = False

    def setup_stage(self):
        photo = picture(self.half_and_half(), 8.0)
        border = Line(4 * UP, 4 * DOWN, color=ACCENT, stroke_width=10)
        border.move_to(photo.get_left() + RIGHT * photo.width * self.share_of_width())
        kernel = kernel_grid(TEXTURE, cell=0.9).move_to(border, aligned_edge=DOWN)
        kernel.shift(UP * 0.5)
        frame = Rectangle(width=kernel.width, height=kernel.height, stroke_width=12)
        frame.set_stroke(Role.KERNEL.value).move_to(kernel)
        question = self.label("thumbnail", 100, weight=BOLD).to_edge(RIGHT, buff=0.55)
        question[-1].set_color(ACCENT)
        panel = Rectangle(width=question.width + 0.8, height=8.2, stroke_width=0)
        panel.set_fill(GROUND, opacity=0.82).to_edge(RIGHT, buff=0)
        question.move_to(panel)
        self.add(photo, border, VGroup(kernel, frame), panel, question)

    def half_and_half(self):
        limit = float(np.percentile(np.abs(TEXTURE.output), 94))
        edges = COLOUR.copy()
        edges[1:-1, 1:-1] = diverging(TEXTURE.output[0], limit, vivid=True)
        edges[:, :SPLIT] = COLOUR[:, :SPLIT]
        return edges[TOP:BOTTOM, LEFTMOST:RIGHTMOST]

    def share_of_width(self):
        return (SPLIT - LEFTMOST) / (RIGHTMOST - LEFTMOST)

    def construct(self):
        with self.beat("edges_left"):
            pass
