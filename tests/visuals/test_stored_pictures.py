"""What the comparison with stored pictures lets pass, and what it does not."""

from __future__ import annotations

import cv2
import numpy as np
import pictures
import pytest
from manim import DOWN, LEFT, RIGHT, UL, UP
from pictures import SIZE, check_pictures, compare, draw

from cnnviz.compute import conv2d
from cnnviz.visuals import input_grid, output_grid, words
from cnnviz.visuals.theme import LABEL, MUTED, SMALL, diverging, hex_colour

TRACE = conv2d(
    [[1, 2, 3, 0, 1], [0, 1, 2, 3, 1], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [1, 2, 1, 0, 1]],
    [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
)


def stage():
    """A stage as films have it: two grids, a label, a small title."""
    seen = input_grid(TRACE, cell=0.62).shift(LEFT * 3)
    output = output_grid(TRACE, cell=0.62).shift(RIGHT * 3)
    label = words("স্ট্রাইড", LABEL).next_to(output, UP)
    title = words("মেশিন", SMALL, colour=MUTED).to_corner(UL)
    return seen, output, label, title


def without_label(seen, output, label, title):
    label.set_opacity(0)


def without_title(seen, output, label, title):
    title.set_opacity(0)


def without_a_digit(seen, output, label, title):
    seen.digit(1, 1).set_opacity(0)


def without_a_minus(seen, output, label, title):
    output.digit(0, 0)[0].set_opacity(0)


def moved_grid(seen, output, label, title):
    seen.shift(DOWN * 0.05)


def smaller_label(seen, output, label, title):
    label.scale(0.9)


def another_digit(seen, output, label, title):
    output.digit(0, 0).become(output.digit(1, 2).copy().move_to(output.digit(0, 0)))


def another_shade(seen, output, label, title):
    output.square(0, 0).set_fill(hex_colour(diverging(-2, 4)))


@pytest.mark.parametrize(
    "change",
    [
        without_label,
        without_title,
        without_a_digit,
        without_a_minus,
        moved_grid,
        smaller_label,
        another_digit,
        another_shade,
    ],
)
def test_a_change_that_a_viewer_would_notice_fails(change):
    before, after = stage(), stage()
    change(*after)
    assert compare(draw(before), draw(after)).is_seen


def otherwise_rasterised(picture):
    """As another rasteriser would smooth the edges: from four times the resolution."""
    width, height = SIZE
    large = draw(stage(), (4 * width, 4 * height))
    return cv2.resize(large, SIZE, interpolation=cv2.INTER_AREA)


def shifted_by_a_sixth_of_a_pixel(picture):
    move = np.array([[1, 0, 1 / 6], [0, 1, 1 / 6]], dtype=np.float32)
    return cv2.warpAffine(picture, move, SIZE, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("change", [otherwise_rasterised, shifted_by_a_sixth_of_a_pixel, np.copy])
def test_a_change_that_only_libraries_make_passes(change):
    picture = draw(stage())
    assert not compare(picture, change(picture)).is_seen


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Stored and failed pictures lie in folders of their own."""
    monkeypatch.setattr(pictures, "HOUSE", tmp_path)
    monkeypatch.setattr(pictures, "STORED", tmp_path / "stored")
    monkeypatch.setattr(pictures, "FAILED", tmp_path / "build" / "pictures")
    monkeypatch.delenv("CNNVIZ_SET_PICTURES", raising=False)
    return tmp_path


def plain(*levels: int) -> dict[str, np.ndarray]:
    return {f"beat {i}": np.full((18, 32, 3), level, np.uint8) for i, level in enumerate(levels)}


def test_pictures_are_set_by_the_switch_and_then_compared(elsewhere, monkeypatch):
    with pytest.raises(pytest.fail.Exception, match=r"no stored pictures in stored/sheet\.webp"):
        check_pictures("sheet", plain(10, 90, 170, 250))
    monkeypatch.setenv("CNNVIZ_SET_PICTURES", "1")
    check_pictures("sheet", plain(10, 90, 170, 250))
    monkeypatch.delenv("CNNVIZ_SET_PICTURES")
    check_pictures("sheet", plain(10, 90, 170, 250))


def test_a_failure_names_the_picture_and_shows_the_difference(elsewhere, monkeypatch):
    monkeypatch.setenv("CNNVIZ_SET_PICTURES", "1")
    check_pictures("scenes/sheet", plain(10, 90, 170, 250))
    monkeypatch.delenv("CNNVIZ_SET_PICTURES")
    with pytest.raises(pytest.fail.Exception) as told:
        check_pictures("scenes/sheet", plain(10, 90, 60, 250))
    message = str(told.value)
    assert "beat 2: 100.00% of the pixels changed" in message
    assert "beat 1" not in message
    assert "CNNVIZ_SET_PICTURES=1" in message
    shown = cv2.imread(str(elsewhere / "build/pictures/scenes-sheet-beat 2.png"))
    assert str(shown.shape) == "(18, 96, 3)", "stored, drawn, difference"
    assert [int(shown[9, x].mean()) for x in (16, 48, 80)] == pytest.approx([170, 60, 110], abs=2)


@pytest.mark.parametrize("levels", [(10, 90), (10, 90, 170, 250, 60)])
def test_a_picture_too_few_or_too_many_fails(elsewhere, monkeypatch, levels):
    monkeypatch.setenv("CNNVIZ_SET_PICTURES", "1")
    check_pictures("sheet", plain(10, 90, 170, 250))
    monkeypatch.delenv("CNNVIZ_SET_PICTURES")
    with pytest.raises(pytest.fail.Exception, match="sheet looks different"):
        check_pictures("sheet", plain(*levels))
