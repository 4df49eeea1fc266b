"""All rules together, and the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from planned import of_rule, planned, silent
from tiny import HOUSE, Done, Project, replace_in, run_jobs_here

from cnnviz.review.check import RULES, check
from cnnviz.review.finding import Finding
from cnnviz.review.made import film_made
from cnnviz.studio.site import Site

Run = Callable[..., Done]

DRAWN = "একটা চৌকো আঁকি।"
LONG = " ".join(["কথা"] * 21) + "।"


@pytest.fixture(autouse=True)
def _one_process(one_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)


@pytest.fixture
def no_film_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The film is not decoded, which takes a second."""
    for name in ("film", "sound"):
        monkeypatch.setattr(f"cnnviz.review.check.{name}_findings", lambda bundle: [])


def checked(project: Project, bundle: Path | None = None, voice: str = "recorded") -> list[Finding]:
    return check(planned(project, voice=voice), Site(silent()), bundle)


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def spoil_json(path: Path, change: Callable[[Any], Any]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_bytes()))), encoding="utf-8")


# --- rules ------------------------------------------------------------------------------------


def test_rules_have_names_to_be_silenced_by_and_are_told_to_the_teacher() -> None:
    page = (HOUSE / "docs" / "checking.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert told == set(RULES)
    for rule, wants in RULES.items():
        assert re.fullmatch("[a-z]+(-[a-z]+)*", rule)
        assert wants
        assert not wants.endswith(".")


def test_every_finding_is_of_a_rule_that_there_is(built: Project) -> None:
    replace_in(built.script, DRAWN, LONG)
    found = checked(built, built.bundle)
    assert found
    assert rules(found) <= set(RULES)


def test_findings_come_in_the_order_of_the_film(tiny_project: Project) -> None:
    for old in (DRAWN, "এই হলো ফিচার ম্যাপ।", "এবার একটু নিচে নামাই।"):
        replace_in(tiny_project.script, old, f"{old[:-1]} 9।")
    found = checked(tiny_project)
    whole = [one for one in found if one.scene is None]
    assert whole == found[: len(whole)] != []
    assert [one.beat for one in of_rule("typed-number", found)] == ["shown", "moved", "drawn"]


def test_what_a_script_silences_is_left_out(tiny_project: Project) -> None:
    replace_in(tiny_project.script, DRAWN, LONG)
    assert len(of_rule("long-sentence", checked(tiny_project))) == 1
    with tiny_project.script.open("a", encoding="utf-8") as script:
        script.write("    silenced:\n      drawn:\n        long-sentence: it is a chant\n")
    assert of_rule("long-sentence", checked(tiny_project)) == []
    replace_in(tiny_project.script, LONG, DRAWN)
    assert of_rule("needless-silence", checked(tiny_project)) != []


def test_a_silence_draws_nothing_anew(tiny_project: Project) -> None:
    before = planned(tiny_project)
    with tiny_project.script.open("a", encoding="utf-8") as script:
        script.write("    silenced:\n      drawn:\n        long-sentence: it is a chant\n")
    after = planned(tiny_project)
    assert after.script.scene("second").silenced
    assert [after.key(slot) for slot in after.slots] == [before.key(slot) for slot in before.slots]


# --- with a film ------------------------------------------------------------------------------


def test_a_film_of_these_words_is_current(built: Project) -> None:
    assert rules(checked(built, built.bundle)).isdisjoint({"stale-film", "ledger", "caption-file"})


@pytest.mark.usefixtures("no_film_rules")
def test_a_film_of_other_words_is_stale_and_that_is_said_once(built: Project) -> None:
    replace_in(built.script, DRAWN, "আঁকি একটা চৌকো।")
    found = checked(built, built.bundle)
    [told] = of_rule("stale-film", found)
    assert (told.scene, told.beat) == ("second", "drawn")
    assert (told.severity, told.file) == ("error", built.bundle / "episode.mp4")
    assert "caption-file" not in rules(found)


@pytest.mark.usefixtures("no_film_rules")
def test_a_film_with_another_clock_is_stale(built: Project) -> None:
    built.record("first.moved", 0.9)
    [told] = of_rule("stale-film", checked(built, built.bundle))
    assert (told.scene, told.beat) == ("first", "moved")


@pytest.mark.usefixtures("no_film_rules")
def test_a_film_whose_scene_has_changed_since_is_told_from_one_that_shows_it(
    built: Project,
) -> None:
    assert of_rule("stale-picture", checked(built, built.bundle)) == []
    replace_in(built.scene("second"), "Square(2)", "Square(2.2)")
    [told] = of_rule("stale-picture", checked(built, built.bundle))
    assert (told.scene, told.severity) == ("second", "warning")
    assert "2 beats" in told.message


@pytest.mark.usefixtures("no_film_rules")
def test_a_film_by_another_voice_may_well_have_another_clock(built: Project) -> None:
    built.record("first.moved", 0.9)
    assert of_rule("stale-film", checked(built, built.bundle, voice="gtts")) == []


@pytest.mark.usefixtures("no_film_rules")
@pytest.mark.parametrize("beats", [[], None, [{}], ["drawn"]])
def test_a_film_whose_beats_cannot_be_read_is_stale(built: Project, beats: object) -> None:
    spoil_json(built.bundle / "bundle.json", lambda data: data | {"beats": beats})
    assert len(of_rule("stale-film", checked(built, built.bundle))) == 1


@pytest.mark.usefixtures("no_film_rules")
def test_a_translation_that_changed_makes_the_captions_stale(built: Project) -> None:
    replace_in(built.english, "Let us draw", "Now we draw")
    found = checked(built, built.bundle)
    assert [one.file for one in of_rule("caption-file", found)] == [
        built.bundle / "captions.en.srt"
    ]
    assert of_rule("stale-film", found) == []


@pytest.mark.usefixtures("no_film_rules")
@pytest.mark.parametrize("content", [None, "", "{}", "{"])
def test_a_film_without_a_list_of_its_numbers(built: Project, content: str | None) -> None:
    path = built.bundle / "numbers.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    [told] = of_rule("ledger", checked(built, built.bundle))
    assert (told.severity, told.file) == ("error", path)


@pytest.mark.usefixtures("no_film_rules")
def test_a_wrong_number_in_the_films_list(built: Project) -> None:
    def one_more(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        wrong = next(entry for entry in entries if entry["op"] != "literal")
        wrong["value"] += 1
        return entries

    assert "wrong-number" not in rules(checked(built, built.bundle))
    spoil_json(built.bundle / "numbers.json", one_more)
    assert "wrong-number" in rules(checked(built, built.bundle))


def test_numbers_that_are_spoken_are_computed_again_before_there_is_a_film(
    tiny_project: Project,
) -> None:
    production = planned(tiny_project)
    facts = production.facts["first"]
    numbers = dict(facts.numbers)
    number = numbers["first.sum"]
    assert not isinstance(number, tuple)
    numbers["first.sum"] = replace(number, value=number.value + 1)
    wrong = replace(
        production, facts=dict(production.facts) | {"first": replace(facts, numbers=numbers)}
    )
    assert "wrong-number" not in rules(check(production, Site(silent()), None))
    assert "wrong-number" in rules(check(wrong, Site(silent()), None))


def test_a_film_in_another_language_is_not_looked_at(built: Project) -> None:
    assert film_made(built.bundle, "bn") is not None
    assert film_made(built.bundle, "en") is None
    assert film_made(built.root, "bn") is None
    assert film_made(None, "bn") is None


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}"])
def test_a_film_whose_bundle_cannot_be_read(built: Project, content: str | None) -> None:
    path = built.bundle / "bundle.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    assert film_made(built.bundle, "bn") == {}
    found = rules(checked(built, built.bundle))
    assert "damaged-film" in found
    assert "stale-film" not in found


# --- the command ------------------------------------------------------------------------------


def test_findings_as_text(built: Project, run: Run) -> None:
    edit = replace_in(built.script, "প্রথম যোগফল", "প্রথম 9 যোগফল")
    done = run(built, "check", "tiny")
    lines = done.out.splitlines()
    assert done.code == 1
    assert [line for line in lines if not line.startswith(" ")][:-1] == [
        "the whole film",
        "first",
        "second",
    ]
    [told] = [line for line in lines if line.endswith("[typed-number]")]
    assert told.startswith(f"  {edit}summed: error: the number “9” is typed into beat 'summed' — ")
    errors = sum(": error: " in line for line in lines)
    warnings = sum(": warning: " in line for line in lines)
    assert lines[-1] == (
        f"tiny (bn): {errors} errors, {warnings} warning{'s' * (warnings != 1)};"
        " 5 beats looked at, and the film"
    )
    assert "\x1b" not in done.out


@pytest.mark.usefixtures("no_film_rules")
def test_findings_as_json(built: Project, run: Run) -> None:
    replace_in(built.script, "প্রথম যোগফল", "প্রথম 9 যোগফল")
    done = run(built, "check", "tiny", "--json")
    told = json.loads(done.out)
    assert done.code == 1
    assert list(told) == ["episode", "language", "quality", "film", "findings"]
    assert (told["episode"], told["language"], told["film"]) == ("tiny", "bn", True)
    assert "typed-number" in {one["rule"] for one in told["findings"]}
    assert {"scene", "beat", "file", "line", "advice"} <= told["findings"][0].keys()


def test_without_errors_it_exits_with_0(
    tiny_project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So short a film cannot have chapters.
    monkeypatch.setattr("cnnviz.review.check.chapter_findings", lambda *film: [])
    for beat in ("first.shown", "first.summed", "first.moved", "second.drawn", "second.turned"):
        tiny_project.record(beat, 2.7)
    done = run(tiny_project, "check", "tiny", "--voice", "recorded")
    assert done.code == 0, done.out
    assert done.out.splitlines()[-1].startswith("tiny (bn): 0 errors, ")
    assert done.out.splitlines()[-1].endswith("5 beats looked at")


@pytest.mark.usefixtures("no_film_rules")
def test_quality_and_voice_are_those_of_the_film(built: Project, run: Run) -> None:
    spoil_json(built.bundle / "bundle.json", lambda data: data | {"quality": "preview"})
    done = run(built, "check", "tiny", "--json")
    assert json.loads(done.out)["quality"] == "preview"
    assert "voice: recorded, as asked for" in done.err
    done = run(built, "check", "tiny", "--json", "--quality", "draft")
    assert json.loads(done.out)["quality"] == "draft"


def test_without_a_film_it_is_a_draft_of_the_best_voice(tiny_project: Project, run: Run) -> None:
    done = run(tiny_project, "check", "tiny", "--json")
    told = json.loads(done.out)
    assert (told["quality"], told["film"]) == ("draft", False)
    assert "voice: recorded, because" in done.err


def test_where_there_is_no_film_nothing_is_written(tiny_project: Project, run: Run) -> None:
    run(tiny_project, "check", "tiny")
    assert not (tiny_project.root / "build").exists()


def test_scripts_that_do_not_fit_are_findings_too(built: Project, run: Run) -> None:
    replace_in(built.script, "      moved: ", "      mooved: ")
    replace_in(built.english, "      name: ", "      names: ")
    done = run(built, "check", "tiny", "--json")
    told = json.loads(done.out)["findings"]
    assert done.code == 1
    assert {one["rule"] for one in told} == {"mismatch"}
    assert {one["scene"] for one in told} == {"first", "second"}
    text = run(built, "check", "tiny")
    assert text.out.count("\nsecond\n") == 1
    assert text.out.endswith("all other rules are asked once scripts and scenes fit together\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("tinny",), "no episode 'tinny' — did you mean 'tiny'?"),
        (("tiny", "--language", "xx"), "'xx' — there are: bn, en"),
        (("tiny", "--quality", "ful"), "“ful”"),
        (("tiny", "--voice", "espeek"), "'espeek' — one of auto, "),
    ],
)
def test_what_cannot_be_checked_is_a_mistake(
    tiny_project: Project, run: Run, words: tuple[str, ...], says: str
) -> None:
    done = run(tiny_project, "check", *words)
    assert done.code == 2
    assert says in done.error
    assert done.out == ""


def test_a_script_that_cannot_be_read_is_a_mistake(tiny_project: Project, run: Run) -> None:
    edit = replace_in(tiny_project.script, DRAWN, "একটা: চৌকো")
    done = run(tiny_project, "check", "tiny")
    assert done.code == 2
    assert done.error.startswith(f"{edit}not readable as YAML")


def test_what_others_print_does_not_get_into_the_json(
    tiny_project: Project,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def loud(*film: object) -> list[Finding]:
        print("heard here")
        subprocess.run([sys.executable, "-c", "print('heard from a worker')"], check=True)
        return []

    monkeypatch.setattr("cnnviz.review.check.check", loud)
    done = run(tiny_project, "check", "tiny", "--json")
    assert json.loads(done.out)["findings"] == []
    assert "heard here" in done.err
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "heard from a worker\n")
