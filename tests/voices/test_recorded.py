from __future__ import annotations

import numpy as np
import pytest

from cnnviz.errors import UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.audio import write_wav
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.narrate import narrate
from cnnviz.voices.recorded import RecordedVoice

TONE = (0.1 * np.sin(np.arange(SAMPLE_RATE) * 0.03)).astype("f4")


@pytest.fixture
def recorded(tmp_path, film):
    folder = tmp_path / "recordings" / "bn"
    folder.mkdir(parents=True)
    quiet = np.zeros(SAMPLE_RATE // 2, "f4")
    for number, utterance in enumerate(film, 1):
        samples = np.concatenate([quiet, *[TONE] * number, quiet])
        write_wav(folder / f"{utterance.scene}.{utterance.beat}.wav", samples)
    return folder


def test_a_complete_set_is_spoken_trimmed_and_levelled(recorded, tmp_path, film):
    voice = RecordedVoice("bn", tmp_path)
    assert voice.missing(film) == []
    spoken = narrate(film, voice, Lexicon(), tmp_path / "cache")
    seconds = [spoken[said.scene, said.beat].seconds for said in film]
    assert seconds == pytest.approx([1.07, 2.07, 3.07], abs=0.02)


def test_what_is_missing_is_listed_and_named(recorded, tmp_path, film):
    (recorded / "window.first.wav").unlink()
    voice = RecordedVoice("bn", tmp_path)
    assert voice.missing(film) == [film[1]]
    for attempt in (lambda: voice.require(film), lambda: voice.speak(film[1])):
        with pytest.raises(UserError, match=r"window\.first\.wav") as caught:
            attempt()
        assert caught.value.exit_code == 2


def test_without_a_folder_everything_is_missing(tmp_path, film):
    assert RecordedVoice("bn", tmp_path).missing(film) == film
    with pytest.raises(UserError, match=r"opening\.hello"):
        RecordedVoice("bn", tmp_path).require(film)


def test_the_other_languages_recordings_are_not_taken(recorded, tmp_path, film):
    assert RecordedVoice("en", tmp_path).missing(film) == film


def test_two_files_for_one_beat_are_an_error(recorded, tmp_path, film):
    (recorded / "window.first.MP3").write_bytes(b"x")
    with pytest.raises(UserError, match=r"window\.first\.MP3 and window\.first\.wav"):
        RecordedVoice("bn", tmp_path).missing(film)


def test_a_file_that_is_not_sound_is_named(recorded, tmp_path, film):
    (recorded / "window.first.wav").write_bytes(b"garbage" * 100)
    with pytest.raises(UserError, match=r"window\.first\.wav"):
        narrate(film, RecordedVoice("bn", tmp_path), Lexicon(), tmp_path / "cache")


def test_a_recording_whose_last_frame_is_cut_is_still_a_recording(recorded, tmp_path, film, encode):
    (recorded / "window.first.wav").unlink()
    whole = encode(TONE, "mp3", "libmp3lame", 48_000)
    (recorded / "window.first.mp3").write_bytes(whole[:-100])
    samples = RecordedVoice("bn", tmp_path).speak(film[1])
    assert samples.size == pytest.approx(SAMPLE_RATE, rel=0.1)


def test_other_files_in_the_folder_do_no_harm(recorded, tmp_path, film):
    (recorded / "window.first.txt").write_text("take 3 was best")
    (recorded / ".DS_Store").write_bytes(b"")
    assert RecordedVoice("bn", tmp_path).missing(film) == []


def test_a_new_take_is_spoken_and_a_changed_script_is_not_recorded_anew(recorded, tmp_path, film):
    voice, cache = RecordedVoice("bn", tmp_path), tmp_path / "cache"
    before = narrate(film, voice, Lexicon(), cache)
    write_wav(recorded / "window.first.wav", np.tile(TONE, 4))
    after = narrate(film, voice, Lexicon(), cache)
    assert after["window", "first"].samples > before["window", "first"].samples
    assert after["window", "sum"] == before["window", "sum"]


def a_folder(path):
    path.mkdir()


def a_link_to_nothing(path):
    path.symlink_to("take-3.wav")


def a_link_to_itself(path):
    path.symlink_to(path.name)


@pytest.mark.parametrize("what", [a_folder, a_link_to_nothing, a_link_to_itself])
def test_what_is_no_file_under_a_recordings_name_is_named(recorded, tmp_path, film, what):
    place = recorded / "window.first.wav"
    place.unlink()
    what(place)
    voice = RecordedVoice("bn", tmp_path)
    for attempt in (voice.missing, voice.require):
        with pytest.raises(UserError, match=r"window\.first\.wav: (no file|a link to nothing)"):
            attempt(film)


def test_a_file_in_the_place_of_the_recordings_is_named(tmp_path, film):
    folder = tmp_path / "recordings" / "bn"
    folder.parent.mkdir()
    folder.touch()
    with pytest.raises(UserError, match="Not a directory"):
        RecordedVoice("bn", tmp_path).missing(film)
