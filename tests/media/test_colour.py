"""YUV to RGB by the formula of ITU-R BT.709, every pixel in its place."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.media.colour import RgbToYuv, YuvToRgb

LEVELS = st.integers(0, 255)


def flat(luma: int, blueness: int, redness: int, size: tuple[int, int] = (16, 8)) -> av.VideoFrame:
    width, height = size
    planes = np.full((height * 3 // 2, width), luma, np.uint8)
    planes[height : height * 5 // 4] = blueness
    planes[height * 5 // 4 :] = redness
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


@given(luma=LEVELS, blueness=LEVELS, redness=LEVELS)
def test_a_flat_colour_is_that_of_the_formula(luma: int, blueness: int, redness: int) -> None:
    y, u, v = (luma - 16) / 219, (blueness - 128) / 224, (redness - 128) / 224
    red, blue = y + 1.5748 * v, y + 1.8556 * u
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    expected = np.clip(np.array([red, green, blue]) * 255, 0, 255)
    # OpenCV calculates in fixed point: what lies near a half may be rounded either way.
    assert np.abs(YuvToRgb()(flat(luma, blueness, redness)) - expected).max() <= 0.75


@pytest.mark.parametrize("size", [(24, 20), (34, 26)])
def test_every_pixel_keeps_its_place(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = 200, 40, 90
    picture[height // 2 :, width // 2 :] = 20, 160, 220
    back = YuvToRgb()(RgbToYuv()(picture)).astype(int)
    inner = np.ones((height, width), bool)
    inner[height // 2 - 4 : height // 2 + 4] = inner[:, width // 2 - 4 : width // 2 + 4] = False
    assert back.shape == picture.shape
    assert np.abs(back - picture)[inner].max() <= 3
