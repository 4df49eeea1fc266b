"""The plan of a scene that Manim renders by itself, with the film's own timing."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.episode.episode import SHARED, find_episode
from cnnviz.errors import StudioError, UserError
from cnnviz.languages import DEFAULT
from cnnviz.media.quality import Quality
from cnnviz.names import composed
from cnnviz.progress import Reporter
from cnnviz.samples import SAMPLE_RATE
from cnnviz.stage.plan import ScenePlan
from cnnviz.studio.facts import load_roles
from cnnviz.studio.production import prepare

if TYPE_CHECKING:
    from cnnviz.stage.lesson import Lesson

__all__ = ["plan_for"]


def plan_for(scene: type[Lesson], fps: int) -> tuple[type[Lesson], ScenePlan]:
    """Plan `scene` as the film does: its episode is spoken, or found spoken, first.

    Gives it back with the numbers that the script chooses, and after the scene that it goes on
    from as that is played in the film.

    The language is `CNNVIZ_LANGUAGE`, the default one where it is not set.

    Raises
    ------
    SystemExit
        No voice can speak it, `fps` does not fit the sound, or something in the episode is wrong,
        and a line has said so: Manim would show a traceback of any other exception.
    """
    try:
        return _planned(scene, fps)
    except StudioError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from error


def _planned(scene: type[Lesson], fps: int) -> tuple[type[Lesson], ScenePlan]:
    path = Path(inspect.getfile(scene)).resolve()
    _require_scene(path)
    episode = find_episode(path.parents[2], path.parent.name)
    if SAMPLE_RATE % fps:
        raise UserError(
            f"{fps} frames a second do not fit {SAMPLE_RATE:,} samples", hint="try 30 or 60"
        )
    language = os.environ.get("CNNVIZ_LANGUAGE", DEFAULT)
    quality = Quality("manim", 2, 2, fps)
    production = prepare(episode, language, quality, "auto", Reporter())
    name = composed(path.stem)
    plan = production.plan(name, production.script.scene(name).beats)
    if plan.inputs:
        scene = scene.given(plan.inputs)
    before = production.cast.roles_before(name)
    if before:
        scene = scene.after(load_roles(episode.root, before))
    return scene, plan


def _require_scene(path: Path) -> None:
    """See that `path` is an episode's own scene, before anything is spoken."""
    if path.stem.startswith("_"):
        raise UserError(
            "a file that begins with _ is a part of scenes and plays in none by itself",
            file=path,
            hint="name a scene's file",
        )
    if path.parent.name == SHARED:
        raise UserError(
            "a ready scene plays in an episode, with its words and labels",
            file=path,
            hint=f"write scene: {path.stem} below an id in its scripts, and then:"
            " render.py scene EPISODE/ID --quality draft",
        )
