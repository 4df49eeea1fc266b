"""What all recomputations share: the arguments as exact numbers, or a word on what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

__all__ = [
    "Args",
    "Exact",
    "NoProofError",
    "UnknownOperationError",
    "Way",
    "computes",
    "exact",
    "in_decimals",
    "index_of",
    "matrix",
    "planes",
    "several",
    "whole",
]

Args: TypeAlias = Mapping[str, Any]
Exact: TypeAlias = "int | Fraction"
Way: TypeAlias = Callable[[Args, Path], "int | float | Fraction | None"]
"""From arguments and the folder of the evidence to the value."""

_DIGITS = 80


class NoProofError(ValueError):
    """A number cannot be computed again: its arguments or its evidence do not suffice."""


class UnknownOperationError(NoProofError):
    """Nobody knows the operation that a number is said to come from."""


def computes(operation: str) -> Callable[[Way], Way]:
    """Mark a function as the one that computes `operation` again."""

    def mark(way: Way) -> Way:
        way.operation = operation  # type: ignore[attr-defined]
        return way

    return mark


def exact(number: Any) -> Exact:
    """A JSON number to the last bit."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise NoProofError(f"{number!r} is no number")
    return number if isinstance(number, int) else Fraction(number)


def whole(number: Any, least: int = 0) -> int:
    """A whole number from `least` up."""
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise NoProofError(f"{number!r} is no whole number from {least}")
    return number


def several(numbers: Any) -> list[Exact]:
    """A list of numbers that is not empty."""
    if not isinstance(numbers, list) or not numbers:
        raise NoProofError("no list of numbers")
    return [exact(number) for number in numbers]


def index_of(index: Any, numbers: list[Any]) -> int:
    """A place in `numbers`, from 0."""
    if whole(index) >= len(numbers):
        raise NoProofError(f"there is no place {index} among {len(numbers)}")
    return int(index)


def matrix(rows: Any) -> list[list[Exact]]:
    """Rows of numbers, all of one length."""
    found = [several(row) for row in rows]
    if len({len(row) for row in found}) != 1:
        raise NoProofError("rows of several lengths")
    return found


def planes(nested: Any) -> list[list[list[Exact]]]:
    """Channels of rows, also where there is one channel only; all of one shape."""
    deep = nested if isinstance(nested[0][0], list) else [nested]
    found = [[[exact(number) for number in row] for row in plane] for plane in deep]
    shapes = {(len(plane), len(row)) for plane in found for row in plane}
    if len(shapes) != 1 or not found[0][0]:
        raise NoProofError("rows of several lengths")
    return found


def in_decimals(compute: Callable[[Callable[[Exact], Decimal]], Decimal]) -> Fraction:
    """What `compute` gives, which gets a function from numbers to decimals of 80 digits."""
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(
            compute(lambda number: Decimal(number.numerator) / Decimal(number.denominator))
        )
