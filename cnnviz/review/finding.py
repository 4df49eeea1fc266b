"""What a rule has found: what is wrong, where it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cnnviz.errors import shown_path

__all__ = ["Finding", "Severity"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that a rule objects to.

    Parameters
    ----------
    rule
        The rule's name, in words joined by hyphens; scripts silence rules by it.
    severity
        An `error` keeps a film from being published, a `warning` does not.
    message
        What is wrong, one line, no full stop.
    advice
        What to do about it, one line.
    scene, beat
        Where in the film; None where it concerns more than one scene or beat.
    file, line
        Where it is to be mended; `line` counts from 1.
    """

    rule: str
    severity: Severity
    message: str
    advice: str
    scene: str | None = None
    beat: str | None = None
    file: Path | None = None
    line: int | None = None

    def __str__(self) -> str:
        file = None if self.file is None else shown_path(self.file)
        place = f"{file}:{self.line}" if file and self.line else file
        where = "/".join(part for part in (self.scene, self.beat) if part)
        said = f"{self.severity}: {self.message} — {self.advice} [{self.rule}]"
        return ": ".join(part for part in (place, where, said) if part)

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data, its file relative to the working directory."""
        return asdict(self) | {"file": self.file and shown_path(self.file)}
