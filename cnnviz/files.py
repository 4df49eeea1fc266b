"""Files that are either whole or absent: written under a temporary name, synced, renamed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from cnnviz.errors import StudioError, UserError

__all__ = [
    "cache_dir",
    "file_digest",
    "kind_os_error",
    "media_name",
    "replacing",
    "write_json",
    "write_text",
]


def cache_dir() -> Path:
    """Where finished beats and spoken sentences are kept; `CNNVIZ_CACHE_DIR` moves it."""
    return Path(os.environ.get("CNNVIZ_CACHE_DIR") or platformdirs.user_cache_dir("cnnviz"))


def kind_os_error(error: OSError, path: Path) -> StudioError:
    """`error` met while writing `path`, as one line that says what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StudioError("no space left on the disk", file=path, hint="free some and run again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError("not writable", file=path, hint="choose another place with --out")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return UserError(
            "a file is in the way of this folder", file=path, hint="choose another with --out"
        )
    return StudioError(error.strerror or str(error), file=path)


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` if the block succeeds.

    The temporary file keeps the suffix, because encoders choose their format by it, and is
    removed on any failure, Ctrl-C included. `mode` are the permissions that `path` gets; until then
    nobody else can read the file.

    Raises
    ------
    StudioError
        The disk is full.
    UserError
        The folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise kind_os_error(error, path) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        raise kind_os_error(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def media_name(path: Path) -> str:
    """`path` as FFmpeg takes it for a file: from the root.

    From here, what stands before a colon would be a protocol (`10:30.mp4`), and a name that begins
    with a minus an option.
    """
    return os.path.abspath(path)  # noqa: PTH100 - links stay as they are


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` in UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` to `path` as readable JSON, whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # The name of a file that is not UTF-8; escaped, it is read again as it was.
        text = json.dumps(value, indent=1)
    write_text(path, text + "\n")


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
