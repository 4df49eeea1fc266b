"""What was made once and is kept: one folder a kind, one way of being whole for all of them.

An entry is a note, `KEY.json`, and any number of files beside it, `KEY` with other endings. The
note is written last. It holds the digest of each file and of what it says itself, so that an entry
is whole or absent, and one that was damaged later is noticed when it is read, and made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.files import cache_dir, file_digest, replacing, write_text

__all__ = ["KINDS", "Kept", "Shelf", "json_digest"]

KINDS: Mapping[str, str] = {
    "segments": "beats drawn",
    "crossfades": "transitions",
    "sound": "mixed sound",
    "speech": "spoken sentences",
    "stills": "pictures of beats and thumbnails",
    "stages": "what was seen on stage",
    "asked": "what scenes ask of other beats",
    "evidence": "which evidence was checked",
    "sent": "evidence of other machines",
    "facts": "scenes' numbers",
    "glyphs": "texts laid out",
    "films": "notes on joined films",
    "pages": "notes on storyboards",
    "findings": "what was found in films",
    "history": "why beats are drawn again",
    "known": "digests of files that lie still",
}
"""Folder → what is in it. Others in the cache, such as a training, are never pruned."""


def json_digest(value: Any) -> str:
    """SHA-256 of `value` written as canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A whole entry.

    Parameters
    ----------
    key
        Its name.
    files
        Ending → file.
    digests
        Ending → SHA-256 of that file.
    facts
        What its note says, as plain JSON.
    """

    key: str
    files: Mapping[str, Path]
    digests: Mapping[str, str]
    facts: Any


@dataclass(frozen=True)
class Shelf:
    """All entries of one kind.

    Parameters
    ----------
    kind
        One of `KINDS`.
    folder
        Where they lie; None for the cache's own folder of that name.
    """

    kind: str
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"nothing of the kind {self.kind!r} is kept")

    @property
    def root(self) -> Path:
        """The folder in which its entries lie."""
        return self.folder or cache_dir() / self.kind

    def path(self, key: str, ending: str) -> Path:
        """Where the file of an entry with that `ending` belongs."""
        return self.root / key[:2] / f"{key}{ending}"

    def has(self, key: str) -> bool:
        """Whether the entry was finished; says nothing about damage."""
        return self.path(key, ".json").exists()

    def get(self, key: str) -> Kept | None:
        """The entry, or None where there is none, or a damaged one."""
        note = self.path(key, ".json")
        try:
            written = note.read_bytes()
        except OSError:
            return None  # perhaps somebody is just writing it
        try:
            said = json.loads(written)
            facts, digests = said["facts"], dict(said["files"])
            if said["seal"] != json_digest([digests, facts]):
                raise ValueError("damaged")
            files = {ending: self.path(key, ending) for ending in digests}
            if any(file_digest(path) != digests[ending] for ending, path in files.items()):
                raise ValueError("damaged")
            for path in (*files.values(), note):
                os.utime(path)  # so that pruning takes what was not used for longest
        except (OSError, ValueError, KeyError, TypeError):
            note.unlink(missing_ok=True)
            return None
        return Kept(key, files, digests, facts)

    def seal(self, key: str, endings: Iterable[str] = (), facts: Any = None) -> None:
        """Finish an entry whose files, those with `endings`, are written already.

        Raises
        ------
        StudioError
            The disk is full.
        """
        digests = {ending: file_digest(self.path(key, ending)) for ending in endings}
        said = {"files": digests, "facts": facts, "seal": json_digest([digests, facts])}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        write_text(self.path(key, ".json"), text + "\n")

    def put(self, key: str, files: Mapping[str, bytes], facts: Any = None) -> None:
        """Enter what is at hand; entering it twice does no harm.

        Raises
        ------
        StudioError
            The disk is full.
        """
        for ending, data in files.items():
            with replacing(self.path(key, ending)) as temporary:
                temporary.write_bytes(data)
        self.seal(key, files, facts)

    def made(self, key: str, ending: str, make: Callable[[Path], object]) -> Path:
        """The one file of an entry, made by `make` where it is absent or was damaged.

        Raises
        ------
        StudioError
            What `make` raises, or the disk is full.
        """
        path = self.path(key, ending)
        if self.get(key) is None:
            make(path)
            self.seal(key, [ending])
        return path
