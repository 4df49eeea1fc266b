"""Every number of every scene, computed again without this project's code."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from PIL import Image
from staging import DRAWINGS, HOUSE, SCENES, expected, played, scene_class, scripts

from cnnviz.compute.number import Number
from cnnviz.review.number_rules import number_findings
from cnnviz.review.recompute import in_digits, recomputed
from cnnviz.stage.plan import ShownNumber

each_scene = pytest.mark.parametrize(
    ("episode", "scene"), SCENES, ids=["-".join(place) for place in SCENES]
)
each_drawing = pytest.mark.parametrize(
    ("episode", "scene", "language"), DRAWINGS, ids=["-".join(drawing) for drawing in DRAWINGS]
)


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def flaws(number: Number, known: dict[str, Any]) -> list[str]:
    """What is wrong with a number's provenance, by what is `known` of its episode."""
    entry = ShownNumber("scene", "beat", in_digits(number.value), number).as_json()
    found = [str(each) for each in number_findings([json.loads(json.dumps(entry))], HOUSE)]
    chosen = number.op == "literal" and number.args["of"] not in known.get("learned", ())
    if chosen and number.value not in choices(dict(number.args), known["chosen"]):
        found.append(f"nobody chose {number.value} as {number.args}")
    return found


def choices(args: dict[str, Any], chosen: dict[str, list[Any]]) -> list[float]:
    """What the lesson may have chosen as the input that a literal says it is."""
    found = []
    for each in chosen.get(args["of"], ()):
        if isinstance(each, int | float):
            found.append(each)
            continue
        rows = greys(each["photograph"]) if isinstance(each, dict) else matrix(each)
        row, column = args["row"], args["column"]
        if row < len(rows) and column < len(rows[0]):
            found.append(rows[row][column])
    return found


def matrix(text: str) -> list[list[float]]:
    return [[float(value) for value in row.split()] for row in text.split("/")]


@cache
def greys(photograph: str) -> list[list[int]]:
    """Its brightness by ITU-R BT.601, reckoned anew."""
    colours = np.asarray(Image.open(HOUSE / photograph).convert("RGB")).astype(float)
    return np.rint(colours @ (0.299, 0.587, 0.114)).astype(int).tolist()


@each_drawing
def test_every_number_on_screen_is_what_its_provenance_gives(episode, scene, language):
    numbers = played(episode, scene, language).numbers
    entries = [entry for shown in numbers.values() for entry in shown]
    known = expected(episode)
    assert [flaw for entry in entries for flaw in flaws(entry.number, known)] == []
    assert [entry.shown for entry in entries] == [
        in_digits(entry.number.value) for entry in entries
    ]


@each_scene
def test_every_number_that_a_script_may_speak_is_what_its_provenance_gives(episode, scene):
    numbers = scene_class(scene, episode).numbers()
    for name, value in numbers.items():
        for number in (value,) if isinstance(value, Number) else value:
            assert flaws(number, expected(episode)) == [], name


@each_drawing
def test_the_ledger_holds_every_number_that_can_be_read(episode, scene, language):
    watched = played(episode, scene, language)
    for glimpse in watched.glimpses:
        noted = {(entry.shown, repr(entry.number)) for entry in watched.numbers[glimpse.beat]}
        for text in glimpse.texts:
            for number in text.numbers:
                assert (in_digits(number.value), repr(number)) in noted, glimpse.beat


@each_drawing
def test_the_ledger_holds_no_number_that_is_never_seen(episode, scene, language):
    watched = played(episode, scene, language)
    for beat, entries in watched.numbers.items():
        texts = [
            text for glimpse in watched.glimpses if glimpse.beat == beat for text in glimpse.texts
        ]
        seen = {repr(number) for text in texts for number in text.numbers}
        written = " ".join(text.text for text in texts)
        for entry in entries:
            assert repr(entry.number) in seen or entry.shown in written, (beat, entry.shown)


@each_scene
def test_all_languages_show_the_same_numbers(episode, scene):
    first, *others = (played(episode, scene, language).numbers for language in scripts(episode))
    for other in others:
        for beat, entries in first.items():
            assert {repr(entry.number) for entry in entries} == {
                repr(entry.number) for entry in other[beat]
            }


CHOSEN = {"chosen": {"input": ["1 2 / 3 4"], "padding": [0]}}


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        (Number(-4, "sum", {"terms": [1, -5]}), Number(-3, "sum", {"terms": [1, -5]})),
        (
            Number(1, "literal", {"of": "input", "row": 0, "column": 0}),
            Number(9, "literal", {"of": "input", "row": 0, "column": 0}),
        ),
        (Number(0, "literal", {"of": "padding"}), Number(1, "literal", {"of": "padding"})),
    ],
    ids=lambda number: number.op,
)
def test_a_wrong_number_would_be_noticed(number, wrong):
    assert flaws(number, CHOSEN) == []
    assert flaws(wrong, CHOSEN) != []


def test_a_measured_number_that_its_evidence_does_not_hold_would_be_noticed(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "HOUSE", tmp_path)
    (tmp_path / "evidence.json").write_text(json.dumps({"sure": [0.5, 0.9782]}))
    args = {"evidence": "evidence.json", "pointer": "/sure/1", "scale": 100, "decimals": 0}
    assert flaws(Number(98, "measured", args), CHOSEN) == []
    assert flaws(Number(99, "measured", args), CHOSEN) != []
    assert flaws(Number(98, "measured", args | {"pointer": "/sure/0"}), CHOSEN) != []


def test_a_bias_that_the_network_has_not_would_be_noticed():
    args = {"of": "bias of the first layer", "kernel": 3}
    known = {"chosen": {}, "learned": [args["of"]]}
    bias = recomputed("literal", args, HOUSE)
    assert flaws(Number(bias, "literal", args), known) == []
    assert flaws(Number(bias + 1e-4, "literal", args), known) != []
