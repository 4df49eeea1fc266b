"""Erosion and dilation against plain loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check

from cnnviz.compute import DisagreementError, MorphologyTrace, ShapeError, dilate, erode, morphology

BOTH = pytest.mark.parametrize("change", [erode, dilate])
CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]

Change = Callable[..., MorphologyTrace]


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A picture, and an element with a 1 in the middle."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    picture = random.integers(0, draw(st.sampled_from([2, 256])), draw(shapes(1, 9)))
    element = random.integers(0, 2, [2 * half + 1 for half in draw(shapes(0, 2))])
    element[element.shape[0] // 2, element.shape[1] // 2] = 1
    return picture, element


def shapes(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(least, most), st.integers(least, most))


@BOTH
@settings(deadline=None, max_examples=50)
@given(problems())
def test_every_pixel_is_the_extreme_under_the_element_and_recomputes(
    change: Change, problem: tuple[np.ndarray, np.ndarray]
) -> None:
    picture, element = problem
    trace = change(picture, element)
    up, left = (side // 2 for side in element.shape)
    for row, column in np.ndindex(*picture.shape):
        under = [
            picture[row + y - up, column + x - left]
            for y, x in np.argwhere(element)
            if 0 <= row + y - up < len(picture) and 0 <= column + x - left < len(picture[0])
        ]
        assert trace.output[row, column] == (min(under) if change is erode else max(under))
        check(trace.number(row, column), change.__name__)


@settings(deadline=None, max_examples=30)
@given(problems())
def test_one_is_the_other_on_the_negative(problem: tuple[np.ndarray, np.ndarray]) -> None:
    picture, element = problem
    assert np.array_equal(
        erode(picture, element).output, 255 - dilate(255 - picture, element).output
    )


@settings(deadline=None, max_examples=30)
@given(problems())
def test_erosion_only_darkens_and_dilation_only_brightens(
    problem: tuple[np.ndarray, np.ndarray],
) -> None:
    picture, element = problem
    assert (erode(picture, element).output <= picture).all()
    assert (dilate(picture, element).output >= picture).all()


def test_opening_removes_a_speck_and_closing_fills_a_gap() -> None:
    square = np.zeros((9, 9), int)
    square[2:7, 2:7] = 255
    speckled, torn = square.copy(), square.copy()
    speckled[0, 0], torn[4, 4] = 255, 0
    assert np.array_equal(dilate(erode(speckled).output).output, square)
    assert np.array_equal(erode(dilate(torn).output).output, square)


def test_a_window_says_what_lies_outside() -> None:
    trace = erode([[9, 8], [7, 6]], CROSS)
    assert trace.window(0, 1) == [[None, None, None], [9, 8, None], [7, 6, None]]
    assert trace.number(0, 1).value == 6
    assert trace.number(0, 1).args["element"] == CROSS


@BOTH
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"picture": [[300]]}, "picture must hold whole numbers from 0 to 255"),
        ({"element": [1, 1, 1]}, "must have odd sides"),
        ({"element": [[1, 1], [1, 1]]}, "must have odd sides"),
        ({"element": [[2]]}, "must hold 0 and 1 only"),
        ({"element": [[1, 0, 1]]}, "must have a 1 in the middle"),
    ],
)
def test_pictures_and_elements_that_will_not_do_are_refused(
    change: Change, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ShapeError, match=said):
        change(**({"picture": [[1, 2], [3, 4]]} | wrong))


@BOTH
def test_a_trace_is_a_record_with_positions_inside(change: Change) -> None:
    trace = change([[1, 2], [3, 4]])
    for array in (trace.input, trace.output, trace.element):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    for place in ((2, 0), (0, 2), (-1, 0)):
        with pytest.raises(ShapeError, match="is outside"):
            trace.number(*place)


@BOTH
def test_a_disagreement_is_an_error(monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    monkeypatch.setattr(morphology, f"opencv_{change.__name__}", lambda picture, _: picture)
    with pytest.raises(DisagreementError, match="OpenCV and numpy disagree"):
        change([[1, 2], [3, 4]])
