"""The 53 classes of the recognizer, in the order of the network's logits."""

from __future__ import annotations

__all__ = ["CLASSES", "CLASS_INDEX", "JOKER", "RANKS", "SUITS"]

RANKS = (
    "ace",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "jack",
    "queen",
    "king",
)
SUITS = ("clubs", "diamonds", "hearts", "spades")
JOKER = "joker"

# Alphabetical, as a folder listing gives them: so logits, reports and folders agree.
CLASSES = tuple(sorted([f"{rank} of {suit}" for rank in RANKS for suit in SUITS] + [JOKER]))
CLASS_INDEX = {name: index for index, name in enumerate(CLASSES)}
