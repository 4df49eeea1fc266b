"""What there is to see of a convolution: every window, with its patch, products and sum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnnviz.compute.checks import frozen, is_whole, plain, position
from cnnviz.compute.number import Number, literal

__all__ = ["ConvTrace", "Padding", "Pair", "Window", "extent"]

Pair: TypeAlias = tuple[int, int]
Padding: TypeAlias = tuple[Pair, Pair]

_LARGEST_WRITTEN_INPUT = 400


@dataclass(frozen=True, eq=False)
class ConvTrace:
    """A convolution and everything that went into it; all arrays are read-only.

    Integer inputs are kept, and give outputs, as int64; others as float64.

    Parameters
    ----------
    input
        The image, (C, H, W).
    kernel
        The weights as applied, (O, C, kh, kw): already turned if `flip`.
    bias
        One per output channel, (O,).
    padded
        The image with its border of zeros, (C, H + top + bottom, W + left + right).
    output
        The result, (O, h, w).
    stride, dilation
        Steps of the window and inside it, (row, column), in pixels.
    padding
        Width of the border in pixels, ((top, bottom), (left, right)).
    flip
        Whether the kernel was turned by 180°.
    """

    input: NDArray[Any]
    kernel: NDArray[Any]
    bias: NDArray[Any]
    padded: NDArray[Any]
    output: NDArray[Any]
    stride: Pair
    padding: Padding
    dilation: Pair
    flip: bool

    @property
    def rows(self) -> int:
        """Height of the output."""
        return int(self.output.shape[1])

    @property
    def columns(self) -> int:
        """Width of the output."""
        return int(self.output.shape[2])

    def window(self, row: int, column: int, channel: int = 0) -> Window:
        """The window that gives the output at (`row`, `column`) of output `channel`."""
        return Window(
            self,
            position(row, self.rows, "output row"),
            position(column, self.columns, "output column"),
            position(channel, len(self.kernel), "output channel"),
        )

    def windows(self, channel: int = 0) -> Iterator[Window]:
        """All windows of an output `channel`, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.window(row, column, channel)

    def number(self, row: int, column: int, channel: int = 0) -> Number:
        """The output at (`row`, `column`) of output `channel`.

        `args` hold the whole input, or, where that has more than 400 values, only the rectangle
        of the padded input under this window. The kernel is written as it was before any flip.
        """
        window = self.window(row, column, channel)
        kernel = self.kernel[channel]
        args: dict[str, Any] = {
            "input": _written(self.input),
            "kernel": _written(kernel[:, ::-1, ::-1] if self.flip else kernel),
            "bias": window.bias,
            "stride": list(self.stride),
            "padding": [list(side) for side in self.padding],
            "dilation": list(self.dilation),
            "flip": self.flip,
            "index": [window.row, window.column],
        }
        if self.input.size > _LARGEST_WRITTEN_INPUT:
            args |= {
                "input": _written(window.covered),
                "padding": [[0, 0], [0, 0]],
                "index": [0, 0],
            }
        return Number(window.result, "conv2d", args)

    def input_number(self, row: int, column: int, channel: int = 0) -> Number:
        """The input's pixel at (`row`, `column`) of input `channel`."""
        return _literal(self.input, "input", row, column, channel)

    def kernel_number(self, row: int, column: int, channel: int = 0, output: int = 0) -> Number:
        """The weight as applied, at (`row`, `column`), for input `channel` and `output` channel."""
        position(output, len(self.kernel), "output channel")
        return _literal(self.kernel[output], "kernel", row, column, channel)

    def padded_number(self, row: int, column: int, channel: int = 0) -> Number:
        """The padded input at (`row`, `column`), counted from the corner of the border.

        Inside the border this is the input's own number, in the input's coordinates; on the
        border it is a 0 "of" the padding, in the padded ones.
        """
        number = _literal(self.padded, "padding", row, column, channel)
        (top, _), (left, _) = self.padding
        _, height, width = self.input.shape
        if 0 <= row - top < height and 0 <= column - left < width:
            return self.input_number(row - top, column - left, channel)
        return number


@dataclass(frozen=True, eq=False)
class Window:
    """One position of the kernel over the padded input.

    Parameters
    ----------
    trace
        The convolution it belongs to.
    row, column
        Position in the output.
    channel
        The output channel.
    """

    trace: ConvTrace
    row: int
    column: int
    channel: int = 0

    @property
    def top(self) -> int:
        """Topmost row covered, in the unpadded input; negative in the border."""
        return self.row * self.trace.stride[0] - self.trace.padding[0][0]

    @property
    def left(self) -> int:
        """Leftmost column covered, in the unpadded input; negative in the border."""
        return self.column * self.trace.stride[1] - self.trace.padding[1][0]

    @cached_property
    def covered(self) -> NDArray[Any]:
        """The rectangle of the padded input from first to last pixel used, gaps included."""
        rows, columns = extent(self.kernel.shape[1:], self.trace.dilation)
        top, left = self.row * self.trace.stride[0], self.column * self.trace.stride[1]
        return self.trace.padded[:, top : top + rows, left : left + columns]

    @property
    def patch(self) -> NDArray[Any]:
        """The pixels that meet a weight, (C, kh, kw)."""
        return self.covered[:, :: self.trace.dilation[0], :: self.trace.dilation[1]]

    @property
    def kernel(self) -> NDArray[Any]:
        """The weights as applied, (C, kh, kw)."""
        kernel: NDArray[Any] = self.trace.kernel[self.channel]
        return kernel

    @cached_property
    def products(self) -> NDArray[Any]:
        """Pixel times weight, (C, kh, kw)."""
        return frozen(np.asarray(self.patch * self.kernel))

    @cached_property
    def sum(self) -> int | float:
        """All products added up, before the bias."""
        terms = self.products.ravel().tolist()
        return plain(sum(terms) if is_whole(self.products) else math.fsum(terms))

    @property
    def bias(self) -> int | float:
        """The bias of this output channel."""
        return plain(self.trace.bias[self.channel])

    @property
    def result(self) -> int | float:
        """The output here: `sum` + `bias`, as torch computed it."""
        return plain(self.trace.output[self.channel, self.row, self.column])

    def pixel(self, i: int, j: int, channel: int = 0) -> Number:
        """The pixel under the weight at row `i`, column `j` of input `channel`."""
        self._check(i, j, channel)
        trace = self.trace
        return trace.padded_number(
            self.row * trace.stride[0] + i * trace.dilation[0],
            self.column * trace.stride[1] + j * trace.dilation[1],
            channel,
        )

    def product(self, i: int, j: int, channel: int = 0) -> Number:
        """Pixel times weight at row `i`, column `j` of input `channel`."""
        self._check(i, j, channel)
        factors = [plain(self.patch[channel, i, j]), plain(self.kernel[channel, i, j])]
        return Number(plain(self.products[channel, i, j]), "product", {"factors": factors})

    @property
    def sum_number(self) -> Number:
        """`sum` with its terms, channel by channel and row by row."""
        return Number(self.sum, "sum", {"terms": [plain(term) for term in self.products.flat]})

    @property
    def result_number(self) -> Number:
        """`result` with its provenance: the trace's own number."""
        return self.trace.number(self.row, self.column, self.channel)

    def _check(self, i: int, j: int, channel: int) -> None:
        depth, rows, columns = self.kernel.shape
        position(i, rows, "kernel row")
        position(j, columns, "kernel column")
        position(channel, depth, "input channel")


def extent(kernel: tuple[int, ...], dilation: Pair) -> Pair:
    """Rows and columns from the first to the last pixel that a dilated kernel touches."""
    return dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1


def _written(array: NDArray[Any]) -> list[Any]:
    """(C, H, W) as nested lists, two deep where there is one channel only."""
    written: list[Any] = (array[0] if len(array) == 1 else array).tolist()
    return written


def _literal(array: NDArray[Any], of: str, row: int, column: int, channel: int) -> Number:
    depth, height, width = array.shape
    place = {
        "row": position(row, height, f"{of} row"),
        "column": position(column, width, f"{of} column"),
    }
    value = plain(array[position(channel, depth, f"{of} channel"), row, column])
    return literal(value, of=of, **place, **({"channel": int(channel)} if depth > 1 else {}))
