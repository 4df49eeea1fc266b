"""The gradient of a small CNN's loss, without any calculus: by two very small steps.

Up to the logits all is exact; a step of 10⁻²⁰ either way, and the loss to 80 digits, give the slope
to some 40 digits wherever the loss has one.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from cnnviz.review.recompute.proof import (
    Args,
    Exact,
    NoProofError,
    computes,
    index_of,
    matrix,
    planes,
    several,
    whole,
)
from cnnviz.review.recompute.softmax import loss

__all__ = ["gradient"]

Nested: TypeAlias = Any
Push: TypeAlias = Callable[[str, Nested], Nested]

_STEP = Fraction(1, 10**20)
_ALIKE = Fraction(1, 10**12)


@computes("gradient")
def gradient(args: Args, base: Path) -> Fraction:
    """The slope of the loss towards one value, which must be the same to both sides."""
    index = [whole(one) for one in args["index"]]
    middle, below, above = (
        _loss(args, _pushing(args["of"], index, step)) for step in (0 * _STEP, -_STEP, _STEP)
    )
    before, behind = (middle - below) / _STEP, (above - middle) / _STEP
    if abs(before - behind) > _ALIKE * (1 + abs(before)):
        raise NoProofError(f"the loss bends at {args['of']} {index}: it has no gradient there")
    return (above - below) / (2 * _STEP)


def _pushing(of: Any, index: list[int], step: Fraction) -> Push:
    """A function that adds `step` to the one value at `index` in what is called `of`."""
    known = {"kernels", "kernel_bias", "hidden_weights", "hidden_bias", "output_weights"}
    if of not in known | {"output_bias", "map", "pooled", "hidden", "logits"}:
        raise NoProofError(f"the network has no {of!r}")

    def push(name: str, values: Nested) -> Nested:
        return _with(values, index, step) if name == of else values

    return push


def _with(values: Nested, index: list[int], step: Fraction) -> Nested:
    if not index or not isinstance(values, list):
        if index or isinstance(values, list):
            raise NoProofError("too few or too many indices")
        return values + step
    at = index_of(index[0], values)
    return [*values[:at], _with(values[at], index[1:], step), *values[at + 1 :]]


def _loss(args: Args, push: Push) -> Fraction:
    """The cross-entropy of the network, with one value pushed."""
    image = matrix(args["input"])
    kernels = push("kernels", planes(args["kernels"]))
    biases = push("kernel_bias", several(args["kernel_bias"]))
    maps = push(
        "map",
        [_map(image, kernel, bias) for kernel, bias in zip(kernels, biases, strict=True)],
    )
    pooled = push("pooled", [_pooled(plane) for plane in maps])
    flat = [value for plane in pooled for row in plane for value in row]
    sums = _layer(args, "hidden", flat, push)
    hidden = push("hidden", [max(one, 0) for one in sums])
    logits = push("logits", _layer(args, "output", hidden, push))
    return loss(logits, index_of(args["target"], logits))


def _map(image: list[list[Exact]], kernel: list[list[Exact]], bias: Exact) -> Nested:
    """Every place at which the kernel lies wholly on the picture."""
    rows, columns = len(kernel), len(kernel[0])
    return [
        [
            bias
            + sum(kernel[i][j] * image[y + i][x + j] for i in range(rows) for j in range(columns))
            for x in range(len(image[0]) - columns + 1)
        ]
        for y in range(len(image) - rows + 1)
    ]


def _pooled(plane: list[list[Exact]]) -> list[list[Exact]]:
    """The largest of each 2×2, and at least 0, which is ReLU and pooling at once."""
    return [
        [
            max(0, plane[y][x], plane[y][x + 1], plane[y + 1][x], plane[y + 1][x + 1])
            for x in range(0, len(plane[0]) - 1, 2)
        ]
        for y in range(0, len(plane) - 1, 2)
    ]


def _layer(args: Args, name: str, values: list[Exact], push: Push) -> list[Exact]:
    weights = push(f"{name}_weights", matrix(args[f"{name}_weights"]))
    biases = push(f"{name}_bias", several(args[f"{name}_bias"]))
    return [
        bias + sum(one * other for one, other in zip(row, values, strict=True))
        for row, bias in zip(weights, biases, strict=True)
    ]
