from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from manim import Animation, Transform

from cnnviz.compute import max_pool2d, mean_pool2d, relu
from cnnviz.visuals import (
    draw_windows,
    keep_winners,
    merge_windows,
    pooled_grid,
    pooling_windows,
    relu_grid,
)

MAP = [[0, 3, 1, 0, 5], [2, 0, 0, 4, 6], [0, 0, 1, 1, 0], [0, 0, 1, 1, 9], [7, 7, 7, 7, 7]]
LARGEST = max_pool2d(MAP, 2)
MEAN = mean_pool2d(MAP, 2)


@pytest.fixture
def grid():
    return relu_grid(relu(MAP), cell=0.9)


def cells_inside(frame, grid) -> set[tuple[int, int]]:
    half = frame.width / 2
    return {
        (r, c)
        for r in range(grid.rows)
        for c in range(grid.columns)
        if np.abs(grid.square(r, c).get_center() - frame.get_center()).max() < half
    }


def flights(animation: Animation) -> list[list[Transform]]:
    """The transforms of each window's animation."""
    return [
        [one for one in window.animations if isinstance(one, Transform) and one.target_mobject]
        for window in animation.animations
    ]


def moving_digits(animation: Animation) -> list[list[Transform]]:
    return [
        [one for one in window if hasattr(one.mobject, "original_text")]
        for window in flights(animation)
    ]


def test_windows_tile_the_map_and_leave_out_what_finds_no_partner(grid):
    covered = [cells_inside(frame, grid) for frame in pooling_windows(LARGEST, grid)]
    assert covered == [
        {(top + i, left + j) for i in (0, 1) for j in (0, 1)} for top in (0, 2) for left in (0, 2)
    ]
    assert sum(map(len, covered)) == len(set().union(*covered)) == 16


def test_frames_of_neighbouring_windows_do_not_touch(grid):
    frames = pooling_windows(LARGEST, grid)
    assert frames[0].get_right()[0] < frames[1].get_left()[0]
    assert frames[0].get_bottom()[1] > frames[2].get_top()[1]


def test_windows_follow_a_stride_of_their_own(grid):
    overlapping = max_pool2d(MAP, 3, stride=2)
    frames = pooling_windows(overlapping, grid)
    assert len(frames) == overlapping.rows * overlapping.columns == 4
    assert cells_inside(frames[3], grid) == {(r, c) for r in (2, 3, 4) for c in (2, 3, 4)}


def test_the_pooled_map_shows_what_the_trace_says():
    assert [digit.numbers[0].value for digit in pooled_grid(LARGEST).digits] == [3, 4, 0, 1]
    assert [digit.numbers[0].value for digit in pooled_grid(MEAN).digits] == [1.25, 1.25, 0, 1]
    assert [digit.original_text for digit in pooled_grid(MEAN).digits] == ["1.25", "1.25", "0", "1"]


def test_the_largest_number_of_each_window_flies_to_its_cell(grid):
    pooled = pooled_grid(LARGEST)
    animation = keep_winners(LARGEST, grid, pooled)
    for window, moved in zip(LARGEST.windows(), moving_digits(animation), strict=True):
        assert len(moved) == 1
        landing = pooled.digit(window.row, window.column)
        assert moved[0].target_mobject is landing
        assert moved[0].mobject.numbers[0].value == landing.numbers[0].value == window.result
        start = moved[0].mobject.get_center()
        assert np.allclose(
            start,
            grid.point(window.top + window.winner[0], window.left + window.winner[1]),
        )


def test_all_numbers_of_a_window_fly_to_its_mean(grid):
    pooled = pooled_grid(MEAN)
    animation = merge_windows(MEAN, grid, pooled)
    for window, part in zip(MEAN.windows(), animation.animations, strict=True):
        landing = pooled.digit(window.row, window.column)
        flying, _, arrival = part.animations
        moved = [one.mobject for one in flying.animations]
        assert [digit.numbers[0].value for digit in moved] == window.patch.ravel().tolist()
        assert arrival.mobject is landing
        part.begin()
        part.interpolate(0.999)
        assert all(
            np.allclose(digit.get_center(), landing.get_center(), atol=0.05) for digit in moved
        )


def test_the_map_keeps_its_own_numbers_while_copies_fly_away(grid):
    before = [digit.get_center().tolist() for digit in grid.digits]
    animation = keep_winners(LARGEST, grid, pooled_grid(LARGEST).shift([5, 0, 0]))
    animation.begin()
    animation.interpolate(1)
    animation.finish()
    assert [digit.get_center().tolist() for digit in grid.digits] == before


def test_digits_on_their_way_stay_above_the_cells_that_appear(grid):
    pooled = pooled_grid(LARGEST)
    keep_winners(LARGEST, grid, pooled)
    assert {square.z_index for square in pooled.squares} == {-1}


def test_frames_appear_one_after_the_other(grid):
    animation = draw_windows(pooling_windows(LARGEST, grid))
    animation.begin()
    starts = [begin for _, begin, _ in animation.anims_with_timings]
    assert all(earlier < later for earlier, later in pairwise(starts))
