"""Plain reckoning: sum, product, mean, difference, count, and where the largest stands."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from cnnviz.review.recompute.proof import Args, Exact, NoProofError, computes, exact, several

__all__ = ["argmax", "count", "difference", "mean", "product", "total"]


@computes("sum")
def total(args: Args, base: Path) -> Exact:
    """All terms added up."""
    return sum(several(args["terms"]))


@computes("product")
def product(args: Args, base: Path) -> Exact:
    """All factors multiplied."""
    return math.prod(several(args["factors"]))


@computes("mean")
def mean(args: Args, base: Path) -> Fraction:
    """The sum over how many there are."""
    values = several(args["values"])
    return Fraction(sum(values)) / len(values)


@computes("difference")
def difference(args: Args, base: Path) -> Exact:
    """The first less the second."""
    return exact(args["a"]) - exact(args["b"])


@computes("count")
def count(args: Args, base: Path) -> int:
    """How many items there are."""
    return len(args["items"])


@computes("argmax")
def argmax(args: Args, base: Path) -> int:
    """The place of the one value that all others are below."""
    values = several(args["values"])
    places = [place for place, value in enumerate(values) if value == max(values)]
    if len(places) > 1:
        raise NoProofError("the largest value stands there more than once")
    return places[0]
