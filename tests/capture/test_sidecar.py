from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.capture.captured import (
    Capture,
    CapturedCamera,
    CapturedCard,
    CaptureFrame,
    Moment,
    Rates,
    picture_url,
)
from cnnviz.capture.film import CaptureFilm
from cnnviz.capture.sidecar import read_capture, sidecar_text
from cnnviz.errors import StudioError, UserError
from cnnviz.files import file_digest
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES

FPS = 30
FRAMES = 20
TOP = tuple((name, 0.2) for name in CLASSES[:5])
CORNERS = ((10.0, 20.0), (110.0, 30.0), (100.0, 180.0), (5.5, 170.0))
CARD = CapturedCard(1, CORNERS, "ace of clubs", 0.9, TOP)
UNKNOWN = replace(CARD, number=2, label=None)

Spoil = Callable[[dict[str, Any]], Any]


def cut_out() -> Picture:
    return np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)


def described(video: Path) -> Capture:
    frames = tuple(
        CaptureFrame(i / FPS, 7 + i, "auto-detect", (CARD, UNKNOWN)) for i in range(FRAMES)
    )
    return Capture(
        video=video,
        video_sha256=file_digest(video),
        fps=FPS,
        size=(64, 48),
        scale=1.5,
        recorded_at="2026-11-20T10:00:00Z",
        seconds=FRAMES / FPS,
        camera=CapturedCamera("simulated", True, "Photographs: somebody, CC BY 4.0"),
        mode="auto-detect",
        weights_sha256="0" * 64,
        versions={"cnnviz": "1", "torch": "2"},
        rates=Rates(30.0, 29.5),
        frames=frames,
        moments=(Moment(3, 1, "ace of clubs", 0.9, TOP, CORNERS, picture_url(cut_out())),),
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of twenty frames, and its sidecar."""
    video = tmp_path_factory.mktemp("original") / "demo.mp4"
    with CaptureFilm(video, Quality("small", 64, 48, FPS)) as film:
        for level in range(FRAMES):
            film.write(np.full((48, 64, 3), 10 * level, np.uint8))
    video.with_suffix(".json").write_text(sidecar_text(described(video)), encoding="utf-8")
    return video


@pytest.fixture
def video(original: Path, tmp_path: Path) -> Path:
    """A copy of them that may be spoilt."""
    for suffix in (".mp4", ".json"):
        shutil.copy(original.with_suffix(suffix), tmp_path)
    return tmp_path / original.name


def mistake(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_capture(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def spoil(video: Path, change: Spoil) -> None:
    sidecar = video.with_suffix(".json")
    data = json.loads(sidecar.read_text(encoding="utf-8"))
    change(data)
    sidecar.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("named", ["demo.MP4", "demo.json"])
def test_a_video_whose_ending_is_written_large_is_a_recording(video: Path, named: str) -> None:
    large = video.rename(video.with_name("demo.MP4"))
    assert read_capture(video.with_name(named)).video == large


@pytest.mark.parametrize("suffix", [".mp4", ".json"])
def test_a_recording_is_read_as_it_was_written(video: Path, suffix: str) -> None:
    capture = read_capture(video.with_suffix(suffix))
    wanted = described(video)
    assert replace(capture, seconds=wanted.seconds) == wanted
    assert capture.seconds == pytest.approx(wanted.seconds, abs=1e-4)
    assert np.array_equal(capture.moments[0].cut_out(), cut_out())


def test_a_recording_can_be_renamed(video: Path) -> None:
    for suffix in (".mp4", ".json"):
        video.with_suffix(suffix).rename(video.with_name("other" + suffix))
    assert len(read_capture(video.with_name("other.mp4")).frames) == FRAMES


@given(st.lists(st.tuples(st.floats(-99, 999), st.floats(-99, 999)), min_size=4, max_size=4))
def test_any_corners_come_back_to_a_tenth_of_a_pixel(
    original: Path, corners: list[tuple[float, float]]
) -> None:
    card = replace(CARD, corners=tuple(corners))
    capture = described(original)
    capture = replace(capture, frames=(replace(capture.frames[0], cards=(card,)),) * FRAMES)
    box = json.loads(sidecar_text(capture))["frames"][0]["cards"][0]["box"]
    across, down = zip(*corners, strict=True)
    assert box == pytest.approx([min(across), min(down), max(across), max(down)], abs=0.051)


def test_a_frame_is_a_line(original: Path) -> None:
    lines = original.with_suffix(".json").read_text(encoding="utf-8").splitlines()
    assert sum('"shown"' in line and '"time"' in line for line in lines) == FRAMES


@pytest.mark.parametrize("suffix", [".mp4", ".json"])
def test_a_missing_recording_is_said(tmp_path: Path, suffix: str) -> None:
    assert "no such recording" in mistake(tmp_path / f"none{suffix}")


def test_a_missing_sidecar_is_said(video: Path) -> None:
    video.with_suffix(".json").unlink()
    assert "demo.json: the recording's sidecar is missing" in mistake(video)


@pytest.mark.parametrize("data", [b"{", b"", b"\xff\xfe{}", b"[" * 100_000])
def test_damaged_json_is_said(video: Path, data: bytes) -> None:
    video.with_suffix(".json").write_bytes(data)
    assert "damaged JSON" in mistake(video)


@pytest.mark.parametrize("data", ["3", "[]", "null", '"text"'])
def test_json_of_something_else_is_said(video: Path, data: str) -> None:
    video.with_suffix(".json").write_text(data)
    assert "this is not an object" in mistake(video)


def test_another_video_is_noticed(video: Path) -> None:
    with video.open("ab") as file:
        file.write(b"x")
    assert "demo.mp4: the video is not the one that demo.json" in mistake(video)


def test_another_number_of_frames_is_noticed(video: Path) -> None:
    spoil(video, lambda data: data["frames"].pop())
    assert "19 frames are described, and the video has 20" in mistake(video)


def test_a_video_that_is_none_is_noticed(video: Path) -> None:
    video.write_bytes(b"nothing")
    spoil(video, lambda data: data.update(video_sha256=file_digest(video)))
    with pytest.raises(StudioError, match=r"demo\.mp4: a damaged film file"):
        read_capture(video)


def test_a_recording_without_a_recognized_card_is_refused(video: Path) -> None:
    spoil(video, lambda data: data["moments"].clear())
    assert "no card is recognized" in mistake(video)


def test_every_field_is_needed(video: Path) -> None:
    sidecar = video.with_suffix(".json")
    data = json.loads(sidecar.read_text(encoding="utf-8"))
    holders: list[tuple[str, dict[str, Any]]] = [
        ("", data),
        ("camera.", data["camera"]),
        ("rates.", data["rates"]),
        ("frames[4].", data["frames"][4]),
        ("frames[4].cards[1].", data["frames"][4]["cards"][1]),
        ("moments[0].", data["moments"][0]),
    ]
    for place, holder in holders:
        for key in list(holder):
            value = holder.pop(key)
            sidecar.write_text(json.dumps(data), encoding="utf-8")
            assert f"demo.json: {place}{key} is missing" in mistake(video)
            holder[key] = value


def in_frame(key: str, value: Any) -> Spoil:
    return lambda data: data["frames"][2].update({key: value})


def in_card(key: str, value: Any) -> Spoil:
    return lambda data: data["frames"][2]["cards"][0].update({key: value})


def in_moment(key: str, value: Any) -> Spoil:
    return lambda data: data["moments"][0].update({key: value})


def on_top(key: str, value: Any) -> Spoil:
    return lambda data: data.update({key: value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (on_top("format", 2), "format is not 1"),
        (on_top("fps", 0), "fps is not a whole number from 1"),
        (on_top("fps", True), "fps is not a whole number"),
        (on_top("size", [1, 2, 3]), "size is not a list of 2"),
        (on_top("scale", "1.5"), "scale is not a number"),
        (on_top("seconds", float("nan")), "seconds is not a number"),
        (on_top("seconds", -1), "seconds is not a number"),
        (on_top("mode", "magic"), "mode is not auto-detect or full-frame"),
        (on_top("versions", {"torch": 2}), "versions.torch is not a text"),
        (on_top("frames", {}), "frames is not a list"),
        (on_top("camera", []), "camera is not an object"),
        (lambda data: data["camera"].update(simulated=1), "camera.simulated is not true or false"),
        (lambda data: data["camera"].update(credit=""), "camera.credit is not a text"),
        (in_frame("time", 0.9), "frames[2].time is not 0.0667, its place in the video"),
        (in_frame("shown", -1), "frames[2].shown is not a whole number from 0"),
        (in_frame("mode", None), "frames[2].mode is not auto-detect"),
        (in_card("label", "king of cups"), "frames[2].cards[0].label is not the name of a card"),
        (in_card("label", ["joker"]), "frames[2].cards[0].label is not the name of a card"),
        (in_card("confidence", 1.1), "frames[2].cards[0].confidence is not a number from 0 to 1"),
        (in_card("corners", [[1, 2]] * 3), "frames[2].cards[0].corners is not a list of 4"),
        (in_card("corners", [[1, 2, 3]] * 4), "frames[2].cards[0].corners[0] is not a list of 2"),
        (in_card("box", [0, 0, 9, 9]), "frames[2].cards[0].box is not the box around the corners"),
        (in_card("top", []), "frames[2].cards[0].top is not a list of 5"),
        (in_card("top", [["joker", 2]] * 5), "frames[2].cards[0].top[0][1] is not a number"),
        (in_card("number", 0), "frames[2].cards[0].number is not a whole number from 1"),
        (in_moment("frame", 20), "moments[0].frame is not a whole number from 0 to 19"),
        (in_moment("number", 3), "moments[0] is not a card of that frame"),
        (in_moment("label", "joker"), "moments[0] is not a card of that frame"),
        (in_moment("picture", "data:image/png;base64,????"), "moments[0].picture is not a picture"),
        (in_moment("picture", "data:image/png;base64,"), "moments[0].picture is not a picture"),
        (in_moment("picture", "http://nowhere/"), "moments[0].picture is not a picture"),
        (in_moment("picture", picture_url(cut_out()[:99])), "moments[0].picture is not a picture"),
    ],
)
def test_a_wrong_value_is_said_with_its_place(video: Path, change: Spoil, said: str) -> None:
    spoil(video, change)
    assert f"demo.json: {said}" in mistake(video)


def test_a_film_with_a_recording_begins_without_torch() -> None:
    """Importing it takes seconds, and what is made before needs no network."""
    program = (
        "import sys, cnnviz.capture.sidecar, cnnviz.studio.make, cnnviz.episode.evidence\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False"]
