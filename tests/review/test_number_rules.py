"""Ledgers with one thing wrong, and what is said of it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import Project

from cnnviz.review.number_rules import RULES, number_findings
from cnnviz.review.recompute import in_digits
from cnnviz.script.numerals import as_digits

RIGHT = {
    "scene": "first_window",
    "beat": "first_sum",
    "shown": "−4",
    "value": -4,
    "op": "sum",
    "args": {"terms": [1, -5]},
}
MEASURED: dict[str, Any] = {
    "shown": "98",
    "value": 98,
    "op": "measured",
    "args": {"evidence": "evidence.json", "pointer": "/sure", "scale": 100, "decimals": 0},
}


def test_the_ledger_of_a_film_is_without_findings(built: Project) -> None:
    entries = json.loads((built.bundle / "numbers.json").read_bytes())
    assert entries
    assert number_findings(entries, built.bundle) == []


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"value": -3, "shown": "−3"}, "wrong-number", "-3 is shown as −3, and sum"),
        ({"args": {"terms": [1, -6]}}, "wrong-number", "of its arguments is -5"),
        ({"value": -4.0000001}, "wrong-number", "-4.0000001 is shown"),
        ({"value": None}, "wrong-number", "None, which is no number"),
        ({"value": True}, "wrong-number", "no number"),
        ({"value": math.nan}, "wrong-number", "no number"),
        ({"op": "sorcery"}, "unknown-operation", "'sorcery'"),
        ({"op": None}, "unknown-operation", "None"),
        ({"args": {}}, "number-without-proof", "'terms' is missing for sum"),
        ({"args": None}, "number-without-proof", "do not fit sum"),
        (
            MEASURED | {"args": {**MEASURED["args"], "evidence": "no.json"}},
            "number-without-proof",
            "evidence no.json cannot be read",
        ),
        (MEASURED | {"value": 99, "shown": "99"}, "wrong-number", "of its arguments is 98"),
        ({"shown": "-4"}, "number-writing", "written '-4' in place of '−4'"),
        ({"shown": "4"}, "number-writing", "in place of '−4'"),
        ({"shown": "−৪"}, "number-writing", "in place of '−4'"),
    ],
)
def test_one_thing_wrong_is_found(
    tmp_path: Path, changes: dict[str, Any], rule: str, said: str
) -> None:
    (tmp_path / "evidence.json").write_text('{"sure": 0.9782}')
    (tmp_path / "numbers.json").write_text("[]")
    assert number_findings([RIGHT, RIGHT | MEASURED], tmp_path) == []
    (finding,) = number_findings([RIGHT, RIGHT | changes], tmp_path)
    assert (finding.rule, finding.severity) == (rule, "error")
    assert said in finding.message
    assert (finding.scene, finding.beat) == ("first_window", "first_sum")
    assert finding.file == tmp_path / "numbers.json"
    assert finding.rule in RULES


def test_sums_in_floating_point_may_be_off_by_a_little(tmp_path: Path) -> None:
    terms = [0.1] * 10
    entry = RIGHT | {"shown": "1", "value": sum(terms), "args": {"terms": terms}}
    assert sum(terms) != 1
    assert number_findings([entry], tmp_path) == []
    (finding,) = number_findings([entry | {"value": 1 + 1e-8}], tmp_path)
    assert finding.rule == "wrong-number"


@pytest.mark.parametrize("entry", [None, 3, [], {}, {"scene": "one", "beat": "b"}])
def test_an_entry_that_is_none_is_found(tmp_path: Path, entry: Any) -> None:
    (finding,) = number_findings([entry], tmp_path)
    assert finding.rule == "number-without-proof"
    assert "lacks fields" in finding.message
    assert finding.file is None


@given(st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9)))
def test_the_film_writes_numbers_as_the_rule_wants_them(value: float) -> None:
    assert as_digits(value) == in_digits(value)
