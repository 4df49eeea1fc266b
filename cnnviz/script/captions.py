"""Captions: a beat's words cut at phrases into cues of two short lines, timed within the beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import regex
import srt

__all__ = ["LINE_LENGTH", "Cue", "cues", "graphemes", "to_srt"]

LINE_LENGTH = 42
SHORTEST, LONGEST = 5 / 6, 7.0
"""Seconds that a cue may be shown."""

# Strong ends of a phrase weigh more than weak ones.
STRONG, WEAK = "।?!.", ",;:"


@dataclass(frozen=True)
class Cue:
    """One caption: seconds from the film's start, and one or two lines."""

    start: float
    end: float
    lines: tuple[str, ...]


def graphemes(text: str) -> int:
    """How many signs a reader sees: a Bengali letter with its vowel sign is one."""
    return len(regex.findall(r"\X", text))


def cues(text: str, start: float, speech: float, until: float) -> list[Cue]:
    """Cut a beat's caption into cues.

    Parameters
    ----------
    text
        The words, numbers in digits.
    start
        When the voice begins, in seconds.
    speech
        How long it speaks.
    until
        When the next cue may begin at the earliest.

    Returns
    -------
    list of Cue
        Each at most two lines of `LINE_LENGTH`, shown in proportion to its length.
    """
    parts = _parts(text.split(), max(1, round(speech / LONGEST + 0.49)))
    total = sum(graphemes(part) for part in parts)
    result: list[Cue] = []
    at = start
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        end = at + speech * graphemes(part) / total
        if last:
            end = min(until, max(end, at + SHORTEST))
        result.append(Cue(at, end, _two_lines(part)))
        at = end
    return result


def _parts(words: Sequence[str], least: int) -> list[str]:
    """`words` in at least `least` parts of about equal length, none too long for two lines."""
    count = least
    while True:
        parts = _split(words, count)
        if all(_fits(part) for part in parts) or count >= len(words):
            return parts
        count += 1


def _fits(text: str) -> bool:
    return all(graphemes(line) <= LINE_LENGTH for line in _two_lines(text))


def _split(words: Sequence[str], count: int) -> list[str]:
    """`words` in `count` parts, cut near equal lengths, at the end of a phrase where possible."""
    parts: list[str] = []
    rest = list(words)
    for left in range(count, 1, -1):
        if len(rest) < 2:
            break
        cut = _best_cut(rest, graphemes(" ".join(rest)) / left)
        parts.append(" ".join(rest[:cut]))
        rest = rest[cut:]
    return [*parts, " ".join(rest)]


def _best_cut(words: Sequence[str], target: float) -> int:
    """After how many words to cut so that the first part is about `target` signs long."""

    def cost(cut: int) -> float:
        miss = abs(graphemes(" ".join(words[:cut])) - target) / max(target, 1)
        end = words[cut - 1][-1]
        return miss - (0.5 if end in STRONG else 0.3 if end in WEAK else 0)

    return min(range(1, len(words)), key=cost)


def _two_lines(text: str) -> tuple[str, ...]:
    """`text` on one line where it fits, else on two of about equal length."""
    if graphemes(text) <= LINE_LENGTH or " " not in text:
        return (text,)
    words = text.split()
    fitting = [
        cut
        for cut in range(1, len(words))
        if graphemes(" ".join(words[:cut])) <= LINE_LENGTH
        and graphemes(" ".join(words[cut:])) <= LINE_LENGTH
    ]
    half = graphemes(text) / 2
    if not fitting:
        cut = _best_cut(words, half)
    else:
        cut = min(
            fitting,
            key=lambda n: (
                abs(graphemes(" ".join(words[:n])) - half)
                - (8 if words[n - 1][-1] in STRONG + WEAK else 0)
            ),
        )
    return " ".join(words[:cut]), " ".join(words[cut:])


def to_srt(captions: Sequence[Cue]) -> str:
    """The captions as an SRT file's text."""
    text: str = srt.compose(
        srt.Subtitle(
            index=index,
            start=timedelta(milliseconds=round(cue.start * 1000)),
            end=timedelta(milliseconds=round(cue.end * 1000)),
            content="\n".join(cue.lines),
        )
        for index, cue in enumerate(captions, start=1)
    )
    return text
