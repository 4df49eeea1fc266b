from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnviz.capture.framecode import read_number
from cnnviz.capture.record import record
from cnnviz.errors import UserError
from cnnviz.files import file_digest
from cnnviz.media.decode import read_frames
from cnnviz.recognizer.weights import WEIGHTS, weights_digest

RECORD = """
import sys
from pathlib import Path
from cnnviz.capture.record import record
folder = Path(sys.argv[1])
print(record("simulated", "auto-detect", 3, None, folder, None))
"""

Asked = dict[str, Any]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Arguments of which any but the weights could be recorded with."""
    return {
        "camera": "simulated",
        "mode": "auto-detect",
        "seconds": 1.0,
        "out": tmp_path / "demo.mp4",
        "recordings": tmp_path,
        "weights": tmp_path / "none.safetensors",
    }


def mistake(asked: Asked) -> str:
    with pytest.raises(UserError) as caught:
        record(**asked)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mode": "magic"}, "magic"),
        ({"mode": "magic", "camera": "webcam"}, "magic"),
        ({"camera": "webcam"}, "there is no camera or file “webcam”"),
        ({"seconds": 0}, "0 seconds cannot be recorded"),
        ({"seconds": -3.5}, "-3.5 seconds cannot be recorded"),
        ({"seconds": float("nan")}, "nan seconds cannot be recorded"),
        ({}, "none.safetensors"),
    ],
)
def test_a_mistake_is_said_before_anything_begins(
    asked: Asked, wrong: Asked, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither a screen nor a program that gives one.
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("PATH", "")
    assert said in mistake(asked | wrong)


def a_name_without_mp4(folder: Path) -> Path:
    return folder / "demo.avi"


def a_folder(folder: Path) -> Path:
    (folder / "demo.mp4").mkdir()
    return folder / "demo.mp4"


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "demo.mp4"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (a_name_without_mp4, "“demo.avi” is not the name of an MP4 file — end --out in .mp4"),
        (a_folder, "a folder, where a file is needed"),
        (below_a_file, "file: not a folder — choose another place with --out"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_said(
    asked: Asked, tmp_path: Path, place: Callable[[Path], Path], said: str
) -> None:
    assert said in mistake(asked | {"out": place(tmp_path)})


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root"
)
def test_a_closed_folder_is_said(asked: Asked, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "not writable — choose another place with --out" in mistake(asked)


@pytest.mark.slow
@pytest.mark.skipif(not WEIGHTS.is_file(), reason="the network is not trained yet")
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_the_recognizer_is_recorded_at_work(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    done = subprocess.run(
        [sys.executable, "-c", RECORD, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    video = Path(done.stdout.strip())
    assert re.fullmatch(r"demo-\d{8}-\d{6}\.mp4", video.name)
    # Not `read_capture`, which asks for a card with a name: a busy machine sees few frames.
    sidecar = json.loads(video.with_suffix(".json").read_text(encoding="utf-8"))
    told = [frame["shown"] for frame in sidecar["frames"]]
    assert told == [read_number(frame) for frame in read_frames(video)]
    assert len(told) == 90
    assert sidecar["camera"]["simulated"]
    assert sidecar["camera"]["credit"]
    assert sidecar["weights_sha256"] == weights_digest()
    assert sidecar["video_sha256"] == file_digest(video)
    assert any(frame["cards"] for frame in sidecar["frames"])
    assert "cards recognized: " in done.stderr.splitlines()[-1]
