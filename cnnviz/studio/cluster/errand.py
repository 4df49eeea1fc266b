"""What travels between a machine that makes a film and the workers that draw for it.

Paths travel relative to the project's folder, recordings and segments under their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnviz.errors import StudioError
from cnnviz.ingredients.record import Asked

if TYPE_CHECKING:
    from cnnviz.studio.cluster.fingerprint import Fingerprint
    from cnnviz.studio.scene_jobs import SceneJob

__all__ = ["DrawnBeat", "Errand", "Introduction", "Outcome", "RefusedError"]


class RefusedError(StudioError):
    """A worker cannot do it; another one may."""


@dataclass(frozen=True)
class Introduction:
    """What a worker says of itself: what it draws with, and which recordings it lacks."""

    fingerprint: Fingerprint
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Errand:
    """A scene to draw on another machine.

    Parameters
    ----------
    job
        Its paths are relative to the project's folder.
    expected
        What to draw it with.
    recordings
        The name of the recording that it shows, if any, and of those that the scenes before show.
    evidence
        Paths in the project of other evidence that it shows.
    pictures
        Paths in the project of the photographs that its script has chosen.
    """

    job: SceneJob
    expected: Fingerprint
    recordings: tuple[str | None, ...] = (None,)
    evidence: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all that is compared besides scenes."""
        return *self.evidence, *self.pictures


@dataclass(frozen=True)
class DrawnBeat:
    """A segment on its way.

    Parameters
    ----------
    beat
        Its name.
    asked
        What its scene has asked for.
    digest, picture
        Of the MP4's bytes, and these.
    frames, ledger
        How many there are, and what they show.
    """

    beat: str
    asked: Asked
    digest: str
    frames: int
    ledger: list[dict[str, Any]]
    picture: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of an errand: beats, an error in the project, or a refusal.

    The error's file is relative to the project's folder.
    """

    worker: str
    beats: tuple[DrawnBeat, ...] = ()
    error: StudioError | None = None
    refusal: str | None = None
