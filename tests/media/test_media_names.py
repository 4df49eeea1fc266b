"""Names of files that FFmpeg would take for something else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny import BUILD, Command, Project

from cnnviz.voices.audio import decode, wav_bytes

HOUSE = Path(__file__).resolve().parents[2]
OPENERS = {"av.open", "cv2.VideoCapture"}


def test_whatever_ffmpeg_opens_is_named_from_the_root() -> None:
    found = 0
    for file in sorted((HOUSE / "cnnviz").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in OPENERS:
                continue
            found += 1
            named = ast.unparse(node.args[0])
            allowed = named.startswith("media_name(") or named in ("number", "stored")
            assert allowed, f"{file.name}:{node.lineno} opens {named}"
    assert found > 6


@pytest.mark.parametrize("name", ["10:30.wav", "-y.wav", "concat:a.wav", "pipe:0.wav", "%d.wav"])
def test_a_sound_is_read_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(wav_bytes(np.full(480, 0.5, np.float32)))
    assert decode(Path(name)).size == 480


def test_a_film_is_made_below_a_colon(
    tiny_project: Project,
    start: Callable[..., Command],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    out = ("--out", "2026-11-28T10:30")
    done = start(tiny_project, *BUILD, *out, CNNVIZ_CACHE_DIR="ca:che").finish()
    assert done.code == 0, done.err
    assert (tmp_path / out[1] / "episode.mp4").is_file()
    done = start(tiny_project, "check", "tiny", *out, CNNVIZ_CACHE_DIR="ca:che").finish()
    assert "and the film" in done.out
    assert "damaged" not in done.out
