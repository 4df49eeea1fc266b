"""The rectified linear unit: negative values become 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import agree, channels, is_whole, plain, position
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import as_written, equals

__all__ = ["ReluTrace", "relu", "torch_relu"]


@dataclass(frozen=True, eq=False)
class ReluTrace:
    """Values before and after a ReLU; both arrays are (C, H, W) and read-only."""

    input: NDArray[Any]
    output: NDArray[Any]

    def number(self, row: int, column: int, channel: int = 0) -> Number:
        """The output at (`row`, `column`) of `channel`."""
        depth, height, width = self.input.shape
        place = (
            position(channel, depth, "channel"),
            position(row, height, "row"),
            position(column, width, "column"),
        )
        return Number(plain(self.output[place]), "relu", {"input": plain(self.input[place])})


def relu(values: ArrayLike) -> ReluTrace:
    """Replace each negative value by 0.

    Parameters
    ----------
    values
        (H, W), taken as one channel, or (C, H, W).

    Raises
    ------
    ShapeError
        Wrong dimensions, empty or non-numeric values, NaN or infinity.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    max(0, x): Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines*
    (2010); as in `torch.nn.ReLU`.
    """
    given = channels(values, "input")
    output = agree(torch_relu(given), np.maximum(given, 0), 0, is_whole(given), "ReLU")
    return ReluTrace(given, output)


def torch_relu(values: NDArray[Any]) -> NDArray[Any]:
    """The larger of each value and 0, by torch."""
    import torch

    return array(torch.relu(tensor(values)))


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    return (f"max(0, {as_written(args['input'])}) {equals(value, args['input'])}",)


RELU = Operation(
    "relu",
    {"bn": "ReLU: শূন্যের চেয়ে কম হলে শূন্য", "en": "ReLU: zero where it is below zero"},
    _written,
)
