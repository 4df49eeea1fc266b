from __future__ import annotations

import pytest

from cnnviz.compute import conv2d, relu
from cnnviz.visuals import SweepReplace, output_grid, relu_grid

TRACE = conv2d([[1, 2, 3, 0], [0, 1, 2, 3], [1, 0, 1, 2]], [[1, -1]])
AFTER = relu(TRACE.output[0])


@pytest.fixture
def grids():
    return output_grid(TRACE).shift([2, 1, 0]), relu_grid(AFTER)


def visible(grid) -> list[bool]:
    """For each cell, whether both its square and its digits are seen."""
    cells = zip(grid.squares, grid.digits, strict=True)
    states = [(square.get_fill_opacity(), digit[0].get_fill_opacity()) for square, digit in cells]
    assert all(square == digit for square, digit in states)
    return [square > 0 for square, _ in states]


def test_both_grids_lie_on_one_place_and_the_second_starts_invisible(grids):
    before, after = grids
    SweepReplace(before, after).begin()
    assert after.get_center() == pytest.approx(before.get_center())
    assert not any(visible(after))
    assert all(visible(before))


def test_it_ends_with_the_second_grid_alone(grids):
    before, after = grids
    sweep = SweepReplace(before, after)
    sweep.begin()
    sweep.interpolate(1)
    sweep.finish()
    assert all(visible(after))
    assert not any(visible(before))
    assert sweep.bar.get_stroke_opacity() == 0
    assert [digit.numbers[0].value for digit in after.digits] == AFTER.output.ravel().tolist()


@pytest.mark.parametrize("alpha", [0.1, 0.34, 0.5, 0.7, 0.99])
def test_on_the_way_each_cell_shows_exactly_one_of_the_two(grids, alpha):
    before, after = grids
    sweep = SweepReplace(before, after)
    sweep.begin()
    sweep.interpolate(alpha)
    replaced = visible(after)
    assert visible(before) == [not there for there in replaced]
    behind = [square.get_x() <= sweep.bar.get_x() for square in before.squares]
    assert replaced == behind
    assert sweep.bar.get_stroke_opacity() == 1


def test_lines_look_the_same_before_and_after(grids):
    before, after = grids
    lines = before.square(0, 0).get_stroke_opacity()
    sweep = SweepReplace(before, after)
    sweep.begin()
    sweep.interpolate(1)
    assert after.square(0, 0).get_stroke_opacity() == lines
