"""Reading JSON that somebody may have changed: every value is checked, and errors say where."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError

__all__ = ["Field", "read_fields"]


@dataclass(frozen=True)
class Field:
    """A value somewhere in a JSON file.

    Parameters
    ----------
    file
        The file, for errors.
    place
        Where in it, for errors: `frames[3].time`.
    value
        What `json` made of it.
    hint
        What to do about a wrong value.

    Notes
    -----
    Every method raises `UserError` where the value is not what it is asked for.
    """

    file: Path
    place: str
    value: Any
    hint: str

    def __getitem__(self, key: str) -> Field:
        """The value of `key` in an object."""
        place = f"{self.place}.{key}" if self.place else key
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        if key not in self.value:
            raise UserError(f"{place} is missing", file=self.file, hint=self.hint)
        return Field(self.file, place, self.value[key], self.hint)

    def items(self, count: int | None = None) -> Iterator[Field]:
        """The values of a list, of `count` values if that is given."""
        if not isinstance(self.value, list) or count not in (None, len(self.value)):
            raise self.wrong("a list" if count is None else f"a list of {count}")
        for index, value in enumerate(self.value):
            yield Field(self.file, f"{self.place}[{index}]", value, self.hint)

    def texts(self) -> dict[str, str]:
        """An object in which every value is a text."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return {key: self[key].text() for key in self.value}

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("a text")
        return self.value

    def one_of(self, known: tuple[str, ...], what: str) -> str:
        """One of the texts `known`, which a person calls `what`."""
        if self.value not in known:
            raise self.wrong(what)
        return self.text()

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def whole(self, low: int, high: int | None = None) -> int:
        """A whole number from `low` up to, but not including, `high`."""
        whole = isinstance(self.value, int) and not isinstance(self.value, bool)
        if not whole or self.value < low or (high is not None and self.value >= high):
            raise self.wrong(f"a whole number from {low}" + (f" to {high - 1}" if high else ""))
        return int(self.value)

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number from `low` to `high`."""
        real = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if not real or not math.isfinite(self.value) or not low <= self.value <= high:
            limits = f" from {low:g} to {high:g}" if math.isfinite(high) else ""
            raise self.wrong(f"a number{limits}")
        return float(self.value)

    def wrong(self, expected: str) -> UserError:
        """The error that the value is not `expected`."""
        where = f"{self.place} is" if self.place else "this is"
        return UserError(f"{where} not {expected}", file=self.file, hint=self.hint)


def read_fields(file: Path, hint: str) -> Field:
    """The JSON in `file`.

    Raises
    ------
    UserError
        It cannot be read, or is not JSON; says so with `hint`.
    """
    try:
        return Field(file, "", json.loads(file.read_text(encoding="utf-8")), hint)
    except OSError as error:
        raise UserError(error.strerror or str(error), file=file) from error
    except json.JSONDecodeError as error:
        raise UserError("damaged JSON", file=file, line=error.lineno, hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise UserError("damaged JSON", file=file, hint=hint) from error
