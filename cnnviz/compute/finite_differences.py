"""The slope of a small network's loss, by a small step to either side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cnnviz.compute.small_network import Array, Forward, Nudge, SmallNetwork, forwards

__all__ = ["Difference", "central_difference"]

_STEPS = (1e-5, 1e-6, 1e-7, 1e-8)
_REACH = 1e-4
"""How far the logits may move in a step; beyond, the loss is no straight line."""
_TOLERANCE = 1e-7


class Difference(NamedTuple):
    """A slope, and how far it may be off."""

    slope: float
    tolerance: float


def central_difference(
    network: SmallNetwork,
    image: Array,
    target: int,
    of: str,
    index: tuple[int, ...],
    steps: Forward,
) -> Difference | None:
    """The loss's slope towards the value at `index` of `of`, or None on a fold.

    A step counts only if the picture takes the same course through every ReLU and maximum on both
    sides of `steps`, where it stands; smaller ones are tried until it does.

    Notes
    -----
    (L(w + h) − L(w − h)) / 2h. Within a course the logits are a straight line, so that h² times
    the cube of their slope bounds what the difference is off, and the rounding of the logits over
    h what it is blurred: both are far below the tolerance, 10⁻⁷ of the slope and of the logits.
    """
    for step in _STEPS:
        below, above = (forwards(network, image, Nudge(of, index, h)) for h in (-step, step))
        reach = float(np.abs(above.logits - below.logits).max())
        if reach <= _REACH and below.course() == steps.course() == above.course():
            slope = (_loss(above, target) - _loss(below, target)) / (2 * step)
            size = 1 + float(np.abs(steps.logits).max())
            return Difference(slope, _TOLERANCE * (1 + reach / (2 * step)) * size)
    return None


def _loss(steps: Forward, target: int) -> float:
    largest = steps.logits.max()
    return float(np.log(np.exp(steps.logits - largest).sum()) + largest - steps.logits[target])
