from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnviz.errors import StudioError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.audio import trim_silence
from cnnviz.voices.base import Utterance
from cnnviz.voices.espeak import EspeakSettings, EspeakVoice, spelled_for_espeak

installed = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="espeak-ng is not installed"
)
WORDS = {
    "bn": "একটি ছোট কার্নেল ছবির উপর দিয়ে চলে।",
    "en": "A small kernel moves over the picture.",
}


def said(text: str) -> Utterance:
    return Utterance("scene", "beat", text)


@installed
@pytest.mark.parametrize("language", ["bn", "en"])
def test_it_speaks_with_sound_in_it(language):
    samples = trim_silence(EspeakVoice(language).speak(said(WORDS[language])))
    assert samples.dtype == np.float32
    assert 1.5 < samples.size / SAMPLE_RATE < 5
    assert np.sqrt(np.mean(samples**2)) > 0.02


@installed
def test_the_same_words_give_the_same_samples():
    voice = EspeakVoice("bn")
    first, second = (voice.speak(said(WORDS["bn"])) for _ in range(2))
    assert np.array_equal(first, second)


@installed
def test_a_slower_rate_takes_longer():
    slow, fast = (
        EspeakVoice("bn", EspeakSettings("bn", rate=rate)).speak(said(WORDS["bn"])).size
        for rate in (120, 180)
    )
    assert slow > 1.2 * fast


@installed
def test_the_library_is_never_loaded_here():
    EspeakVoice("bn").speak(said("এক"))
    assert "espeakng_loader" not in sys.modules


@installed
def test_a_long_data_path_is_worked_round(tmp_path):
    import espeakng_loader

    long = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 6) / "espeak-ng-data"
    long.parent.mkdir(parents=True)
    long.symlink_to(espeakng_loader.get_data_path(), target_is_directory=True)
    assert len(str(long)) > 160
    del sys.modules["espeakng_loader"]
    voice = EspeakVoice("bn", data=long)
    assert voice.speak(said(WORDS["bn"])).size > SAMPLE_RATE


@installed
def test_data_without_voices_is_an_error(tmp_path):
    with pytest.raises(StudioError, match="espeak"):
        EspeakVoice("bn", data=tmp_path).require()


@installed
def test_an_unknown_voice_is_an_error_and_not_a_default():
    with pytest.raises(StudioError, match="no voice 'xx'"):
        EspeakVoice("bn", EspeakSettings("xx")).speak(said("এক"))


@installed
def test_its_identity_names_version_and_settings():
    identity = EspeakVoice("bn").identity(said("এক"))
    assert identity["engine"] == "espeak"
    assert str(identity["version"])[0].isdigit()
    other = EspeakVoice("bn", EspeakSettings("bn", pitch=40)).identity(said("এক"))
    assert identity != other


def test_without_the_library_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if "espeak" in name else find(name)
    )
    with pytest.raises(StudioError, match=r"cnnviz\[offline-voice\]"):
        EspeakVoice("bn").require()


def test_the_process_file_depends_on_nothing_of_this_project():
    source = Path(sys.modules["cnnviz.voices.espeak"].__file__).with_name("espeak_process.py")
    assert "import cnnviz" not in source.read_text()
    assert "from cnnviz" not in source.read_text()


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("ব\u09a1\u09bc", "ব\u09dc"),
        ("দৃ\u09a2\u09bc", "দৃ\u09dd"),
        ("হ\u09af\u09bc", "হ\u09af\u09bc"),
        ("ক\u09df", "ক\u09af\u09bc"),
        ("নি\u09af\u09bc\u09c7", "নি\u09df\u09c7"),
        ("র\u200d্যাম", "র্যাম"),
        ("ক্\u200cষ", "ক্ষ"),
    ],
)
def test_nukta_letters_are_spelled_as_espeak_reads_them(written, spelled):
    assert spelled_for_espeak(written) == spelled


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("করলে", "কর্লে"),
        ("কার্নেলটি", "কার্নেল্টি"),
        ("কার্নেলও", "কার্নেলো"),
        ("আমরা", "আম্রা"),
        ("হবে", "হবে"),
        ("থেকে", "থেকে"),
        ("ছবিটি", "ছবিটি"),
        ("সূত্রটি", "সূত্রটি"),
        ("কতটা", "কতটা"),
        ("তাহলে", "তাহলে"),
        ("বই", "বই"),
    ],
)
def test_a_vowel_that_a_suffix_swallows_is_written_away(written, spelled):
    assert spelled_for_espeak(written) == spelled
