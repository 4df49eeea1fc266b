"""Where evidence lies: by its name, in a project and beside the recognizer."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cnnviz.names import as_stored, visible

__all__ = [
    "CARD_WEIGHTS",
    "RECORDINGS",
    "evidence_path",
    "sidecar_path",
    "video_path",
    "weights_digest",
]

RECORDINGS = "recordings"
"""The folder of a project's evidence; in a bundle, of the JSON of what it shows."""
CARD_WEIGHTS = Path(__file__).parent / "recognizer" / "weights" / "card_network.json"
"""What is known of the recognizer's weights, which lie beside it."""


def evidence_path(root: Path, name: str) -> Path:
    """The JSON of the evidence called `name` of the project in `root`."""
    if name == CARD_WEIGHTS.stem:
        return CARD_WEIGHTS
    return as_stored(root / RECORDINGS / f"{name}.json")


def sidecar_path(video: Path) -> Path:
    """Where the sidecar of `video` lies."""
    return video.with_suffix(".json")


def video_path(recording: Path) -> Path:
    """Where the video of a recording lies, or would lie, of which video or sidecar is named.

    Its ending may be written large, as cameras and `record --out` may have done it.
    """
    if recording.suffix.lower() == ".mp4":
        return recording
    usual = recording.with_suffix(".mp4")
    if usual.exists():
        return usual
    large = visible(recording.parent.glob("*.[mM][pP]4"))
    return next((path for path in large if path.stem == recording.stem), usual)


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
