"""A number together with the way it was computed, so that a stranger can compute it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Number", "Op", "count", "literal", "matrix_size"]

Op = Literal[
    "conv2d",
    "relu",
    "max_pool2d",
    "mean_pool2d",
    "product",
    "sum",
    "output_size",
    "count",
    "literal",
    "measured",
]


@dataclass(frozen=True)
class Number:
    """One value and its provenance.

    Parameters
    ----------
    value
        The value itself; an `int` where it is a whole number.
    op
        The operation that gave it.
    args
        What the operation needs to give it again, as plain JSON: arrays written out as lists.
    """

    value: float
    op: Op
    args: Mapping[str, Any] = field(default_factory=dict)


def literal(value: float, **args: Any) -> Number:
    """An input that the lesson chose; `args` may say which (`{"of": "input", "row": 0, …}`)."""
    return Number(value, "literal", args)


def count(items: Sequence[Any]) -> Number:
    """How many `items` there are; they are written out, so they must be plain JSON."""
    return Number(len(items), "count", {"items": list(items)})


def matrix_size(matrix: Sequence[Sequence[float]]) -> tuple[Number, Number]:
    """How many rows and how many columns a matrix has, both counted."""
    rows = [list(row) for row in matrix]
    return count(rows), count(rows[0])
