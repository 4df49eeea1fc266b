"""The well-known 3×3 and 5×5 kernels, by name.

Weights are for cross-correlation, that is, for `conv2d` without `flip`. Every kernel sums either
to 1, and keeps the brightness of an even area, or to 0, and turns it black.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.compute.checks import frozen
from cnnviz.errors import UserError

__all__ = ["KERNELS", "Kernel", "kernel"]


@dataclass(frozen=True, eq=False)
class Kernel:
    """A named kernel.

    Parameters
    ----------
    name
        Its key in `KERNELS`.
    values
        The weights, (kh, kw), read-only; int64 where they are whole numbers.
    note
        What it does, one line.
    """

    name: str
    values: NDArray[Any]
    note: str


def _made(name: str, rows: str, note: str, divisor: int = 1) -> Kernel:
    weights = np.array([[int(weight) for weight in row.split()] for row in rows.split("/")])
    values = weights.astype(np.int64) if divisor == 1 else weights / divisor
    return Kernel(name, frozen(values), note)


_ALL = (
    _made("identity", "0 0 0 / 0 1 0 / 0 0 0", "leaves the picture as it is"),
    _made("box_blur", "1 1 1 / 1 1 1 / 1 1 1", "mean of the nine pixels", 9),
    _made("gaussian_3", "1 2 1 / 2 4 2 / 1 2 1", "soft blur, the centre counts most", 16),
    _made(
        "gaussian_5",
        "1 4 7 4 1 / 4 16 26 16 4 / 7 26 41 26 7 / 4 16 26 16 4 / 1 4 7 4 1",
        "wider soft blur",
        273,
    ),
    _made("sharpen", "0 -1 0 / -1 5 -1 / 0 -1 0", "adds the difference from the neighbours"),
    _made("vertical_edge", "1 0 -1 / 1 0 -1 / 1 0 -1", "bright on the left, dark on the right"),
    _made("horizontal_edge", "1 1 1 / 0 0 0 / -1 -1 -1", "bright above, dark below"),
    _made("sobel_x", "-1 0 1 / -2 0 2 / -1 0 1", "change from left to right"),
    _made("sobel_y", "-1 -2 -1 / 0 0 0 / 1 2 1", "change from top to bottom"),
    _made("scharr_x", "-3 0 3 / -10 0 10 / -3 0 3", "change from left to right, rounder"),
    _made("scharr_y", "-3 -10 -3 / 0 0 0 / 3 10 3", "change from top to bottom, rounder"),
    _made("laplacian_4", "0 -1 0 / -1 4 -1 / 0 -1 0", "difference from the 4 neighbours"),
    _made("laplacian_8", "-1 -1 -1 / -1 8 -1 / -1 -1 -1", "difference from the 8 neighbours"),
    _made("emboss", "-2 -1 0 / -1 1 1 / 0 1 2", "light from the top left, as on a relief"),
    _made("diagonal_edge_45", "1 1 0 / 1 0 -1 / 0 -1 -1", "edges that rise to the right, /"),
    _made("diagonal_edge_135", "0 1 1 / -1 0 1 / -1 -1 0", "edges that fall to the right, \\"),
)

KERNELS: Mapping[str, Kernel] = MappingProxyType({each.name: each for each in _ALL})
"""The catalogue, read-only, in the order in which a lesson would meet them."""


def kernel(name: str) -> Kernel:
    """The kernel called `name`.

    Raises
    ------
    UserError
        There is none; the hint lists the nearest names.
    """
    found = KERNELS.get(name)
    if found is None:
        near = difflib.get_close_matches(name, KERNELS, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"choose from {', '.join(KERNELS)}"
        raise UserError(f"unknown kernel {name!r}", hint=hint)
    return found
