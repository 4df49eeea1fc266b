"""Accuracy: how many answers of how many are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cnnviz.compute.checks import MOST_WRITTEN, ShapeError, at_least, plain
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.writing import as_written, equals
from cnnviz.languages import in_language

__all__ = ["AccuracyTrace", "accuracy"]

Answer = int | str


@dataclass(frozen=True)
class AccuracyTrace:
    """Answers, what they should have been, and where that is written.

    Parameters
    ----------
    labels
        The right answers.
    predicted
        Those that were given.
    right
        For each whether it is right.
    evidence
        What `args` say of where they stand; empty if they are to be written out.
    """

    labels: tuple[Answer, ...]
    predicted: tuple[Answer, ...]
    right: tuple[bool, ...]
    evidence: Mapping[str, str]

    @property
    def number(self) -> Number:
        """How many are right."""
        return Number(sum(self.right), "accuracy", self._args())

    def percent(self, decimals: int = 0) -> Number:
        """How many of a hundred are right, to so many `decimals`; halves go to the even digit."""
        places = at_least(0, decimals, "decimals")
        value = round(Fraction(100 * sum(self.right), len(self.right)), places)
        return Number(plain(float(value)), "accuracy", {**self._args(), "decimals": places})

    def _args(self) -> dict[str, Any]:
        counted = {"right": sum(self.right), "of": len(self.right)}
        if self.evidence:
            return {**self.evidence, **counted}
        if len(self.labels) > MOST_WRITTEN:
            raise ShapeError(f"{len(self.labels)} answers are too many to be written out")
        return {"labels": list(self.labels), "predicted": list(self.predicted), **counted}


def accuracy(
    labels: Sequence[Answer],
    predicted: Sequence[Answer],
    *,
    evidence: str | None = None,
    pointer: str | tuple[str, str] | None = None,
) -> AccuracyTrace:
    """Compare the answers that were `predicted` with the right ones.

    Parameters
    ----------
    labels, predicted
        One right answer, and one given, for each question: whole numbers or names.
    evidence
        The file that they were read from, as it lies in the bundle; then it is named in place of
        writing them out.
    pointer
        Where they stand in it, a JSON pointer (RFC 6901): to a list of objects with `label` and
        `predicted`; or two, to the list of labels and to that of predictions.

    Raises
    ------
    ShapeError
        No answers, more of one than of the other, or answers that are neither numbers nor names;
        or a pointer without evidence, or the other way round.
    """
    if not len(labels) or len(labels) != len(predicted):
        raise ShapeError(f"{len(predicted)} answers do not fit {len(labels)} labels")
    asked, given = (tuple(_answer(one) for one in each) for each in (labels, predicted))
    right = tuple(one == other for one, other in zip(asked, given, strict=True))
    return AccuracyTrace(asked, given, right, _evidence(evidence, pointer))


def _answer(value: Any) -> Answer:
    answer = value.item() if hasattr(value, "item") else value
    if isinstance(answer, bool) or not isinstance(answer, int | str):
        raise ShapeError(f"an answer must be a whole number or a name, not {answer!r}")
    return answer


def _evidence(file: str | None, pointer: str | tuple[str, str] | None) -> dict[str, str]:
    if (file is None) != (pointer is None):
        raise ShapeError("evidence needs a pointer into it, and a pointer needs evidence")
    if file is None or pointer is None:
        return {}
    if isinstance(pointer, str):
        return {"evidence": file, "pointer": pointer}
    labels, predicted = pointer
    return {"evidence": file, "labels": labels, "predicted": predicted}


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    lines = [
        in_language(_WORDS, language).format(
            right=as_written(args["right"]), all=as_written(args["of"])
        )
    ]
    if "decimals" in args:
        end = equals(value, 100 * args["right"] / args["of"])
        lines.append(f"100 × {as_written(args['right'])} / {as_written(args['of'])} {end}")
    if "evidence" in args:
        places = [args[name] for name in ("pointer", "labels", "predicted") if name in args]
        lines.append(f"{args['evidence']}{', '.join(places)}")
    return tuple(lines)


_WORDS = {"bn": "{all}টির মধ্যে {right}টি ঠিক", "en": "{right} of {all} right"}

ACCURACY = Operation(
    "accuracy",
    {"bn": "নির্ভুলতা: কতগুলোর মধ্যে কতগুলো ঠিক", "en": "accuracy: how many of how many are right"},
    _written,
)
