"""The catalogue of kernels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cnnviz.compute import KERNELS, conv2d, kernel
from cnnviz.errors import UserError

EVERY = pytest.mark.parametrize("name", KERNELS)
SMOOTHING = {"identity", "box_blur", "gaussian_3", "gaussian_5", "sharpen", "emboss"}


def weights(name: str) -> np.ndarray:
    return kernel(name).values


@EVERY
def test_sum_1_keeps_brightness_and_sum_0_turns_an_even_area_black(name: str) -> None:
    output = conv2d(np.full((9, 9), 100), weights(name)).output
    total = 1 if name in SMOOTHING else 0
    assert weights(name).sum() == pytest.approx(total, abs=1e-12)
    np.testing.assert_allclose(output, 100 * total, atol=1e-9)


@EVERY
def test_entries_know_their_name_and_cannot_be_changed(name: str) -> None:
    entry = KERNELS[name]
    assert entry is kernel(name)
    assert entry.name == name
    assert entry.note
    assert "\n" not in entry.note
    with pytest.raises(ValueError, match="read-only"):
        entry.values[0, 0] = 5


def test_the_catalogue_is_read_only() -> None:
    with pytest.raises(TypeError):
        KERNELS["mine"] = KERNELS["identity"]  # type: ignore[index]


def test_sobel_and_scharr_are_opencvs() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (8, 9)).astype(float)
    inner = (slice(1, -1), slice(1, -1))
    for name, theirs in (("sobel", cv2.Sobel), ("scharr", cv2.Scharr)):
        for axis, order in (("x", (1, 0)), ("y", (0, 1))):
            expected = theirs(picture, cv2.CV_64F, *order)[inner]
            assert np.array_equal(conv2d(picture, weights(f"{name}_{axis}")).output[0], expected)


def test_laplacian_4_is_opencvs_with_the_sign_turned() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (8, 9)).astype(float)
    expected = -cv2.Laplacian(picture, cv2.CV_64F, ksize=1)[1:-1, 1:-1]
    assert np.array_equal(conv2d(picture, weights("laplacian_4")).output[0], expected)


def test_box_and_gaussian_blurs_are_opencvs() -> None:
    picture = np.random.default_rng(5).random((8, 9))
    inner = (slice(1, -1), slice(1, -1))
    for name, expected in (
        ("box_blur", cv2.blur(picture, (3, 3))),
        ("gaussian_3", cv2.GaussianBlur(picture, (3, 3), 0)),
    ):
        np.testing.assert_allclose(conv2d(picture, weights(name)).output[0], expected[inner])


def test_gaussian_5_is_symmetric_and_falls_from_its_centre() -> None:
    values = np.rint(weights("gaussian_5") * 273).astype(int)
    assert values.sum() == 273
    assert values[2].tolist() == [7, 26, 41, 26, 7]
    assert values[0].tolist() == [1, 4, 7, 4, 1]
    assert values[1].tolist() == [4, 16, 26, 16, 4]
    assert np.array_equal(values, values.T)
    assert np.array_equal(values, values[::-1])


def test_each_edge_kernel_answers_most_to_its_own_direction() -> None:
    rows, columns = np.mgrid[:3, :3]
    edges = {
        "vertical_edge": columns < 1,
        "horizontal_edge": rows < 1,
        "diagonal_edge_45": rows + columns < 2,
        "diagonal_edge_135": columns > rows,
    }
    for name, edge in edges.items():
        answers = {other: conv2d(edge, weights(other)).number(0, 0).value for other in edges}
        assert max(answers, key=lambda other: answers[other]) == name
        assert answers[name] == 3


def test_the_same_direction_turned_is_the_transposed_kernel() -> None:
    assert np.array_equal(weights("horizontal_edge"), weights("vertical_edge").T)
    assert np.array_equal(weights("sobel_y"), weights("sobel_x").T)
    assert np.array_equal(weights("scharr_y"), weights("scharr_x").T)
    assert np.array_equal(weights("diagonal_edge_135"), weights("diagonal_edge_45")[:, ::-1])


def test_the_well_known_ones_are_as_in_the_books() -> None:
    assert weights("identity").tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert weights("sharpen").tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert weights("emboss").tolist() == [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    assert weights("laplacian_8").tolist() == [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
    assert weights("vertical_edge").dtype == np.int64


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(UserError, match="unknown kernel 'sobelx'") as caught:
        kernel("sobelx")
    assert "did you mean sobel_x, " in str(caught.value)


def test_a_name_near_to_none_is_answered_with_all() -> None:
    with pytest.raises(UserError) as caught:
        kernel("qqqq")
    assert all(name in str(caught.value) for name in KERNELS)
