"""The cache of finished work: segments, and what is made of them; damage is noticed and mended."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.files import file_digest, replacing, write_json, write_text

__all__ = ["Segment", "SegmentCache", "is_kept", "kept"]


@dataclass(frozen=True)
class Segment:
    """A finished beat: its mute picture and the ledger entries of what it shows."""

    key: str
    path: Path
    digest: str
    frames: int
    ledger: list[dict[str, Any]]


@dataclass(frozen=True)
class SegmentCache:
    """Segments in `folder`, each as `KEY.mp4` with `KEY.json` beside it.

    The JSON is written last and holds the digest of the MP4, so an entry is whole or absent, and
    one that was damaged later is noticed.
    """

    folder: Path

    def path(self, key: str) -> Path:
        """Where the picture of `key` belongs."""
        return self.folder / key[:2] / f"{key}.mp4"

    def is_there(self, key: str) -> bool:
        """Whether the entry was finished; says nothing about damage."""
        return self.path(key).with_suffix(".json").exists()

    def finish(self, key: str, frames: int, ledger: list[dict[str, Any]]) -> None:
        """Complete the entry whose picture was just written."""
        path = self.path(key)
        entry = {
            "digest": file_digest(path),
            "size": path.stat().st_size,
            "frames": frames,
            "ledger": ledger,
        }
        write_json(path.with_suffix(".json"), entry)

    def put(self, key: str, picture: bytes, frames: int, ledger: list[dict[str, Any]]) -> None:
        """Enter a segment that was drawn elsewhere; entering it twice does no harm."""
        with replacing(self.path(key)) as temporary:
            temporary.write_bytes(picture)
        self.finish(key, frames, ledger)

    def get(self, key: str) -> Segment | None:
        """The segment of `key`, or None where there is none, or a damaged one."""
        path = self.path(key)
        try:
            written = path.with_suffix(".json").read_bytes()
        except FileNotFoundError:
            return None  # perhaps somebody is just writing it
        try:
            entry = json.loads(written)
            if path.stat().st_size != entry["size"] or file_digest(path) != entry["digest"]:
                raise ValueError("damaged")
            os.utime(path)  # so that pruning takes what was not used for longest
            return Segment(key, path, entry["digest"], entry["frames"], entry["ledger"])
        except (OSError, ValueError, KeyError, TypeError):
            path.with_suffix(".json").unlink(missing_ok=True)
            return None


def kept(path: Path, make: Callable[[Path], object]) -> Path:
    """`path` in the cache, made by `make` where it is absent or was damaged.

    Its digest is written beside it, last, so that damage is noticed.
    """
    if not is_kept(path):
        make(path)
        write_text(_seal(path), file_digest(path))
    return path


def is_kept(path: Path) -> bool:
    """Whether `path` lies in the cache, whole."""
    try:
        whole = _seal(path).read_bytes() == file_digest(path).encode()
        os.utime(path)  # so that pruning takes what was not used for longest
    except FileNotFoundError:
        return False
    return whole


def _seal(path: Path) -> Path:
    return path.with_suffix(".sha256")
