"""The claims that a script makes, against those that its scenes give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnnviz.compute.claim import Claim
from cnnviz.errors import UserError
from cnnviz.script.numerals import as_digits
from cnnviz.script.placeholders import nearest
from cnnviz.script.reader import Line, SceneScript, Script

__all__ = ["FalseClaimError", "claim_objections", "denied"]

MOST_VALUES = 9
"""Values that a message lists."""

_SIGN = {"negative": "negative", "positive": "positive", "zero": "zero", "not_negative": "negative"}
_BESIDE = {
    "less": "less than",
    "greater": "greater than",
    "equal": "equal to",
    "farther_from_zero": "farther from zero than",
}
_AMONG = {
    "largest": "the largest of",
    "smallest": "the smallest of",
    "farthest_from_zero": "the farthest from zero of",
}


class FalseClaimError(UserError):
    """A sentence says what the computed numbers deny."""


def claim_objections(
    script: Script, claims: Mapping[str, Mapping[str, Claim]]
) -> Iterator[UserError]:
    """Claims that a script names and its scenes do not have, and those that are false.

    Parameters
    ----------
    script
        In any language.
    claims
        Scene → name → claim; scenes that are not there are passed over.
    """
    for scene in script.scenes:
        if scene.id not in claims:
            continue  # it is objected to already
        for beat, names in scene.claims.items():
            for name in names:
                yield from _objections(script, scene, beat, name, claims[scene.id])


def _objections(
    script: Script, scene: SceneScript, beat: str, name: Line, claims: Mapping[str, Claim]
) -> Iterator[UserError]:
    claim = claims.get(name.text)
    if claim is None:
        yield UserError(
            f"scene {scene.id!r} has no claim {name.text!r}",
            file=script.path,
            line=name.line,
            hint=nearest(name.text, list(claims)),
        )
    elif not claim.holds:
        yield FalseClaimError(
            f"the sentence of {beat!r} says {name.text!r}, which does not hold: {denied(claim)}",
            file=script.path,
            line=scene.beats[beat].line,
            hint="change the sentence or the numbers",
        )


def denied(claim: Claim) -> str:
    """What is the case in place of a claim that does not hold, in digits."""
    if claim.relation == "every":
        return denied(next(each for each in claim.claims if not each.holds))
    if claim.relation == "not":
        return _affirmed(next(each for each in claim.claims if each.holds))
    if claim.relation in _AMONG:
        return _of_numbers(claim, claim.values[1:], "is not")
    return _of_numbers(claim, claim.exceptions, "is not")


def _affirmed(claim: Claim) -> str:
    """A claim that holds, in digits."""
    if claim.relation == "every":
        first, *others = claim.claims
        return _affirmed(first) + (f", and {len(others)} more like it" if others else "")
    if claim.relation == "not":
        return denied(claim.claims[0])
    values = claim.values if claim.relation in _SIGN else claim.values[1:]
    return _of_numbers(claim, values, "is")


def _of_numbers(claim: Claim, values: tuple[float, ...], verb: str) -> str:
    relation = claim.relation
    if relation == "not_negative":
        verb = {"is": "is not", "is not": "is"}[verb]
    if relation in _SIGN:
        return f"{as_digits(values[0])} {verb} {_SIGN[relation]}"
    first = as_digits(claim.values[0])
    if relation in _BESIDE:
        return f"{first} {verb} {_BESIDE[relation]} {as_digits(values[0])}"
    listed = ", ".join(as_digits(value) for value in values[:MOST_VALUES])
    return f"{first} {verb} {_AMONG[relation]} {listed}{', …' if values[MOST_VALUES:] else ''}"
