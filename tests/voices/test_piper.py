from __future__ import annotations

import importlib.util
import json
import stat
import sys
from pathlib import Path

import pytest

from cnnviz.errors import StudioError, UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.base import Utterance
from cnnviz.voices.piper import PiperVoice

FAKE = f"""#!{sys.executable}
import sys, wave, pathlib
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
words = sys.stdin.read()
pathlib.Path(__file__).with_name("heard").write_text(words, encoding="utf-8")
if "ভুল" in words:
    sys.exit("no phonemes for this")
with wave.open(arguments["--output_file"], "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
    file.writeframes(b"\\x00\\x20\\x00\\xe0" * 11025)
"""


@pytest.fixture
def model(tmp_path) -> Path:
    path = tmp_path / "bn_BD-voice.onnx"
    path.write_bytes(b"weights")
    config = {"language": {"code": "bn_BD"}, "audio": {"sample_rate": 22050}}
    path.with_name("bn_BD-voice.onnx.json").write_text(json.dumps(config))
    return path


@pytest.fixture
def no_package(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "piper" else find(name)
    )


@pytest.fixture
def program(tmp_path, monkeypatch, no_package) -> Path:
    file = tmp_path / "bin" / "piper"
    file.parent.mkdir()
    file.write_text(FAKE, encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(file.parent))
    return file


def said(text: str) -> Utterance:
    return Utterance("scene", "beat", text)


def test_the_program_speaks_with_the_users_model(program, model, monkeypatch):
    monkeypatch.setenv("CNNVIZ_PIPER_MODEL", str(model))
    samples = PiperVoice("bn").speak(said("একটি\nকার্নেল"))
    assert samples.size == pytest.approx(SAMPLE_RATE, rel=0.01)
    assert program.with_name("heard").read_text(encoding="utf-8") == "একটি কার্নেল\n"


def test_a_program_that_fails_gives_its_last_words(program, model):
    with pytest.raises(StudioError, match="no phonemes"):
        PiperVoice("bn", model).speak(said("ভুল"))


def test_without_a_model_the_variable_is_named(monkeypatch):
    monkeypatch.delenv("CNNVIZ_PIPER_MODEL", raising=False)
    with pytest.raises(UserError, match="CNNVIZ_PIPER_MODEL"):
        PiperVoice("bn")


def test_a_missing_file_of_the_model_is_named(model):
    model.with_name("bn_BD-voice.onnx.json").unlink()
    with pytest.raises(UserError, match=r"bn_BD-voice\.onnx\.json"):
        PiperVoice("bn", model)
    model.unlink()
    with pytest.raises(UserError, match=r"bn_BD-voice\.onnx"):
        PiperVoice("bn", model)


def test_a_model_of_another_language_is_refused(program, model):
    with pytest.raises(UserError, match="speaks bn_BD, not en"):
        PiperVoice("en", model)


@pytest.mark.parametrize("config", ["{", "[]", "[1]", '"x"'])
def test_a_broken_description_is_named(program, model, config):
    model.with_name("bn_BD-voice.onnx.json").write_text(config)
    if config == "[]":
        PiperVoice("bn", model)
    else:
        with pytest.raises(UserError, match=r"\.onnx\.json"):
            PiperVoice("bn", model)


def test_without_piper_its_package_is_named(no_package, model, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StudioError, match="pip install piper-tts"):
        PiperVoice("bn", model)


def test_another_model_is_another_voice(program, model):
    before = PiperVoice("bn", model).identity(said("এক"))
    model.write_bytes(b"other weights")
    assert PiperVoice("bn", model).identity(said("এক")) != before


def test_piper_is_never_imported(program, model):
    PiperVoice("bn", model).speak(said("এক"))
    assert "piper" not in sys.modules
