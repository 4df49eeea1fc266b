"""The shape of a file that is read back, written down once as types; pydantic holds it to them.

A shape is an ordinary frozen dataclass whose fields are annotated with the types from here. What
does not fit is said in one line with its place in the file: `frames[3].cards[0].number is not a
whole number from 1`. pydantic is imported when a file is really read, because every command would
wait for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, TypeVar

from cnnviz.errors import UserError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, TypeAdapter, ValidationError

__all__ = [
    "Amount",
    "Count",
    "Flag",
    "Is",
    "Number",
    "Positive",
    "Share",
    "Text",
    "misfit",
    "read_json",
    "read_shape",
    "shaped",
]


class Shape(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Shape)


@dataclass(frozen=True)
class Is:
    """What a value has to be, as a part of `Annotated`.

    A text, number or truth value is taken only as itself: no text that can be read as a number.

    Parameters
    ----------
    what
        In words that go on "… is not".
    holds
        Whether a value of the right type will do; None where each does.
    """

    what: str
    holds: Callable[[Any], bool] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from pydantic import ValidationError, WrapValidator

        def check(value: Any, inner: Callable[[Any], Any]) -> Any:
            try:
                found = inner(value)
            except ValidationError as error:
                if error.errors()[0]["loc"]:
                    raise  # it is something inside of the value, and says what
                raise ValueError(self.what) from None
            if self.holds is not None and not self.holds(found):
                raise ValueError(self.what)
            return found

        schema: Any = WrapValidator(check).__get_pydantic_core_schema__(source, handler)
        if source in (bool, float, int, str):
            schema["schema"]["strict"] = True
        return schema


Text = Annotated[str, Is("a text", bool)]
"""Of one letter at least."""
Flag = Annotated[bool, Is("true or false")]
Count = Annotated[int, Is("a whole number from 0", lambda value: value >= 0)]
Positive = Annotated[int, Is("a whole number from 1", lambda value: value >= 1)]
Number = Annotated[float, Is("a number", math.isfinite)]
Amount = Annotated[float, Is("a number from 0", lambda value: 0 <= value < math.inf)]
Share = Annotated[float, Is("a number from 0 to 1", lambda value: 0 <= value <= 1)]


def read_json(path: Path, hint: str, damaged: str = "damaged JSON") -> Any:
    """What `json` makes of a file.

    Parameters
    ----------
    path
        The file.
    hint
        What to do about a damaged one.
    damaged
        What is said of it.

    Raises
    ------
    UserError
        It cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(error.strerror or str(error), file=path) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise UserError(damaged, file=path, line=line, hint=hint) from None  # it quotes the file


def read_shape(path: Path, shape: type[T], hint: str, damaged: str = "damaged JSON") -> T:
    """The file at `path` as a `shape`; keys that the shape does not name are passed over.

    Raises
    ------
    UserError
        It cannot be read, is not JSON, or something in it is not what it has to be; the message
        says where.
    """
    value = read_json(path, hint, damaged)
    from pydantic import ValidationError

    try:
        return shaped(value, shape)
    except ValidationError as error:
        raise UserError(_said(error), file=path, hint=hint) from error


def shaped(value: Any, shape: type[T], *, exact: bool = False) -> T:
    """`value`, as `json` gives it, as a `shape`.

    Parameters
    ----------
    value
        Plain data.
    shape
        A dataclass.
    exact
        Whether keys that the shape does not name are mistakes.

    Raises
    ------
    ValueError
        It is none.
    """
    extra: Literal["forbid", "ignore"] = "forbid" if exact else "ignore"
    found: T = _adapter(shape).validate_python(value, extra=extra)
    return found


def misfit(file: Path, hint: str, place: str, expected: str) -> UserError:
    """The error that what stands at a place in a file is not what is expected there."""
    return UserError(f"{place} is not {expected}", file=file, hint=hint)


@cache
def _adapter(shape: type[Shape]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)


def _said(error: ValidationError) -> str:
    """The first thing that is wrong, with its place."""
    first = error.errors()[0]
    place = _place(first["loc"])
    if first["type"] == "missing":
        return f"{place} is missing"
    expected = _expected(first["type"], first.get("ctx", {}))
    return f"{place or 'this'} is not {expected}"


def _place(steps: tuple[int | str, ...]) -> str:
    """`("frames", 3, "time")` as `frames[3].time`."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return place.removeprefix(".")


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "too_long":
        return f"a list of {context['max_length']}"
    if kind == "literal_error":
        return str(context["expected"])
    return _KINDS.get(kind, "what it has to be")


_KINDS = {
    "dataclass_type": "an object",
    "dict_type": "an object",
    "path_type": "a text",
    "string_type": "a text",
    "tuple_type": "a list",
}
"""pydantic's word for a mistake → what was expected."""
