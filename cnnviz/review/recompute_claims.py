"""Claims of a ledger worked out again, as docs/numbers.md describes them.

A second reading of that page: the numbers come from `recompute`, the relations are written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from cnnviz.review.recompute import (
    NoProofError,
    UnknownOperationError,
    agree,
    in_digits,
    recomputed,
)

__all__ = ["WrongInputError", "holds_again"]

_TOLERANCE = 1e-9


class WrongInputError(ValueError):
    """An input of a claim is not what its provenance gives."""


Numbers: TypeAlias = Sequence[float | Fraction]


def holds_again(args: Any, base: Path) -> bool:
    """Whether the relation in `args` holds between its inputs, all of them computed again.

    Parameters
    ----------
    args
        Those of an entry with the `op` "claim".
    base
        The folder in which evidence lies: a bundle, or a project.

    Raises
    ------
    UnknownOperationError
        There is no such relation or operation.
    NoProofError
        Something is missing, or does not fit.
    WrongInputError
        An input has another value than it says.
    """
    if not isinstance(args, dict) or not isinstance(args.get("inputs"), list):
        raise NoProofError("a claim needs a list of inputs")
    relation, inputs = str(args.get("claim")), args["inputs"]
    if relation in _JOINED:
        if not inputs:
            raise NoProofError(f"{relation!r} of nothing")
        return _JOINED[relation]([_claim(each, base) for each in inputs])
    if relation not in _RELATIONS:
        raise UnknownOperationError(f"no relation is called {relation!r}")
    numbers = [_number(each, base) for each in inputs]
    if len(numbers) < (1 if relation in _OF_ONE else 2):
        raise NoProofError(f"too few numbers for {relation!r}")
    return bool(_RELATIONS[relation](numbers))


def _claim(entry: Any, base: Path) -> bool:
    if not isinstance(entry, dict) or entry.get("op") != "claim":
        raise NoProofError("an input that is no claim")
    holds, stated = holds_again(entry.get("args"), base), entry.get("value")
    if not isinstance(stated, bool) or stated != holds:
        raise WrongInputError(f"a claim inside it is {holds}, and stands there as another")
    return holds


def _number(entry: Any, base: Path) -> float | Fraction:
    """The value of an input: what is computed again; what the lesson chose is taken as it is."""
    if not isinstance(entry, dict) or not entry.keys() >= {"value", "op", "args"}:
        raise NoProofError("an input without value, op or args")
    value: float = entry["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NoProofError(f"the input {value!r} is no number")
    again = recomputed(entry["op"], entry["args"], base)
    if again is None:
        return value
    if not agree(value, again):
        said = f"its input {in_digits(value)} is {in_digits(float(again))} when it is computed"
        raise WrongInputError(f"{said} again")
    return again


def _below(one: float | Fraction, other: float | Fraction) -> bool:
    """Whether `one` is truly less: whole numbers exactly, others by more than rounding."""
    whole = isinstance(one, int) and isinstance(other, int)
    near = math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    return one < other and (whole or not near)


def _size(number: float | Fraction) -> float | Fraction:
    return -number if number < 0 else number


def _same(numbers: Numbers) -> bool:
    return not any(_below(numbers[0], n) or _below(n, numbers[0]) for n in numbers)


_OF_ONE = ("negative", "positive", "zero", "not_negative")
_RELATIONS: Mapping[str, Callable[[Numbers], bool]] = {
    "negative": lambda all_: all(_below(n, 0) for n in all_),
    "positive": lambda all_: all(_below(0, n) for n in all_),
    "zero": lambda all_: _same([0, *all_]),
    "not_negative": lambda all_: not any(_below(n, 0) for n in all_),
    "less": lambda all_: all(_below(all_[0], n) for n in all_[1:]),
    "greater": lambda all_: all(_below(n, all_[0]) for n in all_[1:]),
    "equal": _same,
    "largest": lambda all_: not any(_below(all_[0], n) for n in all_[1:]),
    "smallest": lambda all_: not any(_below(n, all_[0]) for n in all_[1:]),
    "farther_from_zero": lambda all_: all(_below(_size(n), _size(all_[0])) for n in all_[1:]),
    "farthest_from_zero": lambda all_: not any(_below(_size(all_[0]), _size(n)) for n in all_[1:]),
}
_JOINED: Mapping[str, Callable[[Sequence[bool]], bool]] = {
    "every": lambda claims: all(claims),
    "not": lambda claims: not any(claims),
}
