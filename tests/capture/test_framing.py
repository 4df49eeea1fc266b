"""A recording's frames in the film's look: the right one, whole, with its border and corners."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from captures import SIZE, window_picture, write_recording

from cnnviz.capture.framing import BORDER, CUT_OFF, FramedVideo
from cnnviz.errors import StudioError

GREEN, NIGHT = (127, 227, 176), (16, 21, 31)
WIDTH, HEIGHT = SIZE


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    return write_recording(folder, seconds=3).with_suffix(".mp4")


@pytest.fixture
def framed(video):
    return FramedVideo(video, 30, border=GREEN, ground=NIGHT)


def inside(picture):
    """What is framed, without border and corners."""
    return picture[BORDER + 24 : -BORDER - 24, BORDER + 24 : -BORDER - 24].astype(int)


def level(picture) -> float:
    """The brightness in green, which tells the frame's number."""
    return float(inside(picture)[..., 1].mean())


def test_a_frame_has_the_colours_of_the_window(framed):
    expected = window_picture(45)[50, 50, ::-1].astype(int)
    assert np.abs(inside(framed(45)) - expected).max() <= 4


@pytest.mark.parametrize(
    "order", [range(90), (40, 41, 3, 3, 89, 0, 88), range(89, -1, -7), range(0, 90, 2)]
)
def test_frames_come_in_any_order(framed, order):
    for index in order:
        assert level(framed(index)) == pytest.approx(4 + index, abs=1.5), index


def test_after_the_end_the_last_frame_stays(framed):
    assert np.array_equal(framed(89), framed(5000))


def test_the_strip_with_the_number_is_cut_off(framed):
    picture = framed(0)
    assert picture.shape == (HEIGHT - CUT_OFF + 2 * BORDER, WIDTH + 2 * BORDER, 3)
    bottom = picture[-BORDER - 1, 40:-40].astype(int)
    assert np.abs(bottom - inside(picture)[0, 0]).max() <= 6


def test_the_border_is_thin_and_closed(framed):
    picture = framed(10)
    middle = picture.shape[0] // 2, picture.shape[1] // 2
    for line in (
        picture[middle[0], :BORDER],
        picture[middle[0], -BORDER:],
        picture[:BORDER, middle[1]],
        picture[-BORDER:, middle[1]],
    ):
        assert np.abs(line.astype(int) - GREEN).max() <= 1
    assert np.abs(picture[middle[0], BORDER + 2].astype(int) - GREEN).max() > 60


def test_the_corners_are_round_and_show_the_ground(framed):
    picture = framed(10)
    for corner in (picture[0, 0], picture[0, -1], picture[-1, 0], picture[-1, -1]):
        assert tuple(corner) == NIGHT
    diagonal = [tuple(picture[i, i]) for i in range(40)]
    assert GREEN in diagonal, "the border goes round the corner"
    assert diagonal.index(GREEN) > 3


def test_a_place_in_the_recording_is_found_on_the_frame(framed):
    height, width = framed(0).shape[:2]
    across, down = framed.point(0, 0)
    assert (across * width, down * height) == pytest.approx((BORDER, BORDER))
    across, down = framed.point(WIDTH, HEIGHT - CUT_OFF)
    assert (across * width, down * height) == pytest.approx((width - BORDER, height - BORDER))


def test_copies_share_the_decoder(framed):
    assert copy.deepcopy([framed])[0] is framed


def test_a_missing_video_is_told(tmp_path):
    with pytest.raises(StudioError, match="no such film file"):
        FramedVideo(tmp_path / "none.mp4", 30, border=GREEN, ground=NIGHT)
