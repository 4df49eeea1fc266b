"""The network's first layer on one card, with every step of it to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.fusion import fuse_conv_bn_eval

from cnnviz.compute import ConvTrace, DisagreementError, Number, Window, conv2d
from cnnviz.recognizer.preprocess import as_batch, resize
from cnnviz.recognizer.weights import WEIGHTS, load_network

__all__ = ["FirstLayer", "clearest_window", "colour_sums", "first_layer"]

_TOLERANCE = 1e-4
"""Of the largest value in a map: the network computes in 32 bits, the traces in 64."""

_TRIED = 100
_PLACES = 4  # as numbers are shown


@dataclass(frozen=True, eq=False)
class FirstLayer:
    """The first convolution, its batch normalisation folded in, as the recognizer runs it.

    Parameters
    ----------
    picture
        The card as the network gets it, normalised RGB, (3, 224, 224).
    kernels, bias
        (32, 3, 3, 3) and (32,).
    maps
        What the network itself makes of the picture, before ReLU, (32, 224, 224).
    """

    picture: NDArray[np.float64]
    kernels: NDArray[np.float64]
    bias: NDArray[np.float64]
    maps: NDArray[np.float64]

    def trace(self, kernel: int) -> ConvTrace:
        """The convolution with one of the kernels, every window of it.

        Raises
        ------
        DisagreementError
            The network's own feature map is another.
        """
        trace = conv2d(self.picture, self.kernels[kernel], bias=self.bias[kernel], padding=1)
        apart = np.abs(trace.output[0] - self.maps[kernel]).max()
        if not apart <= _TOLERANCE * np.abs(self.maps[kernel]).max():
            raise DisagreementError("the network's feature map is not the one of the trace")
        return trace

    def distinct(self, count: int) -> tuple[int, ...]:
        """`count` kernels whose feature maps after ReLU differ most.

        First the one whose map varies most; then, among the half that varies most, always the one
        that is least alike (by its squared correlation) to any before it.
        """
        active = np.maximum(self.maps, 0).reshape(len(self.maps), -1)
        spread = active.std(axis=1)
        unit = (active - active.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-12)[:, None]
        alike = (unit @ unit.T / unit.shape[1]) ** 2
        chosen = [int(spread.argmax())]
        strong = spread >= np.median(spread)
        while len(chosen) < count:
            different = np.where(strong, 1 - alike[chosen].max(axis=0), -1)
            different[chosen] = -2
            chosen.append(int(different.argmax()))
        return tuple(chosen)

    def edge_finder(self, kernels: Sequence[int]) -> int:
        """The one of `kernels` that answers to differences most, and to brightness least.

        Its weights cancel out best: the size of their sum is the smallest share of their sizes'.
        """
        weights = self.kernels[list(kernels)].reshape(len(kernels), -1)
        share = np.abs(weights.sum(axis=1)) / np.abs(weights).sum(axis=1)
        return kernels[int(share.argmin())]


def first_layer(card: NDArray[np.uint8], weights: Path = WEIGHTS) -> FirstLayer:
    """What the network's first layer makes of `card`, a cut-out in BGR, (H, W, 3).

    Raises
    ------
    UserError
        The weights are missing or damaged.
    """
    network = load_network(weights)
    block: Any = network.blocks[0]
    batch = as_batch([resize(card)])
    folded = fuse_conv_bn_eval(block.convolution, block.norm)
    assert folded.bias is not None
    with torch.inference_mode():
        maps = block.norm(block.convolution(batch))
    arrays = (batch[0], folded.weight.detach(), folded.bias.detach(), maps[0])
    return FirstLayer(*(array.contiguous().numpy().astype(np.float64) for array in arrays))


def colour_sums(window: Window) -> tuple[Number, ...]:
    """What each input channel (red, green, blue) gives to the window's sum."""
    depth, rows, columns = window.patch.shape
    places = [(i, j) for i in range(rows) for j in range(columns)]
    terms = [[window.product(i, j, colour).value for i, j in places] for colour in range(depth)]
    return tuple(Number(sum(each), "sum", {"terms": each}) for each in terms)


def clearest_window(trace: ConvTrace, margin: int = 12) -> Window:
    """The strongest response whose sum a viewer can follow to the last digit.

    Numbers are shown rounded, so the parts of a sum need not add up to what is shown as the whole;
    in the window that is taken they do, and the sums have the same number of places. Windows less
    than `margin` pixels from an edge do not count.
    """
    inner = trace.output[0, margin:-margin, margin:-margin]
    strongest = np.argsort(inner, axis=None)[::-1][:_TRIED]
    places = [np.unravel_index(index, inner.shape) for index in strongest]
    windows = [trace.window(int(row) + margin, int(column) + margin) for row, column in places]
    return next((window for window in windows if _is_clear(window)), windows[0])


def _is_clear(window: Window) -> bool:
    sums = [round(number.value, _PLACES) for number in colour_sums(window)]
    result = round(window.result, _PLACES)
    aligned = all(round(value, _PLACES - 1) != value for value in (*sums, result))
    return aligned and round(sum(sums) + round(window.bias, _PLACES), _PLACES) == result
