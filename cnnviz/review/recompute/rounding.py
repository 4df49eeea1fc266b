"""Numbers as they are said: another number, scaled and rounded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from cnnviz.review.recompute.again import agree, recomputed
from cnnviz.review.recompute.proof import Args, NoProofError, computes, exact, whole

__all__ = ["rounded"]


@computes("rounded")
def rounded(args: Args, base: Path) -> Fraction:
    """The number inside, once it is itself computed again, times the scale, to so many places."""
    inner = args["number"]
    value = exact(inner["value"])
    again = recomputed(inner["op"], inner["args"], base)
    # From the value that is stated: a sum that is off by its last bit must not round another way.
    if again is not None and not agree(inner["value"], again):
        raise NoProofError(f"{inner['value']} is {float(again)} when it is computed again")
    scaled: Fraction = Fraction(value) * whole(args["scale"], 1)
    return round(scaled, whole(args["decimals"]))
