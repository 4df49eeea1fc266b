"""A curve of measured values, drawn along as the moment goes on that it is measured at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import numpy as np
from manim import LEFT, RIGHT, UP, DashedLine, Dot, VGroup, VMobject

from cnnviz.compute.number import Number
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.axes import PlotAxes, Scale
from cnnviz.visuals.text import number_text, worded
from cnnviz.visuals.theme import ACCENT, BODY, MUTED, SMALL, TEXT

__all__ = ["LinePlot"]

SIZE = {"right": (6.4, 4.6), "down": (9.0, 3.2)}
"""Width and height, in Manim units, by the flow of the format; never wider than there is room."""
GAP = 0.14


class LinePlot(VGroup):
    """Axes and a curve through measured points; it is drawn up to the moment that it shows.

    Between two measured points the curve is the straight line that joins them. It follows a
    `Clock` whose moments are values of `x`. At first nothing but its beginning is drawn.

    Parameters
    ----------
    points
        (x, y) as measured, x rising.
    x_ticks, y_ticks
        The numbers along the axes, rising; the first and the last are the axes' ends.
    x_title, y_title
        Words, or any mobject.
    marks
        Of some points, the index and what is written above: words, or any mobject. Each appears,
        with a dashed line down to the axis, when the curve reaches it.
    number
        Gives the number of a point, which is then written above the curve's end.
    log
        Whether the upright axis is logarithmic.
    width, height
        Of all, in Manim units; where they are None, they follow from the format.
    colour
        Of the curve.

    Attributes
    ----------
    axes, curve, tip, marks
        `marks` is a `VGroup` of line and words each.
    value
        A `VGroup` with the number of the last point that is reached.

    Raises
    ------
    ValueError
        The points do not rise, there are fewer than two, or they lie beyond the ticks.
    """

    def __init__(
        self,
        points: Sequence[tuple[float, float]],
        *,
        x_ticks: Sequence[Number],
        y_ticks: Sequence[Number],
        x_title: str | VMobject | None = None,
        y_title: str | VMobject | None = None,
        marks: Sequence[tuple[int, str | VMobject]] = (),
        number: Callable[[int], Number] | None = None,
        log: bool = False,
        width: float | None = None,
        height: float | None = None,
        colour: str = ACCENT,
    ) -> None:
        super().__init__()
        self.xs, self.ys = (list(one) for one in zip(*points, strict=True))
        if len(self.xs) < 2 or self.xs != sorted(set(self.xs)):
            raise ValueError("a curve needs points whose x rises")
        x, y = Scale(x_ticks), Scale(y_ticks, log)
        x.checked(self.xs)
        y.checked(self.ys)
        wide, high = SIZE[current_format().flow]
        wide = min(wide, current_format().safe_width) if width is None else width
        labels = [worded(one, SMALL) for _, one in marks]
        over = max((label.height + GAP for label in labels), default=0.0)
        self.axes = PlotAxes(
            y,
            x,
            width=wide,
            height=high if height is None else height,
            y_title=y_title,
            x_title=x_title,
            above=over,
            aside=number_text(number(0), BODY) if number else None,
        )
        self.colour = colour
        self.number, self._written = number, -1
        self._length = self.axes.bottom.get_length()
        self.curve = VMobject(stroke_color=colour, stroke_width=5)
        self.tip = Dot(radius=0.1, color=TEXT)
        self.marks = VGroup(*map(self._mark, (index for index, _ in marks), labels))
        self._marked, self._seen = [self.xs[index] for index, _ in marks], [True] * len(labels)
        self.value = VGroup()
        self.add(self.axes, self.marks, self.curve, self.tip, self.value)
        self.move_to(current_format().center)
        self.seek(self.xs[0])

    def seek(self, x: float) -> LinePlot:
        """Show the curve as far as `x`. Returns itself."""
        x = min(max(x, self.xs[0]), self.xs[-1])
        reached = bisect_right(self.xs, x)
        corners = [self.axes.point(self.ys[i], self.xs[i]) for i in range(reached)]
        if reached < len(self.xs):
            before, after = self.xs[reached - 1 : reached + 1]
            way = self.axes.point(self.ys[reached], after) - corners[-1]
            corners.append(corners[-1] + (x - before) / (after - before) * way)
        self.curve.set_points_as_corners(corners if reached > 1 else [corners[0], *corners])
        self.tip.move_to(corners[-1])
        for index, at in enumerate(self._marked):
            self._show(index, at <= x)
        if self._written != reached - 1:
            self._write(reached - 1)
        return self

    def _mark(self, index: int, label: VMobject) -> VGroup:
        """A line at a point, and words above it that stay within the plot."""
        foot = self.axes.point(self.axes.y.ticks[0].value, self.xs[index])
        top = np.array([foot[0], self.axes.upright.get_top()[1], 0.0])
        line = DashedLine(foot, top, color=MUTED, stroke_width=3, dash_length=0.12)
        label.next_to(top, UP, buff=GAP / 2)
        right = min(label.get_right()[0], self.axes.bottom.get_right()[0])
        left = self.axes.upright.get_x()
        label.align_to(right * RIGHT, RIGHT)
        if label.get_left()[0] < left:
            label.align_to(left * RIGHT, LEFT)
        return VGroup(line, label)

    def _show(self, index: int, seen: bool) -> None:
        # Only when it changes: the plot may be fading as a whole.
        if self._seen[index] != seen:
            self._seen[index] = seen
            line, label = self.marks[index]
            line.set_stroke(opacity=float(seen))
            label.set_opacity(float(seen))

    def _write(self, index: int) -> None:
        """Write the number of a point in place of the one before."""
        self._written = index
        if self.number is None:
            return
        text = number_text(self.number(index), BODY, colour=self.colour)
        text.scale(self.axes.bottom.get_length() / self._length)
        self.axes.put_on_top(text)
        for old in self.value:  # Manim goes on drawing it until the running animation ends
            text.set_opacity(old[0].get_fill_opacity())
            old.set_opacity(0)
        self.value.submobjects = [text]
