"""How much the cache may hold: what lies in it, a limit, and taking out what is oldest."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.filesize import decimal

from cnnviz.errors import UserError
from cnnviz.files import cache_dir, kind_os_error, write_text
from cnnviz.store import KINDS

if sys.platform != "win32":
    import fcntl

__all__ = [
    "DEFAULT_LIMIT",
    "Kind",
    "in_use",
    "kinds",
    "limit",
    "prune",
    "read_size",
    "set_limit",
    "size_text",
]

DEFAULT_LIMIT = 8_000_000_000
"""Bytes; some forty films at full quality."""
_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}


@dataclass(frozen=True)
class Kind:
    """One folder of the cache: its name, what is in it, how many files, how many bytes."""

    folder: str
    what: str
    files: int
    size: int


@dataclass(frozen=True)
class _Entry:
    """Files that belong together; the smallest vouches for the others and goes first."""

    files: tuple[Path, ...]
    size: int
    used: float


def kinds() -> list[Kind]:
    """What lies in the cache, by folder."""
    found = []
    for folder, what in KINDS.items():
        entries = list(_entries(folder))
        files = sum(len(entry.files) for entry in entries)
        found.append(Kind(folder, what, files, sum(entry.size for entry in entries)))
    return found


def limit() -> int:
    """How many bytes the cache may hold.

    Raises
    ------
    UserError
        The file that says it was spoilt.
    """
    try:
        written = _limit_file().read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return DEFAULT_LIMIT
    try:
        return read_size(written)
    except UserError:
        raise UserError("holds no size", file=_limit_file(), hint="set one with --limit") from None


def set_limit(size: int) -> None:
    """Let the cache hold `size` bytes from now on."""
    write_text(_limit_file(), f"{size}\n")


def read_size(text: str) -> int:
    """Bytes in `text`, such as `500 MB`, `2.5GB` or `3GiB`.

    Raises
    ------
    UserError
        It is no size.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text, re.IGNORECASE | re.ASCII)
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise UserError(f"{text.strip()!r} is not a size", hint="for example 500MB or 2.5GB")
    return round(float(found[1]) * unit)


@contextmanager
def in_use() -> Iterator[None]:
    """Keep others from pruning while the block needs what it finds in the cache."""
    with _locked(exclusive=False):
        yield


def prune(size: int, spare_since: float | None = None) -> int:
    """Take out what was not used for longest until at most `size` bytes are left.

    Parameters
    ----------
    size
        Bytes.
    spare_since
        What was used after this time, in seconds since the epoch, stays in any case.

    Returns
    -------
    int
        How many bytes were freed.

    Raises
    ------
    UserError
        A film is being made from this cache.
    """
    with _locked(exclusive=True):
        entries = sorted(
            (entry for folder in KINDS for entry in _entries(folder)), key=lambda entry: entry.used
        )
        left = before = sum(entry.size for entry in entries)
        for entry in entries:
            if left <= size or (spare_since is not None and entry.used >= spare_since):
                break
            for file in entry.files:
                with suppress(OSError):
                    file.unlink()
            left -= entry.size
    return before - left


def size_text(size: int) -> str:
    """`size` in bytes as people write it."""
    return decimal(size)


def _limit_file() -> Path:
    return cache_dir() / "limit.txt"


def _entries(folder: str) -> Iterator[_Entry]:
    """What lies in `folder`: files of one name with different endings are one entry."""
    groups: dict[Path, list[tuple[int, float, Path]]] = {}
    for path in (cache_dir() / folder).rglob("*"):
        with suppress(FileNotFoundError):  # another build may just be renaming it
            if path.is_file() and not path.name.startswith("."):
                state = path.stat()
                facts = (state.st_size, state.st_mtime, path)
                groups.setdefault(path.with_suffix(""), []).append(facts)
    for members in groups.values():
        members.sort()
        yield _Entry(
            files=tuple(path for _, _, path in members),
            size=sum(size for size, _, _ in members),
            used=max(used for _, used, _ in members),
        )


@contextmanager
def _locked(*, exclusive: bool) -> Iterator[None]:
    """Hold the cache's lock: many may use it at once, or one may prune it.

    The system gives it back when the process ends, however it ends.
    """
    if sys.platform == "win32":  # there nobody is kept from pruning beside a running build
        yield
        return
    path = cache_dir() / ".lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise kind_os_error(error, path.parent) from error
    with file:
        try:
            kind = fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH
            fcntl.flock(file, kind)
        except BlockingIOError:
            raise UserError(
                "a film is being made from this cache", hint="prune it when that is done"
            ) from None
        yield
