"""Maximum and mean pooling against torch and plain loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from cnnviz.compute import DisagreementError, ShapeError, max_pool2d, mean_pool2d, pooling

Problem = tuple[np.ndarray, int, int | None]
BOTH = pytest.mark.parametrize("pool", [max_pool2d, mean_pool2d])


@st.composite
def problems(draw: st.DrawFn, whole: bool | None = None) -> Problem:
    """Values of (C, H, W), a size that fits, and a stride."""
    size = draw(st.integers(1, 4))
    shape = draw(st.tuples(st.integers(1, 3), st.integers(size, 9), st.integers(size, 9)))
    whole = draw(st.booleans()) if whole is None else whole
    values = draw(
        arrays(np.int64, shape, elements=st.integers(-9, 9))
        if whole
        else arrays(np.float64, shape, elements=st.floats(-9, 9, width=32))
    )
    return values, size, draw(st.none() | st.integers(1, 5))


@pytest.mark.parametrize(
    ("pool", "theirs"),
    [(max_pool2d, functional.max_pool2d), (mean_pool2d, functional.avg_pool2d)],
)
@settings(deadline=None, max_examples=50)
@given(problems())
def test_output_is_what_torch_computes(
    pool: Callable[..., Any], theirs: Callable[..., torch.Tensor], problem: Problem
) -> None:
    values, size, stride = problem
    expected = theirs(torch.tensor(values, dtype=torch.float64), size, stride).numpy()
    trace = pool(values, size, stride=stride)
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-9)
    assert (trace.rows, trace.columns) == expected.shape[1:]


@BOTH
@settings(deadline=None, max_examples=40)
@given(problems())
def test_every_window_gives_its_result(pool: Callable[..., Any], problem: Problem) -> None:
    values, size, stride = problem
    trace = pool(values, size, stride=stride)
    for channel in range(len(values)):
        windows = list(trace.windows(channel))
        places = [(window.row, window.column) for window in windows]
        assert places == list(np.ndindex(trace.rows, trace.columns))
        for window in windows:
            assert (window.top, window.left) == (
                window.row * (stride or size),
                window.column * (stride or size),
            )
            flat = [
                values[channel, window.top + i, window.left + j]
                for i in range(size)
                for j in range(size)
            ]
            assert window.patch.ravel().tolist() == flat
            expected = max(flat) if pool is max_pool2d else sum(flat) / len(flat)
            assert window.result == pytest.approx(float(expected), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(problems())
def test_the_winner_is_the_first_largest_value(problem: Problem) -> None:
    values, size, stride = problem
    for window in max_pool2d(values, size, stride=stride).windows():
        assert window.winner is not None
        flat = window.patch.ravel().tolist()
        assert window.winner == divmod(flat.index(max(flat)), size)
        assert window.patch[window.winner] == window.result


def test_a_mean_has_no_winner() -> None:
    assert mean_pool2d([[1, 2], [3, 4]]).window(0, 0).winner is None


@settings(deadline=None, max_examples=20)
@given(problems(whole=True))
def test_the_maximum_of_whole_numbers_is_whole(problem: Problem) -> None:
    trace = max_pool2d(*problem[:2])
    assert trace.output.dtype == np.int64
    assert type(trace.number(0, 0).value) is int


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 7), st.integers(-50, 50))
def test_a_whole_mean_is_shown_as_a_whole_number(size: int, mean: int) -> None:
    values = np.full((size, size), mean)
    values[0, 0] -= 3
    values[-1, -1] += 3
    number = mean_pool2d(values, size).number(0, 0)
    assert number.value == mean
    assert type(number.value) is int


def test_a_mean_that_is_not_whole_keeps_its_fraction() -> None:
    assert mean_pool2d([[1, 0], [1, 0]]).number(0, 0).value == 0.5


@BOTH
def test_windows_cut_off_by_the_edge_are_dropped(pool: Callable[..., Any]) -> None:
    assert pool(np.ones((5, 7))).output.shape == (1, 2, 3)
    assert pool(np.ones((5, 7)), 3, stride=1).output.shape == (1, 3, 5)
    assert pool(np.ones((5, 7)), 3, stride=3).output.shape == (1, 1, 2)


@BOTH
def test_a_trace_is_a_record_that_nothing_can_change(pool: Callable[..., Any]) -> None:
    values = np.ones((2, 2))
    trace = pool(values)
    values[:] = 7
    assert trace.window(0, 0).patch.max() == 1
    for array in (trace.input, trace.output, trace.window(0, 0).patch):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@BOTH
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"values": [1, 2]}, "input must have 2 or 3 dimensions, not 1"),
        ({"values": [[]]}, "input is empty"),
        ({"values": [[1, float("inf")]]}, "input holds NaN or infinity"),
        ({"values": [["x"]]}, "input must hold real numbers"),
        ({"size": 0}, "size must be at least 1, not 0"),
        ({"size": 2.0}, "size must be a whole number, not 2.0"),
        ({"size": (2, 2)}, "size must be a whole number"),
        ({"stride": 0}, "stride must be at least 1, not 0"),
        ({"values": [[1, 2, 3]]}, "window covers 2×2 pixels, the input has only 1×3"),
        ({"values": [[1], [2], [3]]}, "window covers 2×2 pixels, the input has only 3×1"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    pool: Callable[..., Any], wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        pool(**({"values": np.ones((4, 4))} | wrong))


def test_means_too_large_for_an_exact_sum_are_refused() -> None:
    with pytest.raises(ShapeError, match="too large"):
        mean_pool2d(np.full((2, 2), 2**52))
    with pytest.raises(ShapeError, match="too large"):
        mean_pool2d(np.full((2, 2), 1e308))
    assert max_pool2d(np.full((2, 2), 2**53)).number(0, 0).value == 2**53


@BOTH
@pytest.mark.parametrize("place", [(2, 0), (0, 2), (-1, 0), (0, 0, 1), (0, 0, -1)])
def test_positions_outside_are_refused(pool: Callable[..., Any], place: tuple[int, ...]) -> None:
    trace = pool(np.ones((4, 4)))
    with pytest.raises(ShapeError, match="is outside 0 … "):
        trace.window(*place)
    with pytest.raises(ShapeError, match="is outside 0 … "):
        trace.number(*place)


@pytest.mark.parametrize(
    ("pool", "name"), [(max_pool2d, "torch_max_pool2d"), (mean_pool2d, "torch_mean_pool2d")]
)
def test_a_disagreement_is_an_error(
    monkeypatch: pytest.MonkeyPatch, pool: Callable[..., Any], name: str
) -> None:
    right = getattr(pooling, name)
    monkeypatch.setattr(pooling, name, lambda *args: right(*args) + 0.3)
    with pytest.raises(DisagreementError, match="pooling: torch and numpy disagree"):
        pool([[1, 2], [3, 4]])
