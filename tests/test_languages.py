"""A language and a voice are registered in one file each; everything else reads them there."""

from __future__ import annotations

import importlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import Project, run_command, run_jobs_here

from cnnviz import languages, voice_engines
from cnnviz.episode.episode import episode_names, find_episode
from cnnviz.languages import LANGUAGES, Language, in_language
from cnnviz.progress import Reporter
from cnnviz.recognizer.names import card_name
from cnnviz.script.numerals import spoken, spoken_size
from cnnviz.studio.production import mismatches
from cnnviz.voices.base import Identity, Samples, Utterance, Voice
from cnnviz.voices.choose import choose_voice
from cnnviz.voices.lexicon import Lexicon

GERMAN = Language(
    code="de",
    name="German",
    own_name="Deutsch",
    writing="Latin",
    minus="minus",
    point="Komma",
    by="mal",
    reckoned=("plus", "minus"),
    one="eins",
)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LANGUAGES, "de", GERMAN)  # type: ignore[arg-type]


@pytest.fixture
def project(tiny_project: Project) -> Project:
    """The tiny film in German alone."""
    tiny_project.script.rename(tiny_project.script.with_name("de.yaml"))
    tiny_project.english.unlink()
    return tiny_project


@pytest.mark.usefixtures("german")
def test_an_episode_may_speak_a_new_language_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnviz.studio.gathering.run_jobs", run_jobs_here)
    assert episode_names(project.root) == ["tiny"]
    episode = find_episode(project.root, "tiny")
    assert mismatches(episode, "de", Reporter(io.StringIO())) == []


def test_what_is_not_registered_is_no_language(project: Project) -> None:
    assert episode_names(project.root) == []


@pytest.mark.usefixtures("german")
def test_a_new_language_says_numbers() -> None:
    assert spoken(-0.5, "de") == "minus null Komma fünf"
    assert spoken_size(2, 3, "de") == "zwei mal drei"


@pytest.mark.usefixtures("german")
def test_words_that_nobody_has_translated_are_english() -> None:
    assert in_language({"bn": "গড়", "en": "mean"}, "de") == "mean"
    assert card_name("king of hearts", "de") == card_name("king of hearts", "en")


@pytest.mark.usefixtures("german")
def test_help_names_all_languages_and_voices() -> None:
    assert languages.choices() == "bn (default), en or de"
    text = " ".join(run_command(Path(), "episode", "--help").out.split())
    assert languages.choices() in text
    assert voice_engines.choices("auto") in text


@pytest.mark.parametrize("name", voice_engines.ENGINES)
def test_every_engine_is_found_under_its_own_name(name: str) -> None:
    module, found = voice_engines.ENGINES[name].split(":")
    engine = getattr(importlib.import_module(module), found)
    assert issubclass(engine, Voice)
    assert engine.name == name


class Parrot(Voice):
    name = "parrot"

    def identity(self, utterance: Utterance) -> Identity:
        return {"engine": self.name}

    def speak(self, utterance: Utterance) -> Samples:
        return np.full(len(utterance.text), 0.5, np.float32)


def test_a_voice_that_is_registered_can_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(voice_engines.ENGINES, "parrot", f"{__name__}:Parrot")  # type: ignore[arg-type]
    chosen = choose_voice("parrot", "bn", [], tmp_path, lambda line: None)
    assert chosen.name == "parrot"
    assert len(chosen.speak(Utterance("hook", "first", "hello"))) == 5
    lexicon = tmp_path / "lexicon.bn.yaml"
    lexicon.write_text("parrot: {a: b}\n", encoding="utf-8")
    assert Lexicon.load(lexicon).respell("parrot", "a") == "b"


def test_a_language_without_voices_of_other_names_has_its_code_everywhere() -> None:
    assert (GERMAN.numerals, GERMAN.gtts, GERMAN.espeak) == ("de", "de", "de")
    assert replace(GERMAN, espeak="de+f2").espeak == "de+f2"
