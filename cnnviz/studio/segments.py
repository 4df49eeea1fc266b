"""A finished beat as it lies in the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.store import Shelf

__all__ = ["Segment", "find_segment"]


@dataclass(frozen=True)
class Segment:
    """A finished beat: its mute picture and the ledger entries of what it shows."""

    key: str
    path: Path
    digest: str
    frames: int
    ledger: list[dict[str, Any]]


def find_segment(key: str) -> Segment | None:
    """The segment of `key`, or None where there is none, or a damaged one."""
    entry = Shelf("segments").get(key)
    if entry is None:
        return None
    path, digest = entry.files[".mp4"], entry.digests[".mp4"]
    return Segment(key, path, digest, entry.facts["frames"], entry.facts["ledger"])
