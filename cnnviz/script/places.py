"""Where things stand in a script, and keys that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from cnnviz.errors import UserError
from cnnviz.script.placeholders import nearest

__all__ = ["check_keys", "line_of"]


def line_of(data: CommentedMap, key: str | None = None) -> int:
    """The line, from 1, of a mapping or of one of its keys."""
    # What `<<:` has merged in stands elsewhere; the mapping's own place is the nearest then.
    if key is None or key not in (data.lc.data or {}):
        return int(data.lc.line) + 1
    return int(data.lc.key(key)[0]) + 1


def check_keys(
    path: Path,
    data: CommentedMap,
    known: Iterable[str],
    *,
    required: Iterable[str],
    what: str,
) -> None:
    """See that a mapping holds no unknown key, and all that it must.

    Raises
    ------
    UserError
        It does not; file and line are named.
    """
    known = list(known)
    for key in data:
        if key not in known:
            raise UserError(
                f"unknown key {key!r} in a {what}",
                file=path,
                line=line_of(data, key),
                hint=nearest(str(key), known),
            )
    for key in required:
        if key not in data:
            raise UserError(f"{key!r} is missing in a {what}", file=path, line=line_of(data))
