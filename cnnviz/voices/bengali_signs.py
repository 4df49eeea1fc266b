"""Signs of Bengali writing that shape how a word is said and are not letters."""

from __future__ import annotations

__all__ = ["HASANTA", "JOINERS"]

HASANTA = "\u09cd"
"""Takes the vowel from the consonant before it."""
JOINERS = "\u200c\u200d"
"""Say how a conjunct is drawn, and nothing of how it is said."""
