"""Evidence: what was measured outside the film and is shown in it.

Captures of the recognizer at work, trained weights, training runs. Each piece is a JSON, perhaps
with other files beside it; it has a name, a digest, a command that made it, and a check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.episode.episode import Episode, SceneSource
from cnnviz.episode.evidence_kinds import KINDS, kind_of
from cnnviz.errors import UserError
from cnnviz.evidence_files import evidence_path
from cnnviz.ingredients.data import known_digest
from cnnviz.ingredients.record import maker
from cnnviz.store import Shelf, json_digest

__all__ = ["Evidence", "find_evidence", "read_evidence"]


@dataclass(frozen=True)
class Evidence:
    """A piece of evidence that will do.

    Parameters
    ----------
    name
        By which scenes and bundle call it: its file's.
    kind
        `capture`, `weights` or `training`.
    file
        Its JSON.
    digest
        Of that and of all files that belong to it.
    command
        What makes another one.
    """

    name: str
    kind: str
    file: Path
    digest: str
    command: str


def find_evidence(
    episode: Episode, sources: Mapping[str, SceneSource], recording: Path | None = None
) -> dict[str, tuple[Evidence, ...]]:
    """Scene id → its evidence, of those scenes that show any; the recording first.

    Parameters
    ----------
    episode, sources
        Whose scenes.
    recording
        MP4 or sidecar to show in place of the scenes' own recordings; None for those.

    Raises
    ------
    UserError
        A piece is missing, or its check found something; or a recording is asked for where no
        scene shows any.
    """
    if recording is not None and not any(source.recording for source in sources.values()):
        raise UserError(
            f"no scene of {episode.name!r} shows a recording", hint="leave out --recording"
        )
    found: dict[tuple[Path, str | None], Evidence] = {}
    for source in sources.values():
        for path, kind in _wanted(episode.root, source, recording):
            if (path, kind) not in found:
                found[path, kind] = read_evidence(path, kind)
    return {
        scene: tuple(found[one] for one in _wanted(episode.root, source, recording))
        for scene, source in sources.items()
        if source.recording or source.evidence
    }


def _wanted(
    root: Path, source: SceneSource, recording: Path | None
) -> Iterator[tuple[Path, str | None]]:
    """Where a scene's evidence lies, and of which kind it has to be, where that is known."""
    if source.recording is not None:
        own = evidence_path(root, source.recording)
        yield (recording.resolve() if recording else own), "capture"
    for name in source.evidence:
        yield evidence_path(root, name), None


def read_evidence(path: Path, kind: str | None = None) -> Evidence:
    """A piece of evidence, checked.

    Parameters
    ----------
    path
        Its JSON; of a capture also its video.
    kind
        What it has to be; None where it may be anything.

    Raises
    ------
    UserError
        It is missing, of no known kind, or its check found something.
    """
    of_kind = KINDS[kind or kind_of(path)]
    files = of_kind.files(path)
    # A capture is checked with the weights whose kernels the film shows beside it. What is absent
    # is told by the check.
    parts = (*files, *of_kind.leans_on)
    digests = [known_digest(file) if file.is_file() else None for file in parts]
    digest = json_digest([of_kind.name, *digests])
    # Checking takes seconds, and the same piece is shown in film after film.
    checked, key = Shelf("evidence"), json_digest([digest, _checkers()])
    note = checked.get(key)
    if note is None:
        command = of_kind.check(path)
        checked.seal(key, facts=command)
    else:
        command = str(note.facts)
    return Evidence(files[0].stem, of_kind.name, files[0], digest, command)


def _checkers() -> dict[str, str]:
    return maker("episode/evidence_kinds.py", "capture/sidecar.py")
