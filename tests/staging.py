"""Playing scenes on a clock that no voice changes, and watching them from the inside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.media.quality import Quality
from cnnviz.review.layout import readings
from cnnviz.review.layout_rules import at_rest, in_motion
from cnnviz.review.stage import Reading
from cnnviz.samples import SAMPLE_RATE
from cnnviz.script.reader import Script, read_script
from cnnviz.script.timeline import SceneTiming, lay_out
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.stage_format import WIDE, Format
from cnnviz.studio.facts import load_scene

__all__ = [
    "HOUSE",
    "LANGUAGES",
    "STILL",
    "Glimpse",
    "Played",
    "play_watched",
    "played",
    "played_thumbnail",
    "scene_class",
    "script",
    "steady_plan",
]

HOUSE = Path(__file__).resolve().parents[1]
LANGUAGES = ("bn", "en")
STILL = Quality("still", 320, 180, 15)
SECONDS = 2.0
EVERY = 7  # of the frames in motion, one in so many is looked at


@dataclass(frozen=True)
class Glimpse:
    """What could be read at one moment; `still` where nothing moved."""

    beat: str
    still: bool
    texts: tuple[Reading, ...]

    def problems(self, format: Format = WIDE) -> list[str]:
        """What the review objects to."""
        judge = at_rest if self.still else in_motion
        return [problem.message for problem in judge(self.texts, format)]


@dataclass
class Played:
    """A scene that was played: its frames' lengths, last pictures, numbers and texts, by beat."""

    plan: ScenePlan
    frames: dict[str, int] = field(default_factory=dict)
    stills: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    numbers: dict[str, list[ShownNumber]] = field(default_factory=dict)
    glimpses: list[Glimpse] = field(default_factory=list)


@cache
def played_thumbnail(language: str) -> Played:
    """The picture that stands for the film: a still with the labels of the first scene."""
    first = script(language).scenes[0].id
    lesson = load_scene(HOUSE, HOUSE / "scenes/convolution/_thumbnail.py", "Thumbnail")
    plan = steady_plan(lesson, first, language, STILL.fps)
    return play_watched(lesson, replace(plan, slots=plan.slots[-1:]), STILL)


def script(language: str, episode: str = "convolution") -> Script:
    return read_script(HOUSE / "narration" / episode / f"{language}.yaml")


def scene_class(scene: str, episode: str = "convolution") -> type[Lesson]:
    name = "".join(part.capitalize() for part in scene.split("_"))
    return load_scene(HOUSE, HOUSE / "scenes" / episode / f"{scene}.py", name)


def steady_plan(lesson: type[Lesson], scene: str, language: str, fps: int) -> ScenePlan:
    """Every beat has the same length, whoever speaks it."""
    written = script(language).scene(scene)
    samples = dict.fromkeys(written.beats, round(SECONDS * SAMPLE_RATE))
    timing = SceneTiming(scene, samples, lesson.card, lesson.minimum_seconds)
    return ScenePlan(
        scene=scene,
        title=written.title,
        labels={name: line.text for name, line in written.labels.items()},
        slots=tuple(lay_out([timing], fps)),
        fps=fps,
        card=lesson.card,
        draw=frozenset(written.beats),
        language=language,
    )


def play_watched(lesson: type[Lesson], plan: ScenePlan, quality: Quality) -> Played:
    """Draw all of `plan`, and look at the stage whenever it rests and now and then between."""
    watched = Played(plan)
    on_stage: list[Lesson] = []
    seen = 0

    def look(beat: str, still: bool) -> None:
        watched.glimpses.append(
            Glimpse(beat, still, tuple(readings(on_stage[0].mobjects, on_stage[0].view)))
        )

    class Watched(lesson):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            on_stage.append(self)

        def play(self, *args: Any, **kwargs: Any) -> None:
            beat = self.renderer.file_writer.sections[-1].name
            look(beat, still=False)
            super().play(*args, **kwargs)
            look(beat, still=True)

    def sink(beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        nonlocal seen
        watched.frames[beat] = watched.frames.get(beat, 0) + repeat
        watched.stills[beat] = frame[..., :3].copy()
        seen += 1
        if repeat > 1 or seen % EVERY == 0:
            look(beat, still=repeat > 1)

    def done(beat: str, shown: list[ShownNumber], asked: Collection[str]) -> None:
        watched.numbers[beat] = shown

    play_scene(Watched, plan, quality, sink, done)
    return watched


@cache
def played(scene: str, language: str) -> Played:
    """A scene of the film, drawn small; once per process, because it takes seconds."""
    lesson = scene_class(scene)
    return play_watched(lesson, steady_plan(lesson, scene, language, STILL.fps), STILL)
