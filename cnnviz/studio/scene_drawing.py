"""One scene drawn into the store, beat by beat, under the record of what it was drawn from."""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import StudioError
from cnnviz.failures import describe_failure
from cnnviz.ingredients.code import require_imported
from cnnviz.ingredients.reading import files_read
from cnnviz.ingredients.record import Asked
from cnnviz.media.encode import SegmentEncoder
from cnnviz.stage.draw import play_scene
from cnnviz.stage.plan import ShownNumber
from cnnviz.store import Shelf
from cnnviz.studio.facts import load_scene
from cnnviz.studio.scene_jobs import SceneJob, StillJob

__all__ = ["draw_scene", "draw_still"]


def draw_scene(job: SceneJob) -> None:
    """Draw the wanted beats into the store, each entry complete as soon as its beat is over.

    Raises
    ------
    StudioError
        The scene raised, a beat overran, its code has changed since it was hashed, or the disk is
        full; beats finished before stay.
    """
    evidence, plan = (*job.recordings, *job.evidence), job.plan
    with files_read(job.code, evidence) as files, _Recorder(job, files) as recorder:
        scene = load_scene(
            job.root, job.path, job.class_name, plan.recording, plan.inputs, job.before
        )
        _play(job, scene, recorder.frame, recorder.beat_done)


def draw_still(job: StillJob) -> None:
    """Draw the last frame of the scene's last beat into the store.

    Raises
    ------
    StudioError
        The scene raised, its code has changed since it was hashed, or the disk is full.
    """
    plan = job.plan
    last: list[NDArray[np.uint8]] = []

    def keep(beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        last[:] = [frame]

    with files_read(job.code, [plan.recording]) as files:
        scene = load_scene(job.root, job.path, job.class_name, plan.recording, plan.inputs)
        _play(job, scene, keep, lambda beat, shown, asked: None)
    require_imported(job.code)
    asked = Asked(files=dict(files))
    _, png = cv2.imencode(".png", cv2.cvtColor(last[0], cv2.COLOR_RGBA2BGR))
    Shelf("stills").put(job.record.asking(asked).key, {".png": png.tobytes()})
    job.record.note(asked)


def _play(job: SceneJob | StillJob, scene: Any, sink: Any, done: Any) -> None:
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

    def __init__(self, job: SceneJob, files: Mapping[str, str]) -> None:
        self.job, self.files = job, files
        self.shelf = Shelf("segments")
        self.encoder: SegmentEncoder | None = None

    def __enter__(self) -> _Recorder:
        return self

    def __exit__(self, *error: Any) -> None:
        # Whatever is still open here belongs to a beat that was not finished.
        if self.encoder is not None:
            self.encoder.abandon()

    def frame(self, beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        if self.encoder is None:
            # Its place is known when it is over: only then has the scene asked for all it needs.
            waiting = f"{self.job.records[beat].known.key}-{os.getpid()}"
            place = self.shelf.path(waiting, ".mp4")
            self.encoder = SegmentEncoder(place, self.job.quality)
        self.encoder.write(frame, repeat)

    def beat_done(self, beat: str, shown: list[ShownNumber], beats: Collection[str]) -> None:
        if self.encoder is None:
            return
        encoder, record = self.encoder, self.job.records[beat]
        asked = Asked(frozenset(beats), dict(self.files))
        frames, key = encoder.frames, record.asking(asked).key
        require_imported(self.job.code)
        encoder.close()
        self.encoder = None
        expected = next(slot.frames for slot in self.job.plan.slots if slot.beat == beat)
        if frames != expected:
            raise StudioError(
                f"beat {beat!r} gave {frames} frames in place of {expected}", file=self.job.path
            )
        place = self.shelf.path(key, ".mp4")
        place.parent.mkdir(exist_ok=True)
        encoder.path.replace(place)
        facts = {"frames": frames, "ledger": [entry.as_json() for entry in shown]}
        self.shelf.seal(key, [".mp4"], facts)
        record.note(asked)
