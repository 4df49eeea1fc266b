"""Playing scenes on a clock that no voice changes, and watching them from the inside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from cnnviz.episode.continuity import scenes_before
from cnnviz.episode.episode import Episode, SceneSource, check_scenes, episode_names
from cnnviz.episode.film_inputs import FilmInputs
from cnnviz.languages import LANGUAGES as REGISTERED
from cnnviz.media.quality import Quality
from cnnviz.review.layout import readings
from cnnviz.review.layout_rules import at_rest, in_motion
from cnnviz.review.stage import Reading
from cnnviz.samples import SAMPLE_RATE
from cnnviz.script.reader import Script
from cnnviz.script.timeline import SceneTiming, lay_out
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.stage_format import WIDE, Format
from cnnviz.studio.facts import load_scene

__all__ = [
    "DRAWINGS",
    "EPISODES",
    "HOUSE",
    "LANGUAGES",
    "SCENES",
    "STILL",
    "Glimpse",
    "Played",
    "expected",
    "main_script",
    "play_watched",
    "played",
    "played_thumbnail",
    "scene_class",
    "script",
    "scripts",
    "steady_plan",
]

HOUSE = Path(__file__).resolve().parents[1]
LANGUAGES = tuple(REGISTERED)
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


class _ReadyScenes(Episode):
    """Every ready scene, played by its name: an episode that only the tests have."""

    @property
    def scripts(self) -> Path:
        return Path(__file__).parent / "scenes" / "ready"


EPISODES = {
    **{name: Episode(HOUSE, name) for name in episode_names(HOUSE)},
    "ready": _ReadyScenes(HOUSE, "ready"),
}


@cache
def scripts(episode: str) -> dict[str, Script]:
    """Language → script, for those languages that the episode has."""
    found = EPISODES[episode]
    return {
        language: found.script(language)
        for language in LANGUAGES
        if (found.scripts / f"{language}.yaml").exists()
    }


def script(language: str, episode: str) -> Script:
    return scripts(episode)[language]


@cache
def sources(episode: str) -> dict[str, SceneSource]:
    """Scene → what its file says; refuses what does not fit together."""
    return check_scenes(EPISODES[episode], main_script(episode))


def main_script(episode: str) -> Script:
    return next(iter(scripts(episode).values()))


@cache
def expected(episode: str) -> dict[str, Any]:
    """What is known of an episode's figures, worked out by hand."""
    path = Path(__file__).parent / "scenes" / "expected" / f"{episode}.yaml"
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return found


SCENES = [(name, scene.id) for name in EPISODES for scene in main_script(name).scenes]
"""Episode and scene."""
DRAWINGS = [(*place, language) for place in SCENES for language in scripts(place[0])]
"""The same in each of its languages."""


def chosen(episode: str, scene: str) -> dict[str, Any]:
    """What the episode's scripts choose for a scene."""
    inputs = FilmInputs(scripts(episode)).of(scene, sources(episode)[scene].knobs)
    return {key: given.value for key, given in inputs.items()}


def scene_class(scene: str, episode: str) -> type[Lesson]:
    source = sources(episode)[scene]
    return load_scene(HOUSE, source.path, source.class_name, inputs=chosen(episode, scene))


@cache
def played_thumbnail(episode: str, language: str) -> Played:
    """The picture that stands for the film: a still with the labels of the first scene."""
    first = main_script(episode).scenes[0].id
    lesson = load_scene(HOUSE, HOUSE / "scenes" / episode / "_thumbnail.py", "Thumbnail")
    plan = steady_plan(lesson, first, language, STILL.fps, episode)
    return play_watched(lesson, replace(plan, slots=plan.slots[-1:]), STILL)


def steady_plan(
    lesson: type[Lesson], scene: str, language: str, fps: int, episode: str
) -> ScenePlan:
    """Every beat has the same length, whoever speaks it; also in the scenes that come before."""
    written = script(language, episode).scene(scene)
    before = scenes_before(script(language, episode), sources(episode)).get(scene)
    samples = dict.fromkeys(written.beats, round(SECONDS * SAMPLE_RATE))
    timing = SceneTiming(
        scene, samples, lesson.card, lesson.minimum_seconds, thinking=lesson.thinking
    )
    return ScenePlan(
        scene=scene,
        title=written.title,
        labels={name: line.text for name, line in written.labels.items()},
        slots=tuple(lay_out([timing], fps)),
        fps=fps,
        card=lesson.card,
        draw=frozenset(written.beats),
        language=language,
        before=steady_plan(scene_class(before, episode), before, language, fps, episode)
        if before
        else None,
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
        __module__ = lesson.__module__  # beside its file lies the evidence

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
def played(episode: str, scene: str, language: str) -> Played:
    """A scene of a film, drawn small; once per process, because it takes seconds."""
    lesson = scene_class(scene, episode)
    return play_watched(lesson, steady_plan(lesson, scene, language, STILL.fps, episode), STILL)
