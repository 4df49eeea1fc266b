"""Many measured values as dots, one column a group: all of them, and not their mean alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    DashedLine,
    Dot,
    Line,
    Rectangle,
    VGroup,
    VMobject,
    linear,
)
from manim.typing import Point3D

from cnnviz.compute.number import Number
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.axes import PlotAxes, Scale
from cnnviz.visuals.swarm import swarm
from cnnviz.visuals.text import number_text, worded
from cnnviz.visuals.theme import ACCENT, BODY, GROUND, LABEL, MUTED, SMALL, TEXT, Role

__all__ = ["DotPlot"]

SIZE = {"right": (9.0, 6.2), "down": (9.0, 6.6)}
"""Width and height, in Manim units, by the flow of the format; never wider than there is room."""
LARGEST = 0.2
"""Manim units across the place of a dot that has room."""
FILLED = 0.86
"""Of a dot's place, the share that it fills."""
DROP = 1.2
"""Manim units from which a dot falls."""
ONE = 0.25
"""Of the time in which a group falls, the share that one dot takes."""
GAP = 0.16


class DotPlot(VGroup):
    """Every value a dot at its height; dots of one height stand beside each other.

    Parameters
    ----------
    groups
        Of each, its name (words, or any mobject) and its values.
    ticks
        The numbers along the upright axis, rising; the first and the last are its ends.
    means
        The number that each group's line stands at, written beside it; without them no lines.
    coin
        A number at which a dashed line stands, such as what a coin would get right.
    coin_name
        What is written at that line: words, or any mobject.
    title
        Of the upright axis: words, or any mobject.
    width, height
        Of all, in Manim units; where they are None, they follow from the format.
    colours
        One a group.

    Attributes
    ----------
    axes, names, coin
        What does not change.
    columns
        Of each group, a `VGroup` of its dots, in the order of the values given.
    means
        Of each group, a `VGroup` of its line, the plate behind its number, and the number.

    Raises
    ------
    ValueError
        A value lies beyond the ticks, or there are not as many means as groups.
    """

    def __init__(
        self,
        groups: Sequence[tuple[str | VMobject, Sequence[float]]],
        *,
        ticks: Sequence[Number],
        means: Sequence[Number] = (),
        coin: Number | None = None,
        coin_name: str | VMobject | None = None,
        title: str | VMobject | None = None,
        width: float | None = None,
        height: float | None = None,
        colours: Sequence[str] = (Role.KERNEL.value, Role.INPUT.value, Role.OUTPUT.value, ACCENT),
    ) -> None:
        super().__init__()
        if means and len(means) != len(groups):
            raise ValueError(f"{len(means)} means of {len(groups)} groups")
        scale = Scale(ticks)
        given = [number.value for number in (*means, *([coin] if coin else ()))]
        scale.checked([*given, *(one for _, values in groups for one in values)])
        wide, high = SIZE[current_format().flow]
        wide = min(wide, current_format().safe_width) if width is None else width
        self._size = BODY if current_format().flow == "right" else LABEL
        legend = _legend(coin, coin_name)
        self.names = VGroup(
            *(worded(name, LABEL, width=(wide - 1) / len(groups)) for name, _ in groups)
        )
        self.axes = PlotAxes(
            scale,
            width=wide,
            height=high if height is None else height,
            y_title=title,
            aside=legend if coin else None,
            below=self.names.height + GAP,
        )
        self.coin = self._coin_line(coin, legend)
        beside = max((number_text(one, self._size).width + GAP for one in means), default=0.0)
        self._column = self.axes.bottom.get_length() / len(groups)
        self._room = self._column - beside - 2 * GAP
        self.columns = self._dots([values for _, values in groups], colours)
        self.means = VGroup(*(self._mean(index, number) for index, number in enumerate(means)))
        for index, name in enumerate(self.names):
            self._put_below(index, name)
        self.add(self.axes, self.coin, self.names, self.columns, self.means)
        self.move_to(current_format().center)

    def empty(self) -> DotPlot:
        """Show neither dots nor means, for now. Returns itself."""
        self.columns.set_opacity(0)
        self.means.set_opacity(0)
        return self

    def fall(self, group: int, **kwargs: Any) -> Animation:
        """The dots of a group fall to their places, one after the other in their order."""
        return _Fall(self, group, **kwargs)

    def show_mean(self, group: int, **kwargs: Any) -> Animation:
        """A group's line is drawn, then its number appears."""
        return _ShowMean(self, group, **kwargs)

    def _middle(self, group: int, height: float) -> Point3D:
        """Of what dots may fill, at a height."""
        left = self.axes.bottom.get_left()[0] + group * self._column + GAP
        return np.array([left + self._room / 2, height, 0.0])

    def _dots(self, groups: Sequence[Sequence[float]], colours: Sequence[str]) -> VGroup:
        """All dots, those of all groups equally large."""
        heights = [[float(self.axes.point(one)[1]) for one in values] for values in groups]
        size = min(swarm(one, self._room, LARGEST)[1] for one in heights)
        columns = VGroup()
        for group, one in enumerate(heights):
            colour = colours[group % len(colours)]
            places, _ = swarm(one, self._room, size)
            middles = (self._middle(group, up) + across * RIGHT for across, up in places)
            columns.add(
                VGroup(*(Dot(at, radius=FILLED * size / 2, color=colour) for at in middles))
            )
        return columns

    def _mean(self, group: int, number: Number) -> VGroup:
        """A line, and its number beside it on a plate: the coin's line may be at that height."""
        middle = self._middle(group, self.axes.point(number.value)[1])
        half = self._room / 2 * RIGHT
        line = Line(middle - half, middle + half, color=TEXT, stroke_width=5)
        text = number_text(number, self._size).next_to(line, RIGHT, buff=GAP / 2)
        plate = Rectangle(width=text.width + GAP, height=text.height + GAP / 2, stroke_width=0)
        return VGroup(line, plate.set_fill(GROUND, 1).move_to(text), text)

    def _put_below(self, group: int, name: VMobject) -> None:
        """A group's name below its dots, within its column."""
        name.next_to(self.axes.bottom, DOWN, buff=GAP).set_x(self._middle(group, 0)[0])
        left = self.axes.bottom.get_left()[0] + group * self._column
        if name.get_left()[0] < left:
            name.align_to(left * RIGHT, LEFT)

    def _coin_line(self, number: Number | None, legend: VGroup) -> VGroup:
        """A dashed line at its height, and its words above to the right."""
        if number is None:
            return VGroup()
        start, end = (self.axes.point(number.value, share=one) for one in (0.0, 1.0))
        return VGroup(_dashed(start, end), self.axes.put_on_top(legend))


class _Fall(Animation):
    """Dots that fall to where they stand."""

    def __init__(self, plot: DotPlot, group: int, **kwargs: Any) -> None:
        self.plot, self.dots = plot, plot.columns[group]
        kwargs.setdefault("rate_func", linear)
        super().__init__(self.dots, **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: where they stand is where they come to rest."""
        self.rest = [dot.get_center() for dot in self.dots]
        top = self.plot.axes.upright.get_top()[1]
        self.drops = [max(0.0, min(DROP, top - rest[1])) for rest in self.rest]
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Let each be as far as it has come."""
        share = self.rate_func(alpha)
        last = max(1, len(self.rest) - 1)
        for index, (dot, rest, drop) in enumerate(
            zip(self.dots, self.rest, self.drops, strict=True)
        ):
            fallen = float(np.clip((share - index / last * (1 - ONE)) / ONE, 0, 1))
            dot.move_to(rest + (1 - fallen**2) * drop * UP)
            dot.set_opacity(min(1.0, 4 * fallen))


class _ShowMean(Animation):
    """A line that grows from its left end, and then its number."""

    def __init__(self, plot: DotPlot, group: int, **kwargs: Any) -> None:
        self.line, *self.written = plot.means[group]
        super().__init__(plot.means[group], **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: where the line lies is where it ends."""
        self.start, self.end = self.line.get_start_and_end()
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Be so far drawn."""
        share = self.rate_func(alpha)
        drawn = max(min(1.0, 2 * share), 1e-3)
        self.line.put_start_and_end_on(self.start, self.start + drawn * (self.end - self.start))
        self.line.set_stroke(opacity=1.0 if share else 0.0)
        for part in self.written:
            part.set_fill(opacity=max(0.0, 2 * share - 1))


def _legend(number: Number | None, name: str | VMobject | None) -> VGroup:
    """What a dashed line means; nothing where there is no number."""
    if number is None:
        return VGroup()
    texts = [] if name is None else [worded(name, SMALL, colour=MUTED)]
    written = number_text(number, SMALL, colour=MUTED)
    parts = [_dashed(LEFT * 0.25, RIGHT * 0.25), *texts, written]
    return VGroup(*parts).arrange(RIGHT, buff=GAP)


def _dashed(start: Any, end: Any) -> DashedLine:
    return DashedLine(start, end, color=MUTED, stroke_width=3, dash_length=0.12)
