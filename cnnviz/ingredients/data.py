"""Files that are not code: what lies beside the code that reads it, by digest.

Files that lie still for long, and are large, are not read again for every film.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from cnnviz.files import file_digest
from cnnviz.ingredients.code import MACHINERY, Code, place_of
from cnnviz.names import visible
from cnnviz.store import Shelf, json_digest

__all__ = ["data_beside", "data_files", "known_digest"]

_SETTLED = 2.0
"""Seconds after which a change shows in a file's times, however coarse the file system's clock."""
_NO_DATA = frozenset({".py", ".pyc", ".md"})


def data_beside(code: Code) -> dict[str, str]:
    """Name → digest of all files in the folders of `code`, and in folders below without code.

    A scene's pictures lie beside it, and so do those of the scenes whose parts it imports; the
    recognizer's weights lie below the modules that read them.
    """
    return {place_of(path, code.project): known_digest(path) for path in data_files(code)}


def data_files(code: Code) -> list[Path]:
    """The files that `data_beside` takes the digests of."""
    folders = {path.parent for path in code.files} - {MACHINERY}
    return sorted({path for folder in folders for path in _data_in(folder)})


def _data_in(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        path = Path(entry.path)
        if entry.is_dir():
            if not _holds_code(path):
                yield from _data_in(path)
        elif entry.is_file() and path.suffix not in _NO_DATA:
            yield path


def _holds_code(folder: Path) -> bool:
    return any(path.suffix == ".py" for path in visible(folder.iterdir()))


def known_digest(path: Path) -> str:
    """SHA-256 of a file, out of memory where it lies as it lay when it was read last.

    The time of the last change of its entry decides, which nobody can set back, together with
    size, inode and time of saving; what was changed just now is read.
    """
    lies = _lies(path)
    name = json_digest([str(path), *lies.values()])
    shelf = Shelf("known")
    entry = shelf.get(name)
    if entry is not None:
        return str(entry.facts)
    digest = file_digest(path)
    if time.time() - lies["changed"] / 1e9 > _SETTLED and _lies(path) == lies:
        shelf.seal(name, facts=digest)
    return digest


def _lies(path: Path) -> dict[str, int]:
    """All that differs once somebody has written to a file; the time of reading is not in it."""
    state = path.stat()
    return {
        "size": state.st_size,
        "saved": state.st_mtime_ns,
        "changed": state.st_ctime_ns,
        "inode": state.st_ino,
        "device": state.st_dev,
    }
