"""Numbers made of other numbers: what claims compare is often a sum, a difference or a multiple."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cnnviz.compute.checks import plain
from cnnviz.compute.number import Number

__all__ = ["difference", "times", "total"]


def total(numbers: Iterable[Number]) -> Number:
    """All `numbers` added up."""
    return _sum([number.value for number in numbers])


def difference(number: Number, other: Number) -> Number:
    """`number` less `other`."""
    return _sum([number.value, -other.value])


def times(factor: float, number: Number) -> Number:
    """`number`, taken `factor` times."""
    return Number(plain(factor * number.value), "product", {"factors": [factor, number.value]})


def _sum(terms: list[float]) -> Number:
    whole = all(isinstance(term, int) for term in terms)
    return Number(plain(sum(terms) if whole else math.fsum(terms)), "sum", {"terms": terms})
