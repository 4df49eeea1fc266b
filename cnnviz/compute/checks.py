"""What every computation asks of its inputs, and what it raises when they will not do."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.errors import StudioError, UserError

__all__ = [
    "EXACT",
    "MOST_WRITTEN",
    "DisagreementError",
    "ShapeError",
    "agree",
    "at_least",
    "channels",
    "frozen",
    "grey_picture",
    "is_whole",
    "pair",
    "plain",
    "position",
    "real",
    "row",
    "within_range",
    "written_out",
]

EXACT = 2**53
"""Up to here float64 holds every whole number, so torch and numpy can agree to the digit."""

MOST_WRITTEN = 1024
"""How many values of a kind a number may be written with: a layer's, not a photograph's."""

_RELATIVE_TOLERANCE = 1e-10
_WHOLE_TOLERANCE = 0.25


class ShapeError(UserError):
    """Arrays or settings that do not fit together, or a position outside them."""


class DisagreementError(StudioError):
    """Two independent computations of the same numbers differ: none of them may be shown."""


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """`array`, made read-only: a trace is a record."""
    array.setflags(write=False)
    return array


def is_whole(*arrays: NDArray[Any]) -> bool:
    """Whether all `arrays` hold integers by type."""
    return all(array.dtype.kind == "i" for array in arrays)


def plain(value: Any) -> int | float:
    """A numpy scalar as JSON has it: `int` where it is a whole number, else `float`."""
    number = value.item() if isinstance(value, np.generic) else value
    if isinstance(number, float) and number.is_integer() and abs(number) <= EXACT:
        return int(number)
    return number  # type: ignore[no-any-return]


def real(values: ArrayLike, what: str) -> NDArray[Any]:
    """A read-only copy of `values`, int64 if they are integers or booleans, else float64.

    Raises
    ------
    ShapeError
        Ragged, empty, not numbers, NaN or infinite, or integers beyond ±2**53.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"the rows of the {what} differ in length") from error
    if array.size == 0:
        raise ShapeError(f"the {what} is empty")
    if array.dtype.kind not in "biuf":
        raise ShapeError(f"the {what} must hold real numbers, not {array.dtype}")
    if array.dtype.kind == "f":
        array = array.astype(np.float64)
        if not np.isfinite(array).all():
            raise ShapeError(f"the {what} holds NaN or infinity")
        return frozen(array)
    if int(array.max()) > EXACT or int(array.min()) < -EXACT:
        raise ShapeError(f"the {what} holds numbers beyond 2**53")
    return frozen(array.astype(np.int64))


def row(values: ArrayLike, what: str, length: int | None = None) -> NDArray[Any]:
    """`values` in one dimension, `length` of them if that is given; otherwise as `real`."""
    array = real(values, what)
    if array.ndim != 1:
        raise ShapeError(f"the {what} must stand in one row, not in {array.ndim} dimensions")
    if length is not None and len(array) != length:
        raise ShapeError(f"the {what} must be {length}, not {len(array)}")
    return array


def grey_picture(values: ArrayLike, what: str) -> NDArray[np.int64]:
    """`values` of shape (H, W), whole numbers from 0 to 255; otherwise as `real`."""
    picture = real(values, what)
    if picture.ndim != 2:
        raise ShapeError(f"the {what} must have 2 dimensions, not {picture.ndim}")
    if picture.dtype.kind != "i" or picture.min() < 0 or picture.max() > 255:
        raise ShapeError(f"the {what} must hold whole numbers from 0 to 255")
    return picture


def written_out(array: NDArray[Any], what: str) -> list[Any]:
    """`array` as nested lists of plain numbers, for the ledger.

    Raises
    ------
    ShapeError
        It has more than `MOST_WRITTEN` values.
    """
    if array.size > MOST_WRITTEN:
        raise ShapeError(
            f"the {what} has {array.size} values, and at most {MOST_WRITTEN} can be written out"
        )
    written: list[Any] = array.tolist()
    return written


def channels(values: ArrayLike, what: str) -> NDArray[Any]:
    """`values` of shape (H, W) or (C, H, W) as (C, H, W); otherwise as `real`."""
    array = real(values, what)
    if array.ndim not in (2, 3):
        raise ShapeError(f"the {what} must have 2 or 3 dimensions, not {array.ndim}")
    return array[np.newaxis] if array.ndim == 2 else array


def at_least(minimum: int, value: Any, what: str) -> int:
    """`value` as an int not below `minimum`."""
    try:
        whole = operator.index(value)
    except TypeError as error:
        raise ShapeError(f"{what} must be a whole number, not {value!r}") from error
    if whole < minimum:
        raise ShapeError(f"{what} must be at least {minimum}, not {whole}")
    return whole


def pair(minimum: int, value: Any, what: str) -> tuple[int, int]:
    """`value`, one int for both axes or (row, column), as two ints not below `minimum`."""
    if not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ShapeError(f"{what} must be one number or a (row, column) pair, not {value!r}")
    return at_least(minimum, value[0], what), at_least(minimum, value[1], what)


def position(index: int, size: int, what: str) -> int:
    """`index` if it lies in 0 … `size` − 1; Python's negative indices do not count."""
    if not 0 <= index < size:
        raise ShapeError(f"{what} {index} is outside 0 … {size - 1}")
    return operator.index(index)


def within_range(bound: float, whole: bool) -> None:
    """Refuse results that may reach `bound` if float64 cannot hold them (exactly, if `whole`)."""
    if bound > (EXACT if whole else np.finfo(np.float64).max):
        raise ShapeError("these numbers are too large to compute with exactly")


def agree(
    computed: NDArray[Any], spelled: NDArray[Any], bound: float, whole: bool, what: str
) -> NDArray[Any]:
    """`computed`, read-only and int64 if `whole`, once `spelled` has confirmed it.

    Parameters
    ----------
    computed, spelled
        The same numbers from two implementations.
    bound
        The largest magnitude that a sum inside them can reach; the tolerance is 1e-10 of it.
    whole
        The results are whole numbers, so that both must round to the same.
    what
        The operation, for the message.

    Raises
    ------
    DisagreementError
        They differ.
    """
    tolerance = _RELATIVE_TOLERANCE * bound + float(np.finfo(np.float64).tiny)
    if whole:
        tolerance = min(tolerance, _WHOLE_TOLERANCE)
    if computed.shape != spelled.shape:
        raise DisagreementError(
            f"{what}: torch gives shape {computed.shape}, numpy {spelled.shape}"
        )
    # Written so that NaN on either side counts as a difference.
    if not (np.abs(computed - spelled) <= tolerance).all():
        raise DisagreementError(f"{what}: torch and numpy disagree")
    return frozen(np.rint(computed).astype(np.int64) if whole else computed)
