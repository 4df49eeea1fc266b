"""`{first.sum}` in a script: found, checked, and filled with digits or with words.

A name stands for one number, or for a pair of numbers that is a matrix size (rows, columns).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence

from cnnviz.compute.number import Number
from cnnviz.script.numerals import as_digits, size_in_digits, spoken, spoken_size

__all__ = ["Value", "captioned", "names_in", "nearest", "numbers_in", "said", "shown_value"]

Value = Number | tuple[Number, Number]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def names_in(text: str) -> list[str]:
    """The placeholder names in `text`, in order, repetitions kept."""
    return PLACEHOLDER.findall(text)


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint for a wrong name: the one that was probably meant, else all that there are."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "there are: " + ", ".join(known) if known else "there are none here"


def _fill(text: str, values: Mapping[str, Value], as_text: Callable[[Value], str]) -> str:
    return PLACEHOLDER.sub(lambda match: as_text(values[match[1]]), text)


def captioned(text: str, values: Mapping[str, Value]) -> str:
    """`text` with its numbers in digits."""
    return _fill(text, values, shown_value)


def said(text: str, values: Mapping[str, Value], language: str) -> str:
    """`text` with its numbers in words of `language`."""

    def words(value: Value) -> str:
        if isinstance(value, Number):
            return spoken(value.value, language)
        return spoken_size(value[0].value, value[1].value, language)

    return _fill(text, values, words)


def shown_value(value: Value) -> str:
    """A number or a size in digits."""
    if isinstance(value, Number):
        return as_digits(value.value)
    return size_in_digits(value[0].value, value[1].value)


def numbers_in(text: str, values: Mapping[str, Value]) -> list[Number]:
    """Every number that `text` speaks, in order; a size gives two."""
    found: list[Number] = []
    for name in names_in(text):
        value = values[name]
        found.extend((value,) if isinstance(value, Number) else value)
    return found
