"""Two columns side by side: what they share and where they part."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, LEFT, RIGHT, Line, VGroup

from cnnviz.visuals.text import SEMIBOLD, put_on_baseline, words
from cnnviz.visuals.theme import BODY, HEADING, LINE, TEXT, Role

__all__ = ["SideBySide"]


class SideBySide(VGroup):
    """A table with two headed columns.

    Parameters
    ----------
    heads
        The names of the two sides.
    rows
        For each row, its left and right text.
    width
        Of the whole table, in Manim units.
    step
        From one row's baseline to the next.

    Attributes
    ----------
    heads, rule, rows
        `rows` is a `VGroup` with a `VGroup` of left and right text each.
    """

    def __init__(
        self,
        heads: tuple[str, str],
        rows: Sequence[tuple[str, str]],
        *,
        width: float = 11.0,
        step: float = 1.1,
    ) -> None:
        super().__init__()
        half = width / 2
        colours = (Role.INPUT.value, Role.KERNEL.value)
        self.heads = VGroup(
            *(
                words(head, HEADING, colour=colour, weight=SEMIBOLD)
                for head, colour in zip(heads, colours, strict=True)
            )
        )
        self.rows = VGroup(
            *(
                VGroup(*(words(text, BODY, colour=TEXT, width=half - 0.6) for text in row))
                for row in rows
            )
        )
        lines = VGroup(self.heads, *self.rows)
        for index, line in enumerate(lines):
            for cell, side in zip(line, (LEFT, RIGHT), strict=True):
                cell.move_to(side * half / 2)
                put_on_baseline(cell, -step * index)
        self.rule = Line(LEFT * half, RIGHT * half, color=LINE, stroke_width=2)
        self.rule.next_to(self.heads, DOWN, buff=0.22).set_x(0)
        self.add(self.heads, self.rule, self.rows)
        self.center()
