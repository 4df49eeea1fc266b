"""A linear layer: every unit adds up all inputs, each times a weight of its own, and a bias."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import (
    ShapeError,
    agree,
    frozen,
    is_whole,
    plain,
    position,
    real,
    row,
    within_range,
    written_out,
)
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.words import WORDS
from cnnviz.compute.writing import equals, factor, products
from cnnviz.languages import in_language

__all__ = ["LinearTrace", "linear", "torch_linear"]


@dataclass(frozen=True, eq=False)
class LinearTrace:
    """A linear layer and what went into it; all arrays are read-only.

    Parameters
    ----------
    input
        (in,).
    weights
        One row a unit, (out, in).
    bias
        One a unit, (out,).
    output
        (out,).
    """

    input: NDArray[Any]
    weights: NDArray[Any]
    bias: NDArray[Any]
    output: NDArray[Any]

    def products(self, unit: int) -> NDArray[Any]:
        """Input times weight of a `unit`, (in,)."""
        return frozen(self.input * self.weights[self._checked(unit)])

    def product(self, unit: int, index: int) -> Number:
        """One input times its weight."""
        at = self._checked(unit), position(index, len(self.input), "input")
        factors = [plain(self.input[at[1]]), plain(self.weights[at])]
        return Number(plain(self.products(unit)[index]), "product", {"factors": factors})

    def sum_number(self, unit: int) -> Number:
        """All products of a `unit` added up, before the bias."""
        terms = written_out(self.products(unit), "layer's input")
        value = sum(terms) if is_whole(self.input, self.weights) else math.fsum(terms)
        return Number(plain(value), "sum", {"terms": terms})

    def number(self, unit: int) -> Number:
        """The output of a `unit`.

        Raises
        ------
        ShapeError
            There is no such unit, or it has too many inputs to be written out.
        """
        args = {
            "input": written_out(self.input, "layer's input"),
            "weights": self.weights[self._checked(unit)].tolist(),
            "bias": plain(self.bias[unit]),
        }
        return Number(plain(self.output[unit]), "linear", args)

    def _checked(self, unit: int) -> int:
        return position(unit, len(self.output), "unit")


def linear(values: ArrayLike, weights: ArrayLike, bias: ArrayLike = 0) -> LinearTrace:
    """Y = Wx + b.

    Parameters
    ----------
    values
        x, (in,).
    weights
        W, (out, in); or, for one unit, (in,).
    bias
        b, one number or (out,).

    Raises
    ------
    ShapeError
        Shapes that do not fit, empty or non-numeric arrays, NaN or infinity.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    As in `torch.nn.Linear`.
    """
    given = row(values, "input")
    matrix = real(weights, "weights")
    matrix = matrix[np.newaxis] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or matrix.shape[1] != len(given):
        raise ShapeError(f"weights of shape {matrix.shape} do not fit {len(given)} inputs")
    offsets = real(bias, "bias")
    if offsets.shape not in ((), (len(matrix),)):
        raise ShapeError(f"the bias must be one number or {len(matrix)}, not {offsets.shape}")
    offsets = np.broadcast_to(offsets, (len(matrix),))
    whole = is_whole(given, matrix, offsets)
    with np.errstate(over="ignore"):
        each = np.abs(matrix).astype(np.float64).sum(axis=1).max()
        bound = float(np.abs(given).max() * each + np.abs(offsets).max())
    within_range(bound, whole)
    spelled = (matrix.astype(np.float64) * given).sum(axis=1) + offsets
    output = agree(torch_linear(given, matrix, offsets), spelled, bound, whole, "linear layer")
    return LinearTrace(given, matrix, offsets, output)


def torch_linear(values: NDArray[Any], weights: NDArray[Any], bias: NDArray[Any]) -> NDArray[Any]:
    """Wx + b, by torch, (out,)."""
    from torch.nn import functional

    return array(functional.linear(tensor(values), tensor(weights), tensor(bias)))


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    pairs = list(zip(args["input"], args["weights"], strict=True))
    end = equals(value, *args["input"], *args["weights"], args["bias"], value)
    word = in_language(WORDS, language)["bias"]
    bias = f"+ {factor(args['bias'])} ({word}) " if args["bias"] else ""
    return products(pairs), f"{bias}{end}"


LINEAR = Operation(
    "linear",
    {
        "bn": "লিনিয়ার স্তরের একটি ইউনিট: প্রতিটি ইনপুট × ওজন, সব যোগ",
        "en": "one unit of a linear layer: every input × weight, added up",
    },
    _written,
)
