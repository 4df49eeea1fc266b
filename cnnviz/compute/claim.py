"""What a sentence says without a digit, as a relation between computed numbers.

A claim is worked out from its inputs whenever it is made, so it cannot say anything else than
they do. One that is false is a claim all the same: who names it in a script is told why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

from cnnviz.compute.checks import ShapeError
from cnnviz.compute.number import Number

__all__ = [
    "COMPARISONS",
    "SIGNS",
    "Claim",
    "equal",
    "every",
    "farther_from_zero",
    "farthest_from_zero",
    "greater",
    "largest",
    "less",
    "negative",
    "not_",
    "not_negative",
    "order",
    "positive",
    "smallest",
    "zero",
]

MOST_INPUTS = 128
"""Numbers of one claim, those of claims inside it included: somebody has to be able to read it."""

_TOLERANCE = 1e-9  # relative or absolute; what sums in floating point may be off

_Test: TypeAlias = Callable[[int], bool]

SIGNS: Mapping[str, _Test] = MappingProxyType(
    {
        "negative": lambda side: side < 0,
        "positive": lambda side: side > 0,
        "zero": lambda side: side == 0,
        "not_negative": lambda side: side >= 0,
    }
)
"""Relation → what the order of each input and 0 has to be."""

COMPARISONS: Mapping[str, _Test] = MappingProxyType(
    {
        "less": lambda side: side < 0,
        "greater": lambda side: side > 0,
        "equal": lambda side: side == 0,
        "largest": lambda side: side >= 0,
        "smallest": lambda side: side <= 0,
        "farther_from_zero": lambda side: side > 0,
        "farthest_from_zero": lambda side: side >= 0,
    }
)
"""Relation → what the order of the first input and each of the others has to be.

Those that tell how far from zero compare sizes without signs.
"""


def order(one: float, other: float) -> int:
    """−1, 0 or 1 as `one` is below, equal to or above `other`.

    Whole numbers are compared exactly; others count as equal within 10⁻⁹, relative or absolute.
    """
    whole = isinstance(one, int) and isinstance(other, int)
    if not whole and math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
        return 0
    return (one > other) - (one < other)


@dataclass(frozen=True)
class Claim:
    """A relation and what it relates.

    Parameters
    ----------
    relation
        One of `SIGNS` or `COMPARISONS` between numbers, or `every` or `not` of claims.
    inputs
        The numbers, or the claims.

    Raises
    ------
    ShapeError
        Too few inputs for the relation, inputs of the wrong kind, or more than 128 numbers.
    """

    relation: str
    inputs: tuple[Number | Claim, ...]

    def __post_init__(self) -> None:
        compound = self.relation in ("every", "not")
        if not compound and self.relation not in (*SIGNS, *COMPARISONS):
            raise ShapeError(f"no relation is called {self.relation!r}")
        kind: type = Claim if compound else Number
        if not all(isinstance(each, kind) for each in self.inputs):
            raise ShapeError(f"{self.relation!r} takes {'claims' if compound else 'numbers'} only")
        least = 2 if self.relation in COMPARISONS else 1
        if len(self.inputs) < least:
            raise ShapeError(f"{self.relation!r} needs at least {least} inputs")
        if sum(1 for _ in self.numbers()) > MOST_INPUTS:
            raise ShapeError(
                f"a claim about more than {MOST_INPUTS} numbers",
                hint="claim it of single windows, of sums or of counts",
            )

    def numbers(self) -> Iterator[Number]:
        """All numbers that it is about, those of claims inside it included."""
        for each in self.inputs:
            if isinstance(each, Claim):
                yield from each.numbers()
            else:
                yield each

    @cached_property
    def holds(self) -> bool:
        """Whether it is true."""
        if self.relation == "every":
            return all(claim.holds for claim in self.claims)
        if self.relation == "not":
            return not any(claim.holds for claim in self.claims)
        return not self.exceptions

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that it joins or denies."""
        return tuple(each for each in self.inputs if isinstance(each, Claim))

    @property
    def values(self) -> tuple[float, ...]:
        """The values of the numbers that it relates."""
        return tuple(each.value for each in self.inputs if isinstance(each, Number))

    @cached_property
    def exceptions(self) -> tuple[float, ...]:
        """The values that break a relation of numbers: by their sign, or beside the first one."""
        if self.relation in SIGNS:
            return tuple(v for v in self.values if not SIGNS[self.relation](order(v, 0)))
        size: Callable[[float], float] = abs if self.relation.endswith("from_zero") else lambda v: v
        fits = COMPARISONS[self.relation]
        first, *others = self.values
        return tuple(v for v in others if not fits(order(size(first), size(v))))

    def as_json(self) -> dict[str, Any]:
        """`value`, `op` and `args`, as they stand in a ledger."""
        inputs = [
            each.as_json()
            if isinstance(each, Claim)
            else {"value": each.value, "op": each.op, "args": dict(each.args)}
            for each in self.inputs
        ]
        args = {"claim": self.relation, "inputs": inputs}
        return {"value": self.holds, "op": "claim", "args": args}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Claim:
        """The claim that `as_json` wrote; whether it holds is worked out anew."""
        inputs = tuple(
            cls.from_json(each)
            if each["op"] == "claim"
            else Number(each["value"], each["op"], each["args"])
            for each in data["args"]["inputs"]
        )
        return cls(data["args"]["claim"], inputs)


def negative(*numbers: Number) -> Claim:
    """All `numbers` are below zero."""
    return Claim("negative", numbers)


def positive(*numbers: Number) -> Claim:
    """All `numbers` are above zero."""
    return Claim("positive", numbers)


def zero(*numbers: Number) -> Claim:
    """All `numbers` are zero."""
    return Claim("zero", numbers)


def not_negative(*numbers: Number) -> Claim:
    """None of the `numbers` is below zero."""
    return Claim("not_negative", numbers)


def less(number: Number, *others: Number) -> Claim:
    """`number` is below each of the `others`."""
    return Claim("less", (number, *others))


def greater(number: Number, *others: Number) -> Claim:
    """`number` is above each of the `others`."""
    return Claim("greater", (number, *others))


def equal(number: Number, *others: Number) -> Claim:
    """All of them have the same value."""
    return Claim("equal", (number, *others))


def largest(number: Number, of: Iterable[Number]) -> Claim:
    """None `of` them is above `number`; others may be as large."""
    return Claim("largest", (number, *of))


def smallest(number: Number, of: Iterable[Number]) -> Claim:
    """None `of` them is below `number`; others may be as small."""
    return Claim("smallest", (number, *of))


def farther_from_zero(number: Number, *others: Number) -> Claim:
    """`number` is farther from zero than each of the `others`, whatever their signs."""
    return Claim("farther_from_zero", (number, *others))


def farthest_from_zero(number: Number, of: Iterable[Number]) -> Claim:
    """None `of` them is farther from zero than `number`; others may be as far."""
    return Claim("farthest_from_zero", (number, *of))


def every(*claims: Claim) -> Claim:
    """All `claims` hold."""
    return Claim("every", claims)


def not_(claim: Claim) -> Claim:
    """`claim` does not hold."""
    return Claim("not", (claim,))
