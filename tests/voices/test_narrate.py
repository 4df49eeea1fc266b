from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnviz.errors import StudioError, UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.audio import read_wav
from cnnviz.voices.base import Utterance, Voice, VoiceFailed
from cnnviz.voices.cache import speech_key
from cnnviz.voices.espeak import EspeakVoice
from cnnviz.voices.gtts import GttsVoice
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.narrate import Narration, narrate, narrate_with_fallback

needs_espeak = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="espeak-ng is not installed"
)


class Humming(Voice):
    """Hums a tenth of a second for each letter, and notes what it was given."""

    name = "espeak"

    def __init__(self, setting: int = 1) -> None:
        super().__init__("bn")
        self.setting = setting
        self.heard: list[str] = []
        self.fails_at = ""

    def identity(self, utterance: Utterance) -> dict[str, str | int | float]:
        return {"engine": "humming", "setting": self.setting}

    def speak(self, utterance: Utterance) -> np.ndarray:
        self.heard.append(utterance.text)
        if self.fails_at and self.fails_at in utterance.text:
            raise StudioError("out of breath", hint="rest")
        time = np.arange(SAMPLE_RATE // 10 * len(utterance.text))
        return (0.01 * np.sin(time * 0.03)).astype(np.float32)


class Deaf(Humming):
    def speak(self, utterance: Utterance) -> np.ndarray:
        return np.zeros(SAMPLE_RATE, np.float32)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_each_beat_becomes_a_trimmed_and_levelled_wav_file(tmp_path, film):
    spoken = narrate(film, Humming(), Lexicon(), tmp_path)
    assert list(spoken) == [(said.scene, said.beat) for said in film]
    for said in film:
        one = spoken[said.scene, said.beat]
        samples = read_wav(one.path)
        assert samples.size == one.samples
        assert one.seconds == pytest.approx(len(said.text) / 10, abs=0.05)
        middle = samples[samples.size // 4 : samples.size // 2]
        assert 20 * np.log10(np.sqrt(np.mean(middle**2))) == pytest.approx(-20, abs=0.5)


def test_progress_counts_to_the_end(tmp_path, film):
    seen: list[tuple[int, int]] = []
    narrate(film, Humming(), Lexicon(), tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_nothing_is_spoken_twice(tmp_path, film):
    first = narrate(film, Humming(), Lexicon(), tmp_path)
    again = Humming()
    assert narrate(film, again, Lexicon(), tmp_path) == first
    assert again.heard == []


def test_a_changed_text_or_setting_is_spoken_anew_and_nothing_else(tmp_path, film):
    narrate(film, Humming(), Lexicon(), tmp_path)
    voice = Humming()
    narrate([film[0], replace(film[1], text="নতুন কথা।"), film[2]], voice, Lexicon(), tmp_path)
    assert voice.heard == ["নতুন কথা।"]
    other = Humming(setting=2)
    narrate(film, other, Lexicon(), tmp_path)
    assert len(other.heard) == 3


def test_the_key_depends_on_every_part():
    identity = {"engine": "x", "rate": 140}
    keys = {
        speech_key(identity, "এক"),
        speech_key(identity, "দুই"),
        speech_key({**identity, "rate": 141}, "এক"),
        speech_key({**identity, "pitch": 1}, "এক"),
    }
    assert len(keys) == 4
    assert speech_key({"rate": 140, "engine": "x"}, "এক") == speech_key(identity, "এক")


def test_a_new_respelling_is_spoken_anew_where_it_applies(tmp_path, film):
    narrate(film, Humming(), Lexicon(), tmp_path)
    voice = Humming()
    narrate(film, voice, Lexicon({"espeak": {"ছোট": "ছোটো"}, "gtts": {"কী": "কি"}}), tmp_path)
    assert voice.heard == [film[1].text.replace("ছোট", "ছোটো").replace("য়", "\u09af\u09bc")]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone", "json", "json list"])
def test_a_damaged_entry_is_spoken_anew(tmp_path, film, damage):
    before = narrate(film, Humming(), Lexicon(), tmp_path)["window", "first"]
    data = before.path.read_bytes()
    if damage == "cut":
        before.path.write_bytes(data[:-1000])
    elif damage == "flip":
        before.path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    elif damage == "empty":
        before.path.write_bytes(b"")
    elif damage == "gone":
        before.path.unlink()
    else:
        for entry in tmp_path.rglob("*.json"):
            entry.write_text("[]" if damage == "json list" else '{"digest": ')
    voice = Humming()
    after = narrate(film, voice, Lexicon(), tmp_path)["window", "first"]
    assert film[1].text.replace("য়", "\u09af\u09bc") in voice.heard
    assert after == before
    assert after.path.read_bytes() == data


def test_a_voice_that_fails_names_the_beat_and_keeps_what_was_said(tmp_path, film):
    voice = Humming()
    voice.fails_at = "যোগফল"
    with pytest.raises(VoiceFailed, match=r"window/sum.*out of breath.*rest") as caught:
        narrate(film, voice, Lexicon(), tmp_path)
    assert caught.value.exit_code == 1
    assert not list(tmp_path.rglob(".part-*"))
    again = Humming()
    narrate(film, again, Lexicon(), tmp_path)
    assert again.heard == [film[2].text]


def test_silence_is_a_failure(tmp_path, film):
    with pytest.raises(VoiceFailed, match=r"opening/hello.*silence"):
        narrate(film, Deaf(), Lexicon(), tmp_path)
    assert files(tmp_path) == []


def test_a_beat_without_words_is_the_scripts_mistake(tmp_path):
    with pytest.raises(UserError, match="a/b has nothing to say"):
        narrate([Utterance("a", "b", " \n")], Humming(), Lexicon(), tmp_path)


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, film):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(StudioError, match="cache"):
        narrate(film, Humming(), Lexicon(), tmp_path / "cache")


@pytest.fixture
def make(tmp_path, film, hurried) -> Callable[..., tuple[Narration, list[str]]]:
    def run(name: str = "auto", utterances: list[Utterance] = film) -> tuple[Narration, list[str]]:
        lines: list[str] = []
        narration = narrate_with_fallback(
            name,
            "bn",
            utterances,
            lexicon=Lexicon(),
            folder=tmp_path / "narration",
            cache=tmp_path / "cache",
            report=lines.append,
        )
        return narration, lines

    return run


def test_gtts_speaks_the_film_where_it_answers(make, google, film):
    narration, lines = make()
    assert narration.voice.name == "gtts"
    assert set(narration.spoken) == {(said.scene, said.beat) for said in film}
    assert lines == ["voice: gTTS, because it answers"]


def test_a_film_in_the_cache_sends_no_request(make, google):
    first, _ = make()
    google.asked.clear()
    google.always = "500"
    again, lines = make()
    assert google.asked == []
    assert again.spoken == first.spoken
    assert lines == ["voice: gTTS, from the cache"]


def test_what_a_service_said_is_trimmed_anew_without_asking_it_again(tmp_path, google, film):
    voice = GttsVoice("bn", sleep=lambda seconds: None)
    narrate(film, voice, Lexicon(), tmp_path, finishing="old")
    asked = len(google.asked)
    again = narrate(film, voice, Lexicon(), tmp_path, finishing="new")
    assert len(google.asked) == asked
    assert set(again) == {(said.scene, said.beat) for said in film}


def test_what_a_voice_of_ones_own_said_is_finished_anew(tmp_path, film):
    narrate(film, Humming(), Lexicon(), tmp_path, finishing="old")
    voice = Humming()
    narrate(film, voice, Lexicon(), tmp_path, finishing="new")
    assert len(voice.heard) == len(film)


@needs_espeak
def test_the_whole_film_is_espeaks_if_gtts_fails_in_the_middle(make, google, film, tmp_path):
    google.plan.extend(["well", "well", "well"])
    google.always = "500"
    narration, lines = make()
    assert narration.voice.name == "espeak"
    espeak = narrate(film, EspeakVoice("bn"), Lexicon(), tmp_path / "elsewhere")
    assert [one.digest for one in narration.spoken.values()] == [
        one.digest for one in espeak.values()
    ]
    assert len(lines) == 2
    assert "whole film" in lines[1]
    assert "window/sum" in lines[1]
    assert "500" in lines[1]
    assert not list(tmp_path.rglob(".part-*"))


@needs_espeak
def test_what_gtts_said_before_it_failed_is_not_asked_for_again(make, google):
    google.plan.extend(["well", "well", "well"])
    google.always = "403"
    make()
    google.asked.clear()
    google.always = None
    narration, _ = make()
    assert narration.voice.name == "gtts"
    assert len(google.asked) == 2


def test_gtts_by_name_is_never_replaced(make, google):
    google.plan.append("well")
    google.always = "403"
    with pytest.raises(VoiceFailed, match=r"gtts failed at window/first.*403") as caught:
        make("gtts")
    assert caught.value.exit_code == 1


def test_a_failure_that_nobody_can_take_over_gives_both_reasons(make, google, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if "espeak" in name else find(name)
    )
    google.plan.append("well")
    google.always = "403"
    with pytest.raises(VoiceFailed, match=r"403.*espeak-ng is not installed.*offline-voice"):
        make()
