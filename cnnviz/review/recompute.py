"""Numbers of a ledger computed again, in exact fractions and without any other module of ours.

What each operation means stands in docs/numbers.md; this is a second reading of that page.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from safetensors import SafetensorError, safe_open

__all__ = [
    "NoProofError",
    "UnknownOperationError",
    "agree",
    "in_digits",
    "recomputed",
]

Exact: TypeAlias = "int | Fraction"

_MINUS = "\N{MINUS SIGN}"
_PLACES = Decimal("0.0001")
_WEIGHTS = Path(__file__).parents[1] / "cards" / "weights" / "card_network.safetensors"
_EPSILON = 1e-5  # of the batch normalisation
_TOLERANCE = 1e-9  # what sums in floating point may be off; whole numbers may not be off at all
_TOLERANCE_32 = 1e-6  # what the recognizer's own numbers may be off: it computes in 32 bits


class NoProofError(ValueError):
    """A number cannot be computed again: its arguments or its evidence do not suffice."""


class UnknownOperationError(NoProofError):
    """Nobody knows the operation that a number is said to come from."""


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
        An int where all arguments are whole and no mean is taken; a float where it comes from
        evidence or from the network's weights; None for an input that the lesson chose.

    Raises
    ------
    UnknownOperationError
        There is no such operation.
    NoProofError
        The arguments do not fit the operation, or the evidence is missing or says nothing.
    """
    if op == "measured":
        return _understood(lambda: _measured(args, base), op)
    if op == "literal":
        return _understood(lambda: _literal(args), op)
    operation = _OPERATIONS.get(op)
    if operation is None:
        raise UnknownOperationError(f"no operation is called {op!r}")
    return _understood(lambda: operation(args), op)


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


def _understood(
    compute: Callable[[], int | float | Fraction | None], op: str
) -> int | float | Fraction | None:
    """What `compute` gives; arguments that it cannot do anything with are a lack of proof."""
    try:
        return compute()
    except NoProofError:
        raise
    except KeyError as error:
        raise NoProofError(f"{error} is missing for {op}") from error
    except (TypeError, ValueError, IndexError, ArithmeticError, AttributeError) as error:
        raise NoProofError(f"the arguments do not fit {op} ({error})") from error


def _exact(number: Any) -> Exact:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise NoProofError(f"{number!r} is no number")
    return number if isinstance(number, int) else Fraction(number)


def _whole(number: Any, least: int = 0) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise NoProofError(f"{number!r} is no whole number from {least}")
    return number


def _conv2d(args: Mapping[str, Any]) -> Exact:
    image, kernel = _planes(args["input"]), _planes(args["kernel"])
    if args["flip"]:
        kernel = [[row[::-1] for row in plane[::-1]] for plane in kernel]
    rows, columns = (
        _places(index, stride, dilation, taps, size, padding)
        for index, stride, dilation, taps, size, padding in zip(
            args["index"],
            args["stride"],
            args["dilation"],
            (len(kernel[0]), len(kernel[0][0])),
            (len(image[0]), len(image[0][0])),
            args["padding"],
            strict=True,
        )
    )
    total = _exact(args["bias"])
    for pixels, weights in zip(image, kernel, strict=True):
        for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns)):
            if row is not None and column is not None:
                total += weights[i][j] * pixels[row][column]
    return total


def _places(
    index: Any, stride: Any, dilation: Any, taps: int, size: int, padding: Any
) -> list[int | None]:
    """Along one axis, the place in the image of each tap; None on the border of zeros."""
    before, after = map(_whole, padding)
    first = _whole(index) * _whole(stride, 1) - before
    places = [first + tap * _whole(dilation, 1) for tap in range(taps)]
    if places[-1] >= size + after:
        raise NoProofError(f"the output has no place {index}")
    return [place if 0 <= place < size else None for place in places]


def _planes(nested: Any) -> list[list[list[Exact]]]:
    """Channels of rows, also where there is one channel only; all of one shape."""
    deep = nested if isinstance(nested[0][0], list) else [nested]
    planes = [[[_exact(number) for number in row] for row in plane] for plane in deep]
    shapes = {(len(plane), len(row)) for plane in planes for row in plane}
    if len(shapes) != 1 or not planes[0][0]:
        raise NoProofError("rows of several lengths")
    return planes


def _pooled(args: Mapping[str, Any]) -> list[Exact]:
    ((window),) = _planes(args["input"])
    if len(window) != args["size"] or len(window[0]) != args["size"]:
        raise NoProofError(f"the window is not {args['size']}×{args['size']}")
    return [number for row in window for number in row]


def _mean(args: Mapping[str, Any]) -> Exact:
    values = _pooled(args)
    return Fraction(sum(values)) / len(values)


def _output_size(args: Mapping[str, Any]) -> int:
    """How often the kernel fits while it steps along, counted."""
    reach = _whole(args["dilation"], 1) * (_whole(args["kernel"], 1) - 1)
    room = _whole(args["input"], 1) + 2 * _whole(args["padding"])
    return len(range(0, room - reach, _whole(args["stride"], 1)))


def _several(numbers: Any) -> list[Exact]:
    if not isinstance(numbers, list) or not numbers:
        raise NoProofError("no list of numbers")
    return [_exact(number) for number in numbers]


def _literal(args: Mapping[str, Any]) -> float | None:
    of = args["of"]
    if not isinstance(of, str) or not of:
        raise NoProofError("it does not say what it is")
    return _learned_bias(_whole(args["kernel"])) if of == "bias of the first layer" else None


def _learned_bias(kernel: int) -> float:
    """A bias of the recognizer's first convolution, its batch normalisation folded in."""
    try:
        with safe_open(_WEIGHTS, "numpy") as tensors:
            norm_weight, norm_bias, mean, variance, bias = (
                float(tensors.get_tensor(f"blocks.0.{name}")[kernel])
                for name in (
                    "norm.weight",
                    "norm.bias",
                    "norm.running_mean",
                    "norm.running_var",
                    "convolution.bias",
                )
            )
    except (OSError, SafetensorError) as error:
        raise NoProofError(f"the network's weights cannot be read ({error})") from error
    return norm_bias + (bias - mean) * norm_weight / math.sqrt(variance + _EPSILON)


def _measured(args: Mapping[str, Any], base: Path) -> float:
    """What stands in the evidence, scaled and rounded."""
    name, pointer = args["evidence"], args["pointer"]
    path = (base / name).resolve()
    if not path.is_relative_to(base.resolve()):
        raise NoProofError(f"its evidence {name} lies outside of the bundle")
    try:
        evidence = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoProofError(f"its evidence {name} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise NoProofError(f"its evidence {name} is damaged JSON") from error
    found = _at(evidence, pointer)
    _check_moment(evidence, pointer)
    return round(float(_exact(found)) * float(_exact(args["scale"])), _whole(args["decimals"]))


def _at(evidence: Any, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901)."""
    place = evidence
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[_position(key)] if isinstance(place, list) else place[key]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise NoProofError(f"its evidence has nothing at {pointer}") from error
    return place


def _position(key: str) -> int:
    if not key.isdecimal():
        raise ValueError(key)
    return int(key)


def _check_moment(evidence: Any, pointer: str) -> None:
    """A moment of a recording says what the frame says in which it was seen."""
    parts = pointer.split("/")
    if parts[1:2] != ["moments"] or parts[3:] != ["confidence"]:
        return
    moment = evidence["moments"][int(parts[2])]
    cards = evidence["frames"][moment["frame"]]["cards"]
    seen = [card["confidence"] for card in cards if card["number"] == moment["number"]]
    if seen != [moment["confidence"]]:
        raise NoProofError(f"the frames of its evidence say otherwise than {pointer}")


_OPERATIONS: Mapping[str, Callable[[Mapping[str, Any]], Exact]] = {
    "conv2d": _conv2d,
    "relu": lambda args: max(_exact(args["input"]), 0),
    "max_pool2d": lambda args: max(_pooled(args)),
    "mean_pool2d": _mean,
    "product": lambda args: math.prod(_several(args["factors"])),
    "sum": lambda args: sum(_several(args["terms"])),
    "output_size": _output_size,
    "count": lambda args: len(args["items"]),
}
