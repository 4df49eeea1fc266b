"""Names of files that people put somewhere, and of all that they name in them.

The same letters may be stored in more than one way: macOS takes names apart, and ড় is one sign or
two. Whatever is compared is compared composed. Editors and file systems leave hidden files beside
those that a person sees (`.#first.py`, `._first.py`); they are nobody's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

__all__ = ["as_stored", "composed", "visible"]


def composed(text: str) -> str:
    """`text` with each letter stored in one way: Unicode's normal form C."""
    return unicodedata.normalize("NFC", text)


def visible(paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that a person sees in their folder, sorted."""
    return sorted(path for path in paths if not path.name.startswith("."))


def as_stored(path: Path) -> Path:
    """`path`, or, where nothing is there, what lies in its folder under the same letters.

    Only the last part of the path is looked for.
    """
    if path.exists():
        return path
    try:
        beside = visible(path.parent.iterdir())
    except OSError:
        return path
    return next((one for one in beside if composed(one.name) == composed(path.name)), path)
