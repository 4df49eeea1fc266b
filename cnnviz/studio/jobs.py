"""What worker processes do. Everything that imports Manim or torch happens here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from cnnviz.ingredients.code import Code, require_imported
from cnnviz.ingredients.reading import files_read
from cnnviz.ingredients.record import Asked
from cnnviz.media.quality import Quality
from cnnviz.script.inputs import Inputs
from cnnviz.store import Shelf
from cnnviz.studio.facts import SceneFacts, ask_scene
from cnnviz.studio.scene_jobs import Role, SceneJob, StillJob

__all__ = [
    "PRELOADED",
    "CrossfadeJob",
    "FactsJob",
    "Job",
    "PicturesJob",
    "SoundJob",
    "tell_facts",
    "work",
]

PRELOADED = ("torch", "manim", "scipy.signal", "cnnviz.studio.scene_drawing", "cnnviz.media.sound")
"""What nearly every job imports."""


@dataclass(frozen=True)
class FactsJob:
    """Ask one scene, whose `code` was hashed, for its facts.

    `evidence` are the JSON of what it shows, its `recording` among them, and `inputs` the numbers
    that the script chooses for it. `before` are the scenes that it goes on from.
    """

    root: Path
    path: Path
    class_name: str
    code: Code
    recording: Path | None = None
    evidence: tuple[Path, ...] = ()
    inputs: Inputs = field(default_factory=dict)
    before: tuple[Role, ...] = ()


@dataclass(frozen=True)
class CrossfadeJob:
    """Composite the transition from one scene's last segment to the next one's first."""

    before: Path
    after: Path
    quality: Quality
    key: str

    @property
    def out(self) -> Path:
        """Where it will lie."""
        return Shelf("crossfades").path(self.key, ".mp4")


@dataclass(frozen=True)
class PicturesJob:
    """Take the last pictures of finished segments, for the storyboard: film and key of each."""

    pairs: tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class SoundJob:
    """Mix spoken beats and bells, each at its sample, and bring them to the film's loudness."""

    clips: tuple[tuple[Path, int], ...]
    bells: tuple[int, ...]
    length: int
    key: str

    @property
    def out(self) -> Path:
        """Where it will lie."""
        return Shelf("sound").path(self.key, ".wav")


Job: TypeAlias = SceneJob | CrossfadeJob | SoundJob | StillJob | PicturesJob
"""A part of the film that is made into the store."""


def work(job: Job) -> None:
    """Make a part of the film, into the store.

    Raises
    ------
    StudioError
        The scene raised or a beat overran, what a part is made of is damaged, or the disk is full.
    """
    match job:
        case CrossfadeJob():
            Shelf("crossfades").made(job.key, ".mp4", lambda path: _crossfade(job, path))
        case SoundJob():
            Shelf("sound").made(job.key, ".wav", lambda path: _mix(job, path))
        case PicturesJob():
            _take(job)
        case SceneJob() | StillJob():
            _draw(job)


def _draw(job: SceneJob | StillJob) -> None:
    from cnnviz.studio.scene_drawing import draw_scene, draw_still

    if isinstance(job, SceneJob):
        draw_scene(job)
    else:
        draw_still(job)


def _crossfade(job: CrossfadeJob, out: Path) -> None:
    from cnnviz.media.crossfade import crossfade

    crossfade(job.before, job.after, job.quality.gop, job.quality, out)


def _take(job: PicturesJob) -> None:
    from cnnviz.studio.last_pictures import take_last_picture

    for film, key in job.pairs:
        Shelf("stills").made(key, ".jpg", partial(take_last_picture, film))


def _mix(job: SoundJob, out: Path) -> None:
    from cnnviz.studio.film_sound import write_film_sound

    write_film_sound(job.clips, job.bells, job.length, out)


def tell_facts(job: FactsJob) -> tuple[SceneFacts, Asked]:
    """Import the scene and say what the film must know of it, and which files it read for that."""
    with files_read(job.code, job.evidence) as files:
        facts = ask_scene(job.root, job.path, job.class_name, job.recording, job.inputs, job.before)
    require_imported(job.code)
    return facts, Asked(files=dict(files))
