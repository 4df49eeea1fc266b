"""A photograph is sharp at any zoom, knows its pixels, and shows their numbers when they fit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from manim import RIGHT, UL, UP, FadeIn, tempconfig

from cnnviz.stage.camera import FilmCamera
from cnnviz.stage_format import WIDE
from cnnviz.visuals.frame import Frame, View
from cnnviz.visuals.photograph import MOST_NUMBERS, READ, UNREAD, Photograph, PixelNumbers
from cnnviz.visuals.theme import SMALL

WIDTH, HEIGHT = 640, 360
ROWS, COLUMNS = 60, 80


def noise(rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (rows, columns))


def shown(photo: Photograph, frame: Frame | None = None) -> np.ndarray:
    with tempconfig({"pixel_width": WIDTH, "pixel_height": HEIGHT}):
        camera = FilmCamera(background_color="#203040")
        camera.frame = frame
        camera.capture_mobjects([photo])
        return camera.pixel_array[..., 0].astype(int)


def photograph(values: np.ndarray | None = None, height: float = 6.0) -> Photograph:
    return Photograph(noise() if values is None else values, height, name="noise")


def at_scale(side: float, photo: Photograph, row: int = 30, column: int = 40) -> Frame:
    """A frame in which a pixel of the photograph covers so many pixels of the screen."""
    home = photo.side * HEIGHT / 8
    return Frame().scale(home / side).move_to(photo.point(row, column))


# --- sharpness --------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8.0, 23.7, 90.3])
def test_edges_between_large_pixels_are_one_pixel_of_the_screen_wide(side: float) -> None:
    values = np.tile([0, 200], (ROWS, COLUMNS // 2))
    beside, below = photograph(values), photograph(values.T.copy(), 8.0)
    for line in (
        shown(beside, at_scale(side, beside))[HEIGHT // 2],
        shown(below, at_scale(side, below))[:, WIDTH // 2],
    ):
        line = line[10:-10]  # there the ground begins
        between = (line != 0) & (line != 200)
        steps = np.flatnonzero(np.diff(line > 100))
        assert len(steps) >= 3
        assert np.diff(steps) == pytest.approx(side, abs=1.01)
        runs = np.split(between, np.flatnonzero(~between))
        assert max(run.sum() for run in runs) <= 2, "two only where rounding touches a neighbour"
        assert between.sum() <= 1.2 * len(steps) + 2


def test_at_the_deepest_zoom_a_pixel_is_a_flat_square_of_its_own_value() -> None:
    photo = photograph()
    picture = shown(photo, at_scale(250.0, photo))
    square = picture[HEIGHT // 2 - 120 : HEIGHT // 2 + 120, WIDTH // 2 - 120 : WIDTH // 2 + 120]
    assert np.unique(square).tolist() == [noise()[30, 40]]


def test_an_edge_is_where_the_pixel_ends_and_its_outline_stands() -> None:
    photo = photograph()
    frame = at_scale(100.0, photo)
    view, cell = frame.view, photo.cell(30, 40)
    left = view.seen([cell.get_left()])[0][0] / 8 * HEIGHT + WIDTH / 2
    line = shown(photo, frame)[HEIGHT // 2]
    assert abs(int(np.flatnonzero(line == noise()[30, 40])[0]) - left) <= 1


def test_from_smooth_to_crisp_there_is_no_jump() -> None:
    values = np.tile([60, 60, 180, 180], (ROWS, COLUMNS // 4))
    photo = photograph(values)
    sides = np.geomspace(0.4, 12, 120)
    pictures = [shown(photo, at_scale(side, photo, 30, 37)) for side in sides]
    # Around the middle, where the same thing is seen at all scales.
    around = [picture[HEIGHT // 2, WIDTH // 2 - 1 : WIDTH // 2 + 1] for picture in pictures]
    assert max(np.abs(one - other).max() for one, other in pairwise(around)) <= 22


def test_made_smaller_it_does_not_flicker() -> None:
    grating = np.tile([0, 255], (240, 160))
    photo = Photograph(grating, 4.0, name="grating")
    inner = shown(photo, Frame().scale(3.1))[HEIGHT // 2, WIDTH // 2 - 30 : WIDTH // 2 + 30]
    assert np.ptp(inner) <= 40, "a grating finer than the screen is an even grey"
    assert inner.mean() == pytest.approx(127, abs=4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_few_pixels_are_drawn_as_well(shape: tuple[int, int]) -> None:
    values = np.full(shape, 90)
    assert (shown(Photograph(values, 3.0, name="few")) == 90).sum() > 100


def test_it_fades_as_a_whole() -> None:
    photo = photograph(np.full((40, 40), 200)).set_opacity(0.5)
    picture = shown(photo)
    assert picture[HEIGHT // 2, WIDTH // 2] == pytest.approx((200 + 0x20) / 2, abs=2)
    fading = FadeIn(photograph(np.full((40, 40), 200)))
    fading.begin()
    fading.interpolate(0.5)
    middle = shown(fading.mobject)[HEIGHT // 2, WIDTH // 2]
    assert 0x20 < middle < 200


# --- its pixels -------------------------------------------------------------------------------


def test_cells_and_blocks_lie_where_their_pixels_are_wherever_it_stands() -> None:
    photo = photograph().shift([1.3, -0.4, 0]).scale(0.7)
    cell, block = photo.cell(0, 0), photo.block(10, 20, 3, 5)
    assert cell.get_corner(UL) == pytest.approx(photo.get_corner(UL))
    assert (cell.width, cell.height) == pytest.approx((photo.side, photo.side))
    assert (block.width, block.height) == pytest.approx((5 * photo.side, 3 * photo.side))
    assert block.get_center() == pytest.approx(photo.point(11, 22))
    assert photo.cell(ROWS - 1, COLUMNS - 1).get_corner(-UL) == pytest.approx(photo.get_corner(-UL))


def test_a_point_of_the_stage_belongs_to_a_pixel() -> None:
    photo = photograph().shift(RIGHT)
    for row, column in ((0, 0), (17, 42), (ROWS - 1, COLUMNS - 1)):
        inside = photo.point(row, column) + 0.4 * photo.side * UP
        assert photo.pixel_at(inside) == (row, column)


def test_a_number_says_where_it_stands() -> None:
    number = photograph().number(7, 9)
    assert (number.value, number.op) == (noise()[7, 9], "literal")
    assert number.args == {"of": "noise", "row": 7, "column": 9}
    colour = np.random.default_rng(5).integers(0, 256, (5, 6, 3))
    green = Photograph(colour, 2.0, name="colour").number(2, 3, 1)
    assert (green.value, green.args["channel"]) == (colour[2, 3, 1], 1)


@pytest.mark.parametrize("place", [(ROWS, 0), (0, COLUMNS), (-1, 0), (0, 0, 0)])
def test_a_value_that_is_not_there_is_named(place: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"noise \(60, 80\) has no value at"):
        photograph().number(*place)


def test_more_numbers_than_anybody_reads_are_refused() -> None:
    with pytest.raises(ValueError, match=f"more than {MOST_NUMBERS}"):
        photograph().numbers(range(30), range(30))


def test_a_photograph_does_not_turn_into_another_one() -> None:
    one, other = photograph(), photograph(np.zeros((ROWS, COLUMNS), int))
    with pytest.raises(ValueError, match="cannot turn into another one"):
        one.interpolate_color(one.copy(), other, 0.5)


# --- the numbers ------------------------------------------------------------------------------


def opacity(numbers: PixelNumbers, index: int) -> float:
    return float(numbers.submobjects[index].get_fill_opacity())


def test_numbers_appear_as_their_pixels_become_large_enough_to_read_them() -> None:
    photo = photograph()
    numbers = photo.numbers(range(29, 32), range(39, 42))
    middle = []
    for zoom in np.geomspace(1, 0.02, 60):
        view = Frame().scale(zoom).move_to(photo.point(30, 40)).view
        numbers.see(view)
        size = float(numbers.submobjects[4].font_size) * view.scale
        middle.append((size, opacity(numbers, 4)))
    assert all(seen == 0 for size, seen in middle if size < UNREAD - 0.1)
    assert all(seen == 1 for size, seen in middle if size > READ + 0.1)
    assert any(0 < seen < 1 for _, seen in middle)
    assert [seen for _, seen in middle] == sorted(seen for _, seen in middle)
    assert UNREAD < SMALL < READ


def test_numbers_stay_within_the_safe_area() -> None:
    photo = photograph()
    numbers = photo.numbers(range(20, 40), range(30, 50))
    view = at_scale(45.0, photo).view
    numbers.see(view)
    boxes = [
        view.seen([text.get_corner(-UP - RIGHT), text.get_corner(UP + RIGHT)])
        for text in numbers.submobjects
        if text.get_fill_opacity() > 0
    ]
    places = np.abs(np.array(boxes))
    assert len(places) > 20
    assert places[..., 0].max() <= WIDE.safe[2]
    assert places[..., 1].max() <= WIDE.safe[3]
    assert opacity(numbers, 0) == 0


def test_numbers_go_where_their_photograph_goes() -> None:
    photo = photograph()
    numbers = photo.numbers([30], [40, 41])
    for mobject in (photo, numbers):
        mobject.scale(0.5, about_point=[0, 0, 0]).shift([2, 1, 0])
    close = Frame().zoom_to(photo.block(30, 40, 1, 2), fill=0.6).view
    numbers.see(close)
    assert opacity(numbers, 0) == opacity(numbers, 1) == 1
    assert numbers.submobjects[1].get_center() == pytest.approx(photo.point(30, 41), abs=1e-6)
    numbers.see(View.home())
    assert opacity(numbers, 0) == 0


def test_digits_contrast_with_their_pixels() -> None:
    numbers = photograph(np.array([[0, 255]])).numbers([0], [0, 1])
    colours = [text.get_fill_color().to_hex() for text in numbers.submobjects]
    assert colours == ["#FFFFFF", "#000000"]
