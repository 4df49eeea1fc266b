from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from cnnviz.errors import StudioError, UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.audio import write_wav
from cnnviz.voices.choose import choose_voice

needs_espeak = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="espeak-ng is not installed"
)


@pytest.fixture
def record(tmp_path):
    def save(*utterances) -> None:
        for utterance in utterances:
            path = tmp_path / "recordings" / "bn" / f"{utterance.scene}.{utterance.beat}.wav"
            write_wav(path, np.full(SAMPLE_RATE, 0.1, np.float32))

    return save


@pytest.fixture
def no_espeak(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if "espeak" in name else find(name)
    )


@pytest.fixture
def choose(tmp_path, film, hurried):
    def run(name: str = "auto") -> tuple[str, str]:
        lines: list[str] = []
        voice = choose_voice(name, "bn", film, tmp_path, lines.append)
        assert len(lines) == 1
        assert "\n" not in lines[0]
        return voice.name, lines[0]

    return run


def test_a_complete_set_of_recordings_comes_first(choose, record, google, film):
    record(*film)
    name, line = choose()
    assert name == "recorded"
    assert "3 beats" in line
    assert google.asked == []


def test_an_incomplete_set_is_not_mixed_with_another_voice(choose, record, google, film):
    record(film[0], film[2])
    name, line = choose()
    assert name == "gtts"
    assert "lack 1 of 3 beats" in line
    assert "window/first" in line


def test_gtts_comes_second(choose, google):
    name, line = choose()
    assert (name, line) == ("gtts", "voice: gTTS, because it answers")
    assert len(google.asked) == 1


@needs_espeak
def test_espeak_comes_third_and_the_reason_is_given(choose, google):
    google.always = "429"
    name, line = choose()
    assert name == "espeak"
    assert "429" in line


def test_with_no_voice_at_all_every_reason_is_given(choose, google, record, film, no_espeak):
    record(film[0])
    google.always = "500"
    with pytest.raises(StudioError) as caught:
        choose()
    for reason in ("recordings lack 2 of 3", "500", "espeak-ng is not installed", "offline-voice"):
        assert reason in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_voice_by_name_is_that_voice(choose, google, record, film):
    assert choose("gtts") == ("gtts", "voice: gtts, as asked for")
    assert google.asked == []
    record(*film)
    assert choose("recorded")[0] == "recorded"


@needs_espeak
def test_espeak_by_name_asks_nobody(choose, google):
    assert choose("espeak")[0] == "espeak"
    assert google.asked == []


def test_incomplete_recordings_by_name_are_an_error(choose, record, film):
    record(film[0])
    with pytest.raises(UserError, match=r"window\.first\.wav"):
        choose("recorded")


def test_espeak_by_name_without_its_library_names_the_extra(choose, no_espeak):
    with pytest.raises(StudioError, match="offline-voice"):
        choose("espeak")


def test_an_unknown_name_lists_the_known_ones(choose):
    with pytest.raises(UserError, match="auto, gtts, espeak, recorded, piper"):
        choose("festival")
