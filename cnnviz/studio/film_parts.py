"""What a film is joined of besides its segments: crossfades between scenes, and the sound."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise

from cnnviz.ingredients.record import Ingredients, maker, versions
from cnnviz.samples import SAMPLE_RATE
from cnnviz.script.timeline import Slot
from cnnviz.studio.jobs import CrossfadeJob, SoundJob
from cnnviz.studio.production import Production
from cnnviz.studio.segments import Segment

__all__ = ["crossfade_jobs", "sound_job"]

CHIME_AT = 0.55
"""Seconds after a chapter card begins to appear at which its bell sounds."""


def crossfade_jobs(production: Production, segments: Sequence[Segment]) -> dict[Slot, CrossfadeJob]:
    """The crossfade into each scene, by its first slot; none where it goes on, or is the first."""
    quality = production.quality
    fades: dict[Slot, CrossfadeJob] = {}
    placed = zip(production.slots, segments, strict=True)
    for (before, old), (after, new) in pairwise(placed):
        if before.scene not in (after.scene, production.cast.before.get(after.scene)):
            record = Ingredients(
                "crossfade",
                {
                    "before": old.digest,
                    "after": new.digest,
                    "quality": [quality.width, quality.height, quality.fps],
                    "code": maker("media/crossfade.py"),
                    "versions": versions(),
                },
            )
            fades[after] = CrossfadeJob(old.path, new.path, quality, record.key)
    return fades


def sound_job(production: Production, slots: Sequence[Slot]) -> SoundJob:
    """The finished sound of `slots`, from the first one's start."""
    fps = production.quality.fps
    origin = slots[0].start
    digests, clips = [], []
    for slot in slots:
        spoken = production.spoken[slot.scene, slot.beat]
        clips.append((spoken.path, (slot.start - origin + slot.lead) * SAMPLE_RATE // fps))
        digests.append(spoken.digest)
    bells = tuple(
        (slot.start - origin) * SAMPLE_RATE // fps + round(CHIME_AT * SAMPLE_RATE)
        for slot in slots
        if production.facts[slot.scene].card and slot == production.slots_of(slot.scene)[0]
    )
    length = (slots[-1].end - origin) * SAMPLE_RATE // fps
    record = Ingredients(
        "sound",
        {
            "speech": digests,
            "at": [at for _, at in clips],
            "bells": bells,
            "length": length,
            "code": maker("studio/film_sound.py"),
            "versions": {**versions(), "scipy": version("scipy")},  # which weighs loudness
        },
    )
    return SoundJob(tuple(clips), bells, length, record.key)
