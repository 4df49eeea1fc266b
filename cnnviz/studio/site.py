"""Where a film is built: with how many hands, who is told, and whether there is room to write."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.evidence_files import RECORDINGS
from cnnviz.files import cache_dir, replacing
from cnnviz.progress import Reporter

__all__ = ["Site", "check_writable", "sweep"]

ABANDONED_AFTER = 3600.0
"""Seconds after which a temporary file that nobody writes to belongs to nobody."""


@dataclass(frozen=True)
class Site:
    """Where a film is built, and how much is said of it.

    Parameters
    ----------
    report
        Told what happens.
    workers
        Processes that draw; as many as processors where it is 0.
    cluster
        Address of the Dask scheduler whose workers draw in their place.
    explain
        Whether to say of each beat why it is drawn or reused.
    """

    report: Reporter
    workers: int = 0
    cluster: str | None = None
    explain: bool = False


def check_writable(folder: Path) -> None:
    """Make `folder` and write a file in it, before an hour of work is spent.

    Raises
    ------
    UserError
        It cannot be written to.
    StudioError
        The disk is full.
    """
    probe = folder / ".writable"
    try:
        with replacing(probe) as temporary:
            temporary.write_bytes(b"\0" * 4096)
    except StudioError as error:
        raise type(error)(error.message, file=folder, hint=error.hint) from error
    probe.unlink(missing_ok=True)


def sweep(bundle: Path) -> None:
    """Remove what a killed build has left in the cache and in the folder `bundle`.

    That is temporary files that nobody has written to for an hour: another build may be at work.
    """
    bundles = (
        folder.glob(".part-*") for folder in (bundle, bundle / "scenes", bundle / RECORDINGS)
    )
    for path in chain(*bundles, cache_dir().rglob(".part-*")):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                path.unlink()
