"""Claims from the scene to the ledger: false ones stop the film, true ones are computed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boards import board
from hypothesis import given
from hypothesis import strategies as st
from planned import of_rule, place, planned
from tiny import BUILD, Done, Edit, Project, replace_in, run_jobs_here

from cnnviz.compute import (
    conv2d,
    equal,
    every,
    farther_from_zero,
    farthest_from_zero,
    largest,
    less,
    literal,
    negative,
    not_,
    zero,
)
from cnnviz.compute.claim import COMPARISONS, SIGNS, Claim
from cnnviz.review.claim_rules import claim_findings
from cnnviz.review.number_rules import number_findings
from cnnviz.review.recompute_claims import holds_again
from cnnviz.review.storyboard.claims import claimed
from cnnviz.review.storyboard.page import page
from cnnviz.review.storyboard.words import WORDS
from cnnviz.stage.plan import SaidClaim

Run = Callable[..., Done]

# The four sums are −3, −3, 1 and −3.
CLAIMS = """\
    @classmethod
    def claims(cls):
        sums = [window.sum_number for window in TRACE.windows()]
        return {"largest": largest(sums[0], of=sums), "below": negative(sums[0])}

"""
FALSE = (
    "the sentence of 'summed' says 'largest', which does not hold:"
    " −3 is not the largest of −3, −3, 1, −3"
)


@pytest.fixture(autouse=True)
def _one_process(one_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)


def claiming(project: Project, bengali: str = "[below]", english: str = "[below]") -> Project:
    """The project, its first scene with claims, named in both scripts at the beat `summed`."""
    scene = project.scene("first")
    replace_in(
        scene,
        "from cnnviz.stage.lesson",
        "from cnnviz.compute import largest, negative\nfrom cnnviz.stage.lesson",
    )
    replace_in(scene, "    def setup_stage", f"{CLAIMS}    def setup_stage")
    for script, names in ((project.script, bengali), (project.english, english)):
        if names:
            named = f"    claims:\n      summed: {names}\n  - id: second\n"
            replace_in(script, "  - id: second\n", named)
    return project


def sentence(script: Path) -> Edit:
    text = script.read_text(encoding="utf-8")
    return Edit(script, text[: text.index("      summed: ")].count("\n") + 1)


# --- false ones -------------------------------------------------------------------------------


def test_a_false_claim_stops_the_film_at_its_sentence(tiny_project: Project, run: Run) -> None:
    done = run(claiming(tiny_project, "[below, largest]"), *BUILD)
    assert done.code == 2
    expected = f"{sentence(tiny_project.script)}{FALSE} — change the sentence or the numbers"
    assert done.error == expected
    assert not (tiny_project.bundle / "episode.mp4").exists()


@pytest.mark.parametrize("verb", ["scene", "storyboard"])
def test_a_false_claim_stops_other_commands_that_draw(
    tiny_project: Project, run: Run, verb: str
) -> None:
    claiming(tiny_project, "[largest]")
    name = "tiny/first" if verb == "scene" else "tiny"
    done = run(tiny_project, verb, name, *BUILD[2:])
    assert done.code == 2
    assert FALSE in done.error


def test_a_false_claim_of_the_captions_in_the_other_language_stops_the_film_too(
    tiny_project: Project, run: Run
) -> None:
    done = run(claiming(tiny_project, english="[largest]"), *BUILD)
    assert done.code == 2
    assert done.error.startswith(f"{sentence(tiny_project.english)}{FALSE}")


def test_check_lists_false_and_unknown_claims_with_their_places(
    tiny_project: Project, run: Run
) -> None:
    claiming(tiny_project, "[largest]", "[largest, belov]")
    done = run(tiny_project, "check", "tiny", "--json")
    told = json.loads(done.out)["findings"]
    assert done.code == 1
    assert [(one["rule"], one["scene"], one["beat"], Path(one["file"]).name) for one in told] == [
        ("false-claim", "first", "summed", "bn.yaml"),
        ("false-claim", "first", "summed", "en.yaml"),
        ("mismatch", "first", "summed", "en.yaml"),
    ]
    assert told[2]["advice"] == "did you mean 'below'?"


def test_what_is_no_claim_is_named_with_its_scene(tiny_project: Project, run: Run) -> None:
    claiming(tiny_project)
    replace_in(tiny_project.scene("first"), "negative(sums[0])", "sums[0].value < 0")
    done = run(tiny_project, *BUILD)
    assert done.code == 2
    assert "'below' in claims() is of type bool, not a claim" in done.error


# --- true ones --------------------------------------------------------------------------------


def test_a_film_lists_the_claims_of_its_beats(built: Project, run: Run) -> None:
    before = planned(built)
    claiming(built)
    done = run(built, *BUILD)
    assert done.code == 0, done.err
    entries = json.loads((built.bundle / "numbers.json").read_bytes())
    [entry] = [entry for entry in entries if entry["op"] == "claim"]
    told = {key: entry[key] for key in ("scene", "beat", "shown", "value")}
    assert told == {"scene": "first", "beat": "summed", "shown": "below", "value": True}
    assert entry["args"]["claim"] == "negative"
    assert [(one["value"], one["op"]) for one in entry["args"]["inputs"]] == [(-3, "sum")]
    assert number_findings(entries, built.bundle) == []
    assert [slot.frames for slot in planned(built).slots] == [slot.frames for slot in before.slots]


def test_a_beats_claims_are_those_of_both_languages_each_once(tiny_project: Project) -> None:
    claiming(tiny_project)
    slots = planned(tiny_project).slots
    assert [[one.name for one in planned(tiny_project).claims_of(slot)] for slot in slots] == [
        [],
        ["below"],
        [],
        [],
        [],
    ]


def test_naming_a_claim_draws_nothing_anew(tiny_project: Project) -> None:
    claiming(tiny_project, english="")
    before = planned(tiny_project)
    replace_in(tiny_project.script, "      summed: [below]", "      moved: [below]")
    after = planned(tiny_project)
    assert [after.key(slot) for slot in after.slots] == [before.key(slot) for slot in before.slots]


def test_the_storyboard_shows_a_claim_beside_the_numbers(built: Project) -> None:
    claiming(built)
    html = page(board(built))
    assert html.count(WORDS["bn"]["op_claim"]) == 1
    assert '<td class="number">below</td>' in html
    assert "−3 &lt; 0" in html
    assert WORDS["bn"]["claims"].format(count=1) in html


# --- what is left to be said ------------------------------------------------------------------


def test_a_claim_that_no_beat_makes_is_a_warning_at_its_scene(tiny_project: Project) -> None:
    claiming(tiny_project)
    [told] = claim_findings(planned(tiny_project))
    assert (told.rule, told.severity) == ("unspoken-claim", "warning")
    assert "'largest'" in told.message
    line = planned(tiny_project).script.scene("first").line
    assert place(told) == ("first", None, "bn.yaml", line)


def test_a_claim_that_one_language_alone_makes_is_a_warning_where_it_lacks(
    tiny_project: Project,
) -> None:
    claiming(tiny_project, english="")
    [told] = of_rule("one-sided-claim", claim_findings(planned(tiny_project)))
    assert told.severity == "warning"
    assert place(told) == ("first", "summed", "en.yaml", sentence(tiny_project.english).line)
    assert told.message == "the claim 'below' is not named here, as it is in bn.yaml"
    replace_in(tiny_project.script, "      summed: [below]", "      moved: [below]")
    replace_in(
        tiny_project.english,
        "  - id: second\n",
        "    claims:\n      moved: [below]\n  - id: second\n",
    )
    assert of_rule("one-sided-claim", claim_findings(planned(tiny_project))) == []


# --- computed again ---------------------------------------------------------------------------


def n(value: float) -> Any:
    return literal(value, of="example")


TRACE = conv2d([[1, 2, 3], [0, 1, 2]], [[1, -1]], bias=0.5)
RIGHT = {"scene": "one", "beat": "strong", "shown": "strong"}


def entry(claim: Claim) -> dict[str, Any]:
    """As a stranger finds it: what stands in a file."""
    read: dict[str, Any] = json.loads(json.dumps(RIGHT | claim.as_json()))
    return read


VALUES = st.integers(-4, 4) | st.floats(-4, 4).map(lambda value: round(value, 2))


@given(st.sampled_from([*SIGNS, *COMPARISONS]), st.lists(VALUES, min_size=2, max_size=5))
def test_each_relation_is_worked_out_alike_by_independent_means(
    relation: str, values: list[float]
) -> None:
    claim = Claim(relation, tuple(n(value) for value in values))
    for one in (claim, not_(claim), every(claim, claim), not_(every(claim, not_(claim)))):
        assert holds_again(entry(one)["args"], Path()) is one.holds


def test_a_claim_about_traces_is_without_findings() -> None:
    claim = every(
        less(TRACE.number(0, 0), n(0)),
        farthest_from_zero(n(-7), of=[TRACE.number(1, 1), TRACE.window(0, 1).product(0, 0)]),
    )
    assert number_findings([entry(claim)], Path()) == []


def changed(claim: Claim, *path: Any, to: Any) -> dict[str, Any]:
    """An entry with one thing in it replaced."""
    spoiled = entry(claim)
    *way, last = path
    found: Any = spoiled
    for step in way:
        found = found[step]
    found[last] = to
    return spoiled


BELOW = negative(TRACE.number(0, 0))
BOTH = every(BELOW, not_(equal(n(1), n(2))))
DEEP: dict[str, Any] = entry(BELOW)
for _ in range(2000):
    DEEP = RIGHT | {"value": True, "op": "claim", "args": {"claim": "every", "inputs": [DEEP]}}


@pytest.mark.parametrize(
    ("spoiled", "rule", "said"),
    [
        (entry(negative(n(3))), "false-claim", "is not true: False"),
        (entry(negative(n(3))) | {"value": True}, "false-claim", "false when it is computed"),
        (entry(BELOW) | {"value": 1}, "false-claim", "is not true: 1"),
        (entry(BELOW) | {"shown": ""}, "number-without-proof", "which is no name"),
        (entry(BELOW) | {"args": None}, "number-without-proof", "needs a list of inputs"),
        (changed(BELOW, "args", "inputs", to=[]), "number-without-proof", "too few numbers"),
        (changed(BELOW, "args", "inputs", to=[3]), "number-without-proof", "without value"),
        (changed(BELOW, "args", "claim", to="softer"), "unknown-operation", "'softer'"),
        (changed(BELOW, "args", "claim", to=["less"]), "unknown-operation", "no relation"),
        (changed(BELOW, "args", "claim", to="less"), "number-without-proof", "too few numbers"),
        (changed(BELOW, "args", "claim", to="every"), "number-without-proof", "that is no claim"),
        (
            changed(BELOW, "args", "inputs", 0, "value", to=-9),
            "wrong-number",
            "its input −9 is −0.5 when it is computed again",
        ),
        (
            changed(BELOW, "args", "inputs", 0, "value", to=True),
            "number-without-proof",
            "True is no number",
        ),
        (changed(BELOW, "args", "inputs", 0, "op", to="blur"), "unknown-operation", "'blur'"),
        (changed(BELOW, "args", "inputs", 0, "args", to={}), "number-without-proof", "missing"),
        (
            changed(BOTH, "args", "inputs", 1, "value", to=False),
            "wrong-number",
            "a claim inside it is True",
        ),
        (changed(BOTH, "args", "inputs", to=[]), "number-without-proof", "of nothing"),
        (DEEP, "number-without-proof", "recursion"),
        (
            changed(BELOW, "args", "inputs", 0, to={"value": 10**400, "op": "literal", "args": {}}),
            "number-without-proof",
            "too large",
        ),
    ],
)
def test_one_thing_wrong_with_a_claim_is_found(
    spoiled: dict[str, Any], rule: str, said: str
) -> None:
    [finding] = number_findings([spoiled], Path())
    assert (finding.rule, finding.severity) == (rule, "error")
    assert said in finding.message
    assert (finding.scene, finding.beat) == ("one", "strong")


# --- written out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "lines"),
    [
        (negative(n(-4), n(-4), n(-1)), ("−4, −1 < 0",)),
        (less(n(1), n(2), n(3)), ("1 < 2, 3",)),
        (largest(n(3), of=[n(3), n(2), n(3)]), ("3 = max(3, 2)",)),
        (farther_from_zero(n(-4), n(3), n(2)), ("|−4| > |3|, |2|",)),
        (farthest_from_zero(n(-4), of=[n(3), n(-4)]), ("|−4| = max(|3|, |−4|)",)),
        (every(zero(n(0)), not_(equal(n(1), n(2)))), ("0 = 0", "it is not so that: 1 = 2")),
    ],
)
def test_a_claim_is_written_out_with_its_numbers(claim: Claim, lines: tuple[str, ...]) -> None:
    [row] = claimed([SaidClaim("one", "strong", "strong", claim)], "en")
    assert (row.shown, row.what, row.lines) == ("strong", WORDS["en"]["op_claim"], lines)


def test_every_relation_can_be_written_out() -> None:
    for relation in (*SIGNS, *COMPARISONS):
        [row] = claimed([SaidClaim("a", "b", "c", Claim(relation, (n(1), n(2))))], "bn")
        assert "1" in row.lines[0]
