"""The adaptive threshold against OpenCV, on noise and on photographs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import DisagreementError, ShapeError, threshold
from cnnviz.review.recompute import NoProofError, pictures

MODULE = sys.modules[threshold.__module__]
PHOTOGRAPHS = Path(__file__).parents[2] / "cnnviz" / "capture" / "photographs" / "images"
SIZES = st.integers(1, 15).map(lambda half: 2 * half + 1)


def noise(seed: int, height: int, width: int, levels: int) -> np.ndarray:
    """A picture of few or many grey values."""
    return np.random.default_rng(seed).integers(0, levels, (height, width)) * (255 // (levels - 1))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.sampled_from([2, 3, 256]),
    SIZES,
    st.integers(-20, 20),
    st.booleans(),
)
def test_every_pixel_is_opencvs_and_recomputes(
    seed: int, shape: tuple[int, int], levels: int, size: int, constant: int, inverted: bool
) -> None:
    picture = noise(seed, *shape, levels)
    trace = threshold(picture, size, constant, inverted=inverted)
    kind = cv2.THRESH_BINARY_INV if inverted else cv2.THRESH_BINARY
    expected = cv2.adaptiveThreshold(
        picture.astype(np.uint8), 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, kind, size, constant
    )
    assert np.array_equal(trace.output, expected)
    for row, column in np.random.default_rng(seed).integers(0, shape, (3, 2)).tolist():
        if size <= 9 or abs(trace.mean[row, column] % 1 - 0.5) > 1e-3:
            check(trace.number(row, column), "threshold")


@pytest.mark.parametrize("name", sorted(path.name for path in PHOTOGRAPHS.glob("*.jpg"))[:3])
@pytest.mark.parametrize(("size", "constant", "inverted"), [(7, 2, False), (11, 2, True)])
def test_photographs_come_out_as_the_recognizer_sees_them(
    name: str, size: int, constant: int, inverted: bool
) -> None:
    grey = cv2.imread(str(PHOTOGRAPHS / name), cv2.IMREAD_GRAYSCALE)
    trace = threshold(cv2.resize(grey, (640, 480)), size, constant, inverted=inverted)
    assert 0 < (trace.output == 255).mean() < 1
    for row, column in ((0, 0), (240, 320), (479, 639)):
        check(trace.number(row, column), "threshold")


@settings(deadline=None, max_examples=20)
@given(SIZES)
def test_weights_are_opencvs_and_the_recomputations(size: int) -> None:
    theirs = cv2.getGaussianKernel(size, 0, cv2.CV_64F).ravel()
    np.testing.assert_allclose(MODULE._weights(size), theirs, atol=1e-15)
    again, doubt = pictures._weights(size)
    np.testing.assert_allclose([float(weight) for weight in again], theirs, atol=1e-15)
    assert bool(doubt) is (size > 9)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 255), SIZES, st.integers(-5, 5))
def test_an_even_area_is_bright_where_the_constant_is_above_0(
    grey: int, size: int, constant: int
) -> None:
    output = threshold(np.full((4, 5), grey), size, constant).output
    assert (output == (255 if constant > 0 else 0)).all()


def test_inverted_is_the_other_way_round() -> None:
    picture = noise(1, 9, 9, 256)
    plain, turned = (threshold(picture, 5, 3, inverted=inverted) for inverted in (False, True))
    assert np.array_equal(plain.output, 255 - turned.output)


def test_beyond_the_picture_the_edge_goes_on() -> None:
    block = threshold([[1, 2, 3], [4, 5, 6]], 5).block(0, 0)
    rows = [[1, 1, 1, 2, 3]] * 3 + [[4, 4, 4, 5, 6]] * 2
    assert block.tolist() == rows


def test_a_mean_that_may_be_rounded_either_way_gives_no_number() -> None:
    trace = threshold(np.full((1, 1), 9), 11, 0)
    near = type(trace)(trace.input, np.array([[8.50001]]), trace.output, 11, 0, False)
    with pytest.raises(ShapeError, match=r"mean 8\.5000 around pixel 0, 0 is too near to ½"):
        near.number(0, 0)


def test_a_block_whose_mean_may_be_rounded_either_way_is_no_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = pictures._weights
    args = {"block": [[8, 8, 8], [8, 9, 8], [8, 8, 8]], "constant": 0, "inverted": False}
    assert pictures.threshold(args, Path()) == 255
    doubt = pictures.Fraction(1, 2)
    monkeypatch.setattr(pictures, "_weights", lambda size: (right(size)[0], doubt))
    with pytest.raises(NoProofError, match="too near"):
        pictures.threshold(args, Path())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"picture": [1, 2]}, "picture must have 2 dimensions, not 1"),
        ({"picture": [[0.5]]}, "whole numbers from 0 to 255"),
        ({"picture": [[256]]}, "whole numbers from 0 to 255"),
        ({"picture": [[-1]]}, "whole numbers from 0 to 255"),
        ({"size": 4}, "size must be odd and at most 31, not 4"),
        ({"size": 33}, "size must be odd and at most 31, not 33"),
        ({"size": 1}, "size must be at least 3"),
        ({"constant": 2.5}, "constant must be a whole number"),
    ],
)
def test_pictures_and_settings_that_do_not_fit_are_refused(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ShapeError, match=said):
        threshold(**({"picture": [[1, 2], [3, 4]]} | wrong))


@pytest.mark.parametrize("place", [(2, 0), (0, 2), (-1, 0)])
def test_positions_outside_are_refused(place: tuple[int, int]) -> None:
    with pytest.raises(ShapeError, match="is outside"):
        threshold([[1, 2], [3, 4]]).number(*place)


def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MODULE.opencv_threshold
    monkeypatch.setattr(MODULE, "opencv_threshold", lambda *args: 255 - right(*args))
    with pytest.raises(DisagreementError, match="OpenCV and numpy disagree"):
        threshold([[1, 200], [3, 4]])
