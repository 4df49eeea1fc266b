from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import VGroup

from cnnviz.compute import conv2d, max_pool2d, relu
from cnnviz.visuals import (
    MoveWindow,
    NumberGrid,
    SweepWindow,
    WindowView,
    input_grid,
    output_grid,
    padded_grid,
    pooled_grid,
    relu_grid,
)


def covered(view: WindowView, grid: NumberGrid) -> set[tuple[int, int]]:
    """The cells of `grid` whose centres lie within the frame."""
    frame = view.frame
    return {
        (r, c)
        for r in range(grid.rows)
        for c in range(grid.columns)
        if abs(grid.square(r, c).get_x() - frame.get_x()) < frame.width / 2
        and abs(grid.square(r, c).get_y() - frame.get_y()) < frame.height / 2
    }


def seen_by(trace, row: int, column: int, origin: tuple[int, int]) -> set[tuple[int, int]]:
    """The cells that the window at an output position covers, counted from `origin`."""
    top = row * trace.stride[0] - origin[0]
    left = column * trace.stride[1] - origin[1]
    height, width = trace.kernel.shape[-2:]
    return {(top + i, left + j) for i in range(height) for j in range(width)}


def same_place(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, atol=1e-6))


@st.composite
def convolutions(draw):
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    size = [draw(st.integers(side, 4)) for side in kernel]
    stride = draw(st.tuples(st.integers(1, 2), st.integers(1, 3)))
    padding = draw(st.tuples(st.integers(0, 1), st.integers(0, 1)))
    # Few different numbers: each has to be laid out once.
    return conv2d(np.ones(size), np.ones(kernel), stride=stride, padding=padding)


@given(trace=convolutions(), data=st.data(), cell=st.sampled_from([0.5, 0.9]))
@settings(max_examples=25, deadline=None)
def test_the_frame_covers_exactly_the_cells_of_its_window(trace, data, cell):
    (top, _), (left, _) = trace.padding
    seen = padded_grid(trace, cell=cell)
    output = output_grid(trace, cell=0.4).shift([5, 1, 0])
    row = data.draw(st.integers(0, trace.rows - 1))
    column = data.draw(st.integers(0, trace.columns - 1))
    view = WindowView(trace, seen, output).place(row, column)

    assert covered(view, seen) == seen_by(trace, row, column, (0, 0))
    assert view.frame.height == pytest.approx(cell * trace.kernel.shape[-2])
    assert view.frame.width == pytest.approx(cell * trace.kernel.shape[-1])
    assert same_place(view.target.get_center(), output.square(row, column).get_center())

    if top or left:
        bare = input_grid(trace, cell=cell)
        inside = {
            (r, c)
            for r, c in seen_by(trace, row, column, (top, left))
            if 0 <= r < bare.rows and 0 <= c < bare.columns
        }
        assert covered(WindowView(trace, bare).place(row, column), bare) == inside


def test_lines_of_sight_join_the_corners_of_frame_and_target():
    trace = conv2d(np.eye(5), np.ones((3, 3)))
    seen, output = input_grid(trace), output_grid(trace).shift([5, 0, 0])
    view = WindowView(trace, seen, output).place(1, 2)
    ends = list(zip(view.frame.get_vertices(), view.target.get_vertices(), strict=True))
    assert len(view.sight) == len(ends) == 4
    for line, (start, end) in zip(view.sight, ends, strict=True):
        assert same_place(line.get_start(), start)
        assert same_place(line.get_end(), end)


def test_without_an_output_there_is_only_a_frame():
    trace = conv2d(np.eye(5), np.ones((3, 3)))
    view = WindowView(trace, input_grid(trace)).place(2, 0)
    assert view.family_members_with_points() == [view.frame]


def test_a_pooling_window_moves_by_its_own_size():
    trace = max_pool2d(np.eye(5), 2)
    seen, output = relu_grid(relu(np.eye(5))), pooled_grid(trace).shift([4, 0, 0])
    view = WindowView(trace, seen, output).place(1, 1)
    assert covered(view, seen) == {(2, 2), (2, 3), (3, 2), (3, 3)}
    assert same_place(view.target.get_center(), output.square(1, 1).get_center())


@pytest.fixture
def stage():
    trace = conv2d(np.eye(4, 5), np.ones((2, 2)))
    seen, output = input_grid(trace), output_grid(trace).shift([5, 0, 0]).empty()
    return trace, seen, output, WindowView(trace, seen, output)


def at(view: WindowView) -> np.ndarray:
    return view.frame.get_center()


def test_moving_starts_where_the_window_is_and_ends_where_it_should(stage):
    trace, seen, output, view = stage
    view.place(0, 1)
    start = at(view)
    move = MoveWindow(view, 2, 3)
    move.begin()
    assert same_place(at(view), start)
    move.interpolate(0.5)
    assert covered(view, seen) != seen_by(trace, 2, 3, (0, 0))
    move.interpolate(1)
    move.finish()
    assert covered(view, seen) == seen_by(trace, 2, 3, (0, 0))
    assert same_place(view.target.get_center(), output.square(2, 3).get_center())
    assert (view.row, view.column) == (2, 3)


def test_moves_follow_on_each_other(stage):
    _, _, _, view = stage
    for place in ((0, 1), (1, 0)):
        move = MoveWindow(view, *place)
        move.begin()
        move.finish()
    back = MoveWindow(view, 0, 0)
    back.begin()
    assert same_place(at(view), WindowView(*stage[:3]).place(1, 0).frame.get_center())


def is_revealed(output: NumberGrid) -> list[bool]:
    return [digit[0].get_fill_opacity() > 0.99 for digit in output.digits]


def sweep(stage) -> SweepWindow:
    trace, _, output, view = stage
    output.reveal(0, 0)
    animation = SweepWindow(view, [(w.row, w.column) for w in trace.windows()][1:])
    animation.begin()
    return animation


def test_a_sweep_reveals_every_cell_and_ends_on_the_last(stage):
    trace, seen, output, view = stage
    animation = sweep(stage)
    assert is_revealed(output) == [True] + [False] * (len(output.digits) - 1)
    animation.interpolate(1)
    animation.finish()
    assert all(is_revealed(output))
    assert covered(view, seen) == seen_by(trace, trace.rows - 1, trace.columns - 1, (0, 0))
    assert [digit.numbers[0].value for digit in output.digits] == trace.output.ravel().tolist()


@given(alphas=st.lists(st.floats(0, 1), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None)
def test_a_sweep_shows_a_number_when_the_window_rests_on_its_cell_and_not_before(alphas):
    trace = conv2d(np.eye(3, 4), np.ones((2, 2)))
    seen, output = input_grid(trace), output_grid(trace).empty()
    view = WindowView(trace, seen, output)
    animation = sweep((trace, seen, output, view))
    resting = 1 - animation.dwell
    for alpha in sorted(alphas):
        progress = alpha * (len(output.digits) - 1)
        if abs(progress % 1 - resting) < 1e-3 or progress % 1 > 1 - 1e-3:
            continue
        animation.interpolate(alpha)
        reached = int(progress) + (progress % 1 > resting)
        assert is_revealed(output) == [index <= reached for index in range(len(output.digits))]
        if progress % 1 > resting or progress == 0:
            assert (view.row, view.column) == divmod(reached, output.columns)


def test_a_sweep_rests_on_each_position(stage):
    trace, seen, _, view = stage
    animation = sweep(stage)
    steps = trace.rows * trace.columns - 1
    animation.interpolate(2.9 / steps)
    assert covered(view, seen) == seen_by(trace, 0, 3, (0, 0))
    assert same_place(at(view), seen.point(0.5, 3.5))


def test_a_window_without_output_can_sweep_too():
    trace = conv2d(np.eye(3), np.ones((2, 2)))
    view = WindowView(trace, input_grid(trace))
    animation = SweepWindow(view, [(0, 1), (1, 0)])
    animation.begin()
    animation.interpolate(1)
    assert (view.row, view.column) == (1, 0)
    assert isinstance(animation.mobject, VGroup)
