"""What was chosen, learned or measured: numbers that stand in a file, or nowhere else."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from cnnviz.review.recompute.proof import Args, Exact, NoProofError, computes, exact, whole

__all__ = ["accuracy", "literal", "measured"]

_WEIGHTS = Path(__file__).parents[2] / "recognizer" / "weights" / "card_network.safetensors"
_EPSILON = 1e-5  # of the batch normalisation


@computes("literal")
def literal(args: Args, base: Path) -> float | None:
    """Nothing, where the lesson chose it; or what the recognizer learned."""
    of = args["of"]
    if not isinstance(of, str) or not of:
        raise NoProofError("it does not say what it is")
    return _learned_bias(whole(args["kernel"])) if of == "bias of the first layer" else None


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


@computes("measured")
def measured(args: Args, base: Path) -> float:
    """What stands in the evidence, scaled and rounded."""
    evidence, pointer = _evidence(args["evidence"], base), args["pointer"]
    found = _at(evidence, pointer)
    _check_moment(evidence, pointer)
    return round(float(exact(found)) * float(exact(args["scale"])), whole(args["decimals"]))


def _evidence(name: str, base: Path) -> Any:
    """The file of that name in the bundle or project, read."""
    path = (base / name).resolve()
    if not path.is_relative_to(base.resolve()):
        raise NoProofError(f"its evidence {name} lies outside of the bundle")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoProofError(f"its evidence {name} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise NoProofError(f"its evidence {name} is damaged JSON") from error


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


@computes("accuracy")
def accuracy(args: Args, base: Path) -> Exact:
    """How many answers are right, or of a hundred; it says itself how many of how many."""
    labels, predicted = _answers(args, base)
    right = [one == other for one, other in zip(labels, predicted, strict=True)].count(True)
    if not labels or (right, len(labels)) != (whole(args["right"]), whole(args["of"])):
        raise NoProofError(f"{right} of {len(labels)} are right, not as it says")
    if "decimals" not in args:
        return right
    percent: Fraction = round(Fraction(100 * right, len(labels)), whole(args["decimals"]))
    return percent


def _answers(args: Args, base: Path) -> tuple[list[Any], list[Any]]:
    """The right answers and those that were given, each whole numbers or names."""
    if "evidence" not in args:
        both = args["labels"], args["predicted"]
    elif "pointer" in args:
        rows = _at(_evidence(args["evidence"], base), args["pointer"])
        both = [row["label"] for row in rows], [row["predicted"] for row in rows]
    else:
        evidence = _evidence(args["evidence"], base)
        both = _at(evidence, args["labels"]), _at(evidence, args["predicted"])
    if not all(isinstance(each, list) and set(map(type, each)) <= {int, str} for each in both):
        raise NoProofError("answers must be lists of whole numbers or names")
    return both
