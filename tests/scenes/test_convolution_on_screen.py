"""Every scene of `convolution`, played in both languages on a clock that no voice changes.

Each scene is drawn once per process (`staging.played`); all of these tests look at that.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from pictures import check_pictures
from PIL import Image
from staging import HOUSE, LANGUAGES, played, played_thumbnail, scene_class, script

from cnnviz.compute.number import Number
from cnnviz.review.layout_rules import at_rest, in_motion
from cnnviz.review.number_rules import number_findings
from cnnviz.review.recompute import in_digits, recomputed
from cnnviz.review.stage import Reading
from cnnviz.script.placeholders import names_in
from cnnviz.stage.plan import ShownNumber

SCENES = [scene.id for scene in script("bn").scenes]
DRAWINGS = [(scene, language) for scene in SCENES for language in LANGUAGES]

each_scene = pytest.mark.parametrize("scene", SCENES)
each_drawing = pytest.mark.parametrize(
    ("scene", "language"), DRAWINGS, ids=["-".join(drawing) for drawing in DRAWINGS]
)


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


# --- what is drawn ----------------------------------------------------------------------------


@each_drawing
def test_every_beat_is_drawn_to_the_frame(scene, language):
    watched = played(scene, language)
    assert watched.frames == {slot.beat: slot.frames for slot in watched.plan.slots}


@each_scene
def test_pictures_of_every_beat_look_as_stored(scene):
    check_pictures(f"convolution/{scene}", played(scene, "bn").stills)


@each_scene
def test_something_happens_in_every_beat(scene):
    stills = list(played(scene, "bn").stills.values())
    for before, after in pairwise(stills):
        assert np.abs(before.astype(int) - after.astype(int)).max() > 40


@each_drawing
def test_texts_stand_where_they_can_be_read(scene, language):
    wrong = {
        f"{scene}, {glimpse.beat}: {problem}"
        for glimpse in played(scene, language).glimpses
        for problem in glimpse.problems()
    }
    if wrong:
        pytest.fail("\n".join(sorted(wrong)), pytrace=False)


@each_drawing
def test_the_chapter_is_on_its_card_and_then_in_the_corner(scene, language):
    watched, lesson = played(scene, language), scene_class(scene)
    read = [[text.text for text in glimpse.texts] for glimpse in watched.glimpses]
    last = read[-1]
    if lesson.card:
        assert read[0] == [], "bare for as long as the crossfade takes"
        assert " ".join(next(texts for texts in read if texts)) == watched.plan.title
    if lesson.titled:
        assert watched.plan.title in last


@each_drawing
def test_every_label_of_the_script_is_seen(scene, language):
    watched = played(scene, language)
    elsewhere = {"thumbnail"}  # in the picture that stands for the film
    seen = {text.text for glimpse in watched.glimpses for text in glimpse.texts}
    # A label may be broken into lines, and its numbers are filled in.
    words = {word for text in seen for word in text.split()}
    unseen = [
        name
        for name, label in watched.plan.labels.items()
        if name not in elsewhere and not names_in(label) and not set(label.split()) <= words
    ]
    assert unseen == [], "show it, or take it out of the script"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_that_stand_for_the_film_look_as_stored_and_can_be_read(language):
    watched = played_thumbnail(language)
    check_pictures(f"convolution/thumbnail-{language}", watched.stills)
    texts = watched.glimpses[-1].texts
    # No screen cuts the edges of a still away, so only the frame counts.
    problems = [problem for problem in at_rest(texts) if problem.rule != "outside-safe-margin"]
    assert problems + in_motion(texts) == []
    assert " ".join(text.text for text in texts if not text.numbers) == " ".join(
        watched.plan.labels["thumbnail"].split()
    )


# --- the ledger, computed again without this project's code -------------------------------------


def flaws(number: Number) -> list[str]:
    """What is wrong with a number's provenance."""
    entry = ShownNumber("scene", "beat", in_digits(number.value), number).as_json()
    found = [str(each) for each in number_findings([json.loads(json.dumps(entry))], HOUSE)]
    chosen = number.op == "literal" and number.args["of"] != LEARNED
    if chosen and number.value not in choices(dict(number.args)):
        found.append(f"nobody chose {number.value} as {number.args}")
    return found


LEARNED = "bias of the first layer"

# What the lesson chose: see the facts of the worked example.
IMAGE = [
    [1, 2, 3, 0, 1],
    [0, 1, 2, 3, 1],
    [1, 0, 1, 2, 3],
    [2, 1, 0, 1, 2],
    [1, 2, 1, 0, 1],
]
KERNEL = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
KERNELS = [
    KERNEL,
    [row[::-1] for row in KERNEL],  # turned round
    [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
]


@cache
def photograph() -> Any:
    path = HOUSE / "scenes" / "shared" / "pictures" / "cards.png"
    return np.asarray(Image.open(path).convert("RGB")).tolist()


def brightness(row: int, column: int) -> int:
    red, green, blue = photograph()[row][column]
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


def choices(args: dict[str, Any]) -> list[float]:
    """What the lesson may have chosen as the input that a literal says it is."""
    of, row, column = args["of"], args.get("row"), args.get("column")
    if of == "kernel":
        return [kernel[row][column] for kernel in KERNELS]
    if of == "input":
        small = [IMAGE[row][column]] if row < len(IMAGE) and column < len(IMAGE) else []
        return [*small, brightness(row, column)]
    if of == "cards.png, grey":
        return [brightness(row, column)]
    return {"bias": [1], "stride": [1, 2], "padding": [0]}[of]


@each_drawing
def test_every_number_on_screen_is_what_its_provenance_gives(scene, language):
    entries = [entry for shown in played(scene, language).numbers.values() for entry in shown]
    assert [flaw for entry in entries for flaw in flaws(entry.number)] == []
    assert [entry.shown for entry in entries] == [
        in_digits(entry.number.value) for entry in entries
    ]


@each_scene
def test_every_number_that_a_script_may_speak_is_what_its_provenance_gives(scene):
    numbers = scene_class(scene).numbers()
    for name, value in numbers.items():
        for number in (value,) if isinstance(value, Number) else value:
            assert flaws(number) == [], name


@each_drawing
def test_the_ledger_holds_every_number_that_can_be_read(scene, language):
    watched = played(scene, language)
    for glimpse in watched.glimpses:
        noted = {(entry.shown, repr(entry.number)) for entry in watched.numbers[glimpse.beat]}
        for text in glimpse.texts:
            for number in text.numbers:
                assert (in_digits(number.value), repr(number)) in noted, glimpse.beat


@each_drawing
def test_the_ledger_holds_no_number_that_is_never_seen(scene, language):
    watched = played(scene, language)
    for beat, entries in watched.numbers.items():
        texts = [
            text for glimpse in watched.glimpses if glimpse.beat == beat for text in glimpse.texts
        ]
        seen = {repr(number) for text in texts for number in text.numbers}
        written = " ".join(text.text for text in texts)
        for entry in entries:
            assert repr(entry.number) in seen or entry.shown in written, (beat, entry.shown)


@each_scene
def test_both_languages_show_the_same_numbers(scene):
    bengali, english = (played(scene, language).numbers for language in LANGUAGES)
    for beat, entries in bengali.items():
        assert {repr(entry.number) for entry in entries} == {
            repr(entry.number) for entry in english[beat]
        }


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
    assert flaws(number) == []
    assert flaws(wrong) != []


def test_a_measured_number_that_its_evidence_does_not_hold_would_be_noticed(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "HOUSE", tmp_path)
    (tmp_path / "evidence.json").write_text(json.dumps({"sure": [0.5, 0.9782]}))
    args = {"evidence": "evidence.json", "pointer": "/sure/1", "scale": 100, "decimals": 0}
    assert flaws(Number(98, "measured", args)) == []
    assert flaws(Number(99, "measured", args)) != []
    assert flaws(Number(98, "measured", args | {"pointer": "/sure/0"})) != []


def test_a_bias_that_the_network_has_not_would_be_noticed():
    args = {"of": LEARNED, "kernel": 3}
    bias = recomputed("literal", args, HOUSE)
    assert flaws(Number(bias, "literal", args)) == []
    assert flaws(Number(bias + 1e-4, "literal", args)) != []


# --- the figures of the lesson, in the scenes where they belong ---------------------------------


def rows(text: str) -> list[list[str]]:
    """A matrix as it reads on screen."""
    return [row.split() for row in text.replace("-", "\N{MINUS SIGN}").split("/")]


PICTURE = rows("1 2 3 0 1 / 0 1 2 3 1 / 1 0 1 2 3 / 2 1 0 1 2 / 1 2 1 0 1")
EDGES = rows("1 0 -1 / 1 0 -1 / 1 0 -1")
VALID = rows("-4 -2 1 / 0 -4 -3 / 2 0 -4")
STRIDED = rows("-4 1 / 2 -4")
PADDED = rows("-3 -4 0 3 3 / -3 -4 -2 1 5 / -2 0 -4 -3 6 / -3 2 0 -4 3 / -3 2 2 -2 1")
PADDED_STRIDED = rows("-3 0 3 / -2 -4 6 / -3 2 1")
RECTIFIED = rows("0 0 1 / 0 0 0 / 2 0 0")
RECTIFIED_PADDED = rows("0 0 0 3 3 / 0 0 0 1 5 / 0 0 0 0 6 / 0 2 0 0 3 / 0 2 2 0 1")
LARGEST = rows("0 3 / 2 0")
MEAN = rows("0 1 / 0.5 0")
PRODUCTS = rows("1 0 -3 / 0 0 -2 / 1 0 -1")
BORDER = [["0"] * 7, *(["0", *row, "0"] for row in PICTURE), ["0"] * 7]


def is_seen(matrix: list[list[str]], texts: Iterable[Reading]) -> bool:
    """Whether the matrix can be read in one place, its cells at equal distances."""
    places: dict[str, list[tuple[float, float]]] = {}
    for text in texts:
        if text.numbers and text.opacity > 0.3:
            middle = (text.box.left + text.box.right) / 2, (text.box.bottom + text.box.top) / 2
            places.setdefault(text.text, []).append(middle)
    return any(
        _fits(matrix, places, corner, beside[0] - corner[0])
        for corner in places.get(matrix[0][0], [])
        for beside in places.get(matrix[0][1], [])
        if beside[0] > corner[0] and abs(beside[1] - corner[1]) < 0.05
    )


def _fits(matrix, places, corner, step: float) -> bool:
    return all(
        any(
            math.dist((corner[0] + c * step, corner[1] - r * step), place) < 0.1 * step
            for place in places.get(cell, [])
        )
        for r, row in enumerate(matrix)
        for c, cell in enumerate(row)
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("scene", "matrix"),
    [
        ("first_window", PICTURE),
        ("first_window", EDGES),
        ("first_window", PRODUCTS),
        ("sliding_window", PICTURE),
        ("sliding_window", EDGES),
        ("sliding_window", VALID),
        ("feature_map", VALID),
        ("stride", STRIDED),
        ("stride", VALID),
        ("padding", BORDER),
        ("padding", PADDED),
        ("padding", VALID),
        ("padding", PADDED_STRIDED),
        ("relu", VALID),
        ("relu", RECTIFIED),
        ("pooling", RECTIFIED_PADDED),
        ("pooling", LARGEST),
        ("pooling", MEAN),
    ],
)
def test_the_figures_of_the_lesson_can_be_read_in_their_scene(scene, matrix, language):
    rest = [glimpse for glimpse in played(scene, language).glimpses if glimpse.still]
    assert any(is_seen(matrix, glimpse.texts) for glimpse in rest)


@pytest.mark.parametrize("matrix", [PICTURE, EDGES, VALID])
def test_a_figure_with_one_wrong_cell_would_be_noticed(matrix):
    glimpses = played("sliding_window", "bn").glimpses
    assert any(is_seen(matrix, glimpse.texts) for glimpse in glimpses)
    for r, c in ((0, 0), (1, 1), (2, 2)):
        wrong = [list(row) for row in matrix]
        wrong[r][c] = "9"
        assert not any(is_seen(wrong, glimpse.texts) for glimpse in glimpses)


def test_the_first_sum_is_spelled_out():
    last = [glimpse for glimpse in played("first_window", "bn").glimpses if glimpse.still]
    lines = []
    for glimpse in last:
        low = sorted(
            (text for text in glimpse.texts if text.box.top < -2.2 and text.opacity > 0.9),
            key=lambda text: text.box.left,
        )
        lines.append("".join(text.text for text in low).replace(" ", ""))
    assert "1+0+(−3)+0+0+(−2)+1+0+(−1)=−4" in lines
