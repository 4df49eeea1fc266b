"""A number as it is said and shown: scaled, say to percent, and rounded."""

from __future__ import annotations

from fractions import Fraction

from cnnviz.compute.checks import at_least, plain
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation, operations
from cnnviz.compute.writing import as_written

__all__ = ["percent", "rounded"]


def rounded(number: Number, decimals: int = 2, *, scale: int = 1) -> Number:
    """`number` times `scale`, to so many `decimals`; halves go to the even digit.

    Parameters
    ----------
    number
        Where it comes from; its provenance is kept.
    decimals
        Places behind the point, from 0.
    scale
        A whole number, such as 100 for percent.

    Raises
    ------
    ShapeError
        `decimals` is below 0, or `scale` below 1.
    """
    places, factor = at_least(0, decimals, "decimals"), at_least(1, scale, "scale")
    value = round(Fraction(number.value) * factor, places)
    inner = {"value": number.value, "op": number.op, "args": dict(number.args)}
    args = {"number": inner, "scale": factor, "decimals": places}
    return Number(plain(float(value)), "rounded", args)


def percent(share: Number, decimals: int = 0) -> Number:
    """A share, 0 to 1, in percent."""
    return rounded(share, decimals, scale=100)


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    inner, scale = args["number"], args["scale"]
    before = operations()[inner["op"]].written(inner["args"], inner["value"], language)
    exact = as_written(inner["value"])
    scaled = exact if scale == 1 else f"{as_written(scale)} × {exact}"
    return *before, f"{scaled} ≈ {as_written(value)}"


ROUNDED = Operation("rounded", {"bn": "কাছাকাছি মানে লেখা", "en": "rounded"}, _written)
