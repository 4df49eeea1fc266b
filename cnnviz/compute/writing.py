"""Numbers inside of written-out computations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["MOST_TERMS", "added", "as_written", "equals", "factor", "listed", "products"]

MOST_TERMS = 81
"""Terms that are written out of one sum; the rest are counted."""


def as_written(value: float) -> str:
    """`value` as it stands on screen: a true minus, commas, at most four places."""
    digits = f"{round(float(value), 4) + 0.0:,.4f}".rstrip("0").rstrip(".")
    return digits.replace("-", "\N{MINUS SIGN}")


def factor(value: float) -> str:
    """`value` as it stands inside a product or a sum."""
    return f"({as_written(value)})" if value < 0 else as_written(value)


def equals(value: float, *parts: float) -> str:
    """`= value`, or `≈ value` where one of the `parts` that are written is rounded."""
    exact = all(float(as_written(one).replace("−", "-").replace(",", "")) == one for one in parts)
    return f"{'=' if exact else '≈'} {as_written(value)}"


def listed(values: Sequence[float]) -> str:
    """`values` one after the other, the first `MOST_TERMS` of them."""
    rest = f", … ({len(values)})" if len(values) > MOST_TERMS else ""
    return ", ".join(map(as_written, values[:MOST_TERMS])) + rest


def added(terms: Sequence[float]) -> str:
    """`terms` with a plus between them, the first `MOST_TERMS` of them."""
    rest = f" + … ({len(terms)})" if len(terms) > MOST_TERMS else ""
    return " + ".join(map(factor, terms[:MOST_TERMS])) + rest


def products(pairs: Iterable[tuple[float, float]]) -> str:
    """Products of two, with a plus between them, the first `MOST_TERMS` of them."""
    written = [f"{factor(one)} × {factor(other)}" for one, other in pairs]
    rest = f" + … ({len(written)})" if len(written) > MOST_TERMS else ""
    return " + ".join(written[:MOST_TERMS]) + rest
