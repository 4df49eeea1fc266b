"""Words that several written-out computations share, in each language."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.languages import in_language

__all__ = ["WORDS", "place"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "bn": {
        "channel": "চ্যানেল",
        "row": "সারি",
        "column": "কলাম",
        "output": "আউটপুট",
        "bias": "বায়াস",
    },
    "en": {
        "channel": "channel",
        "row": "row",
        "column": "column",
        "output": "output",
        "bias": "bias",
    },
}
"""Language → name → word."""


def place(language: str, **axes: int) -> str:
    """Where something stands along its `axes`, counted from 1 as people do: row 1, column 2."""
    return ", ".join(
        f"{in_language(WORDS, language)[axis]} {index + 1}" for axis, index in axes.items()
    )
