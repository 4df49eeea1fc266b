"""Erosion and dilation: the smallest or the largest pixel under a structuring element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import (
    DisagreementError,
    ShapeError,
    frozen,
    grey_picture,
    position,
    real,
    written_out,
)
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.writing import equals, listed

__all__ = ["MorphologyTrace", "dilate", "erode", "opencv_dilate", "opencv_erode"]


@dataclass(frozen=True, eq=False)
class MorphologyTrace:
    """An erosion or dilation and what went into it; all arrays are read-only.

    Parameters
    ----------
    input, output
        Grey values, 0 … 255, (H, W).
    element
        Which pixels of the window count: rows of 0 and 1, (h, w), both odd.
    kind
        "erode" or "dilate".
    """

    input: NDArray[np.int64]
    output: NDArray[np.int64]
    element: NDArray[np.int64]
    kind: Literal["erode", "dilate"]

    def window(self, row: int, column: int) -> list[list[int | None]]:
        """The pixels around (`row`, `column`), as large as `element`; None outside the picture."""
        height, width = self.input.shape
        position(row, height, "row")
        position(column, width, "column")
        up, left = (side // 2 for side in self.element.shape)
        return [
            [
                int(self.input[y, x]) if 0 <= y < height and 0 <= x < width else None
                for x in range(column - left, column + left + 1)
            ]
            for y in range(row - up, row + up + 1)
        ]

    def number(self, row: int, column: int) -> Number:
        """The output at (`row`, `column`); `args` hold its window and the element."""
        element = written_out(self.element, "structuring element")
        args = {"window": self.window(row, column), "element": element}
        return Number(int(self.output[row, column]), self.kind, args)


def erode(picture: ArrayLike, element: ArrayLike = ((1, 1, 1),) * 3) -> MorphologyTrace:
    """The smallest pixel under `element`, wherever it is put: bright islands shrink.

    Parameters
    ----------
    picture
        Grey values, whole numbers from 0 to 255, (H, W). What lies outside does not count.
    element
        Rows of 0 and 1, odd in number and length, with a 1 in the middle.

    Raises
    ------
    ShapeError
        The picture or the element is not one.
    DisagreementError
        OpenCV and numpy differ.

    Notes
    -----
    As in OpenCV's `erode` and `dilate`, which put the element's centre on the pixel and do not
    turn it.
    """
    given, shape = grey_picture(picture, "picture"), _element(element)
    return _confirmed(given, shape, opencv_erode(given, shape), "erode")


def dilate(picture: ArrayLike, element: ArrayLike = ((1, 1, 1),) * 3) -> MorphologyTrace:
    """The largest pixel under `element`: bright islands grow; all else as in `erode`."""
    given, shape = grey_picture(picture, "picture"), _element(element)
    return _confirmed(given, shape, opencv_dilate(given, shape), "dilate")


def opencv_erode(picture: NDArray[Any], element: NDArray[Any]) -> NDArray[np.int64]:
    """The erosion, (H, W), by OpenCV."""
    import cv2

    return np.asarray(cv2.erode(picture.astype(np.uint8), element.astype(np.uint8)), np.int64)


def opencv_dilate(picture: NDArray[Any], element: NDArray[Any]) -> NDArray[np.int64]:
    """The dilation, (H, W), by OpenCV."""
    import cv2

    return np.asarray(cv2.dilate(picture.astype(np.uint8), element.astype(np.uint8)), np.int64)


def _element(rows: ArrayLike) -> NDArray[np.int64]:
    element = real(rows, "structuring element")
    if element.ndim != 2 or not all(side % 2 for side in element.shape):
        raise ShapeError(f"the structuring element must have odd sides, not {element.shape}")
    if not np.isin(element, (0, 1)).all():
        raise ShapeError("the structuring element must hold 0 and 1 only")
    if not element[element.shape[0] // 2, element.shape[1] // 2]:
        raise ShapeError("the structuring element must have a 1 in the middle")
    return frozen(element.astype(np.int64))


def _confirmed(
    picture: NDArray[np.int64],
    element: NDArray[np.int64],
    computed: NDArray[np.int64],
    kind: Literal["erode", "dilate"],
) -> MorphologyTrace:
    """Each shift of the picture that the element asks for, and the least or most of them all."""
    height, width = picture.shape
    up, left = (side // 2 for side in element.shape)
    outside = 255 if kind == "erode" else 0  # what never wins
    padded = np.pad(picture, ((up, up), (left, left)), constant_values=outside)
    shifts = [padded[y : y + height, x : x + width] for y, x in np.argwhere(element)]
    spelled = np.min(shifts, axis=0) if kind == "erode" else np.max(shifts, axis=0)
    if not np.array_equal(computed, spelled):
        raise DisagreementError(f"{kind}: OpenCV and numpy disagree")
    return MorphologyTrace(picture, frozen(computed), element, kind)


def _counting(args: Args) -> list[int]:
    """The pixels in the window that the element lets count."""
    return [
        pixel
        for pixels, marks in zip(args["window"], args["element"], strict=True)
        for pixel, mark in zip(pixels, marks, strict=True)
        if mark and pixel is not None
    ]


def _eroded(args: Args, value: float, language: str) -> tuple[str, ...]:
    return (f"min({listed(_counting(args))}) {equals(value)}",)


def _dilated(args: Args, value: float, language: str) -> tuple[str, ...]:
    return (f"max({listed(_counting(args))}) {equals(value)}",)


ERODE = Operation(
    "erode",
    {
        "bn": "ইরোশন: জানালার সবচেয়ে ছোট মান",
        "en": "erosion: the smallest pixel of the window",
    },
    _eroded,
)
DILATE = Operation(
    "dilate",
    {
        "bn": "মরফোলজির ডাইলেশন: জানালার সবচেয়ে বড় মান",
        "en": "dilation of a picture: the largest pixel of the window",
    },
    _dilated,
)
