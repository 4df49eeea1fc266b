"""Argmax: where the largest value stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import ShapeError, agree, plain, row, written_out
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import as_written, listed

__all__ = ["argmax", "torch_argmax"]


def argmax(values: ArrayLike) -> Number:
    """The index, from 0, of the largest of `values`, (n,).

    Raises
    ------
    ShapeError
        Not one row of numbers, NaN or infinity, too many to be written out, or the largest value
        stands there twice: then there is no one answer.
    DisagreementError
        torch and numpy differ.
    """
    given = row(values, "values")
    if np.count_nonzero(given == given.max()) > 1:
        raise ShapeError(f"the largest value, {plain(given.max())}, stands there more than once")
    found = agree(torch_argmax(given), np.asarray(given.argmax()), 0, True, "argmax")
    return Number(plain(found[()]), "argmax", {"values": written_out(given, "values")})


def torch_argmax(values: NDArray[Any]) -> NDArray[Any]:
    """The index, by torch."""
    return array(tensor(values).argmax())


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    values = args["values"]
    return listed(values), f"max = {as_written(max(values))} → {as_written(value)}"


ARGMAX = Operation(
    "argmax",
    {
        "bn": "আর্গম্যাক্স: সবচেয়ে বড় মান কত নম্বরে আছে, 0 থেকে গুনে",
        "en": "argmax: where the largest value stands, counted from 0",
    },
    _written,
)
