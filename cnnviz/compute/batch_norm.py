"""Batch normalisation as a trained network applies it, with the statistics that it has kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import ShapeError, agree, channels, plain, position, real, within_range
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import as_written, equals, factor

__all__ = ["BatchNormTrace", "batch_norm", "torch_batch_norm"]


@dataclass(frozen=True, eq=False)
class BatchNormTrace:
    """Values before and after; `input` and `output` are (C, H, W), the others (C,), read-only.

    Parameters
    ----------
    input, output
        Before and after.
    mean, variance
        What training saw in each channel.
    weight, bias
        What training learned for it, γ and β.
    eps
        Keeps the square root from 0.
    """

    input: NDArray[Any]
    mean: NDArray[Any]
    variance: NDArray[Any]
    weight: NDArray[Any]
    bias: NDArray[Any]
    eps: float
    output: NDArray[np.float64]

    def number(self, row: int, column: int, channel: int = 0) -> Number:
        """The output at (`row`, `column`) of `channel`."""
        depth, height, width = self.input.shape
        at = position(channel, depth, "channel")
        place = at, position(row, height, "row"), position(column, width, "column")
        args = {
            "input": plain(self.input[place]),
            "mean": plain(self.mean[at]),
            "variance": plain(self.variance[at]),
            "weight": plain(self.weight[at]),
            "bias": plain(self.bias[at]),
            "eps": self.eps,
        }
        return Number(plain(self.output[place]), "batch_norm", args)


def batch_norm(
    values: ArrayLike,
    *,
    mean: ArrayLike,
    variance: ArrayLike,
    weight: ArrayLike = 1,
    bias: ArrayLike = 0,
    eps: float = 1e-5,
) -> BatchNormTrace:
    """γ(x − μ) / √(σ² + ε) + β, channel by channel.

    Parameters
    ----------
    values
        x, (H, W) or (C, H, W).
    mean, variance, weight, bias
        μ, σ², γ and β: one number each, or (C,).
    eps
        ε, above 0.

    Raises
    ------
    ShapeError
        Shapes that do not fit, empty or non-numeric arrays, NaN or infinity, a variance below 0,
        or `eps` not above 0.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 2; as in `torch.nn.BatchNorm2d`
    after training.
    """
    given = channels(values, "input")
    mean, variance, weight, bias = (
        _each(statistic, what, len(given))
        for statistic, what in (
            (mean, "mean"),
            (variance, "variance"),
            (weight, "weight"),
            (bias, "bias"),
        )
    )
    if variance.min() < 0:
        raise ShapeError("the variance must not be below 0")
    if not 0 < eps < np.inf:
        raise ShapeError(f"eps must be above 0, not {eps}")
    with np.errstate(over="ignore"):
        scale = np.abs(weight) / np.sqrt(variance + eps)
        reach = (np.abs(given).max(axis=(1, 2)) + np.abs(mean)) * scale + np.abs(bias)
    within_range(float(reach.max()), False)
    shape = (-1, 1, 1)
    centred = given - mean.reshape(shape)
    spelled = centred / np.sqrt(variance + eps).reshape(shape) * weight.reshape(shape)
    output = agree(
        torch_batch_norm(given, mean, variance, weight, bias, eps),
        spelled + bias.reshape(shape),
        float(reach.max()),
        False,
        "batch normalisation",
    )
    return BatchNormTrace(given, mean, variance, weight, bias, float(eps), output)


def torch_batch_norm(
    values: NDArray[Any],
    mean: NDArray[Any],
    variance: NDArray[Any],
    weight: NDArray[Any],
    bias: NDArray[Any],
    eps: float,
) -> NDArray[Any]:
    """The output for (C, H, W), by torch."""
    from torch.nn import functional

    normalised = functional.batch_norm(
        tensor(values)[None],
        tensor(mean),
        tensor(variance),
        tensor(weight),
        tensor(bias),
        eps=eps,
    )
    return array(normalised[0])


def _each(values: ArrayLike, what: str, depth: int) -> NDArray[Any]:
    """`values` as one a channel."""
    given = real(values, what)
    if given.shape not in ((), (depth,)):
        raise ShapeError(f"the {what} must be one number or {depth}, not shape {given.shape}")
    return np.broadcast_to(given, (depth,))


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    x, mean, variance, weight, bias = (
        args[name] for name in ("input", "mean", "variance", "weight", "bias")
    )
    return (
        "γ(x − μ) / √(σ² + ε) + β",
        f"{factor(weight)} × ({as_written(x)} − {factor(mean)})"
        f" / √({as_written(variance)} + {args['eps']})"
        f" + {factor(bias)} {equals(value, x, mean, variance, weight, bias, value)}",
    )


BATCH_NORM = Operation(
    "batch_norm",
    {
        "bn": "ব্যাচ নরমালাইজেশন: গড় বাদ, ছড়ানোর মাপ দিয়ে ভাগ, তারপর শেখা γ আর β",
        "en": "batch normalisation: less the mean, over the spread, then the learned γ and β",
    },
    _written,
)
