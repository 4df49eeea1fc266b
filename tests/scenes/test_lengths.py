"""No scene leans on the length of another beat without asking for it: its old picture would stay.

Each scene is played twice, small: as it is, and with every other beat longer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from staging import scene_class, script, steady_plan

from cnnviz.media.quality import Quality
from cnnviz.stage.draw import play_scene

SMALL = Quality("small", 320, 180, 10)
SCENES = [scene.id for scene in script("bn").scenes if len(scene.beats) > 1]
LONGER = 7
"""Frames; odd, so that no halves of it are whole frames either."""


@dataclass
class Run:
    """Beat → digest of all its frames, and the beats for whose lengths was asked until its end."""

    frames: dict[str, str] = field(default_factory=dict)
    asked: dict[str, frozenset[str]] = field(default_factory=dict)


def run(scene: str, longer: Collection[str]) -> Run:
    lesson = scene_class(scene)
    plan = steady_plan(lesson, scene, "bn", SMALL.fps)
    slots = tuple(
        replace(slot, start=0, speech=slot.speech + (LONGER if slot.beat in longer else 0))
        for slot in plan.slots
    )
    plan = replace(plan, slots=slots, draw=plan.draw - set(longer))
    digests: dict[str, Any] = {}
    found = Run()

    def sink(beat: str, frame: Any, repeat: int) -> None:
        digest = digests.setdefault(beat, sha256())
        for _ in range(repeat):
            digest.update(frame.tobytes())

    def done(beat: str, shown: Any, asked: Collection[str]) -> None:
        found.asked[beat] = frozenset(asked)

    play_scene(lesson, plan, SMALL, sink, done)
    found.frames = {beat: digest.hexdigest() for beat, digest in digests.items()}
    return found


@cache
def as_it_is(scene: str) -> Run:
    return run(scene, ())


@pytest.mark.parametrize("scene", SCENES)
def test_a_beat_looks_the_same_however_long_the_beats_are_that_it_does_not_ask_for(
    scene: str,
) -> None:
    usual = as_it_is(scene)
    longer = set(list(usual.frames)[::2])
    other = run(scene, longer)
    alike = [beat for beat in other.frames if not longer & (other.asked[beat] | usual.asked[beat])]
    assert alike or scene == "demo"
    wrong = [beat for beat in alike if other.frames[beat] != usual.frames[beat]]
    assert wrong == []


def test_the_scene_that_plays_a_recording_on_asks_for_what_was_watched_before() -> None:
    asked = as_it_is("demo").asked
    assert all({"proof", "names", "unsure"} - {beat} <= asked[beat] for beat in asked)
