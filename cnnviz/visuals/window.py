"""The sliding window: a frame on the input, thin lines to the one output cell that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Animation, Line, Rectangle, VGroup, linear, smooth
from manim.typing import Point3D

from cnnviz.compute import ConvTrace, PoolTrace
from cnnviz.visuals.grid import NumberGrid
from cnnviz.visuals.theme import Role

__all__ = ["MoveWindow", "SweepWindow", "WindowView"]


class WindowView(VGroup):
    """A frame over the window at output position (row, column), and its lines of sight.

    Parameters
    ----------
    trace
        Gives window size, stride and padding.
    seen
        The grid that the window slides over: the input, or the padded input.
    output
        The grid whose cells the lines point to; None for a frame without lines.
    """

    def __init__(
        self,
        trace: ConvTrace | PoolTrace,
        seen: NumberGrid,
        output: NumberGrid | None = None,
        *,
        colour: str = Role.KERNEL.value,
    ) -> None:
        super().__init__()
        self.seen, self.output = seen, output
        self.size = _window_size(trace)
        self.stride = _stride(trace)
        # On a grid that shows the border, padded coordinates are the grid's own.
        top, left = _border(trace)
        bordered = (seen.rows, seen.columns) == _padded_shape(trace)
        self.offset = (0, 0) if bordered else (-top, -left)
        height, width = self.size
        self.frame = Rectangle(
            width=width * seen.cell, height=height * seen.cell, stroke_color=colour, stroke_width=6
        )
        self.target = _target(output) if output else VGroup()
        self.sight = VGroup(
            *(Line(stroke_width=1.5, color=colour) for _ in range(4 if output else 0))
        )
        self.sight.set_stroke(opacity=0.55)
        self.add(self.sight, self.target, self.frame)
        self.place(0, 0)

    def place(self, row: float, column: float) -> WindowView:
        """Put frame, lines and target at an output position, which may lie between cells."""
        self.row, self.column = row, column
        height, width = self.size
        top = self.offset[0] + row * self.stride[0]
        left = self.offset[1] + column * self.stride[1]
        self.frame.move_to(self.seen.point(top + (height - 1) / 2, left + (width - 1) / 2))
        if self.output:
            self.target.move_to(self.output.point(row, column))
            for line, (start, end) in zip(self.sight, self._rays(), strict=True):
                line.put_start_and_end_on(start, end)
        return self

    def _rays(self) -> list[tuple[Point3D, Point3D]]:
        corners = self.frame.get_vertices(), self.target.get_vertices()
        return list(zip(*corners, strict=True))


def _target(output: NumberGrid) -> Rectangle:
    return Rectangle(
        width=output.cell, height=output.cell, stroke_color=Role.OUTPUT.value, stroke_width=6
    )


def _window_size(trace: ConvTrace | PoolTrace) -> tuple[int, int]:
    if isinstance(trace, PoolTrace):
        return trace.size, trace.size
    height, width = trace.kernel.shape[-2:]
    return height, width


def _stride(trace: ConvTrace | PoolTrace) -> tuple[int, int]:
    return (trace.stride, trace.stride) if isinstance(trace, PoolTrace) else trace.stride


def _border(trace: ConvTrace | PoolTrace) -> tuple[int, int]:
    if isinstance(trace, PoolTrace):
        return 0, 0
    (top, _), (left, _) = trace.padding
    return top, left


def _padded_shape(trace: ConvTrace | PoolTrace) -> tuple[int, int]:
    rows, columns = (trace.input if isinstance(trace, PoolTrace) else trace.padded).shape[-2:]
    return int(rows), int(columns)


class MoveWindow(Animation):
    """Slide a window to another output position, lines and all."""

    def __init__(self, window: WindowView, row: int, column: int, **kwargs: Any) -> None:
        self.window = window
        self.start = (window.row, window.column)
        self.end = (row, column)
        super().__init__(window, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        (row, column), (to_row, to_column) = self.start, self.end
        self.window.place(row + share * (to_row - row), column + share * (to_column - column))


class SweepWindow(Animation):
    """Slide a window over many positions; each output cell appears as the window reaches it.

    Parameters
    ----------
    window
        Where it stands is where the sweep starts.
    positions
        Output positions in the order of the visit.
    dwell
        Share of each step during which the window rests on its position.
    """

    def __init__(
        self,
        window: WindowView,
        positions: Sequence[tuple[int, int]],
        *,
        dwell: float = 0.45,
        **kwargs: Any,
    ) -> None:
        self.positions = list(positions)
        self.stops = [(window.row, window.column), *positions]
        self.dwell = dwell
        self.window, self.output = window, window.output
        kwargs.setdefault("rate_func", linear)
        moved = VGroup(self.output, window) if self.output else VGroup(window)
        super().__init__(moved, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        steps = len(self.stops) - 1
        progress = min(self.rate_func(alpha) * steps, steps)
        step = min(int(progress), steps - 1)
        share = float(smooth(min(1.0, (progress - step) / (1 - self.dwell))))
        here, there = np.array(self.stops[step]), np.array(self.stops[step + 1])
        self.window.place(*(here + share * (there - here)))
        reached = step + (share >= 1)
        for row, column in self.positions[:reached]:
            if self.output:
                self.output.reveal(row, column)
