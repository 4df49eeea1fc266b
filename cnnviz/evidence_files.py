"""Where evidence lies: by its name, in a project and beside the recognizer."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cnnviz.names import as_stored

__all__ = ["CARD_WEIGHTS", "RECORDINGS", "evidence_path", "weights_digest"]

RECORDINGS = "recordings"
"""The folder of a project's evidence; in a bundle, of the JSON of what it shows."""
CARD_WEIGHTS = Path(__file__).parent / "recognizer" / "weights" / "card_network.json"
"""What is known of the recognizer's weights, which lie beside it."""


def evidence_path(root: Path, name: str) -> Path:
    """The JSON of the evidence called `name` of the project in `root`."""
    if name == CARD_WEIGHTS.stem:
        return CARD_WEIGHTS
    return as_stored(root / RECORDINGS / f"{name}.json")


def weights_digest(facts: Path) -> str:
    """SHA-256 of the weights that the JSON at `facts` describes.

    Raises
    ------
    OSError
        It cannot be read.
    ValueError
        It says none.
    """
    told = json.loads(facts.read_bytes())
    digest = told.get("sha256") if isinstance(told, dict) else None
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError("no digest")
    return digest
