"""ReLU."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnnviz.compute import DisagreementError, ShapeError, activation, relu

SHAPES = array_shapes(min_dims=2, max_dims=3, max_side=5)


@settings(deadline=None, max_examples=50)
@given(arrays(np.float64, SHAPES, elements=st.floats(-1e6, 1e6)))
def test_relu_keeps_what_is_positive_and_nothing_else(values: np.ndarray) -> None:
    trace = relu(values)
    expected = [max(value, 0) for value in values.ravel().tolist()]
    assert trace.output.ravel().tolist() == expected
    assert trace.output.shape == trace.input.shape == (1, 1, *values.shape)[-3:]


@settings(deadline=None, max_examples=20)
@given(arrays(np.int64, SHAPES, elements=st.integers(-9, 9)))
def test_relu_twice_is_relu_once_and_stays_whole(values: np.ndarray) -> None:
    once = relu(values)
    assert np.array_equal(relu(once.output).output, once.output)
    assert once.output.dtype == np.int64
    assert type(once.number(0, 0).value) is int


def test_a_relu_number_holds_its_one_input() -> None:
    trace = relu([[[-4, 2]], [[1.5, -0.5]]])
    assert (trace.number(0, 0).value, trace.number(0, 0).args) == (0, {"input": -4})
    assert (trace.number(0, 0, 1).value, trace.number(0, 0, 1).args) == (1.5, {"input": 1.5})
    assert trace.number(0, 0).op == "relu"


@pytest.mark.parametrize("values", [[1], [[]], [[float("nan")]], [["x"]], np.ones((1, 1, 1, 1))])
def test_values_that_will_not_do_are_refused(values: object) -> None:
    with pytest.raises(ShapeError, match=r"^the input "):
        relu(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [(1, 0), (0, 2), (-1, 0), (0, 0, 1)])
def test_positions_outside_are_refused(place: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="is outside 0 … "):
        relu([[1, 2]]).number(*place)


def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "torch_relu", np.abs)
    with pytest.raises(DisagreementError, match="ReLU: torch and numpy disagree"):
        relu([[-1.0]])
