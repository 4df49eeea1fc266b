"""The project's code is imported as it is now, and it is known what was imported.

Python takes a `.pyc` for fresh if the source's size and whole second of saving are those of its
making: a second save within that second, or a copied time stamp, and the old code runs. Here a
`.pyc` is fresh if it was made from the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from importlib.abc import PathEntryFinder
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["EXECUTED", "LIBRARIES", "imported"]

EXECUTED: dict[str, str] = {}
"""Source file, links followed → SHA-256 of the bytes it was last imported from in this process."""

_MACHINERY = Path(__file__).parent
_SCENES = "scenes"
LIBRARIES = frozenset({"site-packages", "dist-packages"})
"""Folders of installed packages: their versions count, not their files."""


class _ExactLoader(SourceFileLoader):
    """Loads a module from its bytes; what Python compares as a time is a part of their digest."""

    def __init__(self, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._source: bytes | None = None

    def path_stats(self, path: Any) -> dict[str, Any]:
        self._source = super().get_data(path)
        digest = hashlib.sha256(self._source)
        EXECUTED[os.path.realpath(path)] = digest.hexdigest()
        return {"mtime": int.from_bytes(digest.digest()[:4], "little"), "size": len(self._source)}

    def get_data(self, path: Any) -> bytes:
        # The bytes that the digest was taken of, even if somebody has just saved others.
        if path == self.path and self._source is not None:
            return self._source
        return super().get_data(path)


def imported(root: Path, path: Path) -> ModuleType:
    """The module in `path`, a file below `root`, which is the project's folder."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def _hook() -> Callable[[str], PathEntryFinder]:
    finder = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_ExactLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def exact(folder: str) -> PathEntryFinder:
        if _is_ours(Path(folder or ".")):
            return finder(folder)
        raise ImportError("no folder of this project", path=folder)

    exact.is_exact = True  # type: ignore[attr-defined]
    return exact


def _is_ours(folder: Path) -> bool:
    """Whether the machinery lies in `folder`, or scenes, or it is the one that holds scenes."""
    if folder == _MACHINERY or _MACHINERY in folder.parents:
        return True
    if not LIBRARIES.isdisjoint(folder.parts):
        return False
    return _SCENES in folder.parts or (folder / _SCENES / "__init__.py").is_file()


# With the first import of anything of ours, whatever process it is in.
if not any(getattr(hook, "is_exact", False) for hook in sys.path_hooks):
    sys.path_hooks.insert(0, _hook())
    sys.path_importer_cache.clear()
