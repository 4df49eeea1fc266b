from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from cnnviz.errors import StudioError
from cnnviz.media.crossfade import crossfade
from cnnviz.media.decode import read_frames
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.inspect_film import inspect_film
from cnnviz.media.join import Piece, join
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture

SMALL = Quality("small", 320, 180, 32)


def plain(red: int, green: int, blue: int) -> Picture:
    return np.broadcast_to(np.array([red, green, blue], np.uint8), (180, 320, 3)).copy()


def segment(path: Path, frames: Iterable[Picture]) -> Path:
    with SegmentEncoder(path, SMALL) as encoder:
        for frame in frames:
            encoder.write(frame)
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return segment(tmp_path / "old.mp4", [plain(0, 0, 0)] * 5 + [plain(200, 40, 60)])


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return segment(tmp_path / "new.mp4", [plain(20, 100 + step, 220) for step in range(40)])


def test_the_middle_frame_is_the_mean_of_both_scenes(tmp_path: Path, old: Path, new: Path) -> None:
    assert crossfade(old, new, 16, SMALL, tmp_path / "fade.mp4") == 16
    middle = next(read_frames(tmp_path / "fade.mp4", 8, 1))
    expected = (np.array([200, 40, 60]) + np.array([20, 108, 220])) / 2
    assert np.abs(middle - expected).max() <= 4


def test_it_leads_evenly_from_the_old_scene_to_the_moving_new_one(
    tmp_path: Path, old: Path, new: Path
) -> None:
    crossfade(old, new, 16, SMALL, tmp_path / "fade.mp4")
    for step, frame in enumerate(read_frames(tmp_path / "fade.mp4")):
        share = step / 16
        expected = np.array([200, 40, 60]) * (1 - share) + np.array([20, 100 + step, 220]) * share
        assert np.abs(frame.mean(axis=(0, 1)) - expected).max() <= 4


def test_a_film_keeps_its_length_and_frames_behind_the_transition(
    tmp_path: Path, old: Path, new: Path
) -> None:
    crossfade(old, new, 16, SMALL, tmp_path / "fade.mp4")
    pieces = [Piece(old), Piece(tmp_path / "fade.mp4"), Piece(new, skip_frames=16)]
    assert join(pieces, None, tmp_path / "film.mp4", SMALL) == 6 + 40
    greens = [int(frame[90, 160, 1]) for frame in read_frames(tmp_path / "film.mp4", 22)]
    assert greens == pytest.approx(list(range(116, 140)), abs=3)
    facts = inspect_film(tmp_path / "film.mp4").picture
    assert facts.gops == (6, 16, 16, 8)
    assert facts.closed_gops
    assert facts.constant_rate


def test_a_transition_into_a_short_beat_is_cut_to_it(tmp_path: Path, old: Path, new: Path) -> None:
    short = segment(tmp_path / "short.mp4", [plain(20, 100, 220)] * 5)
    assert crossfade(old, short, 16, SMALL, tmp_path / "fade.mp4") == 5
    pieces = [Piece(old), Piece(tmp_path / "fade.mp4"), Piece(short, 16), Piece(new)]
    assert join(pieces, None, tmp_path / "film.mp4", SMALL) == 6 + 5 + 40


def test_the_same_scenes_give_the_same_bytes(tmp_path: Path, old: Path, new: Path) -> None:
    crossfade(old, new, 32, SMALL, tmp_path / "one.mp4")
    crossfade(old, new, 32, SMALL, tmp_path / "two.mp4")
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_transition_is_of_whole_gops(tmp_path: Path, old: Path, new: Path) -> None:
    for frames in (0, 15, 24):
        with pytest.raises(ValueError, match="keyframes every 16"):
            crossfade(old, new, frames, SMALL, tmp_path / "fade.mp4")


def test_a_missing_scene_leaves_no_file(tmp_path: Path, old: Path) -> None:
    with pytest.raises(StudioError, match="no such"):
        crossfade(old, tmp_path / "none.mp4", 16, SMALL, tmp_path / "fade.mp4")
    with pytest.raises(StudioError, match="no such"):
        crossfade(tmp_path / "none.mp4", old, 16, SMALL, tmp_path / "fade.mp4")
    assert list(tmp_path.iterdir()) == [old]
