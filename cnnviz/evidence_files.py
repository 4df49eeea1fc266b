"""Where evidence lies: by its name, in a project and beside the recognizer."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CARD_WEIGHTS", "RECORDINGS", "evidence_path"]

RECORDINGS = "recordings"
"""The folder of a project's evidence; in a bundle, of the JSON of what it shows."""
CARD_WEIGHTS = Path(__file__).parent / "recognizer" / "weights" / "card_network.json"
"""What is known of the recognizer's weights, which lie beside it."""


def evidence_path(root: Path, name: str) -> Path:
    """The JSON of the evidence called `name` of the project in `root`."""
    if name == CARD_WEIGHTS.stem:
        return CARD_WEIGHTS
    return root / RECORDINGS / f"{name}.json"
