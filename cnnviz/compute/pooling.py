"""Pooling: each window is replaced by its largest value, or by its mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import (
    ShapeError,
    agree,
    at_least,
    channels,
    is_whole,
    plain,
    position,
    within_range,
)
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import added, equals, listed

__all__ = [
    "PoolTrace",
    "PoolWindow",
    "max_pool2d",
    "mean_pool2d",
    "torch_max_pool2d",
    "torch_mean_pool2d",
]


@dataclass(frozen=True, eq=False)
class PoolWindow:
    """One window of a pooling.

    Parameters
    ----------
    row, column
        Position in the output.
    top, left
        The window's corner in the input.
    patch
        The values in the window, (size, size).
    result
        Their maximum or mean.
    winner
        Row and column in `patch` of the first largest value; None for the mean.
    """

    row: int
    column: int
    top: int
    left: int
    patch: NDArray[Any]
    result: int | float
    winner: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class PoolTrace:
    """A pooling and what went into it; all arrays are read-only.

    Parameters
    ----------
    input
        (C, H, W).
    output
        (C, h, w); int64 for the maximum of integers, else float64.
    kind
        "max" or "mean".
    size, stride
        Side of the window and its step, in pixels.
    """

    input: NDArray[Any]
    output: NDArray[Any]
    kind: Literal["max", "mean"]
    size: int
    stride: int

    @property
    def rows(self) -> int:
        """Height of the output."""
        return int(self.output.shape[1])

    @property
    def columns(self) -> int:
        """Width of the output."""
        return int(self.output.shape[2])

    def window(self, row: int, column: int, channel: int = 0) -> PoolWindow:
        """The window that gives the output at (`row`, `column`) of `channel`."""
        position(row, self.rows, "output row")
        position(column, self.columns, "output column")
        position(channel, len(self.input), "channel")
        top, left = row * self.stride, column * self.stride
        patch = self.input[channel, top : top + self.size, left : left + self.size]
        result = plain(self.output[channel, row, column])
        winner = divmod(int(patch.argmax()), self.size) if self.kind == "max" else None
        return PoolWindow(row, column, top, left, patch, result, winner)

    def windows(self, channel: int = 0) -> Iterator[PoolWindow]:
        """All windows of a `channel`, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.window(row, column, channel)

    def number(self, row: int, column: int, channel: int = 0) -> Number:
        """The output at (`row`, `column`) of `channel`; `args` hold its window only."""
        window = self.window(row, column, channel)
        args = {"input": window.patch.tolist(), "size": self.size}
        return Number(window.result, "max_pool2d" if self.kind == "max" else "mean_pool2d", args)


def max_pool2d(values: ArrayLike, size: int = 2, *, stride: int | None = None) -> PoolTrace:
    """Keep the largest value of each window; windows cut off by the edge are dropped.

    Parameters
    ----------
    values
        (H, W) or (C, H, W); channels are pooled one by one.
    size
        Side of the square window, in pixels.
    stride
        Its step in pixels; `size` if None, so that windows neither overlap nor leave gaps.

    Raises
    ------
    ShapeError
        Wrong dimensions, empty or non-numeric values, NaN or infinity, `size` or `stride` below
        1, or a window larger than the values.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    As in `torch.nn.MaxPool2d` with neither padding nor dilation.
    """
    given, size, stride = _checked(values, size, stride)
    spelled = _windows(given, size, stride).max(axis=(3, 4))
    computed = torch_max_pool2d(given, size, stride)
    output = agree(computed, spelled, 0, is_whole(given), "max pooling")
    return PoolTrace(given, output, "max", size, stride)


def mean_pool2d(values: ArrayLike, size: int = 2, *, stride: int | None = None) -> PoolTrace:
    """Keep the mean of each window; windows cut off by the edge are dropped.

    Parameters and errors are those of `max_pool2d`.

    Notes
    -----
    As in `torch.nn.AvgPool2d` without padding.
    """
    given, size, stride = _checked(values, size, stride)
    bound = float(np.abs(given).max()) * size**2
    within_range(bound, is_whole(given))
    spelled = _windows(given, size, stride).sum(axis=(3, 4)) / size**2
    computed = torch_mean_pool2d(given, size, stride)
    output = agree(computed, spelled, bound, False, "mean pooling")
    return PoolTrace(given, output, "mean", size, stride)


def _checked(values: ArrayLike, size: int, stride: int | None) -> tuple[NDArray[Any], int, int]:
    given = channels(values, "input")
    size = at_least(1, size, "size")
    stride = size if stride is None else at_least(1, stride, "stride")
    _, height, width = given.shape
    if size > min(height, width):
        raise ShapeError(
            f"the window covers {size}×{size} pixels, the input has only {height}×{width}"
        )
    return given, size, stride


def _windows(values: NDArray[Any], size: int, stride: int) -> NDArray[Any]:
    """Every window that fits, as (C, h, w, size, size)."""
    return sliding_window_view(values, (size, size), axis=(1, 2))[:, ::stride, ::stride]


def torch_max_pool2d(values: NDArray[Any], size: int, stride: int) -> NDArray[Any]:
    """The largest value of each window, by torch."""
    from torch.nn import functional

    return array(functional.max_pool2d(tensor(values), size, stride))


def torch_mean_pool2d(values: NDArray[Any], size: int, stride: int) -> NDArray[Any]:
    """The mean of each window, by torch."""
    from torch.nn import functional

    return array(functional.avg_pool2d(tensor(values), size, stride))


def _largest(args: Args, value: float, language: str) -> tuple[str, ...]:
    values = _flat(args)
    return (f"max({listed(values)}) {equals(value, *values)}",)


def _mean(args: Args, value: float, language: str) -> tuple[str, ...]:
    values = _flat(args)
    return (f"({added(values)}) / {len(values)} {equals(value, *values, value)}",)


def _flat(args: Args) -> list[float]:
    return [value for row in args["input"] for value in row]


MAX_POOL2D = Operation(
    "max_pool2d",
    {
        "bn": "ম্যাক্স পুলিং: জানালার সবচেয়ে বড় মান",
        "en": "max pooling: the largest value of the window",
    },
    _largest,
)
MEAN_POOL2D = Operation(
    "mean_pool2d",
    {
        "bn": "অ্যাভারেজ পুলিং: জানালার মানগুলোর গড়",
        "en": "average pooling: the mean of the window",
    },
    _mean,
)
