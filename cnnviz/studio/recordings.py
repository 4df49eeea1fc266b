"""The recordings that an episode's scenes show: which ones, whether they will do, their digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.files import cache_dir, file_digest, write_text
from cnnviz.lesson_plan import recording_path
from cnnviz.studio.digests import json_digest
from cnnviz.studio.episode import Episode, SceneSource

__all__ = ["SHORTEST", "Recording", "find_recordings"]

SHORTEST = 5.0
"""Seconds that a recording must last, so that there is something to watch."""

# Beside cards/weights.py, which says the same but imports torch: seconds before every film.
_WEIGHTS = Path(__file__).parents[1] / "cards" / "weights" / "card_network.json"


@dataclass(frozen=True)
class Recording:
    """A recording that will do.

    Parameters
    ----------
    sidecar
        Its JSON; the video lies beside it.
    digest
        Of both files, and of the network's weights.
    """

    sidecar: Path
    digest: str


def find_recordings(
    episode: Episode, sources: Mapping[str, SceneSource], wanted: Path | None
) -> dict[str, Recording]:
    """Scene id → the recording that it shows, for those scenes that show one.

    Parameters
    ----------
    episode, sources
        Whose scenes.
    wanted
        MP4 or sidecar to show in place of the scenes' own; None for those.

    Raises
    ------
    UserError
        A recording is missing, damaged, too short, without a recognized card, or was made with
        other weights; or one is wanted where no scene shows any.
    """
    names = {scene: source.recording for scene, source in sources.items() if source.recording}
    if wanted is not None and not names:
        raise UserError(
            f"no scene of {episode.name!r} shows a recording", hint="leave out --recording"
        )
    paths = {
        scene: wanted.resolve() if wanted else recording_path(episode.root, name)
        for scene, name in names.items()
    }
    checked = {path: _checked(path) for path in dict.fromkeys(paths.values())}
    return {scene: checked[path] for scene, path in paths.items()}


def _checked(path: Path) -> Recording:
    if path.suffix not in (".mp4", ".json"):
        raise UserError("not a recording", file=path, hint="name its .mp4, or the .json beside it")
    sidecar, video = path.with_suffix(".json"), path.with_suffix(".mp4")
    if not (sidecar.is_file() and video.is_file()):
        _check(path)
    digest = json_digest([file_digest(sidecar), file_digest(video), _weights_digest()])
    # Reading a sidecar takes seconds, and the same one is shown in film after film.
    note = cache_dir() / "recordings" / f"{digest}.txt"
    if not note.exists():
        _check(path)
        write_text(note, f"{sidecar}\n")
    return Recording(sidecar, digest)


def _check(path: Path) -> None:
    # Imported late: most episodes show no recording.
    from cnnviz.capture.sidecar import read_capture

    capture = read_capture(path)
    if capture.seconds < SHORTEST:
        raise UserError(
            f"only {capture.seconds:.1f} s long",
            file=capture.video,
            hint=f"record at least {SHORTEST:.0f} s, better 20: render.py record --seconds 20",
        )
    if capture.weights_sha256 != _weights_digest():
        raise UserError(
            "recorded with other weights than the recognizer has now, whose kernels the film shows",
            file=capture.video,
            hint="record it again",
        )


def _weights_digest() -> str:
    try:
        digest = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            "no digest of the recognizer's weights in here",
            file=_WEIGHTS,
            hint="restore it from the repository, or train: render.py train",
        ) from error
    return str(digest)
