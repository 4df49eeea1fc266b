"""Claims hold exactly when their numbers say so, and carry all that it takes to see that."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.compute import (
    Claim,
    Number,
    ShapeError,
    conv2d,
    difference,
    equal,
    every,
    farther_from_zero,
    farthest_from_zero,
    greater,
    largest,
    less,
    literal,
    negative,
    not_,
    not_negative,
    positive,
    product,
    smallest,
    total,
    zero,
)
from cnnviz.compute.claim import COMPARISONS, MOST_INPUTS, SIGNS

VALUES = st.integers(-9, 9) | st.floats(-9, 9, allow_nan=False).map(lambda value: round(value, 3))


def n(value: float) -> Number:
    return literal(value, of="example")


def several(*values: float) -> list[Number]:
    return [n(value) for value in values]


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (negative(*several(-4, -1)), True),
        (negative(*several(-4, 0)), False),
        (positive(*several(4, 1)), True),
        (positive(*several(4, 0)), False),
        (zero(*several(0, 0.0)), True),
        (zero(*several(0, -1)), False),
        (not_negative(*several(0, 2)), True),
        (not_negative(*several(0, -2)), False),
        (less(*several(1, 2, 3)), True),
        (less(*several(2, 3, 2)), False),
        (greater(*several(3, 2, -9)), True),
        (greater(*several(3, 3)), False),
        (equal(*several(3, 3, 3.0)), True),
        (equal(*several(3, 3, 4)), False),
        (largest(n(3), of=several(3, 2, 3)), True),
        (largest(n(3), of=several(3, 4)), False),
        (smallest(n(-3), of=several(-3, 2)), True),
        (smallest(n(-3), of=several(-4, 2)), False),
        (farthest_from_zero(n(-4), of=several(-4, 4, 2)), True),
        (farthest_from_zero(n(-4), of=several(5)), False),
        (farther_from_zero(*several(-4, 3, 2)), True),
        (farther_from_zero(*several(-4, 4)), False),
        (every(negative(n(-1)), positive(n(1))), True),
        (every(negative(n(-1)), positive(n(0))), False),
        (not_(negative(n(1))), True),
        (not_(negative(n(-1))), False),
    ],
    ids=lambda value: value.relation if isinstance(value, Claim) else str(value),
)
def test_a_claim_holds_if_its_numbers_say_so(claim: Claim, holds: bool) -> None:
    assert claim.holds is holds


@given(st.lists(VALUES, min_size=2, max_size=6))
def test_relations_that_exclude_each_other_never_both_hold(values: list[float]) -> None:
    first, *others = several(*values)
    assert less(first, *others).holds <= smallest(first, others).holds
    assert greater(first, *others).holds <= largest(first, others).holds
    assert not_(less(first, others[0])).holds == largest(first, others[:1]).holds
    assert not_negative(first).holds is not negative(first).holds


def test_whole_numbers_are_compared_exactly_and_others_but_for_rounding() -> None:
    tenths = total([n(0.1)] * 3)
    assert tenths.value != 0.3
    assert equal(tenths, n(0.3)).holds
    assert not less(n(0.3), tenths).holds
    assert not negative(n(-1e-17)).holds
    assert less(n(2**53 - 1), n(2**53)).holds
    assert not equal(n(2**53 - 1), n(2**53)).holds


@pytest.mark.parametrize(
    ("relation", "inputs", "says"),
    [
        ("softer", (n(1), n(2)), "no relation is called 'softer'"),
        ("less", (n(1),), "'less' needs at least 2 inputs"),
        ("zero", (), "'zero' needs at least 1 inputs"),
        ("every", (), "'every' needs at least 1 inputs"),
        ("every", (n(1),), "'every' takes claims only"),
        ("zero", (zero(n(0)),), "'zero' takes numbers only"),
        ("zero", ((n(0), n(0)),), "'zero' takes numbers only"),
        ("zero", (n(0),) * (MOST_INPUTS + 1), "more than 128 numbers"),
        ("every", (zero(*[n(0)] * MOST_INPUTS), zero(n(0))), "more than 128 numbers"),
    ],
)
def test_what_is_no_claim_cannot_be_made(relation: str, inputs: Any, says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        Claim(relation, inputs)


def test_a_claim_is_written_with_every_input_and_its_provenance() -> None:
    trace = conv2d([[1, 2, 3]], [[1, -1]])
    claim = every(equal(trace.number(0, 0), trace.number(0, 1)), not_(zero(trace.number(0, 0))))
    written = claim.as_json()
    assert (written["value"], written["op"], written["args"]["claim"]) == (True, "claim", "every")
    same, other = written["args"]["inputs"]
    assert same["args"]["inputs"][1] == {
        "value": -1,
        "op": "conv2d",
        "args": dict(trace.number(0, 1).args),
    }
    assert other["args"]["inputs"] == [zero(trace.number(0, 0)).as_json()]
    assert other["args"]["inputs"][0]["value"] is False
    read = Claim.from_json(json.loads(json.dumps(written)))
    assert read == claim
    assert read.as_json() == written


def test_a_claim_that_was_tampered_with_is_worked_out_anew() -> None:
    written = negative(n(3)).as_json() | {"value": True}
    assert not Claim.from_json(written).holds


@given(st.sampled_from([*SIGNS, *COMPARISONS]), st.lists(VALUES, min_size=2, max_size=5))
def test_what_breaks_a_relation_is_among_its_numbers(relation: str, values: list[float]) -> None:
    claim = Claim(relation, tuple(several(*values)))
    assert claim.holds is not bool(claim.exceptions)
    assert set(claim.exceptions) <= set(values)


@given(st.lists(VALUES, min_size=1, max_size=9), VALUES)
def test_numbers_made_of_numbers_say_how(values: list[float], other: float) -> None:
    added = total(several(*values))
    assert (added.op, added.args["terms"]) == ("sum", values)
    assert math.isclose(added.value, math.fsum(values), abs_tol=1e-9)
    apart = difference(n(values[0]), n(other))
    assert math.isclose(apart.value, apart.args["a"] - apart.args["b"], abs_tol=1e-9)
    assert math.isclose(apart.value, values[0] - other, abs_tol=1e-9)
    multiple = product([10, n(other)])
    assert (multiple.op, multiple.args) == ("product", {"factors": [10, other]})
    assert math.isclose(multiple.value, 10 * other)
