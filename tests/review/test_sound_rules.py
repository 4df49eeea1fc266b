"""Films whose sound has one thing wrong, and what is said of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import av
import numpy as np
import pytest
from small_films import (
    BEAT,
    DRAFT,
    LEAD,
    SPEECH,
    SmallFilm,
    edit_facts,
    moving,
    rules,
    speech,
)
from tiny import Project

from cnnviz.media.chime import chime
from cnnviz.media.mix import Clip, mix
from cnnviz.media.sound import normalise
from cnnviz.models import read_json
from cnnviz.review.film_listen import clicks, hear
from cnnviz.review.finding import Finding
from cnnviz.review.sound_rules import sound_findings
from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.voices.base import Utterance
from cnnviz.voices.espeak import EspeakVoice

BEATS = 4

needs_espeak = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="espeak-ng is not installed"
)


def film(folder: Path, sound: Samples | None) -> Path:
    """A bundle with this sound; its picture is one frame, which no rule here looks at."""
    return SmallFilm(beats=BEATS, frames=1, picture=moving, sound=sound).write(folder)


def at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


@pytest.fixture
def sound() -> Samples:
    """Four beats of something like speech, to be spoiled."""
    return speech(BEATS).copy()


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_film_as_the_studio_makes_it_is_without_findings(built: Project) -> None:
    assert sound_findings(built.bundle) == []


def test_a_small_film_is_without_findings(tmp_path: Path, sound: Samples) -> None:
    assert sound_findings(film(tmp_path, sound)) == []


# --- loudness -------------------------------------------------------------------------------


@pytest.mark.parametrize("gain", [-3.0, -1.5])
def test_a_film_too_faint_is_found(tmp_path: Path, sound: Samples, gain: float) -> None:
    finding = only(sound_findings(film(tmp_path, sound * np.float32(10 ** (gain / 20)))))
    assert (finding.rule, finding.severity) == ("loudness", "warning")
    measured, _, wanted = finding.message.partition(" LUFS in place of ")
    assert float(measured) == pytest.approx(-14 + gain, abs=0.2)
    assert wanted == "-14"


def test_a_film_that_is_a_little_fainter_is_not(tmp_path: Path, sound: Samples) -> None:
    assert sound_findings(film(tmp_path, sound * np.float32(0.93))) == []


def test_a_high_peak_is_found_where_it_is(tmp_path: Path, sound: Samples) -> None:
    rest = at(2 * BEAT + LEAD + SPEECH + 0.1)
    wave = np.sin(np.arange(2400) * 2 * np.pi * 300 / SAMPLE_RATE) * np.hanning(2400)
    sound[rest : rest + 2400] = 0.97 * wave[:, None]
    finding = only(sound_findings(film(tmp_path, sound)))
    assert (finding.rule, finding.scene, finding.beat) == ("true-peak", "one", "b2")
    assert "dBTP" in finding.message


def test_a_sound_cut_off_at_full_scale_is_found(tmp_path: Path, sound: Samples) -> None:
    loud = np.clip(sound * 4, -1.2, 1.2)
    loud[at(BEAT) :] = sound[at(BEAT) :]
    found = {finding.rule: finding for finding in sound_findings(film(tmp_path, loud))}
    assert found["clipped-sound"].severity == "error"
    assert found["clipped-sound"].beat == "b0"
    assert "times, first at 0:00." in found["clipped-sound"].message


# --- silence --------------------------------------------------------------------------------


def test_more_than_two_and_a_half_seconds_of_silence_are_found(
    tmp_path: Path, sound: Samples
) -> None:
    end = at(BEAT + LEAD + SPEECH / 2)
    sound[end : end + at(2.6)] = 0
    found = {finding.rule: finding for finding in sound_findings(film(tmp_path, sound))}
    silence = found["long-silence"]
    assert (silence.severity, silence.beat) == ("warning", "b1")
    assert silence.message == "silent for 3.4 s from 0:03 on"
    # The voice of the beat that is silent is missing, too.
    assert found["voice-off-caption"].beat == "b2"
    assert found["voice-off-caption"].message == "no voice is heard where its caption appears"


def test_less_than_two_and_a_half_seconds_of_silence_are_not(
    tmp_path: Path, sound: Samples
) -> None:
    end = at(BEAT + LEAD + 0.5)
    sound[end : end + at(1.6)] = 0
    assert "long-silence" not in rules(sound_findings(film(tmp_path, sound)))


def test_time_to_think_is_no_silence_too_long(tmp_path: Path, sound: Samples) -> None:
    # The words of b1 are over at 3.6 s, b2 is silent, b3 speaks from 6.4 s on.
    sound[at(BEAT + LEAD + SPEECH) : at(3 * BEAT + LEAD)] = 0

    def silences(*thinking: tuple[int, float]) -> list[Finding]:
        bundle = film(tmp_path, sound)
        beats = read_json(bundle / "bundle.json", "")["beats"]
        for beat, seconds in thinking:
            beats[beat]["thinking_frames"] = round(seconds * DRAFT.fps)
        edit_facts(bundle, beats=beats)
        return [one for one in sound_findings(bundle) if one.rule == "long-silence"]

    assert "scene's thinking" in only(silences()).advice
    assert silences((2, 1.0)) == []
    assert silences((1, 0.2), (2, 0.2)) == []
    assert only(silences((2, 0.1))).message == "silent for 2.8 s from 0:03 on"
    assert len(silences((0, 1.0), (3, 1.0))) == 1, "others' time to think is not meant"


# --- clicks ---------------------------------------------------------------------------------

IN_A_VOWEL = LEAD + 0.15


@pytest.mark.parametrize("samples", [1, 2, 3])
@pytest.mark.parametrize("height", [0.25, -0.5])
def test_a_click_in_speech_is_found(
    tmp_path: Path, sound: Samples, samples: int, height: float
) -> None:
    begin = at(BEAT + IN_A_VOWEL)
    sound[begin : begin + samples] += np.float32(height)
    finding = only([one for one in sound_findings(film(tmp_path, sound)) if one.rule == "click"])
    assert (finding.severity, finding.beat) == ("warning", "b1")
    assert finding.message == "the sound clicks at 0:02.55"


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_a_click_where_beats_meet_is_an_error(tmp_path: Path, sound: Samples, samples: int) -> None:
    begin = at(3 * BEAT)
    sound[begin : begin + samples] += np.float32(0.05)
    finding = only(sound_findings(film(tmp_path, sound)))
    assert (finding.rule, finding.severity) == ("click", "error")
    assert "where two beats meet" in finding.message


def test_a_jump_where_sounds_were_cut_together_is_found(tmp_path: Path, sound: Samples) -> None:
    middle = at(IN_A_VOWEL)
    sound[middle : middle + 2000] += np.float32(0.3) * np.linspace(1, 0, 2000)[:, None]
    found = sound_findings(film(tmp_path, sound))
    assert [(one.rule, one.beat) for one in found] == [("click", "b0")]


def test_a_click_in_one_channel_is_found(tmp_path: Path, sound: Samples) -> None:
    sound[at(BEAT + IN_A_VOWEL), 1] += np.float32(0.4)
    assert rules(sound_findings(film(tmp_path, sound))) == {"click"}


def test_several_clicks_in_a_beat_are_one_finding(tmp_path: Path, sound: Samples) -> None:
    for begin in (IN_A_VOWEL, IN_A_VOWEL + 0.3):
        sound[at(BEAT + begin)] += np.float32(0.4)
    finding = only([one for one in sound_findings(film(tmp_path, sound)) if one.rule == "click"])
    assert finding.message == "the sound clicks 2 times, first at 0:02.55"


def test_neither_hisses_nor_stops_nor_the_bell_click() -> None:
    rng = np.random.default_rng(0)
    hiss = rng.normal(size=at(0.12)).astype(np.float32) * np.float32(0.1)
    stop = hiss * np.exp(-np.arange(len(hiss)) / at(0.004)).astype(np.float32)
    sounds = [chime(level_dbfs=-20.0), hiss, stop, hiss[: at(0.02)], speech(1)[:, 0]]
    clips = [Clip(each, at(0.5 + n)) for n, each in enumerate(sounds)]
    assert clicks(np.array(mix(clips, at(6)))) == []


def test_silence_does_not_click() -> None:
    assert clicks(np.zeros((SAMPLE_RATE, 1), np.float32)) == []
    assert clicks(np.zeros((0, 1), np.float32)) == []


@needs_espeak
@pytest.mark.parametrize("language", ["bn", "en"])
def test_spoken_words_click_only_where_they_are_spoiled(tmp_path: Path, language: str) -> None:
    words = {
        "bn": "একটি ছোট কার্নেল ছবির উপর দিয়ে চলে, আর প্রতিটি জায়গায় যোগফল লেখা হয়।",
        "en": "A small kernel slides over the picture, and the sum is written at each place.",
    }
    spoken = EspeakVoice(language).speak(Utterance("scene", "beat", words[language]))
    whole = np.array(normalise(mix([Clip(spoken, at(0.4))], at(BEATS * BEAT))))
    assert clicks(hear(film(tmp_path / "whole", whole) / "episode.mp4")) == []
    # Where the voice is loudest, and is no hiss.
    low = np.abs(np.convolve(whole[:, 0], np.full(48, 1 / 48), "same"))
    place = int(low[at(1) : at(3)].argmax()) + at(1)
    whole[place : place + 2] += np.float32(0.5)
    (click,) = clicks(hear(film(tmp_path / "spoiled", whole) / "episode.mp4"))
    assert click == pytest.approx(place / SAMPLE_RATE, abs=0.002)


# --- the voice and its captions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.25, "the voice begins 0.25 s after its caption, in 4 of 4 beats"),
        (-0.2, "the voice begins 0.20 s before its caption, in 4 of 4 beats"),
    ],
)
def test_a_voice_that_is_off_throughout_is_one_error(
    tmp_path: Path, sound: Samples, seconds: float, said: str
) -> None:
    finding = only(sound_findings(film(tmp_path, np.roll(sound, at(seconds), axis=0))))
    assert (finding.rule, finding.severity) == ("voice-off-caption", "error")
    assert finding.message == said


def test_one_voice_that_is_late_is_a_warning(tmp_path: Path, sound: Samples) -> None:
    beat = slice(at(2 * BEAT), at(3 * BEAT))
    sound[beat] = np.roll(sound[beat], at(0.15), axis=0)
    finding = only(sound_findings(film(tmp_path, sound)))
    assert (finding.severity, finding.beat) == ("warning", "b2")
    assert finding.message == "the voice begins 0.15 s after its caption"


def test_a_voice_that_is_a_little_late_is_not_found(tmp_path: Path, sound: Samples) -> None:
    assert sound_findings(film(tmp_path, np.roll(sound, at(0.07), axis=0))) == []


@pytest.mark.parametrize("text", [None, b"no captions", b"\xff\xfe"])
def test_a_film_without_readable_captions_is_found(
    tmp_path: Path, sound: Samples, text: bytes | None
) -> None:
    bundle = film(tmp_path, sound)
    captions = bundle / "captions.bn.srt"
    captions.unlink() if text is None else captions.write_bytes(text)
    finding = only(sound_findings(bundle))
    assert (finding.rule, finding.file) == ("voice-off-caption", captions)


# --- damage -----------------------------------------------------------------------------------


def test_a_mute_film_is_left_to_the_film_rules(tmp_path: Path) -> None:
    assert sound_findings(film(tmp_path, None)) == []


def test_a_missing_film_is_left_to_the_film_rules(tmp_path: Path) -> None:
    assert sound_findings(tmp_path) == []


def test_damaged_sound_is_found(tmp_path: Path, sound: Samples) -> None:
    bundle = film(tmp_path, sound)
    path = bundle / "episode.mp4"
    with av.open(str(path)) as opened:
        places = [(packet.pos, packet.size) for packet in opened.demux(audio=0) if packet.size]
    data = bytearray(path.read_bytes())
    for start, size in places[100:140]:
        assert start is not None
        data[start : start + size] = b"\xff" * size
    path.write_bytes(data)
    finding = only(sound_findings(bundle))
    assert (finding.rule, finding.severity) == ("damaged-sound", "error")
