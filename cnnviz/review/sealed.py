"""`findings.json`: what `check` found in a bundle, and in which files of it exactly.

Whoever reads it sees at once whether it still holds: the seal names each file that was judged, or
that goes to YouTube, with its digest. Nothing here plans a film or draws one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnnviz.bundle_files import FILM
from cnnviz.errors import UserError
from cnnviz.files import file_digest, write_json
from cnnviz.models import shaped
from cnnviz.names import visible
from cnnviz.review.finding import Finding

__all__ = ["NAME", "Seal", "SealedFindings", "read_findings", "seal", "write_findings"]

NAME = "findings.json"
REST = ("bundle.json", "captions.*.srt", "thumbnail.png", "numbers.json", "recordings/*.json")

Seal = Mapping[str, str]
"""Path in the bundle → SHA-256, of the film and of all that belongs to it."""


@dataclass(frozen=True)
class SealedFindings:
    """What was found, and the files as they were then."""

    findings: tuple[Finding, ...]
    seal: Seal

    def changed(self, folder: Path) -> list[str]:
        """The files that are others in the bundle `folder` now, that came, or that went."""
        now = seal(folder)
        return sorted(
            name for name in now.keys() | self.seal.keys() if now.get(name) != self.seal.get(name)
        )


@dataclass(frozen=True)
class _Written:
    digest: str | None
    bundle: dict[str, str]
    findings: tuple[Finding, ...]
    made: str


def seal(folder: Path) -> Seal:
    """The digests of what lies in the bundle `folder`.

    Raises
    ------
    UserError
        A file cannot be read.
    """
    files = (path for pattern in (FILM, *REST) for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): _digest(path) for path in visible(files)}


def write_findings(folder: Path, taken: Seal, findings: Sequence[Finding]) -> None:
    """Write `findings.json` into the bundle `folder`.

    Parameters
    ----------
    folder
        The bundle.
    taken
        Its seal from before the first rule was asked: what changes meanwhile breaks it.
    findings
        All that was found; none is good news.

    Raises
    ------
    StudioError
        The disk is full, or the folder cannot be written to.
    """
    write_json(
        folder / NAME,
        {
            "digest": taken.get(FILM),
            "bundle": {name: digest for name, digest in taken.items() if name != FILM},
            "findings": [_as_json(finding, folder) for finding in findings],
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def read_findings(folder: Path) -> SealedFindings | None:
    """What stands in `findings.json` of the bundle `folder`; None if it is missing or damaged."""
    try:
        data = shaped(json.loads((folder / NAME).read_bytes()), _Written, exact=True)
    except (OSError, ValueError):
        return None
    found = tuple(_placed(one, folder.resolve()) for one in data.findings)
    film = {FILM: data.digest} if data.digest else {}
    return SealedFindings(found, film | data.bundle)


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise UserError(error.strerror or str(error), file=path) from error


def _as_json(finding: Finding, folder: Path) -> dict[str, Any]:
    """As others get it, but for the file: a bundle is read from anywhere, so it names its own."""
    if finding.file is None:
        return finding.as_json()
    return finding.as_json() | {"file": os.path.relpath(finding.file.resolve(), folder.resolve())}


def _placed(finding: Finding, folder: Path) -> Finding:
    if finding.file is None:
        return finding
    return replace(finding, file=Path(os.path.normpath(folder / finding.file)))
