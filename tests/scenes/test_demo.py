"""The scene `demo` with recordings that somebody else made: whatever is in them, it stays true."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from captures import card_picture, write_recording
from manim import tempconfig
from staging import HOUSE, STILL, play_watched, steady_plan

from cnnviz.capture.sidecar import read_capture
from cnnviz.compute import conv2d
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.names import card_name
from cnnviz.studio.facts import load_scene

MANY = [(8 * index, CLASSES[index]) for index in range(12)]
RECORDINGS = {
    "one late card, real camera": {"seconds": 12, "moments": [(300, "ten of hearts")]},
    "twelve cards at once": {"seconds": 6, "moments": MANY},
    "longest names": {
        "seconds": 6,
        "moments": [
            (0, "queen of diamonds"),
            (0, "three of diamonds"),
            (40, "ace of spades"),
            (70, "five of clubs"),
        ],
    },
}
each_recording = pytest.mark.parametrize("kind", RECORDINGS)
each_language = pytest.mark.parametrize("language", ["bn", "en"])


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


@pytest.fixture(scope="module")
def watch(tmp_path_factory):
    """A function that plays the scene with one of the recordings; each once."""

    @cache
    def sidecar(kind: str) -> Path:
        folder = tmp_path_factory.mktemp("recordings")
        return write_recording(folder, simulated="real" not in kind, **RECORDINGS[kind])

    @cache
    def play(kind: str, language: str):
        lesson = load_scene(HOUSE, HOUSE / "scenes/convolution/demo.py", "Demo", sidecar(kind))
        return play_watched(
            lesson, steady_plan(lesson, "demo", language, STILL.fps, "convolution"), STILL
        )

    return play


def texts(watched, beat=None):
    return [
        text.text
        for glimpse in watched.glimpses
        for text in glimpse.texts
        if beat in (None, glimpse.beat) and text.opacity > 0.9
    ]


@each_recording
@each_language
def test_every_text_can_be_read(watch, kind, language):
    assert {
        f"{glimpse.beat}: {problem}"
        for glimpse in watch(kind, language).glimpses
        for problem in glimpse.problems()
    } == set()


@each_recording
@each_language
def test_every_recognized_card_is_named_in_the_films_language(watch, kind, language):
    shown = texts(watch(kind, language))
    for _, label in RECORDINGS[kind]["moments"]:
        assert card_name(label, language) in shown


def test_a_simulated_camera_is_said_to_be_one_and_its_pictures_are_credited(watch):
    shown = texts(watch("longest names", "en"), "proof")
    assert "Simulated camera" in shown
    assert "Photographs: nobody" in shown


def test_a_real_camera_is_not_called_simulated(watch):
    for language in ("bn", "en"):
        shown = texts(watch("one late card, real camera", language))
        assert not {"Simulated camera", "সিমুলেটেড ক্যামেরা", "Photographs: nobody"} & set(shown)


def test_a_card_that_comes_late_is_still_seen_being_recognized(watch):
    watched = watch("one late card, real camera", "en")
    assert "Ten of hearts" not in texts(watched, "proof")
    assert "Ten of hearts" in texts(watched, "unsure")


@each_recording
def test_the_first_card_is_the_one_that_goes_through_the_network(watch, kind):
    first = card_name(RECORDINGS[kind]["moments"][0][1], "en")
    assert first in texts(watch(kind, "en"), "inside")


def test_the_confidence_is_shown_as_it_was_measured(watch):
    watched = watch("longest names", "en")
    entries = [entry for entry in watched.numbers["unsure"] if entry.number.op == "measured"]
    assert {entry.number.args["pointer"]: entry.shown for entry in entries} == {
        f"/moments/{index}/confidence": str(round(100 * (0.9 - 0.043 * index)))
        for index in range(4)
    }


def test_the_window_that_is_added_up_lies_on_the_card(tmp_path):
    lesson = load_scene(HOUSE, HOUSE / "scenes/convolution/demo.py", "Demo")
    from scenes.shared._recognizer import recognition

    sidecar = write_recording(tmp_path, seconds=4)
    seen = recognition(sidecar)
    assert np.array_equal(seen.card[..., ::-1], card_picture(0))
    assert read_capture(sidecar).moments[0].cut_out().tolist() == card_picture(0).tolist()
    window = seen.window
    again = conv2d(window.patch, window.kernel, bias=window.bias)
    assert again.output.item() == pytest.approx(window.result)
    assert lesson.__name__ == "Demo"


def test_numbers_of_another_recording_are_not_taken_for_the_ones_before(tmp_path):
    from scenes.shared._recognizer import recognition

    one = write_recording(tmp_path, seconds=4)
    assert len(recognition(one).capture.moments) == 3
    write_recording(tmp_path, seconds=2, moments=[(0, "joker")])
    assert len(recognition(one).capture.moments) == 1
