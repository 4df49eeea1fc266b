"""The thumbnail: a card that turns into its edges, the kernel that did it, one question."""

from __future__ import annotations

from scenes.shared._poster import Poster


class Thumbnail(Poster):
    crop = (18, 252, 62, 478)  # round the king
    split = 172

    def construct(self):
        with self.beat("edges_left"):
            pass
