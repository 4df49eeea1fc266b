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
from staging import EPISODES, expected, main_script, scene_class, steady_plan

from cnnviz.media.quality import Quality
from cnnviz.stage.draw import play_scene

SMALL = Quality("small", 320, 180, 10)
SCENES = [
    (episode, scene.id)
    for episode in EPISODES
    for scene in main_script(episode).scenes
    if len(scene.beats) > 1
]
ASKS = [
    (episode, scene, beats)
    for episode in EPISODES
    for scene, beats in expected(episode).get("asks", {}).items()
]
LONGER = 7
"""Frames; odd, so that no halves of it are whole frames either."""


@dataclass
class Run:
    """Beat → digest of all its frames, and the beats for whose lengths was asked until its end."""

    frames: dict[str, str] = field(default_factory=dict)
    asked: dict[str, frozenset[str]] = field(default_factory=dict)


def run(episode: str, scene: str, longer: Collection[str]) -> Run:
    lesson = scene_class(scene, episode)
    plan = steady_plan(lesson, scene, main_script(episode).language, SMALL.fps, episode)
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
def as_it_is(episode: str, scene: str) -> Run:
    return run(episode, scene, ())


@pytest.mark.parametrize(("episode", "scene"), SCENES)
def test_a_beat_looks_the_same_however_long_the_beats_are_that_it_does_not_ask_for(
    episode: str, scene: str
) -> None:
    usual = as_it_is(episode, scene)
    longer = set(list(usual.frames)[::2])
    other = run(episode, scene, longer)
    alike = [beat for beat in other.frames if not longer & (other.asked[beat] | usual.asked[beat])]
    assert alike or scene in expected(episode).get("asks", {})
    wrong = [beat for beat in alike if other.frames[beat] != usual.frames[beat]]
    assert wrong == []


@pytest.mark.parametrize(("episode", "scene", "beats"), ASKS)
def test_a_scene_that_leans_on_a_beat_asks_for_its_length(
    episode: str, scene: str, beats: list[str]
) -> None:
    asked = as_it_is(episode, scene).asked
    assert all(set(beats) - {beat} <= asked[beat] for beat in asked)
