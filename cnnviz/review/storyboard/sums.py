"""How a number came about, written out: from a ledger entry to what a reader can check by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.review.storyboard.words import WORDS
from cnnviz.script.numerals import shown

__all__ = ["Sum", "sums"]

MOST_TERMS = 81
"""Terms that are written out of one sum; the rest are counted."""

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
        if entry["op"] == "literal":
            kind = str(entry["args"].get("of", ""))
            known = places.setdefault((entry["shown"], kind), [])
            place = _place(entry["args"], language)
            if place and place not in known:
                known.append(place)
        else:
            what = WORDS[language][f"op_{entry['op']}"]
            lines = _WRITTEN[entry["op"]](entry["args"], entry["value"], language)
            found.setdefault(json.dumps(entry, sort_keys=True), Sum(entry["shown"], what, lines))
    return [*found.values(), *_inputs(places, language)]


def _inputs(places: Mapping[tuple[str, str], Sequence[str]], language: str) -> list[Sum]:
    words = WORDS[language]
    result = []
    for (digits, kind), where in places.items():
        what = f"{words['op_literal']}: {kind}" if kind else words["op_literal"]
        if len(where) > 1:
            lines: tuple[str, ...] = (words["places"].format(count=len(where)),)
        else:
            lines = tuple(where)
        result.append(Sum(digits, what, lines))
    return result


def _place(args: Entry, language: str) -> str:
    """Where in its array an input stands, counted from 1 as people do."""
    axes = [axis for axis in ("channel", "row", "column") if axis in args]
    return ", ".join(f"{WORDS[language][axis]} {args[axis] + 1}" for axis in axes)


def _factor(value: float) -> str:
    """`value` as it stands inside a product or a sum."""
    return f"({shown(value)})" if value < 0 else shown(value)


def _equals(value: float, *parts: float) -> str:
    """`= value`, or `≈ value` where what is written is rounded."""
    exact = all(float(shown(one).replace("−", "-").replace(",", "")) == one for one in parts)
    return f"{'=' if exact else '≈'} {shown(value)}"


def _added(terms: Sequence[float], value: float) -> str:
    written = " + ".join(_factor(term) for term in terms[:MOST_TERMS])
    rest = f" + … ({len(terms)})" if len(terms) > MOST_TERMS else ""
    return f"{written}{rest} {_equals(value, *terms, value)}"


def _conv2d(args: Entry, value: float, language: str) -> tuple[str, ...]:
    words = WORDS[language]
    patch, kernel = _patch_and_kernel(args)
    row, column = args["index"]
    where = f"{words['output']}: {words['row']} {row + 1}, {words['column']} {column + 1}"
    settings = [
        f"{words[name]} {'×'.join(map(str, args[name]))}"
        for name in ("stride", "dilation")
        if list(args[name]) != [1, 1]
    ]
    if any(map(any, args["padding"])):
        (top, bottom), (left, right) = args["padding"]
        settings.append(f"{words['padding']} {top}, {bottom}, {left}, {right}")
    if args["flip"]:
        settings.append(words["flipped"])
    rows = [
        " + ".join(f"{_factor(pixel)} × {_factor(weight)}" for pixel, weight in pairs)
        for pairs in _rows(patch, kernel)
    ]
    if len(rows) > MOST_TERMS:
        rows = [*rows[:MOST_TERMS], "…"]
    end = _equals(value, *patch.ravel(), *kernel.ravel(), args["bias"], value)
    last = f"+ {_factor(args['bias'])} ({words['bias']}) {end}" if args["bias"] else end
    return ", ".join([where, *settings]), rows[0], *(f"+ {one}" for one in rows[1:]), last


def _rows(
    patch: NDArray[np.float64], kernel: NDArray[np.float64]
) -> Iterable[list[tuple[float, float]]]:
    """Row by row and channel by channel, the pixels with the weights that they meet."""
    for pixels, weights in zip(patch, kernel, strict=True):
        for one, other in zip(pixels.tolist(), weights.tolist(), strict=True):
            yield list(zip(one, other, strict=True))


def _patch_and_kernel(args: Entry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The pixels under the window and the weights as applied, both (C, kh, kw)."""
    image, kernel = (np.array(args[name], dtype=np.float64) for name in ("input", "kernel"))
    image, kernel = (one if one.ndim == 3 else one[np.newaxis] for one in (image, kernel))
    padded = np.pad(image, ((0, 0), *args["padding"]))
    top, left = (at * step for at, step in zip(args["index"], args["stride"], strict=True))
    down, across = args["dilation"]
    height, width = kernel.shape[1:]
    patch = padded[
        :,
        top : top + down * (height - 1) + 1 : down,
        left : left + across * (width - 1) + 1 : across,
    ]
    return patch, kernel[:, ::-1, ::-1] if args["flip"] else kernel


def _relu(args: Entry, value: float, language: str) -> tuple[str, ...]:
    return (f"max(0, {shown(args['input'])}) {_equals(value, args['input'])}",)


def _flat(args: Entry) -> list[float]:
    flat: list[float] = np.array(args["input"], dtype=np.float64).ravel().tolist()
    return flat


def _max(args: Entry, value: float, language: str) -> tuple[str, ...]:
    values = _flat(args)
    return (f"max({', '.join(map(shown, values))}) {_equals(value, *values)}",)


def _mean(args: Entry, value: float, language: str) -> tuple[str, ...]:
    values = _flat(args)
    end = _equals(value, *values, value)
    return (f"({' + '.join(map(_factor, values))}) / {len(values)} {end}",)


def _product(args: Entry, value: float, language: str) -> tuple[str, ...]:
    factors = args["factors"]
    return (f"{' × '.join(map(_factor, factors))} {_equals(value, *factors, value)}",)


def _sum(args: Entry, value: float, language: str) -> tuple[str, ...]:
    return (_added(args["terms"], value),)


def _output_size(args: Entry, value: float, language: str) -> tuple[str, ...]:
    n, k, s, p, d = (args[name] for name in ("input", "kernel", "stride", "padding", "dilation"))
    return (
        "⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1",
        f"⌊({n} + 2·{p} − {d}·({k} − 1) − 1) / {s}⌋ + 1 = {shown(value)}",
    )


def _count(args: Entry, value: float, language: str) -> tuple[str, ...]:
    items = [json.dumps(item, ensure_ascii=False) for item in args["items"]]
    listed = items if len(items) <= MOST_TERMS else [*items[:MOST_TERMS], "…"]
    return ("; ".join(listed), f"= {shown(value)}")


def _measured(args: Entry, value: float, language: str) -> tuple[str, ...]:
    return (f"{args['evidence']}{args.get('pointer', '')}",)


_WRITTEN: Mapping[str, Callable[[Entry, float, str], tuple[str, ...]]] = {
    "conv2d": _conv2d,
    "relu": _relu,
    "max_pool2d": _max,
    "mean_pool2d": _mean,
    "product": _product,
    "sum": _sum,
    "output_size": _output_size,
    "count": _count,
    "measured": _measured,
}
