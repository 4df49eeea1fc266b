"""Softmax and cross-entropy, to 80 digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cnnviz.review.recompute.proof import Args, Exact, computes, in_decimals, index_of, several

__all__ = ["cross_entropy", "loss", "softmax"]


@computes("softmax")
def softmax(args: Args, base: Path) -> Fraction:
    """One over the sum of e to the powers of all logits, each less the one asked for."""
    logits = several(args["logits"])
    own = logits[index_of(args["index"], logits)]
    return in_decimals(
        lambda decimal: 1 / sum((decimal(one - own).exp() for one in logits), Decimal(0))
    )


@computes("cross_entropy")
def cross_entropy(args: Args, base: Path) -> Fraction:
    """The natural logarithm of the same sum."""
    logits = several(args["logits"])
    return loss(logits, index_of(args["target"], logits))


def loss(logits: list[Exact], target: int) -> Fraction:
    """The cross-entropy of `logits` where `target` is right."""
    own = logits[target]
    return in_decimals(
        lambda decimal: sum((decimal(one - own).exp() for one in logits), Decimal(0)).ln()
    )
