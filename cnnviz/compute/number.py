"""A number together with the way it was computed, so that a stranger can compute it again."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnviz.compute.operations import Args, Operation, operations
from cnnviz.compute.words import place
from cnnviz.compute.writing import MOST_TERMS, as_written
from cnnviz.errors import UserError

__all__ = ["Number", "count", "literal", "matrix_size", "measured"]


@dataclass(frozen=True)
class Number:
    """One value and its provenance.

    Parameters
    ----------
    value
        The value itself; an `int` where it is a whole number.
    op
        The operation that gave it, one of `operations()`.
    args
        What the operation needs to give it again, as plain JSON: arrays written out as lists.

    Raises
    ------
    UserError
        There is no such operation.
    """

    value: float
    op: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = operations()
        if self.op not in known:
            near = difflib.get_close_matches(str(self.op), known, n=3, cutoff=0.5) or known
            raise UserError(
                f"unknown operation {self.op!r} of a number", hint=f"known: {', '.join(near)}"
            )


def literal(value: float, **args: Any) -> Number:
    """An input that the lesson chose; `args` may say which (`{"of": "input", "row": 0, …}`)."""
    return Number(value, "literal", args)


def measured(
    found: float, evidence: str, pointer: str, *, decimals: int = 2, scale: float = 1
) -> Number:
    """What was measured outside the film, scaled and rounded as it is shown.

    Parameters
    ----------
    found
        What stands in the evidence.
    evidence
        Its file, as it lies in the bundle.
    pointer
        Where in it, a JSON pointer (RFC 6901).
    decimals
        Places behind the point, from 0.
    scale
        By what it is multiplied first, such as 100 for percent.
    """
    value = round(float(found) * scale, decimals) + 0.0
    args = {"evidence": evidence, "pointer": pointer, "scale": scale, "decimals": decimals}
    return Number(int(value) if value.is_integer() else value, "measured", args)


def count(items: Sequence[Any]) -> Number:
    """How many `items` there are; they are written out, so they must be plain JSON."""
    return Number(len(items), "count", {"items": list(items)})


def matrix_size(matrix: Sequence[Sequence[float]]) -> tuple[Number, Number]:
    """How many rows and how many columns a matrix has, both counted."""
    rows = [list(row) for row in matrix]
    return count(rows), count(rows[0])


def _place(args: Args, value: float, language: str) -> tuple[str, ...]:
    """Where in its array an input stands, if it says so."""
    axes = {axis: args[axis] for axis in ("channel", "row", "column") if axis in args}
    return (place(language, **axes),) if axes else ()


def _counted(args: Args, value: float, language: str) -> tuple[str, ...]:
    items = [json.dumps(item, ensure_ascii=False) for item in args["items"]]
    listed = items if len(items) <= MOST_TERMS else [*items[:MOST_TERMS], "…"]
    return ("; ".join(listed), f"= {as_written(value)}")


def _measured(args: Args, value: float, language: str) -> tuple[str, ...]:
    return (f"{args['evidence']}{args.get('pointer', '')}",)


LITERAL = Operation("literal", {"bn": "পাঠে বেছে নেওয়া মান", "en": "chosen by the lesson"}, _place)
COUNT = Operation("count", {"bn": "গুনে পাওয়া", "en": "counted"}, _counted)
MEASURED = Operation(
    "measured", {"bn": "মেপে পাওয়া, ফাইল থেকে", "en": "measured, from a file"}, _measured
)
