"""What else a network's layers do: ReLU, pooling, linear, batch normalisation; output sizes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cnnviz.review.recompute.proof import (
    Args,
    Exact,
    NoProofError,
    computes,
    exact,
    in_decimals,
    planes,
    several,
    whole,
)

__all__ = ["batch_norm", "linear", "max_pool2d", "mean_pool2d", "output_size", "relu"]


@computes("relu")
def relu(args: Args, base: Path) -> Exact:
    """The larger of the input and 0."""
    return max(exact(args["input"]), 0)


@computes("max_pool2d")
def max_pool2d(args: Args, base: Path) -> Exact:
    """The largest of a window."""
    return max(_pooled(args))


@computes("mean_pool2d")
def mean_pool2d(args: Args, base: Path) -> Fraction:
    """The mean of a window."""
    values = _pooled(args)
    return Fraction(sum(values)) / len(values)


@computes("linear")
def linear(args: Args, base: Path) -> Exact:
    """Inputs times weights, and the bias."""
    pairs = zip(several(args["input"]), several(args["weights"]), strict=True)
    return exact(args["bias"]) + sum(one * other for one, other in pairs)


@computes("batch_norm")
def batch_norm(args: Args, base: Path) -> Fraction:
    """γ(x − μ) / √(σ² + ε) + β: only the root is not exact."""
    radicand = exact(args["variance"]) + exact(args["eps"])
    if exact(args["variance"]) < 0 or exact(args["eps"]) <= 0:
        raise NoProofError("a spread must not be below 0, and eps above it")
    root = in_decimals(lambda decimal: Decimal.sqrt(decimal(radicand)))
    centred = exact(args["input"]) - exact(args["mean"])
    return exact(args["weight"]) * centred / root + exact(args["bias"])


@computes("output_size")
def output_size(args: Args, base: Path) -> int:
    """How often the kernel fits while it steps along, counted."""
    reach = whole(args["dilation"], 1) * (whole(args["kernel"], 1) - 1)
    room = whole(args["input"], 1) + 2 * whole(args["padding"])
    return len(range(0, room - reach, whole(args["stride"], 1)))


def _pooled(args: Args) -> list[Exact]:
    ((window),) = planes(args["input"])
    if len(window) != args["size"] or len(window[0]) != args["size"]:
        raise NoProofError(f"the window is not {args['size']}×{args['size']}")
    return [number for row in window for number in row]
