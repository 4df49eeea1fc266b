"""Pooling: windows without overlap, and what each of them keeps."""

from __future__ import annotations

from manim import (
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    Square,
    VGroup,
)

from cnnviz.compute import PoolTrace
from cnnviz.visuals.grid import NumberGrid
from cnnviz.visuals.text import Glyphs
from cnnviz.visuals.theme import ACCENT

__all__ = ["draw_windows", "keep_winners", "merge_windows", "pooling_windows"]


def pooling_windows(trace: PoolTrace, grid: NumberGrid) -> VGroup:
    """A frame round every pooling window on `grid`, in reading order."""
    side = trace.size * grid.cell - 0.08
    return VGroup(
        *(
            Square(side, stroke_color=ACCENT, stroke_width=5).move_to(
                grid.block(window.top, window.left, trace.size, trace.size)
            )
            for window in trace.windows()
        )
    )


def keep_winners(trace: PoolTrace, grid: NumberGrid, pooled: NumberGrid) -> Animation:
    """The largest number of every window flies to its cell of the pooled map."""
    moves = []
    for window in trace.windows():
        assert window.winner is not None  # a mean has none
        i, j = window.winner
        winner = grid.digit(window.top + i, window.left + j)
        moves.append(_land(winner, pooled, window.row, window.column))
    return LaggedStart(*moves, lag_ratio=0.6)


def merge_windows(trace: PoolTrace, grid: NumberGrid, pooled: NumberGrid) -> Animation:
    """All numbers of every window fly to one place, where their mean appears."""
    moves = []
    for window in trace.windows():
        digits = grid.block_digits(window.top, window.left, trace.size, trace.size)
        landing = pooled.digit(window.row, window.column)
        # They stay whole on their way: glyphs that turn into others cannot be read.
        arriving = (FadeOut(digit.copy(), target_position=landing) for digit in digits)
        square = _appear(pooled, window.row, window.column)
        moves.append(LaggedStart(AnimationGroup(*arriving), square, FadeIn(landing), lag_ratio=0.5))
    return LaggedStart(*moves, lag_ratio=0.6)


def _land(digit: Glyphs, pooled: NumberGrid, row: int, column: int) -> Animation:
    landing = pooled.digit(row, column)
    return AnimationGroup(_appear(pooled, row, column), ReplacementTransform(digit.copy(), landing))


def _appear(pooled: NumberGrid, row: int, column: int) -> Animation:
    # The square fades in while digits are already on their way: it must stay below them.
    return FadeIn(pooled.square(row, column).set_z_index(-1))


def draw_windows(windows: VGroup) -> Animation:
    """The frames appear one after the other."""
    return LaggedStart(*(Create(window) for window in windows), lag_ratio=0.35)
