"""How a number came about, written out: from a ledger entry to what a reader can check by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.compute.operations import operations
from cnnviz.languages import in_language
from cnnviz.review.storyboard.words import WORDS

__all__ = ["Sum", "sums"]

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Sum:
    """A number with its computation.

    Parameters
    ----------
    shown
        The number as it stands on screen.
    what
        The operation, in words.
    lines
        The computation with its numbers filled in, line by line; none where there is nothing to
        compute.
    """

    shown: str
    what: str
    lines: tuple[str, ...]


def sums(entries: Iterable[Entry], language: str) -> list[Sum]:
    """The computations of a beat's ledger entries, each once, in words of `language`.

    Inputs of one kind and value are one line, however often they stand on screen.
    """
    found: dict[str, Sum] = {}
    places: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        operation = operations()[entry["op"]]
        lines = operation.written(entry["args"], entry["value"], language)
        if operation.name == "literal":
            kind = str(entry["args"].get("of", ""))
            known = places.setdefault((entry["shown"], kind), [])
            known.extend(place for place in lines if place not in known)
        else:
            what = in_language(operation.words, language)
            found.setdefault(json.dumps(entry, sort_keys=True), Sum(entry["shown"], what, lines))
    return [*found.values(), *_inputs(places, language)]


def _inputs(places: Mapping[tuple[str, str], Sequence[str]], language: str) -> list[Sum]:
    chosen = in_language(operations()["literal"].words, language)
    result = []
    for (digits, kind), where in places.items():
        what = f"{chosen}: {kind}" if kind else chosen
        if len(where) > 1:
            many = in_language(WORDS, language)["places"]
            lines: tuple[str, ...] = (many.format(count=len(where)),)
        else:
            lines = tuple(where)
        result.append(Sum(digits, what, lines))
    return result
