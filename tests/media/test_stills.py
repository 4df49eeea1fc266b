from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.media.decode import read_frames
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.inspect_film import inspect_film
from cnnviz.media.join import Piece, join
from cnnviz.media.quality import Quality
from cnnviz.media.stills import still_plan

SMALL = Quality("small", 64, 48, 30)


def grey(level: int) -> np.ndarray:
    return np.full((SMALL.height, SMALL.width, 3), level, dtype=np.uint8)


def levels(path: Path) -> list[int]:
    return [round(float(frame.mean())) for frame in read_frames(path)]


@given(at=st.integers(0, 200), repeat=st.integers(1, 2000), gop=st.sampled_from([7, 15, 30]))
def test_a_still_is_encoded_for_less_than_four_groups_and_lasts_as_long_as_asked(
    at: int, repeat: int, gop: int
) -> None:
    encoded, pairs = still_plan(at, repeat, gop)
    assert encoded + pairs * 2 * gop == repeat
    assert encoded >= 1
    assert pairs >= 0
    if pairs:
        # Up to the boundary, the pair itself, and a rest that fills no pair.
        assert encoded < gop + 2 * gop + 2 * gop
        assert encoded >= -at % gop + 2 * gop
    else:
        assert repeat < -at % gop + 4 * gop


@pytest.mark.parametrize(
    "lengths", [(3, 400, 5), (400,), (1, 61, 200, 300, 2), (15, 60, 60, 15), (7, 90, 1, 91)]
)
def test_every_picture_lasts_as_long_as_it_was_written(
    tmp_path: Path, lengths: tuple[int, ...]
) -> None:
    path = tmp_path / "still.mp4"
    shades = [40 + 30 * index for index in range(len(lengths))]
    with SegmentEncoder(path, SMALL) as segment:
        for shade, length in zip(shades, lengths, strict=True):
            segment.write(grey(shade), repeat=length)
    seen = levels(path)
    expected = [shade for shade, n in zip(shades, lengths, strict=True) for _ in range(n)]
    assert len(seen) == len(expected)
    assert max(abs(a - b) for a, b in zip(seen, expected, strict=True)) <= 3


def test_repeated_groups_leave_the_stream_as_regular_as_any(tmp_path: Path) -> None:
    path, film = tmp_path / "still.mp4", tmp_path / "film.mp4"
    with SegmentEncoder(path, SMALL) as segment:
        segment.write(grey(60), repeat=10)
        segment.write(grey(120), repeat=333)
        segment.write(grey(180), repeat=9)
    join([Piece(path), Piece(path, skip_frames=SMALL.gop)], None, film, SMALL)
    for made, frames in ((path, 352), (film, 2 * 352 - SMALL.gop)):
        facts = inspect_film(made).picture
        assert facts.frames == frames
        assert facts.constant_rate
        assert facts.closed_gops
        assert set(facts.gops[:-1]) <= {SMALL.gop, 352 % SMALL.gop}


def test_a_long_still_costs_few_frames_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SegmentEncoder(tmp_path / "still.mp4", SMALL) as segment:
        segment.write(grey(90), repeat=10_000)
        assert segment.frames == 10_000
        assert segment._encoded < 5 * SMALL.gop
    assert len(levels(tmp_path / "still.mp4")) == 10_000
