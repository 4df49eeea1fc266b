"""ReLU as a sweep: a bar passes over the map, and the negatives behind it are gone."""

from __future__ import annotations

from typing import Any

from manim import Animation, Line, VGroup, linear

from cnnviz.visuals.grid import NumberGrid
from cnnviz.visuals.theme import ACCENT

__all__ = ["SweepReplace"]


class SweepReplace(Animation):
    """Turn `before` into `after`, cell by cell, as a bar passes from left to right.

    Both grids have the same shape and lie on the same place; `after` starts invisible.
    """

    def __init__(self, before: NumberGrid, after: NumberGrid, **kwargs: Any) -> None:
        after.move_to(before).set_opacity(0)
        self.before, self.after = before, after
        self.bar = Line(
            before.get_corner((-1, 1, 0)),
            before.get_corner((-1, -1, 0)),
            color=ACCENT,
            stroke_width=6,
        ).scale(1.08)
        self.left, self.right = self.bar.get_x(), before.get_right()[0]
        kwargs.setdefault("rate_func", linear)
        super().__init__(VGroup(before, after, self.bar), **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        x = self.left + self.rate_func(alpha) * (self.right - self.left)
        self.bar.set_x(x)
        self.bar.set_opacity(0 if alpha in (0, 1) else 1)
        for row in range(self.before.rows):
            for column in range(self.before.columns):
                if self.before.square(row, column).get_x() <= x:
                    self._replace(row, column)

    def _replace(self, row: int, column: int) -> None:
        self.before.at(row, column).set_opacity(0)
        square = self.after.square(row, column)
        square.set_fill(opacity=1).set_stroke(opacity=0.65)
        self.after.digit(row, column).set_opacity(1)
