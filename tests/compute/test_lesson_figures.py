"""The figures that the lessons show, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnviz.compute import conv2d, kernel, max_pool2d, mean_pool2d, output_size, relu


def figure(text: str) -> np.ndarray:
    """Rows separated by slashes, whole numbers where possible."""
    rows = [row.split() for row in text.split("/")]
    return np.array([[float(v) if "." in v else int(v) for v in row] for row in rows])


IMAGE = figure("1 2 3 0 1 / 0 1 2 3 1 / 1 0 1 2 3 / 2 1 0 1 2 / 1 2 1 0 1")
EDGE = kernel("vertical_edge").values


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "-4 -2 1 / 0 -4 -3 / 2 0 -4"),
        ({"stride": 2}, "-4 1 / 2 -4"),
        (
            {"padding": 1},
            "-3 -4 0 3 3 / -3 -4 -2 1 5 / -2 0 -4 -3 6 / -3 2 0 -4 3 / -3 2 2 -2 1",
        ),
        ({"padding": 1, "stride": 2}, "-3 0 3 / -2 -4 6 / -3 2 1"),
    ],
)
def test_the_edge_lesson_shows_these_maps(settings: dict[str, Any], expected: str) -> None:
    trace = conv2d(IMAGE, EDGE, **settings)
    assert trace.output[0].tolist() == figure(expected).tolist()
    size = output_size(5, 3, **settings)
    assert size.result == trace.rows == trace.columns


def test_the_first_window_is_worked_out_as_narrated() -> None:
    window = conv2d(IMAGE, EDGE).window(0, 0)
    assert window.patch[0].tolist() == [[1, 2, 3], [0, 1, 2], [1, 0, 1]]
    assert window.products[0].tolist() == [[1, 0, -3], [0, 0, -2], [1, 0, -1]]
    assert window.sum_number.args == {"terms": [1, 0, -3, 0, 0, -2, 1, 0, -1]}
    assert window.result == -4


def test_the_activation_lesson_shows_these_values() -> None:
    rectified = relu(conv2d(IMAGE, EDGE).output)
    assert rectified.output[0].tolist() == figure("0 0 1 / 0 0 0 / 2 0 0").tolist()


def test_the_pooling_lesson_shows_these_values() -> None:
    rectified = relu(conv2d(IMAGE, EDGE, padding=1).output)
    assert max_pool2d(rectified.output).output[0].tolist() == [[0, 3], [2, 0]]
    assert mean_pool2d(rectified.output).output[0].tolist() == [[0, 1], [0.5, 0]]
    stripes = figure("1 2 3 4 / 5 6 7 8 / 1 2 3 4 / 9 10 11 12")
    assert max_pool2d(stripes).output[0].tolist() == [[6, 8], [10, 12]]


def test_the_laplacian_finds_the_ridges_of_the_pyramid() -> None:
    pyramid = figure("1 2 3 2 1 / 2 3 4 3 2 / 3 4 5 4 3 / 2 3 4 3 2 / 1 2 3 2 1")
    output = conv2d(pyramid, kernel("laplacian_8").values).output[0]
    assert output.tolist() == figure("0 6 0 / 6 12 6 / 0 6 0").tolist()
