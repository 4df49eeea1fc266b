"""Linear layers against torch and plain loops."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import DisagreementError, ShapeError, linear


@st.composite
def layers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Input, weights and bias that fit."""
    inputs, units = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shapes = (inputs,), (units, inputs), (units,)
    if draw(st.booleans()):
        return tuple(random.integers(-9, 10, shape) for shape in shapes)
    return tuple(random.normal(size=shape) for shape in shapes)


@settings(deadline=None, max_examples=50)
@given(layers())
def test_every_unit_adds_up_its_products_and_recomputes(layer: tuple[np.ndarray, ...]) -> None:
    values, weights, bias = layer
    trace = linear(values, weights, bias)
    theirs = torch.nn.Linear(len(values), len(bias), dtype=torch.float64)
    with torch.no_grad():
        theirs.weight[:], theirs.bias[:] = torch.tensor(weights), torch.tensor(bias)
        expected = theirs(torch.tensor(values, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-9)
    for unit in range(len(bias)):
        check(trace.number(unit), "linear")
        check(trace.sum_number(unit), "sum")
        total = trace.sum_number(unit).value
        assert total + bias[unit] == pytest.approx(trace.output[unit], abs=1e-9)
        for index in range(len(values)):
            check(trace.product(unit, index), "product")
            assert trace.product(unit, index).value == trace.products(unit)[index]


@settings(deadline=None, max_examples=30)
@given(layers(), st.integers(-3, 3))
def test_a_layer_is_linear_but_for_its_bias(layer: tuple[np.ndarray, ...], times: int) -> None:
    values, weights, bias = layer
    once, often = (linear(values * n, weights, bias).output for n in (1, times))
    np.testing.assert_allclose(often - bias, times * (once - bias), atol=1e-9)


def test_whole_numbers_stay_whole_and_one_row_is_one_unit() -> None:
    trace = linear([1, 2], [3, -4], 5)
    assert trace.output.tolist() == [0]
    assert trace.number(0).args == {"input": [1, 2], "weights": [3, -4], "bias": 5}
    assert type(trace.number(0).value) is int


def test_a_trace_is_a_record_that_nothing_can_change() -> None:
    trace = linear([1, 2], [[3, 4]])
    for array in (trace.input, trace.weights, trace.bias, trace.output, trace.products(0)):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (([[1]], [[1]]), "input must stand in one row, not in 2 dimensions"),
        (([1, 2], [[1, 2, 3]]), r"weights of shape \(1, 3\) do not fit 2 inputs"),
        (([1, 2], [[[1, 2]]]), "do not fit 2 inputs"),
        (([1, 2], [[1, 2]], [1, 2]), "bias must be one number or 1, not"),
        (([1, float("nan")], [[1, 2]]), "input holds NaN or infinity"),
        (([2**40], [[2**40]]), "too large"),
        (([1e200], [[1e200]]), "too large"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layer: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        linear(*layer)


def test_units_outside_and_inputs_that_cannot_be_written_out_are_refused() -> None:
    trace = linear(np.ones(1025), np.ones((2, 1025)))
    assert trace.output.tolist() == [1025, 1025]
    with pytest.raises(ShapeError, match="has 1025 values, and at most 1024"):
        trace.number(0)
    with pytest.raises(ShapeError, match="unit 2 is outside"):
        linear([1], [[1], [1]]).number(2)
    with pytest.raises(ShapeError, match="input 1 is outside"):
        linear([1], [[1], [1]]).product(0, 1)


def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[linear.__module__]
    monkeypatch.setattr(module, "torch_linear", lambda *layer: np.array([4.0]))
    with pytest.raises(DisagreementError, match="linear layer: torch and numpy disagree"):
        linear([1], [3])
