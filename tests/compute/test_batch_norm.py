"""Batch normalisation after training."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import DisagreementError, ShapeError, batch_norm


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 3), st.sampled_from([1e-5, 1e-3, 0.5]))
def test_output_is_that_of_torchs_layer_and_recomputes(seed: int, depth: int, eps: float) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=(depth, 2, 3))
    mean, weight, bias = random.normal(size=(3, depth))
    variance = random.uniform(0, 4, depth)
    trace = batch_norm(values, mean=mean, variance=variance, weight=weight, bias=bias, eps=eps)
    layer = torch.nn.BatchNorm2d(depth, eps=eps, dtype=torch.float64).eval()
    with torch.no_grad():
        layer.weight[:], layer.bias[:] = torch.tensor(weight), torch.tensor(bias)
        layer.running_mean[:], layer.running_var[:] = torch.tensor(mean), torch.tensor(variance)
        expected = layer(torch.tensor(values)[None])[0].numpy()
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-9)
    for channel, row, column in np.ndindex(*values.shape):
        check(trace.number(row, column, channel), "batch_norm")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32))
def test_what_training_saw_becomes_mean_0_and_variance_1(seed: int) -> None:
    values = np.random.default_rng(seed).normal(5, 3, (4, 6))
    output = batch_norm(values, mean=values.mean(), variance=values.var(), eps=1e-12).output
    assert output.mean() == pytest.approx(0, abs=1e-9)
    assert output.var() == pytest.approx(1)


def test_a_number_holds_all_that_it_came_from() -> None:
    number = batch_norm([[10]], mean=4, variance=3, weight=2, bias=-1, eps=1).number(0, 0)
    assert number.value == 5
    assert number.args == {
        "input": 10,
        "mean": 4,
        "variance": 3,
        "weight": 2,
        "bias": -1,
        "eps": 1,
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mean": [1, 2]}, "mean must be one number or 1, not shape"),
        ({"variance": -1}, "variance must not be below 0"),
        ({"weight": float("nan")}, "weight holds NaN"),
        ({"bias": "x"}, "bias must hold real numbers"),
        ({"eps": 0}, "eps must be above 0, not 0"),
        ({"eps": float("inf")}, "eps must be above 0"),
        ({"weight": 1e308, "mean": 1e308}, "too large"),
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        batch_norm([[1.0]], **({"mean": 0, "variance": 1} | wrong))


def test_a_trace_is_a_record_that_nothing_can_change() -> None:
    trace = batch_norm([[1.0]], mean=0, variance=1)
    for array in (trace.input, trace.mean, trace.variance, trace.weight, trace.bias, trace.output):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(ShapeError, match="row 1 is outside"):
        trace.number(1, 0)


def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[batch_norm.__module__]
    monkeypatch.setattr(module, "torch_batch_norm", lambda values, *rest: values)
    with pytest.raises(DisagreementError, match="batch normalisation: torch and numpy disagree"):
        batch_norm([[1.0]], mean=0.5, variance=1)
