"""Which files a scene reads while it is imported and played, wherever they lie.

Only in processes that work for a scene: there, whatever opens a file tells of it.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

from cnnviz.exact_import import LIBRARIES
from cnnviz.files import cache_dir
from cnnviz.ingredients.code import Code
from cnnviz.ingredients.data import data_files, known_digest

__all__ = ["FilesRead", "files_read"]

_PREFIXES = (os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix))
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/run", *_PREFIXES)
_CODE = frozenset({".py", ".pyc", ".so"})


class FilesRead(Mapping[str, str]):
    """File → digest of what was in it when it was opened; grows while the scene plays.

    Files in the project are named from its folder.
    """

    def __init__(self, project: Path, left_out: Callable[[Path], bool]) -> None:
        self._project, self._left_out = project.resolve(), left_out
        self._found: dict[str, str] = {}
        self._busy = False

    def opened(self, name: Any, mode: Any) -> None:
        """Take note of a file that is about to be opened; `mode` as `open` or `os.open` has it."""
        if self._busy or not isinstance(name, str | os.PathLike) or _writes(mode):
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


def _writes(mode: Any) -> bool:
    if isinstance(mode, int):
        return bool(mode & (os.O_WRONLY | os.O_RDWR))
    return isinstance(mode, str) and not set(mode).isdisjoint("wax+")


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
            or not LIBRARIES.isdisjoint(path.parts)
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
    """Hear of every file from now on.

    Not by an audit hook, which Python would also call for each of the million times that Manim
    asks for an object's id: a tenth of the time of a drawing.
    """
    import cv2  # late: the process that only hands out work needs none of it
    import numpy as np

    builtins.open = io.open = _told(io.open)
    os.open = _told(os.open)
    # These open files by themselves, or have kept what opened them before.
    cv2.imread = _told_first(cv2.imread)
    for name in ("loadtxt", "genfromtxt", "fromfile"):
        setattr(np, name, _told_first(getattr(np, name)))


def _told(opening: Callable[..., Any]) -> Callable[..., Any]:
    """`opening`, a function of a file and a mode, which tells of the file first."""

    @wraps(opening)
    def open_and_tell(file: Any, mode: Any = None, *arguments: Any, **options: Any) -> Any:
        if _LISTENERS:
            _LISTENERS[-1].opened(file, mode)
        given = () if mode is None else (mode,)
        return opening(file, *given, *arguments, **options)

    return open_and_tell


def _told_first(reading: Callable[..., Any]) -> Callable[..., Any]:
    """`reading`, which reads the file that is its first argument, and tells of it first."""

    @wraps(reading)
    def tell_and_read(file: Any, *arguments: Any, **options: Any) -> Any:
        if _LISTENERS:
            _LISTENERS[-1].opened(file, None)
        return reading(file, *arguments, **options)

    return tell_and_read
