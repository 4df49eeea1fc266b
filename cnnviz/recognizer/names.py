"""What the cards are called, for people."""

from __future__ import annotations

from cnnviz.languages import in_language
from cnnviz.recognizer.classes import JOKER, RANKS, SUITS

__all__ = ["card_name"]

# As people say who play cards, not as a dictionary has it.
_BENGALI_RANKS = (
    "টেক্কা",
    "দুই",
    "তিন",
    "চার",
    "পাঁচ",
    "ছয়",
    "সাত",
    "আট",
    "নয়",
    "দশ",
    "গোলাম",
    "বিবি",
    "সাহেব",
)
_BENGALI_SUITS = ("চিড়িতনের", "রুইতনের", "হরতনের", "ইস্কাপনের")

_BENGALI = {
    f"{rank} of {suit}": f"{its_suit} {its_rank}"
    for rank, its_rank in zip(RANKS, _BENGALI_RANKS, strict=True)
    for suit, its_suit in zip(SUITS, _BENGALI_SUITS, strict=True)
} | {JOKER: "জোকার"}

_ENGLISH = {label: label.capitalize() for label in _BENGALI}

_NAMES = {"bn": _BENGALI, "en": _ENGLISH}


def card_name(label: str, language: str) -> str:
    """The name of the class `label` in `language`: “king of hearts” → হরতনের সাহেব.

    Raises
    ------
    KeyError
        There is no such class.
    """
    return in_language(_NAMES, language)[label]
