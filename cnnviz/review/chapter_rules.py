"""Rules for chapters: without them YouTube shows none at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import regex

from cnnviz.review.finding import Finding
from cnnviz.script.chapters import SHORTEST_CHAPTER
from cnnviz.studio.film_texts import chapters, clock, description
from cnnviz.studio.production import Production

__all__ = ["RULES", "chapter_findings"]

RULES = {
    "chapter-start": "the first chapter begins at 0:00",
    "chapter-count": "there are at least three chapters",
    "chapter-order": "chapters are listed in the order in which they begin",
    "chapter-length": "every chapter lasts ten seconds or longer",
    "chapter-title": "every chapter has a title of its own",
    "chapter-list": "the description lists the film's chapters, and no other times",
}

FEWEST = 3
_STAMP = regex.compile(r"^\s*(?:(\d+):)?(\d?\d):(\d\d)(?!\d)[ \t]*(.*)$", regex.MULTILINE)


@dataclass(frozen=True)
class _Chapter:
    """A chapter as YouTube sees it; `start` in the whole seconds that the description shows."""

    start: int
    title: str


def chapter_findings(production: Production, bundle: Path | None = None) -> list[Finding]:
    """All that YouTube would object to in the chapters that a film's description lists.

    Parameters
    ----------
    production
        The film.
    bundle
        Its bundle, whose description is held against the script; None leaves files alone.
    """
    # The film's end as a clock would show it: whole seconds are all that YouTube is told.
    end = production.frames // production.quality.fps
    path = production.script.path
    expected = [_Chapter(one.shown, one.title) for one in chapters(production)]
    listed = _listed(description(production))
    found = list(_list_findings(listed, end, path))
    # Only a time that somebody wrote into the text makes more chapters than there are.
    if listed != expected:
        extra = next((one for one in listed if one not in expected), None)
        message = "the description has a line that YouTube takes for a chapter"
        message += f": “{clock(extra.start)} {extra.title}”" if extra else ""
        advice = "chapters are listed by themselves: let no line of it begin with a time"
        found.append(Finding("chapter-list", "error", message, advice, file=path))
    if bundle is not None:
        found += _bundle_findings(bundle / "bundle.json", expected, production.episode.name)
    return found


def _listed(text: str) -> list[_Chapter]:
    """The chapters that YouTube reads out of a description."""
    return [
        _Chapter(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), title.strip())
        for hours, minutes, seconds, title in _STAMP.findall(text)
    ]


def _list_findings(listed: Sequence[_Chapter], film: int, path: Path) -> Iterator[Finding]:
    def error(rule: str, message: str, advice: str) -> Finding:
        return Finding(rule, "error", message, advice, file=path)

    if len(listed) < FEWEST:
        message = f"YouTube shows chapters only if there are {FEWEST} or more; here are"
        advice = f"divide it into more scenes of {SHORTEST_CHAPTER} s or longer"
        yield error("chapter-count", f"{message} {len(listed)}", advice)
    if listed and listed[0].start != 0:
        message = f"the first chapter begins at {clock(listed[0].start)}"
        yield error("chapter-start", message, "it must begin at 0:00")
    ends = [one.start for one in listed[1:]] + [film]
    for one, end in zip(listed, ends, strict=True):
        if one.start <= end < one.start + SHORTEST_CHAPTER:
            message = f"the chapter “{one.title}” lasts {end - one.start} s"
            advice = f"YouTube wants {SHORTEST_CHAPTER} s of each, or it shows none"
            yield error("chapter-length", message, advice)
    for before, after in pairwise(listed):
        if after.start < before.start:
            message = f"the chapter “{after.title}” is listed after one that begins later"
            yield error("chapter-order", message, "list chapters by their beginning")
    for title, times in Counter(one.title for one in listed).items():
        if not title:
            yield error("chapter-title", "a chapter has no title", "write one")
        elif times > 1:
            message = f"{times} chapters are called “{title}”"
            yield error("chapter-title", message, "give each a title of its own")


def _bundle_findings(path: Path, expected: list[_Chapter], name: str) -> Iterator[Finding]:
    try:
        text = str(json.loads(path.read_bytes())["description"])
    except (OSError, ValueError, KeyError, TypeError):
        message = "it has no description that can be read"
    else:
        if _listed(text) == expected:
            return
        message = "its description lists other chapters than the film has now"
    advice = f"make the film again: render.py episode {name}"
    yield Finding("chapter-list", "error", message, advice, file=path)
