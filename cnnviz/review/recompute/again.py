"""The way from an operation's name and arguments to its value."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from cnnviz.review.recompute.proof import NoProofError, UnknownOperationError, Way

__all__ = ["agree", "in_digits", "recomputed", "ways"]

_MINUS = "\N{MINUS SIGN}"
_PLACES = Decimal("0.0001")
_TOLERANCE = 1e-9  # what sums in floating point may be off; whole numbers may not be off at all
_TOLERANCE_32 = 1e-6  # what the recognizer's own numbers may be off: it computes in 32 bits


@cache
def ways() -> Mapping[str, Way]:
    """Operation → how it is computed again: whatever the modules beside this one say `computes`.

    Raises
    ------
    ValueError
        Two functions compute one operation.
    """
    found: dict[str, Way] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        for each in vars(importlib.import_module(f"{__package__}.{module.name}")).values():
            name = getattr(each, "operation", None)
            if isinstance(name, str) and found.setdefault(name, each) is not each:
                raise ValueError(f"two functions compute {name!r} again")
    return found


def recomputed(op: str, args: Mapping[str, Any], base: Path) -> int | float | Fraction | None:
    """The value that the operation `op` gives for `args`, as docs/numbers.md describes them.

    Parameters
    ----------
    op, args
        As in `numbers.json`.
    base
        The folder in which evidence lies: a bundle, or a project.

    Returns
    -------
    int, float, Fraction or None
        An int where the value is whole by its nature; a Fraction where it is exact, or computed
        to many more places than anyone asks for; a float where it comes from evidence or from the
        network's weights; None for an input that the lesson chose.

    Raises
    ------
    UnknownOperationError
        There is no such operation.
    NoProofError
        The arguments do not fit the operation, or the evidence is missing or says nothing.
    """
    way = ways().get(op)
    if way is None:
        raise UnknownOperationError(f"no operation is called {op!r}")
    try:
        return way(args, base)
    except NoProofError:
        raise
    except KeyError as error:
        raise NoProofError(f"{error} is missing for {op}") from error
    except (TypeError, ValueError, IndexError, ArithmeticError, AttributeError) as error:
        raise NoProofError(f"the arguments do not fit {op} ({error})") from error


def in_digits(value: float) -> str:
    """How a number has to read: a true minus, commas, at most four places."""
    rounded = Decimal(value).quantize(_PLACES, ROUND_HALF_EVEN)
    digits = f"{abs(rounded):,f}".rstrip("0").rstrip(".")
    return _MINUS + digits if rounded < 0 else digits


def agree(value: float, again: int | float | Fraction) -> bool:
    """Whether a number is what `recomputed` gives, but for what rounding may do to it."""
    if isinstance(again, int):
        return value == again
    tolerance = _TOLERANCE if isinstance(again, Fraction) else _TOLERANCE_32
    return math.isclose(value, again, rel_tol=tolerance, abs_tol=tolerance)
