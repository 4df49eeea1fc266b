"""Rules that a script silences for one beat."""

from __future__ import annotations

from pathlib import Path

import pytest
from planned import place
from tiny import BENGALI

from cnnviz.review.finding import Finding
from cnnviz.review.silence import silenced
from cnnviz.script.reader import Script, read_script

RULES = ("long-sentence", "low-contrast", "frozen-film")
USED = RULES[:2]  # as where there is no film


def script(folder: Path, silences: str) -> Script:
    path = folder / "bn.yaml"
    path.write_text(BENGALI + silences, encoding="utf-8")
    return read_script(path)


def one(rule: str = "long-sentence", beat: str | None = "drawn", scene: str = "second") -> Finding:
    return Finding(rule, "error", "wrong", "mend it", scene, beat)


SILENCES = "    silenced:\n      BEAT:\n        RULE: it is a list\n"


def silence(folder: Path, beat: str, rule: str, *findings: Finding) -> list[Finding]:
    written = script(folder, SILENCES.replace("BEAT", beat).replace("RULE", rule))
    return silenced(findings, written, RULES, USED)


def test_a_silenced_rule_is_not_heard(tmp_path: Path) -> None:
    assert silence(tmp_path, "drawn", "long-sentence", one(), one()) == []


@pytest.mark.parametrize(
    "other", [one("low-contrast"), one(beat="turned"), one(beat=None), one(scene="first")]
)
def test_all_else_is_heard(tmp_path: Path, other: Finding) -> None:
    assert silence(tmp_path, "drawn", "long-sentence", one(), other) == [other]


def test_without_silences_all_is_heard(tmp_path: Path) -> None:
    findings = [one(), one(beat=None)]
    assert silenced(findings, script(tmp_path, ""), RULES, USED) == findings


@pytest.mark.parametrize(
    ("beat", "rule", "says", "advice"),
    [
        ("drown", "long-sentence", "'drown', which is no beat", "did you mean 'drawn'?"),
        ("drawn", "long-sentences", "no rule 'long-sentences'", "did you mean 'long-sentence'?"),
    ],
)
def test_a_silence_for_what_does_not_exist(
    tmp_path: Path, beat: str, rule: str, says: str, advice: str
) -> None:
    kept, told = silence(tmp_path, beat, rule, one())
    assert kept == one()
    assert says in told.message
    assert (told.rule, told.severity, told.advice) == ("unknown-silence", "error", advice)
    line = BENGALI.count("\n") + 3
    assert place(told) == ("second", beat, "bn.yaml", line)


def test_a_silence_that_silences_nothing(tmp_path: Path) -> None:
    [told] = silence(tmp_path, "drawn", "low-contrast")
    assert (told.rule, told.severity) == ("needless-silence", "warning")
    assert place(told) == ("second", "drawn", "bn.yaml", BENGALI.count("\n") + 3)


def test_a_silence_for_a_rule_that_was_not_asked(tmp_path: Path) -> None:
    assert silence(tmp_path, "drawn", "frozen-film") == []
