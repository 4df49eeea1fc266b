"""Numbers as digits for the eye and as words for the voice."""

from __future__ import annotations

from num2words import num2words

__all__ = ["shown", "shown_size", "spoken", "spoken_size"]

MINUS_SIGN = "\N{MINUS SIGN}"
MINUS_WORD = {"bn": "মাইনাস", "en": "minus"}
BY_WORD = {"bn": "বাই", "en": "by"}


def shown(value: float) -> str:
    """`value` in digits 0–9 with a true minus sign: −4, 0.5, 43,352,064.

    At most four significant places are kept behind the point; a number that rounds to zero has
    no sign.
    """
    rounded = round(float(value), 4) + 0.0
    digits = f"{rounded:,.4f}".rstrip("0").rstrip(".")
    return digits.replace("-", MINUS_SIGN) if float(digits.replace(",", "")) else "0"


def spoken(value: float, language: str) -> str:
    """`value` in words of `language` ("bn" or "en").

    num2words drops the minus sign of Bengali numbers without a word, so the sign is said here.
    """
    rounded = round(float(value), 4)
    whole = int(rounded) if rounded == int(rounded) else rounded
    words = num2words(abs(whole), lang=language).replace("-", " ").replace(",", "")
    return f"{MINUS_WORD[language]} {words}" if whole < 0 else words


def shown_size(rows: float, columns: float) -> str:
    """A matrix size for the eye: 3×3."""
    return f"{shown(rows)}×{shown(columns)}"


def spoken_size(rows: float, columns: float, language: str) -> str:
    """A matrix size for the voice: তিন বাই তিন."""
    return f"{spoken(rows, language)} {BY_WORD[language]} {spoken(columns, language)}"
