"""Which scene of a script goes on from the one before, and whether it may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from cnnviz.episode.scene_source import SceneSource
from cnnviz.errors import UserError
from cnnviz.script.reader import SceneScript, Script

__all__ = ["continuity_objections", "scenes_before", "those_before"]


def scenes_before(script: Script, sources: Mapping[str, SceneSource]) -> dict[str, str]:
    """Scene id → id of the scene that it goes on from, of those that do, and stand where they may.

    Parameters
    ----------
    script
        In whose order they play.
    sources
        Scene id → what its file says.
    """
    return {
        scene.id: before.id
        for before, scene in pairwise(script.scenes)
        if _follows(sources.get(scene.id), sources.get(before.id))
    }


def those_before(scene: str, before: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of all scenes that `scene` goes on from, the nearest first."""
    nearest = before.get(scene)
    return () if nearest is None else (nearest, *those_before(nearest, before))


def continuity_objections(
    script: Script, sources: Mapping[str, SceneSource]
) -> Iterator[UserError]:
    """Scenes that do not stand right after the one that they go on from."""
    places: list[SceneScript | None] = [None, *script.scenes]
    for before, scene in pairwise(places):
        assert scene is not None
        source = sources.get(scene.id)
        if source is None or source.continues is None:
            continue
        if before is None or not _follows(source, sources.get(before.id)):
            yield _objection(script, scene, source, sources)


def _follows(source: SceneSource | None, before: SceneSource | None) -> bool:
    """Whether one goes on from what the other is, or is based on."""
    if source is None or before is None or source.continues is None:
        return False
    return source.continues in before.classes


def _objection(
    script: Script, scene: SceneScript, source: SceneSource, sources: Mapping[str, SceneSource]
) -> UserError:
    assert source.continues is not None
    path, name = source.continues
    known = [each for each, other in sources.items() if source.continues in other.classes]
    hint = (
        f"put it right after {' or '.join(map(repr, known))}"
        if known
        else f"put the scene of {path.name} before it, or write continues = None into its class"
    )
    return UserError(
        f"scene {scene.id!r} goes on from {name}, which does not stand right before it",
        file=script.path,
        line=scene.line,
        hint=hint,
    )
