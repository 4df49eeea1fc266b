"""Numbers as digits for the eye and as words for the voice."""

from __future__ import annotations

from num2words import num2words

from cnnviz.languages import LANGUAGES

__all__ = ["as_digits", "size_in_digits", "spoken", "spoken_size"]

MINUS_SIGN = "\N{MINUS SIGN}"


def as_digits(value: float) -> str:
    """`value` in digits 0–9 with a true minus sign: −4, 0.5, 43,352,064.

    At most four significant places are kept behind the point; a number that rounds to zero has
    no sign.
    """
    rounded = round(float(value), 4) + 0.0
    digits = f"{rounded:,.4f}".rstrip("0").rstrip(".")
    return digits.replace("-", MINUS_SIGN) if float(digits.replace(",", "")) else "0"


def spoken(value: float, language: str) -> str:
    """`value` in words of `language`, a code of `LANGUAGES`, to the same places as it is `shown`.

    num2words knows the whole numbers; its Bengali drops minus signs and the zeros behind a point
    without a word, so both are said here.
    """
    digits = as_digits(value)
    whole, _, places = digits.removeprefix(MINUS_SIGN).replace(",", "").partition(".")
    known = LANGUAGES[language]
    words = [known.minus] if digits.startswith(MINUS_SIGN) else []
    words.append(_whole_in_words(int(whole), language))
    if places:
        words.append(known.point)
        words += [_whole_in_words(int(place), language) for place in places]
    return " ".join(words)


def _whole_in_words(number: int, language: str) -> str:
    words: str = num2words(number, lang=LANGUAGES[language].numerals)
    return " ".join(words.replace("-", " ").replace(",", "").split())


def size_in_digits(rows: float, columns: float) -> str:
    """A matrix size for the eye: 3×3."""
    return f"{as_digits(rows)}×{as_digits(columns)}"


def spoken_size(rows: float, columns: float, language: str) -> str:
    """A matrix size for the voice: তিন বাই তিন."""
    return f"{spoken(rows, language)} {LANGUAGES[language].by} {spoken(columns, language)}"
