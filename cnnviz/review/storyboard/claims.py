"""A claim written out with its numbers filled in, for a reader to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnnviz.compute.claim import Claim
from cnnviz.languages import in_language
from cnnviz.review.storyboard.sums import Sum
from cnnviz.review.storyboard.words import WORDS
from cnnviz.script.numerals import as_digits
from cnnviz.stage.plan import SaidClaim

__all__ = ["claimed"]

# Signs that the film's font has; it has no tick, so the words say that it is true.
_SIGNS: Mapping[str, str] = {
    "negative": "{first} < 0",
    "positive": "{first} > 0",
    "zero": "{first} = 0",
    "not_negative": "{first} ≥ 0",
    "less": "{first} < {others}",
    "greater": "{first} > {others}",
    "equal": "{first} = {others}",
    "largest": "{first} = max({others})",
    "smallest": "{first} = min({others})",
    "farther_from_zero": "|{first}| > |{others}|",
    "farthest_from_zero": "|{first}| = max(|{others}|)",
}
_OF_ONE = ("negative", "positive", "zero", "not_negative")


def claimed(claims: Iterable[SaidClaim], language: str) -> list[Sum]:
    """The claims of a beat, each with its numbers, in words of `language`."""
    what = in_language(WORDS, language)["op_claim"]
    return [Sum(one.name, what, tuple(_lines(one.claim, language))) for one in claims]


def _lines(claim: Claim, language: str) -> Iterator[str]:
    if claim.relation == "every":
        for each in claim.claims:
            yield from _lines(each, language)
    elif claim.relation == "not":
        lines = "; ".join(_lines(claim.claims[0], language))
        yield f"{in_language(WORDS, language)['not']}: {lines}"
    else:
        yield _line(claim)


def _line(claim: Claim) -> str:
    values = [as_digits(value) for value in claim.values]
    if claim.relation in _OF_ONE:
        return _SIGNS[claim.relation].format(first=", ".join(dict.fromkeys(values)))
    first, *others = values
    bars = "|, |" if claim.relation.endswith("from_zero") else ", "
    return _SIGNS[claim.relation].format(first=first, others=bars.join(dict.fromkeys(others)))
