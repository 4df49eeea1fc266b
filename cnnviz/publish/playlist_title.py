"""Titles of playlists: which of them are one and the same to whoever reads them."""

from __future__ import annotations

import re
import unicodedata

from cnnviz.names import composed

__all__ = ["TITLE_LENGTH", "looks_the_same", "tidy"]

TITLE_LENGTH = 150
"""Characters that YouTube takes: `playlists.insert`, `snippet.title`."""

# Zero width: joiners, which change at most the shape of a conjunct, marks of direction, BOM.
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")


def tidy(title: str) -> str:
    """`title` as it is sent: composed letters, single blanks, none at either end."""
    return " ".join(composed(title).split())


def looks_the_same(one: str, other: str) -> bool:
    """Whether nobody could tell the two titles apart."""
    return _seen(one) == _seen(other)


def _seen(title: str) -> str:
    # NFKC: a full-width letter, or a blank that does not break, looks like the plain one.
    return tidy(_UNSEEN.sub("", unicodedata.normalize("NFKC", title)))
