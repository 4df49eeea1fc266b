"""The least that encoding a film can cost: x264 at the film's settings, and nothing else.

Every distinct frame of the film is encoded once, from memory, already in YUV, one stream a beat.
What a still picture repeats is left out, and so are crossfades, sound and files.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from cnnviz.media.colour import RgbToYuv
from cnnviz.media.container import film_options, frame_time
from cnnviz.media.encode import _X264, h264_stream
from cnnviz.media.quality import Quality
from cnnviz.stage.plan import ScenePlan
from cnnviz.studio.facts import load_scene
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.production import Production

__all__ = ["Floor", "encode_only"]

BATCH = 256 * 1024 * 1024
"""Bytes of frames that a process keeps while the clock stands still."""


@dataclass(frozen=True)
class Floor:
    """How many frames were encoded, and the processor seconds that only that took."""

    frames: int
    cpu: float


@dataclass(frozen=True)
class FloorJob:
    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality


def encode_only(production: Production) -> Floor:
    """Draw a whole film, and time how long x264 works on it."""
    jobs = [_job(production, scene.id) for scene in production.script.scenes]
    jobs.sort(key=lambda job: -sum(slot.frames for slot in job.plan.slots))
    return _sum(run_jobs(_encode_scene, jobs, default_workers()))


def _job(production: Production, scene: str) -> FloorJob:
    source = production.sources[scene]
    plan = production.plan(scene, production.script.scene(scene).beats)
    return FloorJob(
        production.episode.root, source.path, source.class_name, plan, production.quality
    )


def _sum(floors: Sequence[Floor]) -> Floor:
    return Floor(sum(one.frames for one in floors), sum(one.cpu for one in floors))


def _encode_scene(job: FloorJob) -> Floor:
    from cnnviz.stage.draw import play_scene

    scene = load_scene(job.root, job.path, job.class_name, job.plan.recording, job.plan.inputs)
    clock = _EncoderClock(job.quality)
    play_scene(scene, job.plan, job.quality, clock.frame, clock.beat_done)
    return Floor(clock.frames, clock.cpu)


class _EncoderClock:
    """Gathers frames while they are drawn, and runs only while a batch of them is encoded."""

    def __init__(self, quality: Quality) -> None:
        self.quality = quality
        self.frames = 0
        self.cpu = 0.0
        self._to_yuv = RgbToYuv()
        self._batch: list[av.VideoFrame] = []
        self._most = max(1, BATCH // (quality.width * quality.height * 3 // 2))
        self._begin_stream()

    def frame(self, beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        picture = self._to_yuv(frame)
        picture.time_base = frame_time(self.quality)
        picture.pts = self._in_stream
        self._in_stream += 1
        self._batch.append(picture)
        if len(self._batch) >= self._most:
            self._encode(self._batch)

    def beat_done(self, beat: str, shown: Any, asked: Any) -> None:
        if self._in_stream:
            self._encode([*self._batch, None])
            self._begin_stream()

    def _begin_stream(self) -> None:
        # Its packets are thrown away; the container only says how they would be used.
        options = film_options(self.quality, moov_first=False)
        container = av.open(io.BytesIO(), "w", format="mp4", options=options)
        self._stream = h264_stream(container, self.quality, _X264)
        self._in_stream = 0

    def _encode(self, pictures: Sequence[av.VideoFrame | None]) -> None:
        started = time.process_time()
        for picture in pictures:
            self._stream.encode(picture)
        self.cpu += time.process_time() - started
        self.frames += len(self._batch)
        self._batch.clear()
