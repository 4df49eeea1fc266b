from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.capture.film import CaptureFilm
from cnnviz.capture.framecode import LIMIT, STRIP_HEIGHT, read_number, stamp
from cnnviz.media.decode import read_frames
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture

NUMBERS = st.integers(0, LIMIT - 1)


def noise(seed: int, width: int = 960, height: int = 48) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@given(NUMBERS, st.integers(448, 2000), st.integers(0, 99))
def test_a_number_is_read_as_it_was_stamped(number: int, width: int, seed: int) -> None:
    assert read_number(stamp(noise(seed, width, 8), number)) == number


@given(NUMBERS)
def test_a_number_changes_nothing_above_the_strip(number: int) -> None:
    before = noise(1)
    after = stamp(before.copy(), number)
    assert np.array_equal(before[:-STRIP_HEIGHT], after[:-STRIP_HEIGHT])
    assert set(np.unique(after[-STRIP_HEIGHT:])) == {0, 255}


@given(NUMBERS, st.integers(0, 99))
def test_a_number_comes_through_a_bad_jpeg(number: int, seed: int) -> None:
    _, data = cv2.imencode(".jpg", stamp(noise(seed), number), [cv2.IMWRITE_JPEG_QUALITY, 40])
    assert read_number(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)) == number


def test_numbers_come_through_the_video(tmp_path: Path) -> None:
    numbers = [1, 2, 3, 0, LIMIT - 1, 2**31, 77, 77, *range(2**20, 2**20 + 30)]
    film_size = Quality("small", 960, 96, 30)
    with CaptureFilm(tmp_path / "film.mp4", film_size) as film:
        for index, number in enumerate(numbers):
            film.write(stamp(noise(index, height=96), number))
    assert [read_number(frame) for frame in read_frames(tmp_path / "film.mp4")] == numbers


@given(NUMBERS, st.integers(0, 55))
def test_a_damaged_strip_is_not_read(number: int, cell: int) -> None:
    picture = stamp(noise(2), number)
    columns = np.arange(960) * 56 // 960 == cell
    picture[-STRIP_HEIGHT:, columns] = 255 - picture[-STRIP_HEIGHT:, columns]
    assert read_number(picture) is None


@given(NUMBERS)
def test_a_smeared_strip_is_not_read(number: int) -> None:
    picture = stamp(noise(3), number)
    picture[-STRIP_HEIGHT:, 400:420] = 128
    assert read_number(picture) is None


@given(NUMBERS)
def test_a_mirrored_or_inverted_strip_is_not_read(number: int) -> None:
    picture = stamp(noise(4), number)
    assert read_number(255 - picture) is None
    assert read_number(np.ascontiguousarray(picture[:, ::-1])) is None


@given(st.integers(0, 9999))
def test_a_picture_without_a_number_has_none(seed: int) -> None:
    assert read_number(noise(seed)) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_has_no_number(level: int) -> None:
    assert read_number(np.full((720, 960, 3), level, np.uint8)) is None


@pytest.mark.parametrize("shape", [(720, 447, 3), (5, 960, 3)])
def test_a_picture_without_room_takes_no_number(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no room"):
        stamp(np.zeros(shape, np.uint8), 1)
    assert read_number(np.zeros(shape, np.uint8)) is None


@pytest.mark.parametrize("number", [-1, LIMIT])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        stamp(noise(5), number)
