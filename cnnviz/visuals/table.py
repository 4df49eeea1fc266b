"""Two columns side by side: what they share and where they part."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, LEFT, RIGHT, Line, VGroup

from cnnviz.visuals.arrange import current_format, fit
from cnnviz.visuals.text import SEMIBOLD, put_on_baseline, words
from cnnviz.visuals.theme import BODY, HEADING, LINE, TEXT, Role

__all__ = ["SideBySide"]

WIDEST = 11 / 8
"""Of a table that nobody wants wider, as a share of the frame's height: further apart, left and
right no longer read as one row."""
GAP = 0.6
"""From the lowest glyph of a row to the next baseline, at least."""


class SideBySide(VGroup):
    """A table with two headed columns.

    Parameters
    ----------
    heads
        The names of the two sides.
    rows
        For each row, its left and right text.
    width
        Of the whole table, in Manim units; where it is None, as wide as there is room for it.
    step
        From one row's baseline to the next; more below a row of many lines.

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
        width: float | None = None,
        step: float = 1.1,
    ) -> None:
        super().__init__()
        format = current_format()
        room = format.safe_width
        half = (min(WIDEST * format.height, room) if width is None else width) / 2
        inside = half - min(0.6, half / 8)
        colours = (Role.INPUT.value, Role.KERNEL.value)
        self.heads = VGroup(
            *(
                words(head, HEADING, colour=colour, weight=SEMIBOLD)
                for head, colour in zip(heads, colours, strict=True)
            )
        )
        self.rows = VGroup(
            *(
                VGroup(*(words(text, BODY, colour=TEXT, width=inside) for text in row))
                for row in rows
            )
        )
        baseline = 0.0
        for line in VGroup(self.heads, *self.rows):
            for cell, side in zip(line, (LEFT, RIGHT), strict=True):
                fit(cell, width=inside / room)
                cell.move_to(side * half / 2)
                put_on_baseline(cell, baseline)
            lowest = min(cell[-1].get_bottom()[1] for cell in line)
            baseline = min(baseline - step, lowest - GAP)
        self.rule = Line(LEFT * half, RIGHT * half, color=LINE, stroke_width=2)
        self.rule.next_to(self.heads, DOWN, buff=0.22).set_x(0)
        self.add(self.heads, self.rule, self.rows)
        self.move_to(format.center)
