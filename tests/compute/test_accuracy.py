"""How many answers of how many are right, and what shows it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import ShapeError, accuracy
from cnnviz.review.recompute import NoProofError, recomputed

ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@settings(deadline=None, max_examples=60)
@given(ANSWERS, st.integers(0, 4))
def test_written_out_answers_recompute(answers: list[tuple[int, int]], decimals: int) -> None:
    labels, predicted = ([pair[i] for pair in answers] for i in (0, 1))
    trace = accuracy(labels, predicted)
    right = sum(one == other for one, other in answers)
    assert (trace.number.value, sum(trace.right)) == (right, right)
    exact = round(Fraction(100 * right, len(answers)), decimals)
    assert trace.percent(decimals).value == float(exact)
    check(trace.number, "accuracy")
    check(trace.percent(decimals), "accuracy")


@settings(deadline=None, max_examples=20)
@given(ANSWERS)
def test_answers_in_evidence_are_read_from_there(
    tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[int, int]]
) -> None:
    base = tmp_path_factory.mktemp("bundle")
    labels, predicted = ([str(pair[i]) for pair in answers] for i in (0, 1))
    rows = [
        {"label": one, "predicted": other} for one, other in zip(labels, predicted, strict=True)
    ]
    (base / "run.json").write_text(json.dumps({"rows": rows, "a/b": [labels, predicted]}))
    for pointer in ("/rows", ("/a~1b/0", "/a~1b/1")):
        trace = accuracy(labels, predicted, evidence="run.json", pointer=pointer)
        assert len(json.dumps(dict(trace.number.args))) < 120
        check(trace.number, "accuracy", base)
        check(trace.percent(1), "accuracy", base)


def test_names_and_numpys_numbers_are_answers() -> None:
    assert accuracy(["K", "Q"], ["K", "J"]).number.value == 1
    trace = accuracy(np.array([1, 2]), np.array([1, 2]))
    assert trace.number.args == {"labels": [1, 2], "predicted": [1, 2], "right": 2, "of": 2}
    assert trace.percent().value == 100
    assert type(trace.percent().value) is int


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (([], []), "0 answers do not fit 0 labels"),
        (([1], [1, 2]), "2 answers do not fit 1 labels"),
        (([1.5], [1.5]), "whole number or a name, not 1.5"),
        (([True], [True]), "whole number or a name, not True"),
    ],
)
def test_answers_that_will_not_do_are_refused(args: tuple[Any, Any], said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        accuracy(*args)


@pytest.mark.parametrize("half", [{"evidence": "run.json"}, {"pointer": "/rows"}])
def test_evidence_and_pointer_belong_together(half: dict[str, str]) -> None:
    with pytest.raises(ShapeError, match="needs"):
        accuracy([1], [1], **half)


def test_many_answers_need_evidence() -> None:
    many = list(range(1025))
    with pytest.raises(ShapeError, match="1025 answers are too many"):
        accuracy(many, many).number  # noqa: B018
    trace = accuracy(many, many, evidence="run.json", pointer="/rows")
    assert trace.number.value == 1025


RIGHT = {"labels": [0, 1, 1], "predicted": [0, 0, 1], "right": 2, "of": 3}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"right": 3}, "2 of 3 are right"),
        ({"of": 4}, "2 of 3 are right"),
        ({"labels": [0, 1]}, "do not fit"),
        ({"labels": [], "predicted": [], "right": 0, "of": 0}, "0 of 0"),
        ({"labels": [0, 1, 1.0]}, "whole numbers or names"),
        ({"labels": [0, 1, True]}, "whole numbers or names"),
        ({"labels": "011"}, "whole numbers or names"),
        ({"decimals": -1}, "no whole number"),
        ({"evidence": "none.json", "pointer": "/rows"}, "cannot be read"),
        ({"evidence": "../run.json", "pointer": "/rows"}, "outside of the bundle"),
        ({"evidence": "run.json", "pointer": "/nobody"}, "nothing at /nobody"),
        ({"evidence": "run.json", "pointer": "/sure"}, "do not fit"),
        ({"evidence": "run.json", "labels": "/sure", "predicted": "/sure"}, "numbers or names"),
    ],
)
def test_answers_that_say_otherwise_are_no_proof(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    (tmp_path / "run.json").write_text('{"sure": 0.5}')
    assert recomputed("accuracy", RIGHT, tmp_path) == 2
    with pytest.raises(NoProofError, match=said):
        recomputed("accuracy", RIGHT | changes, tmp_path)
