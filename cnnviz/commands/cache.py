"""The verb `cache`: what is kept between two runs, pruned, and limited."""

from __future__ import annotations

import argparse

from cnnviz.commands.words import Verbs
from cnnviz.files import cache_dir
from cnnviz.studio.cache import kinds, limit, prune, read_size, set_limit, size_text

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("cache", help="what is kept between two runs, and how much of it")
    verb.add_argument(
        "--prune",
        nargs="?",
        const="",
        metavar="SIZE",
        help="take out what is oldest, down to SIZE (such as 500MB) or to the limit",
    )
    verb.add_argument("--limit", metavar="SIZE", help="how much it may hold from now on")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    print(_changed_and_shown(options.prune, options.limit))


def _changed_and_shown(prune_to: str | None, new_limit: str | None) -> str:
    """Change what is asked for; then what lies in the cache, as lines of text.

    Parameters
    ----------
    prune_to
        A size; empty for the cache's limit, None to take nothing out.
    new_limit
        A size; None to leave the limit as it is.

    Raises
    ------
    UserError
        Something is no size, or a film is being made from this cache.
    """
    # Both are read before anything is changed.
    size = read_size(prune_to) if prune_to else None
    allowed = read_size(new_limit) if new_limit is not None else limit()
    lines = []
    if new_limit is not None:
        set_limit(allowed)
    if prune_to is not None:
        freed = prune(allowed if size is None else size)
        lines.append(f"{size_text(freed)} taken out")
    return "\n".join([*lines, *_table(allowed)])


def _table(allowed: int) -> list[str]:
    found = kinds()
    lines = [
        f"{size_text(kind.size):>10}  {kind.files:>6} files  {kind.folder}: {kind.what}"
        for kind in found
        if kind.files
    ]
    whole = sum(kind.size for kind in found)
    lines.append(f"{size_text(whole):>10}  of {size_text(allowed)} in {cache_dir()}")
    return lines
