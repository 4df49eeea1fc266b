"""Rules for a ledger: each number in it is what its provenance gives, and reads as it should."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from cnnviz.review.claim_rules import claim_flaws
from cnnviz.review.finding import Finding
from cnnviz.review.recompute import (
    NoProofError,
    UnknownOperationError,
    agree,
    in_digits,
    recomputed,
)

__all__ = ["RULES", "number_findings"]

RULES: Mapping[str, str] = {
    "wrong-number": "a number is what its operation gives when it is computed again",
    "unknown-operation": "the operation of a number is one of those in docs/numbers.md",
    "number-without-proof": "arguments and evidence suffice to compute a number again",
    "number-writing": "a number reads −1,234.5: a true minus, commas, at most four places",
}

_FIELDS = frozenset({"scene", "beat", "shown", "value", "op", "args"})
_MEND = "render the beat again; if it stays, make the number with cnnviz.compute"


def number_findings(entries: Sequence[Mapping[str, Any]], base: Path) -> list[Finding]:
    """What is wrong with the numbers of a ledger.

    Parameters
    ----------
    entries
        Those of `numbers.json`.
    base
        The folder in which evidence lies: the bundle, or the project.
    """
    ledger = base / "numbers.json"
    file = ledger if ledger.is_file() else None
    return [finding for entry in entries for finding in _of_entry(entry, base, file)]


def _of_entry(entry: Any, base: Path, file: Path | None) -> Iterator[Finding]:
    if not isinstance(entry, dict) or not entry.keys() >= _FIELDS:
        said = f"an entry of the ledger lacks fields: {str(entry)[:80]}"
        advice = "render the episode again"
        yield Finding("number-without-proof", "error", said, advice, file=file)
        return
    flaws = claim_flaws if entry["op"] == "claim" else _flaws
    for rule, message, advice in flaws(entry, base):
        yield Finding(rule, "error", message, advice, str(entry["scene"]), str(entry["beat"]), file)


def _flaws(entry: Mapping[str, Any], base: Path) -> Iterator[tuple[str, str, str]]:
    """Rule, message and advice for all that is wrong with one entry."""
    op, value, shown = entry["op"], entry["value"], entry["shown"]
    if not _is_number(value):
        yield "wrong-number", f"{shown} has the value {value!r}, which is no number", _MEND
        return
    try:
        again = recomputed(op, entry["args"], base)
    except UnknownOperationError as error:
        yield "unknown-operation", f"{shown}: {error}", "use one of those in docs/numbers.md"
    except NoProofError as error:
        yield "number-without-proof", f"{shown} cannot be computed again: {error}", _MEND
    else:
        if again is not None and not agree(value, again):
            said = f"{value} is shown as {shown}, and {op} of its arguments is {_read(again)}"
            yield "wrong-number", said, _MEND
    if shown != in_digits(value):
        said = f"{value} is written {shown!r} in place of {in_digits(value)!r}"
        yield "number-writing", said, "let cnnviz.visuals write it from its Number"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _read(number: int | float | Fraction) -> int | float:
    return float(number) if isinstance(number, Fraction) else number
