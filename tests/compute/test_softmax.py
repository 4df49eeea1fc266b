"""Softmax and cross-entropy."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check
from torch.nn import functional

from cnnviz.compute import DisagreementError, ShapeError, cross_entropy, softmax

LOGITS = st.lists(st.floats(-50, 50) | st.integers(-50, 50), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(LOGITS)
def test_probabilities_add_up_to_one_and_recompute(logits: list[float]) -> None:
    trace = softmax(logits)
    expected = functional.softmax(torch.tensor(logits, dtype=torch.float64), 0).numpy()
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-12)
    assert trace.output.sum() == pytest.approx(1)
    np.testing.assert_allclose(trace.exponentials / trace.exponentials.sum(), trace.output)
    for index in range(len(logits)):
        check(trace.number(index), "softmax")


@settings(deadline=None, max_examples=40)
@given(LOGITS, st.floats(-100, 100))
def test_what_is_added_to_all_logits_changes_nothing(logits: list[float], more: float) -> None:
    moved = softmax([logit + more for logit in logits])
    np.testing.assert_allclose(moved.output, softmax(logits).output, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(LOGITS, st.data())
def test_the_loss_is_minus_the_logarithm_of_the_right_probability(
    logits: list[float], data: st.DataObject
) -> None:
    target = data.draw(st.integers(0, len(logits) - 1))
    trace = cross_entropy(logits, target)
    assert trace.loss == pytest.approx(-math.log(trace.probabilities[target]), abs=1e-9)
    assert trace.loss >= 0
    check(trace.number, "cross_entropy")
    assert trace.number.args == {"logits": np.array(logits).tolist(), "target": target}


def test_logits_far_apart_do_not_overflow() -> None:
    trace = softmax([1000, -1000])
    assert [trace.number(index).value for index in (0, 1)] == [1, 0]
    loss = cross_entropy([1000, -1000], 1)
    assert loss.loss == 2000
    check(loss.number, "cross_entropy")
    check(trace.number(1), "softmax")


def test_traces_are_records_that_nothing_can_change() -> None:
    trace, loss = softmax([1, 2]), cross_entropy([1, 2], 0)
    arrays = trace.logits, trace.exponentials, trace.output, loss.logits, loss.probabilities
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("logits", "said"),
    [
        ([], "logits is empty"),
        ([[1, 2]], "logits must stand in one row, not in 2 dimensions"),
        ([1, float("inf")], "logits holds NaN or infinity"),
        ([1e308, -1e308], "too large"),
        (["x"], "logits must hold real numbers"),
    ],
)
def test_logits_that_will_not_do_are_refused(logits: Any, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        softmax(logits)
    with pytest.raises(ShapeError, match=said):
        cross_entropy(logits, 0)


@pytest.mark.parametrize("index", [2, -1])
def test_places_outside_are_refused(index: int) -> None:
    with pytest.raises(ShapeError, match=f"index {index} is outside"):
        softmax([1, 2]).number(index)
    with pytest.raises(ShapeError, match=f"target {index} is outside"):
        cross_entropy([1, 2], index)


@pytest.mark.parametrize(
    ("name", "call"),
    [("softmax", lambda: softmax([1, 2])), ("cross_entropy", lambda: cross_entropy([1, 2], 0))],
)
def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch, name: str, call: Any) -> None:
    module = sys.modules[f"cnnviz.compute.{name}"]
    right = getattr(module, f"torch_{name}")
    monkeypatch.setattr(module, f"torch_{name}", lambda *args: right(*args) + 1e-6)
    with pytest.raises(DisagreementError, match="torch and numpy disagree"):
        call()
