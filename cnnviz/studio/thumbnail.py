"""The picture that makes one click."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.files import cache_dir
from cnnviz.studio.digests import code_digest, data_digest, json_digest, versions_digest
from cnnviz.studio.jobs import StillJob
from cnnviz.studio.production import DRAWING, Production
from cnnviz.studio.quality import Quality

__all__ = ["thumbnail_job"]

THUMBNAIL = Quality("thumbnail", 1280, 720, 30)


def thumbnail_job(production: Production) -> StillJob:
    """How to draw the thumbnail: `_thumbnail.py` among the scenes, where there is one.

    It speaks with the labels of the film's first scene. Without such a file, the thumbnail is the
    last frame of that scene.
    """
    first = production.script.scenes[0].id
    recording = production.recordings.get(first)
    last = production.slots_of(first)[-1]
    plan = production.plan(first, [last.beat])
    path, name = production.episode.scenes / "_thumbnail.py", "Thumbnail"
    if path.exists():
        plan = replace(plan, slots=(last,))
    else:
        path, name = production.sources[first].path, production.sources[first].class_name
    key = json_digest(
        [
            code_digest([path, *DRAWING], production.episode.root),
            data_digest(production.episode.scenes),
            versions_digest(),
            dict(plan.labels),
            plan.title,
            recording.digest if recording else None,
        ]
    )
    out = cache_dir() / "stills" / f"{key}.png"
    return StillJob(production.episode.root, path, name, plan, THUMBNAIL, out)
