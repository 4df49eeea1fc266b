"""The plan of a scene that Manim renders by itself, with the film's own timing."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.episode.episode import find_episode
from cnnviz.errors import UserError
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
    UserError
        `fps` does not fit the sound, or something in the episode is wrong.
    """
    path = Path(inspect.getfile(scene)).resolve()
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
