"""Pooling: keep the largest, or the mean, of every window."""

from __future__ import annotations

import numpy as np
from manim import FadeIn, FadeOut, VGroup

from cnnviz.compute import (
    count,
    equal,
    every,
    largest,
    less,
    literal,
    matrix_size,
    positive,
    zero,
)
from cnnviz.visuals import (
    against,
    draw_windows,
    keep_winners,
    merge_windows,
    pooled_grid,
    pooling_windows,
    pulse,
    relu_grid,
    with_title,
)
from scenes.shared._worked_example import WorkedScene, fitted, output_shape, places


def kept_or_absent(kept, values):
    """A piece whose largest number is zero has held nothing else; in any other one is more."""
    return positive(kept) if kept.value else zero(kept, *values)


class Pooling(WorkedScene):
    padding = 1
    pool = 2

    @classmethod
    def best(cls):
        """Where the largest of all numbers that are kept stands: the first of them."""
        kept = cls.example().max_pooled
        return tuple(map(int, divmod(kept.output[0].argmax(), kept.columns)))

    @classmethod
    def numbers(cls):
        example, best = cls.example(), cls.best()
        return {
            "window.size": matrix_size(example.max_pooled.window(*best).patch.tolist()),
            "best.max": example.max_pooled.number(*best),
            "best.mean": example.mean_pooled.number(*best),
            "before.count": count(example.rectified_padded.output.ravel().tolist()),
            "after.count": count(example.max_pooled.output.ravel().tolist()),
        }

    @classmethod
    def claims(cls):
        numbers, example = cls.numbers(), cls.example()
        pooled = example.max_pooled
        before, after = example.rectified_padded.output[0].shape, pooled.output[0].shape
        pairs = zip(before, after, strict=True)
        left_out = [list(range(whole)[pooled.size * part :]) for whole, part in pairs]
        pieces = [cls.largest_and_all(piece) for piece in pooled.windows()]
        return {
            "no_overlap": equal(literal(pooled.stride, of="stride"), *numbers["window.size"]),
            "last_is_left_out": equal(*map(count, left_out), count([before[0] - 1])),
            "largest_of_each": every(*(largest(kept, of=values) for kept, values in pieces)),
            "fewer": less(numbers["after.count"], numbers["before.count"]),
            "pieces_keep_pattern": every(*(kept_or_absent(*piece) for piece in pieces)),
        }

    @classmethod
    def largest_and_all(cls, piece):
        """What is kept of a piece, and all that it holds."""
        example = cls.example()
        rows, columns = (
            range(start, start + example.max_pooled.size) for start in (piece.top, piece.left)
        )
        values = [example.rectified_padded.number(row, col) for row in rows for col in columns]
        return example.max_pooled.number(piece.row, piece.column), values

    def setup_stage(self):
        example = self.example()
        full = float(np.abs(example.rectified_padded.output).max())
        cell = fitted(0.86, 5, output_shape(example.rectified_padded))
        self.map = relu_grid(example.rectified_padded, cell=cell, limit=full)
        self.largest = pooled_grid(example.max_pooled, cell=cell, limit=full)
        self.mean = pooled_grid(example.mean_pooled, cell=cell, limit=full)
        titled = with_title(self.map, self.label_text("map"))
        pooled = against(
            with_title(self.largest, self.label_text("max")),
            with_title(self.mean, self.label_text("mean")),
            buff=0.6,
        )
        (_, self.max_name), (_, self.mean_name) = pooled
        self.across(titled, pooled, buff=3.0, lowered=0.15)
        self.add(titled)

    def construct(self):
        with self.beat("question") as beat:
            self.play(pulse(self.map, 1.06), run_time=beat.part(0.4))

        with self.beat("windows") as beat:
            windows = pooling_windows(self.example().max_pooled, self.map)
            left_out = self.left_out()
            self.play(draw_windows(windows), run_time=beat.part(0.5))
            if len(left_out):
                self.play(left_out.animate.set_opacity(0.25), run_time=beat.part(0.25))

        with self.beat("max") as beat:
            pooled = self.example().max_pooled
            self.play(FadeIn(self.max_name), run_time=beat.part(0.1))
            self.play(keep_winners(pooled, self.map, self.largest), run_time=beat.part(0.6))
            self.play(self.point_at(self.largest), run_time=beat.part(0.2))

        with self.beat("mean") as beat:
            pooled = self.example().mean_pooled
            self.play(FadeIn(self.mean_name), run_time=beat.part(0.1))
            self.play(merge_windows(pooled, self.map, self.mean), run_time=beat.part(0.55))
            self.play(self.point_at(self.mean), run_time=beat.part(0.25))

        with self.beat("why") as beat:
            self.play(FadeOut(windows), run_time=beat.part(0.1))
            self.play(pulse(self.largest, 1.25), run_time=beat.part(0.3))

    def left_out(self):
        """The cells of rows and columns that fill no window."""
        pooled = self.example().max_pooled
        rows, columns = (number * pooled.size for number in (pooled.rows, pooled.columns))
        below = places(self.map.rows, self.map.columns)[rows * self.map.columns :]
        beside = [(row, col) for row in range(rows) for col in range(columns, self.map.columns)]
        return VGroup(*(self.map.at(*place) for place in (*below, *beside)))

    def point_at(self, pooled):
        return pulse(pooled.at(*self.best()), 1.35)
