"""What one of two scripts of a film lacks: scenes, beats, labels, and numbers in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnnviz.errors import UserError
from cnnviz.script.placeholders import names_in, nearest
from cnnviz.script.reader import Line, Script

__all__ = ["number_differences", "shape_differences"]


def shape_differences(script: Script, other: Script) -> Iterator[UserError]:
    """Scenes, beats and labels that one of two scripts lacks.

    Each as the error that it is, with the file and line of `other` where it is mended.
    """
    for scene in script.scenes:
        there = next((one for one in other.scenes if one.id == scene.id), None)
        if there is None:
            yield UserError(
                f"scene {scene.id!r} is missing",
                file=other.path,
                hint=f"it stands in {script.path.name}:{scene.line}",
            )
            continue
        if (scene.scene and scene.scene.text) != (there.scene and there.scene.text):
            yield UserError(
                f"scene {scene.id!r} plays another scene than in {script.path.name}",
                file=other.path,
                line=there.scene.line if there.scene else there.line,
                hint=f"it stands in {script.path.name}:{scene.line}",
            )
        for what, ours, theirs in (
            ("beat", scene.beats, there.beats),
            ("label", scene.labels, there.labels),
        ):
            yield from _key_differences(script, other, there.line, what, ours, theirs)
    known = {scene.id for scene in script.scenes}
    for there in other.scenes:
        if there.id not in known:
            yield UserError(
                f"scene {there.id!r} is not in {script.path.name}",
                file=other.path,
                line=there.line,
                hint=nearest(there.id, sorted(known)),
            )


def _key_differences(
    script: Script,
    other: Script,
    line: int,
    what: str,
    ours: Mapping[str, Line],
    theirs: Mapping[str, Line],
) -> Iterator[UserError]:
    for key, here in ours.items():
        if key not in theirs:
            yield UserError(
                f"{what} {key!r} is missing",
                file=other.path,
                line=line,
                hint=f"it stands in {script.path.name}:{here.line}",
            )
    for key, there in theirs.items():
        if key not in ours:
            yield UserError(
                f"{what} {key!r} is not in {script.path.name}",
                file=other.path,
                line=there.line,
                hint=nearest(key, list(ours)),
            )


def number_differences(script: Script, other: Script) -> Iterator[UserError]:
    """Numbers that one of two scripts lacks in a beat or label that both have.

    Each as the error that it is, with the file and line where the number must be written.
    """
    theirs = {scene.id: scene for scene in other.scenes}
    for scene in script.scenes:
        there = theirs.get(scene.id)
        if there is None:
            continue
        for ours, others in ((scene.beats, there.beats), (scene.labels, there.labels)):
            for key in (key for key in ours if key in others):
                yield from _lacking_number(other, key, others[key], script, ours[key])
                yield from _lacking_number(script, key, ours[key], other, others[key])


def _lacking_number(
    script: Script, key: str, line: Line, other: Script, there: Line
) -> Iterator[UserError]:
    missing = set(names_in(there.text)) - set(names_in(line.text))
    if missing:
        yield UserError(
            f"{key!r} lacks the number {{{min(missing)}}}",
            file=script.path,
            line=line.line,
            hint=f"it stands in {other.path.name}:{there.line}",
        )
