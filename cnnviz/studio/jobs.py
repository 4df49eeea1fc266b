"""What worker processes do. Everything that imports Manim or torch happens here."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnviz.errors import StudioError
from cnnviz.files import replacing
from cnnviz.studio.encode import SegmentEncoder
from cnnviz.studio.facts import SceneFacts, ask_scene, describe_failure, load_scene
from cnnviz.studio.quality import Quality
from cnnviz.studio.segments import SegmentCache, kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnviz.lesson import ScenePlan, ShownNumber

__all__ = [
    "PRELOADED",
    "CrossfadeJob",
    "FactsJob",
    "Job",
    "PicturesJob",
    "SceneJob",
    "SoundJob",
    "StillJob",
    "draw_scene",
    "tell_facts",
    "work",
]

PRELOADED = ("torch", "manim", "scipy.signal", "cnnviz.studio.draw", "cnnviz.studio.sound")
"""What nearly every job imports."""


@dataclass(frozen=True)
class FactsJob:
    """Ask one scene for its facts."""

    root: Path
    path: Path
    class_name: str
    recording: Path | None = None


@dataclass(frozen=True)
class SceneJob:
    """Draw those beats of one scene that have a key; `keys` maps beat to cache key."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    keys: Mapping[str, str]
    cache: Path


@dataclass(frozen=True)
class StillJob:
    """Draw the last frame of a scene to a PNG: the thumbnail."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    out: Path


@dataclass(frozen=True)
class CrossfadeJob:
    """Composite the transition from one scene's last segment to the next one's first."""

    before: Path
    after: Path
    quality: Quality
    out: Path


@dataclass(frozen=True)
class PicturesJob:
    """Take the last pictures of finished segments, for the storyboard: (film, picture) pairs."""

    pairs: tuple[tuple[Path, Path], ...]


@dataclass(frozen=True)
class SoundJob:
    """Mix spoken beats and bells, each at its sample, and bring them to the film's loudness."""

    clips: tuple[tuple[Path, int], ...]
    bells: tuple[int, ...]
    length: int
    out: Path


Job: TypeAlias = SceneJob | CrossfadeJob | SoundJob | StillJob | PicturesJob
"""A part of the film that is made into the cache."""


def work(job: Job) -> None:
    """Make a part of the film, into the cache.

    Raises
    ------
    StudioError
        The scene raised or a beat overran, what a part is made of is damaged, or the disk is full.
    """
    match job:
        case SceneJob():
            draw_scene(job)
        case CrossfadeJob():
            kept(job.out, lambda path: _crossfade(job))
        case SoundJob():
            kept(job.out, lambda path: _mix(job))
        case StillJob():
            kept(job.out, lambda path: draw_still(job))
        case PicturesJob():
            _take(job)


def _crossfade(job: CrossfadeJob) -> None:
    from cnnviz.studio.crossfade import crossfade

    crossfade(job.before, job.after, job.quality.gop, job.quality, job.out)


def _take(job: PicturesJob) -> None:
    from cnnviz.studio.last_pictures import take_last_picture

    for film, picture in job.pairs:
        kept(picture, partial(take_last_picture, film))


def _mix(job: SoundJob) -> None:
    from cnnviz.studio.chime import chime
    from cnnviz.studio.sound import Clip, mix, normalise
    from cnnviz.studio.wav import write_wav

    bell = chime()
    clips = [Clip(path, at) for path, at in job.clips] + [Clip(bell, at) for at in job.bells]
    write_wav(job.out, normalise(mix(clips, job.length)))


def tell_facts(job: FactsJob) -> SceneFacts:
    """Import the scene and say what the film must know of it."""
    return ask_scene(job.root, job.path, job.class_name, job.recording)


def draw_scene(job: SceneJob) -> None:
    """Draw the wanted beats into the cache, each entry complete as soon as its beat is over.

    Raises
    ------
    StudioError
        The scene raised, a beat overran, or the disk is full; beats finished before stay.
    """
    scene = load_scene(job.root, job.path, job.class_name, job.plan.recording)
    with _Recorder(job) as recorder:
        _play(job, scene, recorder.frame, recorder.beat_done)


def draw_still(job: StillJob) -> None:
    """Draw the last frame of the scene's last beat.

    Raises
    ------
    StudioError
        The scene raised, or the disk is full.
    """
    import cv2

    scene = load_scene(job.root, job.path, job.class_name, job.plan.recording)
    last: list[NDArray[np.uint8]] = []

    def keep(beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        last[:] = [frame]

    _play(job, scene, keep, lambda beat, shown: None)
    # cv2.imwrite would keep silent about a full disk.
    _, png = cv2.imencode(".png", cv2.cvtColor(last[0], cv2.COLOR_RGBA2BGR))
    with replacing(job.out) as temporary:
        temporary.write_bytes(png.tobytes())


def _play(job: SceneJob | StillJob, scene: Any, sink: Any, done: Any) -> None:
    from cnnviz.studio.draw import play_scene

    # Manim makes objects by the hundred thousand, of which few are garbage that only a collection
    # finds; looking for it as often as Python does by itself takes a fourteenth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    try:
        play_scene(scene, job.plan, job.quality, sink, done)
    except Exception as error:
        raise describe_failure(error, job.path) from error


class _Recorder:
    """Opens a segment when a beat's first frame comes, and completes it when the beat is over."""

    def __init__(self, job: SceneJob) -> None:
        self.job = job
        self.cache = SegmentCache(job.cache)
        self.encoder: SegmentEncoder | None = None

    def __enter__(self) -> _Recorder:
        return self

    def __exit__(self, *error: Any) -> None:
        # Whatever is still open here belongs to a beat that was not finished.
        if self.encoder is not None:
            self.encoder.abandon()

    def frame(self, beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        if self.encoder is None:
            self.encoder = SegmentEncoder(self.cache.path(self.job.keys[beat]), self.job.quality)
        self.encoder.write(frame, repeat)

    def beat_done(self, beat: str, shown: list[ShownNumber]) -> None:
        if self.encoder is None:
            return
        frames = self.encoder.frames
        self.encoder.close()
        self.encoder = None
        expected = next(slot.frames for slot in self.job.plan.slots if slot.beat == beat)
        if frames != expected:
            raise StudioError(
                f"beat {beat!r} gave {frames} frames in place of {expected}", file=self.job.path
            )
        ledger = [entry.as_json() for entry in shown]
        self.cache.finish(self.job.keys[beat], frames, ledger)
