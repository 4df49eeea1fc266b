"""Softmax: logits become probabilities that add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import agree, frozen, plain, position, row, within_range, written_out
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import MOST_TERMS, equals, factor

__all__ = ["SoftmaxTrace", "softmax", "torch_softmax", "written_probability"]


@dataclass(frozen=True, eq=False)
class SoftmaxTrace:
    """Softmax and its steps; all arrays are (n,) and read-only.

    Parameters
    ----------
    logits
        What goes in.
    exponentials
        e to the power of each logit less the largest one, so that none is too large to hold.
    output
        Each exponential's share of their sum: the probabilities.
    """

    logits: NDArray[Any]
    exponentials: NDArray[np.float64]
    output: NDArray[np.float64]

    def number(self, index: int) -> Number:
        """The probability at `index`."""
        at = position(index, len(self.logits), "index")
        args = {"logits": written_out(self.logits, "logits"), "index": at}
        return Number(plain(self.output[at]), "softmax", args)


def softmax(logits: ArrayLike) -> SoftmaxTrace:
    """The probabilities that `logits`, (n,), stand for.

    Raises
    ------
    ShapeError
        Not one row of numbers, NaN or infinity.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    exp(zᵢ) / Σ exp(zⱼ): Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 6.29;
    taking the largest logit away first changes nothing but the size of the numbers (section 4.1).
    """
    given = row(logits, "logits")
    within_range(2 * float(np.abs(given).max()), False)
    exponentials = np.exp(given - given.max())
    output = agree(torch_softmax(given), exponentials / exponentials.sum(), 1, False, "softmax")
    return SoftmaxTrace(given, frozen(exponentials), output)


def torch_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """The probabilities, by torch."""
    import torch

    return array(torch.softmax(tensor(logits), 0))


def written_probability(logits: Sequence[float], index: int) -> str:
    """The probability of one of the `logits` as a quotient of powers."""
    powers = [f"e^{factor(logit)}" for logit in logits]
    rest = f" + … ({len(powers)})" if len(powers) > MOST_TERMS else ""
    return f"{powers[index]} / ({' + '.join(powers[:MOST_TERMS])}{rest})"


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    logits = args["logits"]
    return written_probability(logits, args["index"]), equals(value, *logits, value)


SOFTMAX = Operation(
    "softmax",
    {
        "bn": "সফটম্যাক্স: লজিটগুলো থেকে সম্ভাবনা",
        "en": "softmax: from logits to a probability",
    },
    _written,
)
