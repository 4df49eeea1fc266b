"""What somebody must be told who is to draw a scene; plain data, free of Manim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.ingredients.code import Code
from cnnviz.ingredients.record import OpenIngredients
from cnnviz.media.quality import Quality
from cnnviz.stage.plan import ScenePlan

__all__ = ["SceneJob", "StillJob"]


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
        Files of the project that the scene shows as evidence, its recording aside.
    """

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    code: Code
    records: Mapping[str, OpenIngredients]
    evidence: tuple[Path, ...] = ()


@dataclass(frozen=True)
class StillJob:
    """Draw the last frame of a scene to a PNG, the thumbnail, kept under `key`."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    quality: Quality
    code: Code
    key: str
