"""The languages that a film may speak, and all that is not the same in each.

A language is added here, and nowhere else. What is written for people in other modules (the
storyboard's words, names of operations and of cards) is shown in English until it is translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["DEFAULT", "LANGUAGES", "Language", "choices", "in_language"]

DEFAULT = "bn"
"""What is made where no language is named."""
SPARE = "en"
"""What people read who find no words in their own."""

Words = TypeVar("Words")


@dataclass(frozen=True)
class Language:
    """One language.

    Parameters
    ----------
    code
        By ISO 639-1: the name of its scripts, and what YouTube is told.
    name, own_name
        In English, and in itself.
    writing
        The Unicode script of its letters, in which numbers on screen stay digits 0–9.
    minus, point, by
        What is said for the sign of a number, for its decimal point, and between rows and columns.
    reckoned
        Words between numbers that somebody reckons with: a result is written out there.
    endings
        A regular expression of what a word takes on at its end; a lexicon's `*` stands for it.
    numerals
        The language of num2words that says whole numbers; like `code` if left out.
    gtts, espeak
        Its voice at gTTS and at espeak-ng; like `code` if left out.
    rate
        Of espeak-ng, words a minute as it counts them.
    one
        A short word that gTTS is asked for to see whether it answers.
    """

    code: str
    name: str
    own_name: str
    writing: str
    minus: str
    point: str
    by: str
    reckoned: tuple[str, ...]
    one: str
    endings: str = ""
    numerals: str = ""
    gtts: str = ""
    espeak: str = ""
    rate: int = 140

    def __post_init__(self) -> None:
        for voice in ("numerals", "gtts", "espeak"):
            object.__setattr__(self, voice, getattr(self, voice) or self.code)


# At espeak's rates: over a whole script, pauses included, about 130 Bengali and 160 English words
# a minute, a lively teacher's pace.
_ALL = (
    Language(
        code="bn",
        name="Bengali",
        own_name="বাংলা",
        writing="Bengali",
        minus="মাইনাস",
        point="দশমিক",
        by="বাই",
        reckoned=("গুণ", "যোগ", "বিয়োগ", "প্লাস", "মাইনাস"),
        one="এক",
        # What Bengali hangs on a noun, in its order: number or article, case, emphasis. A list
        # rather than "any letters": এজ* must find এজের and leave এজন্য alone.
        endings=(
            "(?:গুলো|গুলি|গুলা|টুকু|খানা|খানি|টা|টি|টো|দের|েদের|রা|েরা)?"
            "(?:ের|এর|েতে|তে|কে|রে|র|ে|য়ে|য়)?(?:ই|ও)?"
        ),
        rate=180,
    ),
    Language(
        code="en",
        name="English",
        own_name="English",
        writing="Latin",
        minus="minus",
        point="point",
        by="by",
        reckoned=("times", "plus", "minus"),
        one="one",
        endings="(?:['’]s|s['’]?|es)?",
        espeak="en-us",
        rate=160,
    ),
)

LANGUAGES: Mapping[str, Language] = {each.code: each for each in _ALL}
"""Code → language, in the order in which people meet them."""


def choices() -> str:
    """The codes as a help text lists them."""
    first, *others = (f"{code} (default)" if code == DEFAULT else code for code in LANGUAGES)
    return " or ".join(filter(None, (", ".join((first, *others[:-1])), *others[-1:])))


def in_language(words: Mapping[str, Words], language: str) -> Words:
    """What `words` have for `language`; English where nobody has translated them yet."""
    return words[language] if language in words else words[SPARE]
