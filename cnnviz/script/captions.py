"""Captions: a beat's words cut at phrases into cues of two short lines, timed within the beat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import regex
import srt

__all__ = [
    "CALM",
    "FLICKER",
    "LINE_LENGTH",
    "LONGEST",
    "SHORTEST",
    "Cue",
    "cues",
    "graphemes",
    "to_srt",
]

LINE_LENGTH = 42
SHORTEST, LONGEST = 5 / 6, 7.0
"""Seconds that a cue may be shown."""
CALM = 17.0
"""Signs that are read in a second without haste, blanks included."""
FLICKER = 0.08
"""Seconds; a shorter gap between two cues is seen as a flash."""
USUAL_CUE = 76
"""Signs in two lines; to the last one they are seldom filled, because words are not cut."""

# Strong ends of a phrase weigh more than weak ones.
STRONG, WEAK = "।?!.", ",;:"
_SIGN = regex.compile(r"\X")


@dataclass(frozen=True)
class Cue:
    """One caption: seconds from the film's start, and one or two lines."""

    start: float
    end: float
    lines: tuple[str, ...]


def graphemes(text: str) -> int:
    """How many signs a reader sees: a Bengali letter with its vowel sign is one."""
    return len(_SIGN.findall(text))


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
        Each at most two lines of `LINE_LENGTH`, shown in proportion to its length. Words that are
        said faster than they are read stay for the pause after the speech as well.
    """
    words = text.split()
    # A little more than it takes on average: the cues of a beat are not all equally dense.
    calm = max(speech, min(until - start, 1.05 * _length(words) / CALM))
    result = _timed(words, start, calm)
    if until - result[-1].start < SHORTEST:
        # Said so fast that the last one would flash by: it gets the end of the pause for itself.
        result = _timed(words, start, max(speech, until - start - SHORTEST))
    last = result[-1]
    end = max(last.end, last.start + SHORTEST)
    result[-1] = replace(last, end=until if end > until - FLICKER else end)
    return result


def _timed(words: Sequence[str], start: float, seconds: float) -> list[Cue]:
    """`words` as cues that fill so many `seconds`, each in proportion to its length."""
    pace = seconds / _signs(words)
    found: list[Cue] = []
    for part in _parts(words, pace):
        begin = found[-1].end if found else start
        found.append(Cue(begin, begin + pace * _signs(part), _two_lines(part)))
    return found


def _signs(words: Sequence[str]) -> int:
    """The length of `words`, blanks not counted."""
    return sum(graphemes(word) for word in words)


def _length(words: Sequence[str]) -> int:
    """The length of `words` on one line."""
    return graphemes(" ".join(words))


def _parts(words: Sequence[str], pace: float) -> list[Sequence[str]]:
    """`words` in parts that are cues: each fits two lines and is said in time."""
    parts: list[Sequence[str]] = []
    while len(words) > 1 and not _fits(words, pace):
        cut = _next_cut(words, pace)
        parts.append(words[:cut])
        words = words[cut:]
    return [*parts, words]


def _fits(words: Sequence[str], pace: float) -> bool:
    in_time = _signs(words) * pace <= LONGEST
    return in_time and all(graphemes(line) <= LINE_LENGTH for line in _two_lines(words))


def _next_cut(words: Sequence[str], pace: float) -> int:
    """After how many of `words` the first cue ends, so that those after it can be as long."""
    signs = _signs(words)
    parts = max(2, math.ceil(_length(words) / USUAL_CUE), math.ceil(signs * pace / LONGEST))
    fitting = [cut for cut in range(1, len(words)) if _fits(words[:cut], pace)] or [1]
    # One sign is said in `pace` seconds; neither this cue nor the rest should flash by.
    calm = [
        cut for cut in fitting if min(_signs(words[:cut]), _signs(words[cut:])) * pace >= SHORTEST
    ]

    def cost(cut: int) -> float:
        miss = abs(_signs(words[:cut]) * parts / signs - 1)
        return miss - _phrase_end(words[cut - 1])

    return min(calm or fitting, key=cost)


def _phrase_end(word: str) -> float:
    """How much a cut behind `word` may miss the middle and still be the better one."""
    return 0.5 if word[-1] in STRONG else 0.3 if word[-1] in WEAK else 0


def _two_lines(words: Sequence[str]) -> tuple[str, ...]:
    """`words` on one line where they fit, else on two of about equal length."""
    whole = _length(words)
    if whole <= LINE_LENGTH or len(words) == 1:
        return (" ".join(words),)

    def cost(cut: int) -> tuple[bool, float]:
        above, below = _length(words[:cut]), _length(words[cut:])
        phrase = 8 if _phrase_end(words[cut - 1]) else 0
        return max(above, below) > LINE_LENGTH, abs(above - whole / 2) - phrase

    cut = min(range(1, len(words)), key=cost)
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
