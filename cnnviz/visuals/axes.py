"""Axes with few ticks, each a number; where a value lies on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from manim import DOWN, LEFT, RIGHT, UP, Line, VGroup, VMobject
from manim.typing import Point3D

from cnnviz.compute.number import Number
from cnnviz.visuals.text import number_text, worded
from cnnviz.visuals.theme import LINE, MUTED, SMALL

__all__ = ["PlotAxes", "Scale"]

GAP = 0.16
"""Manim units between an axis and what is written at it."""


@dataclass(frozen=True)
class Scale:
    """An axis from its first tick to its last.

    Parameters
    ----------
    ticks
        Rising.
    log
        Whether equal factors are equally long, not equal differences.
    """

    ticks: Sequence[Number]
    log: bool = False

    def share(self, value: float) -> float:
        """How far along the axis `value` is: 0 at the first tick, 1 at the last."""
        low, high, at = (
            log10(one) if self.log else float(one)
            for one in (self.ticks[0].value, self.ticks[-1].value, value)
        )
        return (at - low) / (high - low)

    def checked(self, values: Sequence[float]) -> None:
        """Require that all `values` lie on it.

        Raises
        ------
        ValueError
            One does not, or there are no two ticks that rise.
        """
        ticks = [tick.value for tick in self.ticks]
        if len(ticks) < 2 or ticks != sorted(set(ticks)) or (self.log and ticks[0] <= 0):
            raise ValueError(f"{ticks} are no ticks of an axis")
        if outside := [one for one in values if not ticks[0] <= one <= ticks[-1]]:
            raise ValueError(f"{outside[0]} is beyond the axis from {ticks[0]} to {ticks[-1]}")


class PlotAxes(VGroup):
    """An upright axis, and one along the bottom, with their ticks and titles.

    Parameters
    ----------
    y, x
        The scales; without `x` the bottom is a line alone.
    width, height
        Of all, ticks and titles included, in Manim units.
    y_title, x_title
        Words, or any mobject; what belongs to the upright axis stands above it.
    above, below
        Manim units that are left free between the upright axis and its title, and below the bottom.
    aside
        As large as what `put_on_top` will put beside the title; or above it, where it is narrow.

    Attributes
    ----------
    upright, bottom
        The two lines.
    title
        Of the upright axis; None where it has none.
    """

    def __init__(
        self,
        y: Scale,
        x: Scale | None = None,
        *,
        width: float,
        height: float,
        y_title: str | VMobject | None = None,
        x_title: str | VMobject | None = None,
        above: float = 0.0,
        below: float = 0.0,
        aside: VMobject | None = None,
    ) -> None:
        super().__init__()
        self.y, self.x = y, x
        down, across = _numbers(y), _numbers(x)
        self.title, named = _title(y_title), _title(x_title)
        self.rise = down[-1].height / 2 + above + GAP / 2
        over = self.rise + self._row(self.title, aside, width)
        under = below + (max(one.height for one in across) + GAP if across else 0)
        under += named.height + GAP if named else 0
        left = max(one.width for one in down) + GAP
        right = across[-1].width / 2 if across else 0.0
        long, high = width - left - right, height - over - under
        self._long = long
        self.bottom = Line(LEFT * long / 2, RIGHT * long / 2, color=LINE, stroke_width=3)
        self.bottom.shift(DOWN * high / 2)
        self.upright = Line(DOWN * high / 2, UP * high / 2, color=LINE, stroke_width=3)
        self.upright.shift(LEFT * long / 2)
        self.add(self.bottom, self.upright)
        self._write(down, across, below)
        if self.title:
            self.title.next_to(self.upright, UP, buff=self.rise)
            self.add(self.title.align_to(down[0], LEFT))
        if named:
            self.add(named.next_to(VGroup(self.bottom, *across), DOWN, buff=GAP).set_x(0))

    def point(self, y: float, x: float | None = None, *, share: float = 0.0) -> Point3D:
        """Where a value of `y` lies, at `x` or at a `share` of the width."""
        along = self.x.share(x) if self.x is not None and x is not None else share
        start, end = self.bottom.get_start_and_end()
        up = self.upright.get_end() - self.upright.get_start()
        point: Point3D = start + along * (end - start) + self.y.share(y) * up
        return point

    def put_on_top(self, mobject: VMobject) -> VMobject:
        """`mobject` to the right, beside the title or above it. Gives it back."""
        ratio = float(self.bottom.get_length()) / self._long
        mobject.next_to(self.upright, UP, buff=(self.rise + self._lift) * ratio)
        return mobject.align_to(self.bottom, RIGHT)

    def _row(self, title: VMobject | None, aside: VMobject | None, width: float) -> float:
        """How high title and `aside` are together; one lifts the other where it is narrow."""
        high, beside = (one.height if one else 0.0 for one in (title, aside))
        narrow = title and aside and title.width + aside.width + 3 * GAP > width
        self._lift = high + GAP / 2 if narrow else 0.0
        return max(high, self._lift + beside)

    def _write(self, down: Sequence[VMobject], across: Sequence[VMobject], below: float) -> None:
        for text, tick in zip(down, self.y.ticks, strict=True):
            start, end = self.point(tick.value), self.point(tick.value, share=1.0)
            if tick is not self.y.ticks[0]:
                self.add(Line(start, end, color=LINE, stroke_width=1.5, stroke_opacity=0.6))
            self.add(text.next_to(start, LEFT, buff=GAP))
        for text, tick in zip(across, self.x.ticks if self.x else (), strict=True):
            at = self.point(self.y.ticks[0].value, tick.value)
            self.add(Line(at, at + 0.08 * DOWN, color=LINE, stroke_width=3))
            self.add(text.next_to(at, DOWN, buff=GAP + below))


def _numbers(scale: Scale | None) -> list[VMobject]:
    ticks = scale.ticks if scale else ()
    return [number_text(tick, SMALL, colour=MUTED) for tick in ticks]


def _title(given: str | VMobject | None) -> VMobject | None:
    return None if given is None else worded(given, SMALL, colour=MUTED)
