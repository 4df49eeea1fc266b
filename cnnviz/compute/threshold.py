"""Adaptive threshold: each pixel becomes white or black by the mean of its own neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import (
    DisagreementError,
    ShapeError,
    at_least,
    frozen,
    grey_picture,
    position,
)
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.writing import as_written, equals, factor
from cnnviz.languages import in_language

__all__ = ["ThresholdTrace", "opencv_threshold", "threshold"]

_LARGEST = 31  # a side that is still written out: 961 pixels
_EXACT_UP_TO = 9
_DOUBT = 2e-4  # OpenCV computes larger means in 32 bits and was seen to be off by 5e-5


@dataclass(frozen=True, eq=False)
class ThresholdTrace:
    """An adaptive threshold and what went into it; all arrays are (H, W) and read-only.

    Parameters
    ----------
    input
        Grey values, 0 … 255.
    mean
        The local mean, each pixel's neighbours weighted by a Gaussian, before it is rounded.
    output
        0 or 255.
    size
        Side of the neighbourhood, in pixels.
    constant
        C: how much darker than the mean still counts as bright.
    inverted
        Whether bright becomes 0 and dark 255.
    """

    input: NDArray[np.int64]
    mean: NDArray[np.float64]
    output: NDArray[np.int64]
    size: int
    constant: int
    inverted: bool

    def block(self, row: int, column: int) -> NDArray[np.int64]:
        """The neighbourhood of a pixel, (size, size); the edge goes on beyond the picture."""
        height, width = self.input.shape
        position(row, height, "row")
        position(column, width, "column")
        reach = np.arange(self.size) - self.size // 2
        rows = np.clip(row + reach, 0, height - 1)
        columns = np.clip(column + reach, 0, width - 1)
        return frozen(self.input[np.ix_(rows, columns)])

    def number(self, row: int, column: int) -> Number:
        """The output at (`row`, `column`); `args` hold the pixel's neighbourhood.

        Raises
        ------
        ShapeError
            No such pixel, or its mean is so close to being rounded otherwise that nobody can
            compute it again for certain.
        """
        args = {
            "block": self.block(row, column).tolist(),
            "constant": self.constant,
            "inverted": self.inverted,
        }
        mean = self.mean[row, column]
        if len(set(_either(self.input[row, column], mean, self.constant, _doubt(self.size)))) > 1:
            raise ShapeError(f"the mean {mean:.4f} around pixel {row}, {column} is too near to ½")
        return Number(int(self.output[row, column]), "threshold", args)


def threshold(
    picture: ArrayLike, size: int = 11, constant: int = 2, *, inverted: bool = False
) -> ThresholdTrace:
    """White where a pixel is brighter than the mean of its neighbourhood less `constant`.

    Parameters
    ----------
    picture
        Grey values, whole numbers from 0 to 255, (H, W).
    size
        Side of the neighbourhood in pixels, odd, from 3 to 31.
    constant
        C, a whole number.
    inverted
        Black there, and white elsewhere.

    Raises
    ------
    ShapeError
        The picture is not one, or a setting is out of range.
    DisagreementError
        OpenCV and numpy differ.

    Notes
    -----
    OpenCV's `adaptiveThreshold` with `ADAPTIVE_THRESH_GAUSSIAN_C`: the weights are those of
    `getGaussianKernel(size, 0)`, the mean is rounded to a whole number, and the edge is repeated.
    """
    given = grey_picture(picture, "picture")
    size = at_least(3, size, "size")
    if size % 2 == 0 or size > _LARGEST:
        raise ShapeError(f"size must be odd and at most {_LARGEST}, not {size}")
    constant = at_least(-255, constant, "constant")
    mean = frozen(_means(given, size))
    output = frozen(opencv_threshold(given, size, constant, inverted))
    bright = _either(given, mean, constant, _doubt(size))
    if not ((bright ^ bool(inverted)) == (output == 255)).any(axis=0).all():
        raise DisagreementError("adaptive threshold: OpenCV and numpy disagree")
    return ThresholdTrace(given, mean, output, size, constant, bool(inverted))


def opencv_threshold(
    picture: NDArray[Any], size: int, constant: int, inverted: bool
) -> NDArray[np.int64]:
    """The output, (H, W), by OpenCV."""
    import cv2

    kind = cv2.THRESH_BINARY_INV if inverted else cv2.THRESH_BINARY
    grey = np.array(picture, dtype=np.uint8)
    mean = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    return np.asarray(cv2.adaptiveThreshold(grey, 255, mean, kind, size, constant), np.int64)


def _weights(size: int) -> NDArray[np.float64]:
    """A Gaussian's weights along one axis, (size,), as OpenCV chooses them for a size alone."""
    known = {3: [1, 2], 5: [1, 4, 6], 7: [2, 7, 14, 18], 9: [4, 13, 30, 51, 60]}
    if size in known:
        half = known[size]
        whole = np.array(half + half[-2::-1], dtype=np.float64)
        return np.asarray(whole / whole.sum())
    deviation = 0.3 * ((size - 1) * 0.5 - 1) + 0.8
    bell = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * deviation**2))
    return np.asarray(bell / bell.sum())


def _doubt(size: int) -> float:
    """How far OpenCV's mean may be off; the weights of small sizes are exact in 32 bits."""
    return 0 if size <= _EXACT_UP_TO else _DOUBT


def _means(picture: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """The local mean of every pixel, (H, W), rows first, then columns."""
    weights = _weights(size)
    padded = np.pad(picture, size // 2, mode="edge").astype(np.float64)
    across = sliding_window_view(padded, size, axis=1) @ weights
    return np.asarray(sliding_window_view(across, size, axis=0) @ weights)


def _either(
    pixels: NDArray[np.int64], mean: NDArray[np.float64], constant: int, doubt: float
) -> NDArray[np.bool_]:
    """Whether `pixels` are bright, however the mean may be rounded: (2, …)."""
    limit = np.rint([mean - doubt, mean + doubt]) - constant
    return np.asarray(pixels > limit)


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    words = in_language(_WORDS, language)
    block = np.array(args["block"])
    size = len(block)
    mean = float(_weights(size) @ block @ _weights(size))
    pixel = int(block[size // 2, size // 2])
    limit = round(mean) - args["constant"]
    bright = pixel > limit
    return (
        f"{words['mean'].format(size=size)}: {as_written(mean)} ≈ {round(mean)}",
        f"{round(mean)} − {factor(args['constant'])} {equals(limit)}",
        f"{words['pixel']} {pixel} {'>' if bright else '≤'} {as_written(limit)}"
        f" → {as_written(value)}",
    )


_WORDS = {
    "bn": {"mean": "{size}×{size} জায়গার গাউসিয়ান গড়", "pixel": "পিক্সেল"},
    "en": {"mean": "Gaussian mean of {size}×{size}", "pixel": "pixel"},
}

THRESHOLD = Operation(
    "threshold",
    {
        "bn": "অ্যাডাপটিভ থ্রেশহোল্ড: আশপাশের গড় − C-এর চেয়ে পিক্সেলটা উজ্জ্বল কি না",
        "en": "adaptive threshold: is the pixel brighter than the mean around it − C?",
    },
    _written,
)
