"""Many small pictures in one image, and weights as colours."""

from __future__ import annotations

import numpy as np
import pytest
from manim import ManimColor

from cnnviz.visuals import kernel_colours, tile_center, tiled
from cnnviz.visuals.theme import GROUND


def test_zero_is_grey_and_the_largest_weight_is_full():
    kernels = np.zeros((2, 3, 3, 3))
    kernels[0, 0, 1, 2], kernels[0, 2, 0, 0] = 0.5, -0.25
    kernels[1, 1] = -3
    colours = kernel_colours(kernels)
    assert colours.shape == (2, 3, 3, 3)
    assert tuple(colours[0, 1, 2]) == (255, 128, 128)
    assert tuple(colours[0, 0, 0]) == (128, 128, 64)
    assert tuple(colours[1, 2, 2]) == (128, 0, 128)


def test_a_kernel_of_zeros_is_grey():
    assert np.all(kernel_colours(np.zeros((1, 3, 3, 3))) == 128)


def test_pictures_stand_in_rows_with_the_ground_between_them():
    pictures = np.zeros((6, 3, 3, 3), np.uint8)
    pictures += (40 * np.arange(6, dtype=np.uint8))[:, None, None, None]
    image = tiled(pictures, 3, 2.0)
    pixels = image.pixel_array[..., :3].astype(int)
    side, space = 24, 4
    assert pixels.shape[:2] == (2 * side + space, 3 * side + 2 * space)
    for index in range(6):
        row, column = divmod(index, 3)
        top, left = row * (side + space), column * (side + space)
        assert np.all(pixels[top : top + side, left : left + side] == 40 * index)
    ground = np.array(ManimColor(GROUND).to_int_rgb())
    assert np.all(pixels[side : side + space] == ground)
    assert np.all(pixels[:, side : side + space] == ground)
    assert image.height == pytest.approx(2)
    assert image.width == pytest.approx(2 * pixels.shape[1] / pixels.shape[0])


def test_larger_pictures_are_not_enlarged():
    image = tiled(np.zeros((2, 60, 60, 3), np.uint8), 2, 1.0)
    assert image.pixel_array.shape[:2] == (60, 129)


def test_a_picture_is_found_again_on_the_sheet():
    kernels = np.zeros((8, 3, 3, 3), np.uint8)
    kernels[6] = 255
    image = tiled(kernels, 4, 3.0).shift([1, -2, 0])
    center, side = tile_center(image, 6, 4)
    pixels = image.pixel_array[..., 0] > 200
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    unit = 3.0 / pixels.shape[0]
    left, top = image.get_corner([-1, 1, 0])[:2]
    middle = [left + unit * (columns.mean() + 0.5), top - unit * (rows.mean() + 0.5), 0]
    assert center == pytest.approx(middle, abs=unit)
    assert side == pytest.approx(unit * len(rows), abs=unit)
