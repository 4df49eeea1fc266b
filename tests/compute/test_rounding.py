"""A rounded number keeps where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import Number, ShapeError, percent, product, rounded, softmax, total
from cnnviz.review.recompute import NoProofError, recomputed


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4), st.integers(0, 4))
def test_it_is_no_farther_off_than_half_a_place(terms: list[float], decimals: int) -> None:
    exact = total(terms)
    near = rounded(exact, decimals)
    assert abs(near.value - exact.value) <= 0.5 * 10**-decimals + 1e-9
    check(near, "rounded")


def test_halves_go_to_the_even_digit() -> None:
    assert [rounded(product([half]), 0).value for half in (0.5, 1.5, 2.5)] == [0, 2, 2]


def test_percent_is_a_share_of_a_hundred() -> None:
    assert percent(softmax([0, 0]).number(0)).value == 50
    check(percent(softmax([1, 0, 3]).number(2), 1), "rounded")


def test_a_wrong_number_inside_is_no_proof() -> None:
    right = rounded(product([0.3, 0.3]))
    inner = {**right.args["number"], "value": 0.0899}
    with pytest.raises(NoProofError, match="when it is computed again"):
        recomputed("rounded", {**right.args, "number": inner}, Path())


def test_what_the_lesson_chose_is_rounded_as_it_stands() -> None:
    assert rounded(Number(0.126, "literal", {"of": "rate"})).value == 0.13


def test_fewer_than_no_places_are_refused() -> None:
    with pytest.raises(ShapeError, match="decimals"):
        rounded(product([1]), -1)
