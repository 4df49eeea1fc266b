"""Many small pictures as one image: kernels in their colours, a layer's feature maps."""

from __future__ import annotations

import cv2
import numpy as np
from manim import DOWN, RIGHT, UL, ImageMobject, ManimColor
from manim.typing import Point3D
from numpy.typing import NDArray

from cnnviz.visuals.picture import picture
from cnnviz.visuals.theme import GROUND

__all__ = ["kernel_colours", "tile_center", "tiled"]

GAP = 0.15
"""The ground between two pictures, as a share of a picture's side."""


def kernel_colours(kernels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Kernels over red, green and blue, (N, 3, h, w), as colours, (N, h, w, 3).

    Grey is 0; each kernel's largest weight, by its size, is full or none of its colour.
    """
    largest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    shares = 0.5 + 0.5 * kernels / np.maximum(largest, 1e-12)
    return np.asarray(np.rint(255 * shares).transpose(0, 2, 3, 1), np.uint8)


def tiled(pictures: NDArray[np.uint8], columns: int, height: float) -> ImageMobject:
    """Square pictures (N, side, side, 3) in rows of `columns`, `height` units high in all.

    The pixels of tiny pictures, as kernels are, stay crisp.
    """
    side = pictures.shape[1]
    enlarged = max(1, round(24 / side))
    space = round(GAP * side * enlarged)
    ground = ManimColor(GROUND).to_int_rgb()
    cells = [
        cv2.copyMakeBorder(
            cv2.resize(one, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_NEAREST),
            *(0, space, 0, space),
            cv2.BORDER_CONSTANT,
            value=tuple(int(part) for part in ground),
        )
        for one in pictures
    ]
    lines = [np.hstack(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    sheet = np.asarray(np.vstack(lines)[:-space, :-space], np.uint8)
    return picture(sheet, height, crisp=enlarged > 1)


def tile_center(sheet: ImageMobject, index: int, columns: int) -> tuple[Point3D, float]:
    """Where picture `index` of a tiled sheet lies, and how high it is."""
    side = sheet.width / (columns + (columns - 1) * GAP)
    row, column = divmod(index, columns)
    across, down = ((place * (1 + GAP) + 0.5) * side for place in (column, row))
    center: Point3D = sheet.get_corner(UL) + across * RIGHT + down * DOWN
    return center, side
