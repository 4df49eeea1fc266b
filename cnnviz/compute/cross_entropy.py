"""Cross-entropy: how far a network's probabilities are from the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import agree, plain, position, written_out
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.softmax import softmax, written_probability
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import equals

__all__ = ["CrossEntropyTrace", "cross_entropy", "torch_cross_entropy"]


@dataclass(frozen=True, eq=False)
class CrossEntropyTrace:
    """The loss of one answer and its steps; arrays are (n,) and read-only.

    Parameters
    ----------
    logits
        What the network gave.
    target
        Index of the right answer.
    probabilities
        Softmax of `logits`.
    loss
        −ln of the right answer's probability.
    """

    logits: NDArray[Any]
    target: int
    probabilities: NDArray[np.float64]
    loss: int | float

    @property
    def number(self) -> Number:
        """`loss` with its provenance."""
        args = {"logits": written_out(self.logits, "logits"), "target": self.target}
        return Number(self.loss, "cross_entropy", args)


def cross_entropy(logits: ArrayLike, target: int) -> CrossEntropyTrace:
    """The loss of `logits`, (n,), where the answer with index `target` is right.

    Raises
    ------
    ShapeError
        Not one row of numbers, NaN or infinity, or no such target.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    −ln softmax(z)ₜ = ln Σ exp(zⱼ) − zₜ, with the natural logarithm, as in
    `torch.nn.CrossEntropyLoss` for one answer.
    """
    steps = softmax(logits)
    given = steps.logits
    at = position(target, len(given), "target")
    spelled = np.log(steps.exponentials.sum()) + given.max() - given[at]
    bound = 2 * float(np.abs(given).max()) + len(given)
    computed = torch_cross_entropy(given, at)
    loss = agree(computed, np.asarray(spelled), bound, False, "cross-entropy")
    return CrossEntropyTrace(given, at, steps.output, plain(loss[()]))


def torch_cross_entropy(logits: NDArray[Any], target: int) -> NDArray[Any]:
    """The loss, by torch."""
    import torch
    from torch.nn import functional

    return array(functional.cross_entropy(tensor(logits), torch.tensor(target)))


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    logits = args["logits"]
    quotient = written_probability(logits, args["target"])
    return f"−ln({quotient})", equals(value, *logits, value)


CROSS_ENTROPY = Operation(
    "cross_entropy",
    {
        "bn": "ক্রস-এনট্রপি: সঠিক উত্তরের সম্ভাবনার ln, মাইনাস দিয়ে",
        "en": "cross-entropy: minus the ln of the right answer's probability",
    },
    _written,
)
