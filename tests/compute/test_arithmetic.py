"""Sums, products, means, differences, and where the largest stands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import (
    DisagreementError,
    Number,
    ShapeError,
    argmax,
    arithmetic,
    difference,
    mean,
    product,
    total,
)

WHOLE = st.lists(st.integers(-99, 99), min_size=1, max_size=7)
VALUES = WHOLE | st.lists(st.floats(-99, 99), min_size=1, max_size=7)


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_all_of_them_recompute(values: list[float]) -> None:
    check(total(values), "sum")
    check(product(values), "product")
    check(mean(values), "mean")
    check(difference(values[0], values[-1]), "difference")
    assert difference(values[0], values[-1]).args == {"a": values[0], "b": values[-1]}


@settings(deadline=None, max_examples=30)
@given(WHOLE)
def test_whole_numbers_stay_whole(values: list[int]) -> None:
    for number in (total(values), product(values), difference(values[0], values[-1])):
        assert type(number.value) is int
    exact = Fraction(sum(values), len(values))
    assert mean(values).value == float(exact)
    assert type(mean(values).value) is (int if exact.denominator == 1 else float)


@settings(deadline=None, max_examples=40)
@given(VALUES)
def test_the_largest_stands_where_argmax_says_or_twice(values: list[float]) -> None:
    if values.count(max(values)) > 1:
        with pytest.raises(ShapeError, match="stands there more than once"):
            argmax(values)
    else:
        check(argmax(values), "argmax")
        assert values[int(argmax(values).value)] == max(values)


@pytest.mark.parametrize("make", [total, product, mean, argmax])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "is empty"),
        ([[1, 2], [3, 4]], "must stand in one row, not in 2 dimensions"),
        ([1, float("nan")], "holds NaN or infinity"),
        (["x"], "must hold real numbers"),
        (np.arange(1025), "has 1025 values, and at most 1024"),
    ],
)
def test_values_that_will_not_do_are_refused(
    make: Callable[[Any], Number], values: Any, said: str
) -> None:
    with pytest.raises(ShapeError, match=said):
        make(values)


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (total, [2**53, 1]),
        (total, [1e308, 1e308]),
        (product, [2**30, 2**30]),
        (product, [1e200, 1e200]),
        (mean, [1e308, 1e308]),
        (lambda values: difference(*values), [2**53, -1]),
        (lambda values: difference(*values), [1e308, -1e308]),
    ],
)
def test_results_too_large_to_be_exact_are_refused(
    make: Callable[[Any], Number], values: Any
) -> None:
    with pytest.raises(ShapeError, match="too large"):
        make(values)


def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "torch_mean", lambda values: np.asarray(1.5))
    with pytest.raises(DisagreementError, match="mean: torch and numpy disagree"):
        mean([1, 1])
    module = sys.modules[argmax.__module__]
    monkeypatch.setattr(module, "torch_argmax", lambda values: np.asarray(0))
    with pytest.raises(DisagreementError, match="argmax: torch and numpy disagree"):
        argmax([1, 2])
