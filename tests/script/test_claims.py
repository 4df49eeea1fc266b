"""Claims that a script names: which there are, and what is said of those that are false."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.compute import (
    Claim,
    Number,
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
    smallest,
    zero,
)
from cnnviz.errors import UserError
from cnnviz.script.claims import FalseClaimError, claim_objections, denied
from cnnviz.script.reader import Script, read_script

TEXT = """\
title: t
description: d
tags: [a]
scenes:
  - id: one
    title: One
    beats:
      strong: It is the strongest.
      weak: It is weak.
    claims:
      strong: [strongest, negative]
      weak:
        - negative
"""


def n(value: float) -> Number:
    return literal(value, of="example")


def script(folder: Path, text: str = TEXT) -> Script:
    path = folder / "en.yaml"
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


RIGHT = {"strongest": farthest_from_zero(n(-4), of=[n(3)]), "negative": negative(n(-4))}


def test_claims_that_hold_are_not_objected_to(tmp_path: Path) -> None:
    assert list(claim_objections(script(tmp_path), {"one": RIGHT})) == []


def test_a_false_claim_is_named_at_its_sentence_with_the_numbers_that_break_it(
    tmp_path: Path,
) -> None:
    claims = RIGHT | {"strongest": farthest_from_zero(n(-4), of=[n(3), n(6)])}
    (problem,) = claim_objections(script(tmp_path), {"one": claims})
    assert isinstance(problem, FalseClaimError)
    assert (problem.file, problem.line) == (tmp_path / "en.yaml", line_of("strong:"))
    assert problem.message == (
        "the sentence of 'strong' says 'strongest', which does not hold:"
        " −4 is not the farthest from zero of 3, 6"
    )
    assert problem.hint == "change the sentence or the numbers"


def test_every_sentence_that_makes_a_false_claim_is_named(tmp_path: Path) -> None:
    problems = claim_objections(script(tmp_path), {"one": RIGHT | {"negative": negative(n(2))}})
    assert [problem.line for problem in problems] == [line_of("strong:"), line_of("weak:")]


def test_an_unknown_claim_is_answered_with_the_nearest(tmp_path: Path) -> None:
    wrong = script(tmp_path, TEXT.replace("[strongest", "[stronges"))
    (problem,) = claim_objections(wrong, {"one": RIGHT})
    assert not isinstance(problem, FalseClaimError)
    assert problem.message == "scene 'one' has no claim 'stronges'"
    assert problem.line == line_of("strong: [")
    assert problem.hint == "did you mean 'strongest'?"


def test_scenes_that_are_not_there_are_left_to_others(tmp_path: Path) -> None:
    assert list(claim_objections(script(tmp_path), {})) == []


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        (negative(n(-1), n(3)), "3 is not negative"),
        (positive(n(0)), "0 is not positive"),
        (zero(n(0.5)), "0.5 is not zero"),
        (not_negative(n(2), n(-3)), "−3 is negative"),
        (less(n(5), n(9), n(4)), "5 is not less than 4"),
        (greater(n(5), n(5)), "5 is not greater than 5"),
        (equal(n(5), n(5), n(6)), "5 is not equal to 6"),
        (farther_from_zero(n(2), n(-4)), "2 is not farther from zero than −4"),
        (largest(n(2), of=[n(1), n(3)]), "2 is not the largest of 1, 3"),
        (
            smallest(n(2), of=[n(value) for value in range(12)]),
            "2 is not the smallest of 0, 1, 2, 3, 4, 5, 6, 7, 8, …",
        ),
        (every(zero(n(0)), zero(n(1)), zero(n(2))), "1 is not zero"),
        (not_(equal(n(3), n(3))), "3 is equal to 3"),
        (not_(negative(n(-3))), "−3 is negative"),
        (not_(not_negative(n(3))), "3 is not negative"),
        (not_(not_(zero(n(3)))), "3 is not zero"),
        (not_(every(zero(n(0)), zero(n(0)))), "0 is zero, and 1 more like it"),
        (not_(largest(n(3), of=[n(1), n(3)])), "3 is the largest of 1, 3"),
    ],
)
def test_what_is_denied_is_said_in_digits(claim: Claim, says: str) -> None:
    assert not claim.holds
    assert denied(claim) == says


def test_claims_keep_the_lines_where_they_are_named(tmp_path: Path) -> None:
    claims = script(tmp_path).scene("one").claims
    assert {beat: [name.text for name in names] for beat, names in claims.items()} == {
        "strong": ["strongest", "negative"],
        "weak": ["negative"],
    }
    assert claims["strong"][1].line == line_of("strong: [")
    assert claims["weak"][0].line == line_of("- negative")


@pytest.mark.parametrize(
    ("claims", "says", "lines_down"),
    [
        ("", "claims must be a mapping", 0),
        (" strongest", "claims must be a mapping", 0),
        (" [strongest]", "claims must be a mapping", 0),
        ("\n      strong:", "the claims of 'strong' must be a list", 1),
        ("\n      strong: strongest", "the claims of 'strong' must be a list", 1),
        ("\n      strong: []", "the claims of 'strong' must be a list", 1),
        ("\n      strong: {a: b}", "the claims of 'strong' must be a list", 1),
        ("\n      strong: [3]", "a claim of 'strong' is not a name", 1),
        ("\n      strong:\n        - a\n        - ''", "a claim of 'strong' is not a name", 3),
        ("\n      strong:\n        - a\n        - a", "the claim 'a' of 'strong' stands here", 3),
        ("\n      strong: [a]\n      strong: [b]", "duplicate key", 2),
        ("\n      weak: [a]\n      stron: [a]", "'stron', which is no beat of the scene", 2),
    ],
)
def test_claims_that_are_written_wrongly_are_named_with_their_line(
    tmp_path: Path, claims: str, says: str, lines_down: int
) -> None:
    head = TEXT[: TEXT.index("    claims:")]
    with pytest.raises(UserError) as raised:
        script(tmp_path, f"{head}    claims:{claims}\n")
    assert says in raised.value.message
    assert raised.value.line == head.count("\n") + 1 + lines_down


def test_a_beat_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'strong'"):
        script(tmp_path, TEXT.replace("strong: [", "stron: ["))
