"""The picture that makes one click."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.episode.scene_source import read_source
from cnnviz.ingredients.record import Ingredients, OpenIngredients, drawn_with
from cnnviz.media.quality import Quality
from cnnviz.studio.cast import plain
from cnnviz.studio.gathering import DRAWING
from cnnviz.studio.production import Production
from cnnviz.studio.scene_jobs import StillJob

__all__ = ["thumbnail_job"]

THUMBNAIL = Quality("thumbnail", 1280, 720, 30)


def thumbnail_job(production: Production) -> StillJob:
    """How to draw the thumbnail: `_thumbnail.py` among the scenes, where there is one.

    It speaks with the labels of the film's first scene, and may show its evidence. Without such a
    file, the thumbnail is the last frame of that scene.
    """
    first = production.script.scenes[0].id
    last = production.slots_of(first)[-1]
    plan = production.plan(first, [last.beat])
    path, name = production.episode.scenes / "_thumbnail.py", "Thumbnail"
    if path.exists():
        knobs = read_source(path, production.episode.root).knobs
        inputs = plain(production.cast.chosen.of(first, knobs))
        plan = replace(plan, slots=plan.slots[-1:], inputs=inputs)
    else:
        path, name = production.sources[first].path, production.sources[first].class_name
    code, parts = drawn_with(path, production.episode.root, DRAWING)
    size = THUMBNAIL.in_format(plan.format)
    known = Ingredients(
        "thumbnail",
        {
            **production.scene_parts(first),
            **parts,
            "inputs": plan.inputs,
            # Which lengths it asks for is not noted for one picture: all of them count.
            "lengths": [list(slot.lengths) for slot in plan.slots],
            "quality": [size.width, size.height, plan.fps],
        },
    )
    record = OpenIngredients(known, production.episode.root)
    return StillJob(production.episode.root, path, name, plan, size, code, record)
