"""Pooling: keep the largest, or the mean, of every window."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, FadeIn, FadeOut, VGroup

from cnnviz.compute import (
    count,
    difference,
    equal,
    every,
    largest,
    less,
    literal,
    matrix_size,
    positive,
    product,
    zero,
)
from cnnviz.lesson import Lesson
from cnnviz.visuals import (
    draw_windows,
    keep_winners,
    merge_windows,
    pooled_grid,
    pooling_windows,
    pulse,
    relu_grid,
    with_title,
)
from cnnviz.visuals.theme import LABEL
from scenes.convolution._worked_example import (
    MAX_POOLED,
    MEAN_POOLED,
    PADDED_SIZE,
    RECTIFIED_PADDED,
)

BEST = (0, 1)
FULL = float(np.abs(RECTIFIED_PADDED.output).max())


def largest_of(piece):
    return MAX_POOLED.number(piece.row, piece.column)


def values_of(piece):
    rows, columns = (range(start, start + MAX_POOLED.size) for start in (piece.top, piece.left))
    return [RECTIFIED_PADDED.number(row, column) for row in rows for column in columns]


def kept_or_absent(kept, values):
    """A piece whose largest number is zero has held nothing else; in any other one is more."""
    return positive(kept) if kept.value else zero(kept, *values)


class Pooling(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "window.size": matrix_size(MAX_POOLED.window(*BEST).patch.tolist()),
            "best.max": MAX_POOLED.number(*BEST),
            "best.mean": MEAN_POOLED.number(*BEST),
            "before.count": count(RECTIFIED_PADDED.output.ravel().tolist()),
            "after.count": count(MAX_POOLED.output.ravel().tolist()),
        }

    @classmethod
    def claims(cls):
        numbers = cls.numbers()
        after = matrix_size(MAX_POOLED.output[0].tolist())
        pairs = zip(PADDED_SIZE, after, strict=True)
        left_out = [difference(whole, product([MAX_POOLED.size, part])) for whole, part in pairs]
        pieces = [(largest_of(piece), values_of(piece)) for piece in MAX_POOLED.windows()]
        return {
            "no_overlap": equal(literal(MAX_POOLED.stride, of="stride"), *numbers["window.size"]),
            "last_is_left_out": equal(literal(1, of="row and column left out"), *left_out),
            "largest_of_each": every(*(largest(kept, of=values) for kept, values in pieces)),
            "fewer": less(numbers["after.count"], numbers["before.count"]),
            "pieces_keep_pattern": every(*(kept_or_absent(*piece) for piece in pieces)),
        }

    def setup_stage(self):
        self.map = relu_grid(RECTIFIED_PADDED, cell=0.86, limit=FULL)
        self.largest = pooled_grid(MAX_POOLED, cell=0.86, limit=FULL)
        self.mean = pooled_grid(MEAN_POOLED, cell=0.86, limit=FULL)
        titled = with_title(self.map, self.label_text("map"))
        pooled = VGroup(
            with_title(self.largest, self.label_text("max")),
            with_title(self.mean, self.label_text("mean")),
        ).arrange(DOWN, buff=0.6)
        VGroup(titled, pooled).arrange(RIGHT, buff=3.0).shift(DOWN * 0.15)
        self.add(titled)

    def construct(self):
        with self.beat("question") as beat:
            self.play(pulse(self.map, 1.06), run_time=beat.part(0.4))

        with self.beat("windows") as beat:
            windows = pooling_windows(MAX_POOLED, self.map)
            left_out = VGroup(
                *(self.map.at(4, c) for c in range(5)), *(self.map.at(r, 4) for r in range(4))
            )
            self.play(draw_windows(windows), run_time=beat.part(0.5))
            self.play(left_out.animate.set_opacity(0.25), run_time=beat.part(0.25))

        with self.beat("max") as beat:
            name = self.label("max", LABEL, colour=self.largest.role.value)
            name.next_to(self.largest, UP, buff=0.22)
            self.play(FadeIn(name), run_time=beat.part(0.1))
            self.play(keep_winners(MAX_POOLED, self.map, self.largest), run_time=beat.part(0.6))
            self.play(self.point_at(self.largest), run_time=beat.part(0.2))

        with self.beat("mean") as beat:
            name = self.label("mean", LABEL, colour=self.mean.role.value)
            name.next_to(self.mean, UP, buff=0.22)
            self.play(FadeIn(name), run_time=beat.part(0.1))
            self.play(merge_windows(MEAN_POOLED, self.map, self.mean), run_time=beat.part(0.55))
            self.play(self.point_at(self.mean), run_time=beat.part(0.25))

        with self.beat("why") as beat:
            self.play(FadeOut(windows), run_time=beat.part(0.1))
            self.play(pulse(self.largest, 1.25), run_time=beat.part(0.3))

    def point_at(self, pooled):
        return pulse(pooled.at(*BEST), 1.35)
