"""Which files a scene reads while it is imported and played, wherever they lie.

Only in processes that work for a scene: Python tells of every file that is opened there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

from cnnviz.files import cache_dir
from cnnviz.studio.code import Code
from cnnviz.studio.data import data_files, known_digest

__all__ = ["FilesRead", "files_read"]

_PREFIXES = (os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix))
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/run", *_PREFIXES)
_CODE = frozenset({".py", ".pyc", ".so"})
_LIBRARIES = frozenset({"site-packages", "dist-packages"})


class FilesRead(Mapping[str, str]):
    """File → digest of what was in it when it was opened; grows while the scene plays.

    Files in the project are named from its folder.
    """

    def __init__(self, project: Path, left_out: Callable[[Path], bool]) -> None:
        self._project, self._left_out = project.resolve(), left_out
        self._found: dict[str, str] = {}
        self._busy = False

    def opened(self, name: Any, mode: Any, flags: Any) -> None:
        """Take note of a file that is about to be opened."""
        if self._busy or not isinstance(name, str | os.PathLike) or _writes(mode, flags):
            return
        self._busy = True  # reading it to note it is no reading
        try:
            path = Path(os.path.realpath(name))
            inside = path.is_relative_to(self._project)
            name = path.relative_to(self._project).as_posix() if inside else str(path)
            if name not in self._found and path.is_file() and not self._left_out(path):
                self._found[name] = known_digest(path)
        except (OSError, ValueError):
            pass  # whoever opens it will be told
        finally:
            self._busy = False

    def __getitem__(self, key: str) -> str:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return not set(mode).isdisjoint("wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


@contextmanager
def files_read(code: Code, evidence: Iterable[Path | None]) -> Iterator[FilesRead]:
    """Note which files are read in the block, but for code, libraries, and what is hashed already.

    Parameters
    ----------
    code
        The scene's, which is hashed, and so is the data beside it.
    evidence
        JSON of the scene's evidence; files of the same name belong to it.
    """
    _listen()
    data = frozenset(data_files(code))
    pieces = {(path.resolve().parent, path.stem) for path in evidence if path is not None}
    ours = {str(cache_dir().resolve()), *_SYSTEM}
    temporary = Path(tempfile.gettempdir()).resolve()

    def left_out(path: Path) -> bool:
        return (
            path.suffix in _CODE
            or not _LIBRARIES.isdisjoint(path.parts)
            or path in code.files
            or any(str(path).startswith(f"{folder}{os.sep}") for folder in ours)
            or (path.is_relative_to(temporary) and _is_drawing(path.relative_to(temporary)))
            or path in data
            or (path.parent, path.stem) in pieces
        )

    _LISTENERS.append(FilesRead(code.project, left_out))
    try:
        yield _LISTENERS[-1]
    finally:
        _LISTENERS.pop()


def _is_drawing(path: Path) -> bool:
    """Whether it lies in the folder of an ongoing drawing, where Manim lays texts out."""
    return path.parts[0].startswith("cnnviz-")


_LISTENERS: list[FilesRead] = []
"""The last one is told."""


@cache
def _listen() -> None:
    """Hear of every file from now on: such a hook cannot be taken away again."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and _LISTENERS:
            _LISTENERS[-1].opened(*arguments)

    sys.addaudithook(hook)

    import cv2  # late: the process that only hands out work needs none of it

    # It opens pictures by itself.
    imread = cv2.imread

    @wraps(imread)
    def told(filename: Any, *arguments: Any, **options: Any) -> Any:
        sys.audit("open", filename, "r", 0)
        return imread(filename, *arguments, **options)

    cv2.imread = told
