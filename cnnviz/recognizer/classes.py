"""What goes into the network and comes out: pictures of one size, 53 classes in one order."""

from __future__ import annotations

__all__ = ["CLASSES", "CLASS_INDEX", "JOKER", "PICTURE_SIZE", "RANKS", "SUITS"]

PICTURE_SIZE = 224
"""Width and height of a cut-out card, in pixels."""

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
