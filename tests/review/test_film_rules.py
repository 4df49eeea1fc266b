"""Films with one thing wrong, and what is said of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_films import DRAFT, X264, SmallFilm, edit_facts, moving, rules, speech
from tiny import Project

from cnnviz.files import file_digest
from cnnviz.review.film_rules import RULES, film_findings
from cnnviz.review.sound_rules import sound_findings

PARAMS = X264["x264-params"]
WITH_EDITS = {"use_editlist": "1", "movflags": "+faststart"}


# What cannot be had without something else: another codec has other groups.
BESIDES = {
    "mpeg4 in place of h264": {"keyframes"},
    "frames a second in place of 15": {"film-length"},
    "50 frames, its beats in bundle.json 60": {"film-length"},
}


def tall(index: int) -> np.ndarray:
    """A small film's picture, turned upright."""
    return np.ascontiguousarray(np.rot90(moving(index)))


def with_params(params: str, **options: str) -> dict[str, str]:
    return {"x264-params": params, **options}


@pytest.fixture(scope="module")
def sound_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SmallFilm().write(tmp_path_factory.mktemp("film") / "good")


@pytest.fixture
def film(sound_film: Path, tmp_path: Path) -> Path:
    """A bundle with nothing wrong, to be spoiled."""
    return Path(shutil.copytree(sound_film, tmp_path / "bundle"))


def test_a_film_as_the_studio_makes_it_is_without_findings(built: Project) -> None:
    assert film_findings(built.bundle) == []


def test_a_small_film_is_without_findings(film: Path) -> None:
    assert film_findings(film) == []


def test_a_tall_film_is_as_large_as_its_format_has_it(tmp_path: Path) -> None:
    film = SmallFilm(size=(480, 854), picture=tall, facts={"format": "tall"}).write(tmp_path)
    assert film_findings(film) == []


def test_a_bundle_that_names_no_format_is_wide_and_an_unknown_one_is_damaged(film: Path) -> None:
    assert "format" not in json.loads((film / "bundle.json").read_bytes())
    assert film_findings(film) == []
    edit_facts(film, format="round")
    (finding,) = film_findings(film)
    assert finding.rule == "damaged-film"
    assert "format is not the name of a format" in finding.message


@pytest.mark.parametrize(
    ("spoiled", "rule", "said"),
    [
        ({"codec": "mpeg4"}, "picture-format", "mpeg4 in place of h264"),
        ({"x264": {"profile": "main"}}, "picture-format", "profile Main in place of High"),
        (
            {"pixel_format": "yuv444p", "x264": {"profile": "high444"}},
            "picture-format",
            "yuv444p in place of yuv420p",
        ),
        ({"facts": {"quality": "preview"}}, "picture-format", "854×480 in place of 1280×720"),
        ({"facts": {"format": "tall"}}, "picture-format", "854×480 in place of 480×854"),
        (
            {"size": (480, 854), "picture": tall, "facts": {"format": "wide"}},
            "picture-format",
            "480×854 in place of 854×480",
        ),
        ({"x264": with_params(f"{PARAMS}:interlaced=1")}, "picture-format", "not marked as prog"),
        ({"x264": with_params(f"{PARAMS}:cabac=0")}, "picture-format", "without CABAC"),
        ({"tagged": False}, "colour-tags", "not tagged BT.709"),
        ({"gop": 15}, "keyframes", "every 15 frames in place of 7"),
        ({"gop": 3}, "keyframes", "every 3 frames in place of 7"),
        ({"gop": 8, "x264": with_params(f"{PARAMS}:open-gop=1")}, "keyframes", "open groups"),
        (
            {"x264": with_params(PARAMS.replace("bframes=2", "bframes=3"), bf="3")},
            "keyframes",
            "3 B-frames in a row",
        ),
        ({"picture_times": lambda i: i + 0.3 * (i % 5 == 2)}, "frame-rate", "evenly"),
        ({"picture_times": lambda i: i * 1.25}, "frame-rate", "frames a second in place of 15"),
        ({"container": WITH_EDITS}, "start-time", "edit lists"),
        (
            {"container": WITH_EDITS, "picture_times": lambda i: i + 5},
            "start-time",
            "the picture begins at 0.333 s",
        ),
        (
            {"container": WITH_EDITS, "sound_start": 9600},
            "start-time",
            "the sound begins at 0.200 s",
        ),
        ({"container": {"movflags": "negative_cts_offsets"}}, "index-first", "behind the data"),
        ({"sound_codec": "libmp3lame"}, "sound-format", "in place of AAC-LC"),
        ({"sound_options": {"rate": 44100}}, "sound-format", "44100 samples a second"),
        ({"sound_options": {"layout": "mono"}}, "sound-format", "1 channels in place of 2"),
        ({"sound_options": {"bit_rate": 48_000}}, "sound-format", "kbit/s"),
        ({"sound": None}, "sound-format", "no sound"),
        ({"sound": speech(2)[:-24_000]}, "film-length", "ends 0.50 s before the picture"),
        ({"frames": 50}, "stale-bundle", "50 frames, its beats in bundle.json 60"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_thing_wrong_is_found(
    tmp_path: Path, spoiled: dict[str, Any], rule: str, said: str
) -> None:
    bundle = SmallFilm(**spoiled).write(tmp_path)
    found = film_findings(bundle)
    assert any(finding.rule == rule and said in finding.message for finding in found), found
    assert rules(found) <= {rule} | BESIDES.get(said, set())
    assert all(finding.severity == "error" for finding in found)
    assert all(finding.file == bundle / "episode.mp4" for finding in found)


def test_a_sound_that_differs_by_less_than_a_frame_is_as_long(tmp_path: Path) -> None:
    assert film_findings(SmallFilm(sound=speech(2)[:-3000]).write(tmp_path)) == []


def test_another_film_than_the_bundles_is_noticed(film: Path) -> None:
    edit_facts(film, digest="0" * 64)
    (finding,) = film_findings(film)
    assert finding.rule == "stale-bundle"
    assert "bundle.json was written for" in finding.message


# --- what is seen ---------------------------------------------------------------------------


def black_between(first: int, last: int) -> Callable[[int], np.ndarray]:
    def picture(index: int) -> np.ndarray:
        return moving(index) * np.uint8(not first <= index < last)

    return picture


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (31, 39, "black for 0.5 s from 0:02 on"),
        (20, 50, "black for 2.0 s from 0:01 on"),
        (0, 9, "black for 0.6 s from 0:00 on"),
        (50, 60, "black for 0.7 s from 0:03 on"),
    ],
)
def test_black_for_more_than_half_a_second_is_found(
    tmp_path: Path, first: int, last: int, said: str
) -> None:
    bundle = SmallFilm(picture=black_between(first, last)).write(tmp_path)
    (finding,) = film_findings(bundle)
    assert (finding.rule, finding.severity, finding.message) == ("black-picture", "error", said)
    assert (finding.scene, finding.beat) == ("one", "b0" if first < 30 else "b1")


@pytest.mark.parametrize("first", [21, 24, 28])
def test_black_for_half_a_second_is_not(tmp_path: Path, first: int) -> None:
    picture = black_between(first, first + 7)
    assert film_findings(SmallFilm(picture=picture).write(tmp_path)) == []


def test_the_films_own_dark_ground_is_not_black(tmp_path: Path) -> None:
    def ground(index: int) -> np.ndarray:
        return np.full((DRAFT.height, DRAFT.width, 3), (14, 17, 23), np.uint8)

    assert film_findings(SmallFilm(picture=ground).write(tmp_path)) == []


def still_between(first: int, last: int) -> Callable[[int], np.ndarray]:
    return lambda index: moving(first if first <= index < last else index)


def long_film(picture: Callable[[int], np.ndarray]) -> SmallFilm:
    return SmallFilm(beats=6, picture=picture, sound=speech(6))


def test_a_film_that_stands_still_is_found(tmp_path: Path) -> None:
    (finding,) = film_findings(long_film(still_between(20, 160)).write(tmp_path))
    assert (finding.rule, finding.severity) == ("frozen-picture", "warning")
    assert (finding.scene, finding.beat) == ("one", "b0")
    assert finding.message == "nothing moves for 8.9 s from 0:01 on"


def test_less_than_eight_seconds_without_change_are_not(tmp_path: Path) -> None:
    assert film_findings(long_film(still_between(20, 135)).write(tmp_path)) == []


def test_what_moves_slowly_moves(tmp_path: Path) -> None:
    def creeping(index: int) -> np.ndarray:
        return moving(index // 20)

    assert film_findings(long_film(creeping).write(tmp_path)) == []


def test_a_film_that_is_all_black_is_said_once(tmp_path: Path) -> None:
    (finding,) = film_findings(long_film(black_between(0, 180)).write(tmp_path))
    assert finding.message == "black for 12.0 s from 0:00 on"


# --- damage ---------------------------------------------------------------------------------


def cut_short(film: Path) -> None:
    film.write_bytes(film.read_bytes()[:-5000])


def emptied(film: Path) -> None:
    film.write_bytes(b"")


def replaced_by_words(film: Path) -> None:
    film.write_text("not a film\n" * 1000)


def deleted(film: Path) -> None:
    film.unlink()


def made_a_folder(film: Path) -> None:
    film.unlink()
    film.mkdir()


def bad_brand(film: Path) -> None:
    """A byte that begins no letter, at which libav's wrapper stumbles."""
    data = bytearray(film.read_bytes())
    data[17] = 0xA7
    film.write_bytes(data)


@pytest.mark.parametrize(
    "damage", [cut_short, emptied, replaced_by_words, deleted, made_a_folder, bad_brand]
)
def test_a_damaged_film_is_one_finding(film: Path, damage: Callable[[Path], None]) -> None:
    damage(film / "episode.mp4")
    (finding,) = film_findings(film)
    assert (finding.rule, finding.severity) == ("damaged-film", "error")
    assert finding.file == film / "episode.mp4"
    assert "render" in finding.advice
    assert sound_findings(film) == []


def test_damaged_pictures_are_found(film: Path) -> None:
    path = film / "episode.mp4"
    data = bytearray(path.read_bytes())
    begin = data.index(b"mdat") + 4
    data[begin : begin + 4000] = b"\xff" * 4000
    path.write_bytes(data)
    edit_facts(film, digest=file_digest(path))
    assert rules(film_findings(film)) == {"damaged-film"}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "[]",
        "{",
        '{"quality": "draft", "fps": 15, "beats": []}',
        '{"quality": "draft", "fps": 15, "beats": [{"start_frame": 1, "frames": 2}]}',
        '{"quality": "huge", "fps": 15, "beats": []}',
    ],
)
def test_a_damaged_bundle_is_one_finding(film: Path, text: str | None) -> None:
    path = film / "bundle.json"
    path.unlink() if text is None else path.write_text(text)
    (finding,) = film_findings(film)
    assert finding.rule == "damaged-film"
    assert finding.file == path


def test_every_finding_has_a_rule_that_is_told() -> None:
    assert all(line and not line.endswith(".") for line in RULES.values())
