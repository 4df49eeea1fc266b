"""What somebody must be told who is to draw a scene; plain data, free of Manim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnviz.ingredients.code import Code
from cnnviz.ingredients.record import OpenIngredients
from cnnviz.media.quality import Quality
from cnnviz.stage.plan import ScenePlan

__all__ = ["Role", "SceneJob", "StillJob"]


@dataclass(frozen=True)
class Role:
    """A scene that another one goes on from, as it is played.

    Parameters
    ----------
    path, class_name
        Its file, and its class in there.
    recording
        What it shows as its recording, if it shows one.
    inputs
        Knob → what the script turns it to, plain JSON.
    """

    path: Path
    class_name: str
    recording: Path | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SceneJob:
    """Draw those beats of one scene that the plan wants drawn.

    Parameters
    ----------
    root
        The project's folder.
    path, class_name
        The scene's file, and its class in there.
    plan
        What it is told of the film.
    quality
        Size and rate of its frames.
    code
        The code that was hashed; what runs is held against it.
    records
        Beat → what it depends on, of those that are wanted.
    evidence
        Files of the project that the scene, and those before, show as evidence, recordings aside.
    before
        The scenes that it goes on from, the nearest first.
    """

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    code: Code
    records: Mapping[str, OpenIngredients]
    evidence: tuple[Path, ...] = ()
    before: tuple[Role, ...] = ()

    @property
    def scenes(self) -> tuple[Path, ...]:
        """The files of the scene and of those before."""
        return self.path, *(role.path for role in self.before)

    @property
    def recordings(self) -> tuple[Path | None, ...]:
        """What it, and each of those before, shows as its recording."""
        return self.plan.recording, *(role.recording for role in self.before)


@dataclass(frozen=True)
class StillJob:
    """Draw the last frame of a scene to a PNG, the thumbnail, kept under the key of `record`."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    code: Code
    record: OpenIngredients

    @property
    def key(self) -> str:
        """Under which it is kept, if its scene reads what it last read."""
        return self.record.now().key
