"""Sums, products, means and differences of numbers that are all written out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import agree, is_whole, plain, row, within_range, written_out
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import added, as_written, equals, factor

__all__ = ["difference", "mean", "product", "torch_mean", "total"]


Values: TypeAlias = ArrayLike | Iterable[float | Number]
"""Plain values, or computed numbers, of which the values count."""


def total(terms: Values) -> Number:
    """All `terms` added up.

    Raises
    ------
    ShapeError
        No terms, too many to be written out, not numbers, or too large.
    """
    given = row(_plain(terms), "terms")
    written = written_out(given, "terms")
    within_range(_reach(given), is_whole(given))
    value = sum(written) if is_whole(given) else math.fsum(written)
    return Number(plain(value), "sum", {"terms": written})


def product(factors: Values) -> Number:
    """All `factors` multiplied; errors are those of `total`."""
    given = row(_plain(factors), "factors")
    written = written_out(given, "factors")
    value = math.prod(written)
    within_range(abs(value), is_whole(given))
    return Number(plain(value), "product", {"factors": written})


def mean(values: Values) -> Number:
    """The arithmetic mean of `values`.

    Raises
    ------
    ShapeError
        As `total`.
    DisagreementError
        torch and exact fractions differ.
    """
    given = row(_plain(values), "values")
    written = written_out(given, "values")
    within_range(_reach(given), is_whole(given))
    spelled = np.asarray(float(sum(map(Fraction, written)) / len(written)))
    found = agree(torch_mean(given), spelled, _reach(given), False, "mean")
    return Number(plain(found[()]), "mean", {"values": written})


def difference(a: float | Number, b: float | Number) -> Number:
    """`a` − `b`; errors are those of `total`."""
    given = row(_plain([a, b]), "difference")
    within_range(_reach(given), is_whole(given))
    one, other = written_out(given, "difference")
    return Number(plain(one - other), "difference", {"a": plain(one), "b": plain(other)})


def _plain(values: Values) -> Any:
    if isinstance(values, np.ndarray) or not isinstance(values, Iterable):
        return values
    return [one.value if isinstance(one, Number) else one for one in values]


def _reach(values: NDArray[Any]) -> float:
    """What the sum of `values` cannot exceed."""
    return float(np.abs(values).max()) * values.size


def torch_mean(values: NDArray[Any]) -> NDArray[Any]:
    """The mean of all values, by torch."""
    return array(tensor(values).mean())


def _sum_written(args: Args, value: float, language: str) -> tuple[str, ...]:
    return (f"{added(args['terms'])} {equals(value, *args['terms'], value)}",)


def _product_written(args: Args, value: float, language: str) -> tuple[str, ...]:
    factors: Sequence[float] = args["factors"]
    return (f"{' × '.join(map(factor, factors))} {equals(value, *factors, value)}",)


def _mean_written(args: Args, value: float, language: str) -> tuple[str, ...]:
    values: Sequence[float] = args["values"]
    return (f"({added(values)}) / {len(values)} {equals(value, *values, value)}",)


def _difference_written(args: Args, value: float, language: str) -> tuple[str, ...]:
    a, b = args["a"], args["b"]
    return (f"{as_written(a)} − {factor(b)} {equals(value, a, b, value)}",)


SUM = Operation("sum", {"bn": "যোগফল", "en": "sum"}, _sum_written)
PRODUCT = Operation("product", {"bn": "গুণফল", "en": "product"}, _product_written)
MEAN = Operation("mean", {"bn": "গড়", "en": "mean"}, _mean_written)
DIFFERENCE = Operation("difference", {"bn": "বিয়োগফল", "en": "difference"}, _difference_written)
