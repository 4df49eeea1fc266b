"""A text in pieces as short as a service takes at a time, each a sentence or a clause of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["LONGEST", "Piece", "split"]

LONGEST = 100
"""Characters that the service takes at a time."""

_SENTENCE_PAUSE = 0.40
_CLAUSE_PAUSE = 0.18
_CUT_PAUSE = 0.03

_SENTENCE = re.compile(r"(?<=[।॥?!])\s*|(?<=\.)\s+")
_CLAUSE = re.compile(r"(?<=[,;:])\s+|(?<=[—–])\s*|(?<=[,;])(?=\D)")
_CLAUSE_ENDS = ",;:—–"
_HOLDS_NEXT = "\u09cd\u200c\u200d"  # hasanta and joiners: the next letter belongs to this one


@dataclass(frozen=True)
class Piece:
    """What one request asks for.

    Parameters
    ----------
    text
        At most `LONGEST` characters.
    pause
        Seconds of silence after it.
    """

    text: str
    pause: float


def split(text: str) -> list[Piece]:
    """`text` in pieces that the service takes at a time.

    A sentence that fits is one piece: the service then gives it its melody. A longer one is
    split at its commas and semicolons, into as few pieces as will hold it; a clause that is still
    too long, between words, into parts of like length.
    """
    pieces: list[Piece] = []
    for sentence in _SENTENCE.split(" ".join(text.split())):
        sentence = sentence.strip()
        if not _speakable(sentence):
            continue
        parts = [sentence] if len(sentence) <= LONGEST else _clauses(sentence)
        for part in parts[:-1]:
            pieces.append(Piece(part, _CLAUSE_PAUSE if part[-1] in _CLAUSE_ENDS else _CUT_PAUSE))
        pieces.append(Piece(parts[-1], _SENTENCE_PAUSE))
    return pieces


def _speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _clauses(sentence: str) -> list[str]:
    parts: list[str] = []
    for clause in _CLAUSE.split(sentence):
        clause = clause.strip()
        if not _speakable(clause):
            continue
        joined = f"{parts[-1]} {clause}" if parts else clause
        if parts and len(joined) <= LONGEST:
            parts[-1] = joined
        elif len(clause) <= LONGEST:
            parts.append(clause)
        else:
            parts += _words(clause)
    return parts


def _words(clause: str) -> list[str]:
    units = [unit for word in clause.split() for unit in _cut(word)]
    goal = len(clause) / -(-len(clause) // LONGEST)
    parts = [units[0]]
    for unit in units[1:]:
        joined = f"{parts[-1]} {unit}"
        # Past the goal only as far as half of the word that reaches over it.
        if len(joined) <= LONGEST and len(joined) - len(unit) / 2 <= goal:
            parts[-1] = joined
        else:
            parts.append(unit)
    return parts


def _cut(word: str) -> list[str]:
    if len(word) <= LONGEST:
        return [word]
    place = LONGEST
    while place > 1 and (
        unicodedata.category(word[place]).startswith("M")
        or word[place] in _HOLDS_NEXT
        or word[place - 1] in _HOLDS_NEXT
    ):
        place -= 1
    return [word[:place], *_cut(word[place:])]
