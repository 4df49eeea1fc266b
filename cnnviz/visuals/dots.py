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
    UR,
    Animation,
    DashedLine,
    Dot,
    Line,
    VGroup,
    VMobject,
    linear,
)
from numpy.typing import NDArray

from cnnviz.compute.number import Number
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.axes import PlotAxes, Scale
from cnnviz.visuals.text import number_text, words
from cnnviz.visuals.theme import ACCENT, BODY, LABEL, MUTED, SMALL, TEXT, Role

__all__ = ["DotPlot", "spread"]

SIZE = {"right": (9.0, 6.2), "down": (9.0, 6.6)}
"""Width and height, in Manim units, by the flow of the format; never wider than there is room."""
LARGEST = 0.2
"""Manim units across the place of a dot that has room."""
SMALLEST = 0.02
FILLED, NUMBERED = 0.86, 0.2
"""Of a dot's place, the share that it fills; Manim units from a line to its number."""
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
        names = [_named(name, (wide - 1) / len(groups)) for name, _ in groups]
        legend = _legend(coin, coin_name)
        self.axes = PlotAxes(
            scale,
            width=wide,
            height=high if height is None else height,
            y_title=title,
            above=0.0 if title else legend.height,
            below=max(name.height for name in names) + GAP,
        )
        self.coin = self._coin_line(coin, legend)
        self.names, self.columns, self.means = VGroup(*names), VGroup(), VGroup()
        column = self.axes.bottom.get_length() / len(groups)
        beside = max((number_text(one, BODY).width for one in means), default=0.0)
        room = column - (beside + 2 * NUMBERED if means else GAP) - GAP
        for index, (_, values) in enumerate(groups):
            left = self.axes.bottom.get_left() + (index * column + GAP) * RIGHT
            middle = left + room / 2 * RIGHT
            names[index].next_to(self.axes.bottom, DOWN, buff=GAP).set_x(
                self.axes.bottom.get_left()[0] + (index + 0.5) * column
            )
            self.columns.add(self._dots(values, middle, room, colours[index % len(colours)]))
            if means:
                self.means.add(self._mean(means[index], middle, room))
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

    def _dots(self, values: Sequence[float], middle: Any, room: float, colour: str) -> VGroup:
        heights = [float(self.axes.point(value)[1]) for value in values]
        offsets, size = spread(heights, room)
        dots = [Dot(radius=FILLED * size / 2, color=colour) for _ in values]
        for dot, offset, height in zip(dots, offsets, heights, strict=True):
            dot.move_to(middle * [1, 0, 0] + offset * RIGHT + height * UP)
        return VGroup(*dots)

    def _mean(self, number: Number, middle: Any, room: float) -> VGroup:
        height = self.axes.point(number.value)[1]
        place = np.array([middle[0], height, 0.0])
        half = (room / 2 + NUMBERED / 2) * RIGHT
        line = Line(place - half + NUMBERED / 2 * RIGHT, place + half, color=TEXT, stroke_width=6)
        return VGroup(line, number_text(number, BODY).next_to(line, RIGHT, buff=NUMBERED / 2))

    def _coin_line(self, number: Number | None, legend: VGroup) -> VGroup:
        """A dashed line at its height, and its words above to the right."""
        if number is None:
            return VGroup()
        start, end = (self.axes.point(number.value, share=one) for one in (0.0, 1.0))
        corner = self.axes.bottom.get_right()[0] * RIGHT + self.axes.get_top()[1] * UP
        return VGroup(_dashed(start, end), legend.move_to(corner, aligned_edge=UR))


def spread(
    heights: Sequence[float], room: float, largest: float = LARGEST
) -> tuple[NDArray[np.float64], float]:
    """Where dots stand beside a middle line so that none covers another, always the same way.

    Parameters
    ----------
    heights
        Of the dots' middles, in any unit.
    room
        How wide they may spread, in the same unit.
    largest
        The largest dot.

    Returns
    -------
    offsets, diameter
        To the side of each, and how large they can be in that room.

    Raises
    ------
    ValueError
        They would have to be smaller than `SMALLEST`.
    """
    size = largest
    while size >= SMALLEST:
        offsets = _swarm(np.asarray(heights, float), size)
        if np.abs(offsets).max(initial=0.0) + size / 2 <= room / 2:
            return offsets, size
        size *= 0.95
    raise ValueError(f"{len(heights)} dots do not fit into a width of {room:.2f}")


def _swarm(heights: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    """Each dot, from the lowest on, as near to the middle as those before let it."""
    offsets = np.zeros_like(heights)
    placed: list[int] = []
    for index in np.argsort(heights, kind="stable"):
        near = [one for one in placed if heights[index] - heights[one] < size]
        apart = np.sqrt(size**2 - (heights[index] - heights[near]) ** 2)
        free = np.concatenate([[0.0], offsets[near] + apart, offsets[near] - apart])
        clear = [at for at in free if np.all(np.abs(at - offsets[near]) >= apart - 1e-9)]
        offsets[index] = min(clear, key=lambda at: (round(abs(at), 9), -at))
        placed.append(int(index))
    return _centred(heights, offsets, size)


def _centred(
    heights: NDArray[np.float64], offsets: NDArray[np.float64], size: float
) -> NDArray[np.float64]:
    """Rows of equal height moved to the middle, where nothing is in their way."""
    for height in np.unique(heights):
        row = heights == height
        moved = offsets[row] - (offsets[row].min() + offsets[row].max()) / 2
        far = np.hypot(moved[:, None] - offsets[~row], height - heights[~row])
        if np.all(far >= size - 1e-9):
            offsets[row] = moved
    return offsets


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
        self.line, self.number = plot.means[group]
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
        self.number.set_opacity(max(0.0, 2 * share - 1))


def _named(name: str | VMobject, width: float) -> VMobject:
    return words(name, LABEL, width=width) if isinstance(name, str) else name


def _legend(number: Number | None, name: str | VMobject | None) -> VGroup:
    """What a dashed line means; nothing where there is no number."""
    if number is None:
        return VGroup()
    text = words(name, SMALL, colour=MUTED) if isinstance(name, str) else name
    written = number_text(number, SMALL, colour=MUTED)
    parts = [_dashed(LEFT * 0.25, RIGHT * 0.25), *([text] if text else []), written]
    return VGroup(*parts).arrange(RIGHT, buff=GAP)


def _dashed(start: Any, end: Any) -> DashedLine:
    return DashedLine(start, end, color=MUTED, stroke_width=3, dash_length=0.12)
