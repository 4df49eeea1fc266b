"""What each scene was last drawn from, kept to tell why a beat has to be drawn again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnviz.files import cache_dir, write_json
from cnnviz.script.reader import Line
from cnnviz.script.timeline import Slot
from cnnviz.studio.digests import Known, code_files, data_digest, json_digest, versions
from cnnviz.studio.production import DRAWING, Production

__all__ = ["explain", "remember"]

Facts = Mapping[str, Any]


def remember(production: Production, scenes: Iterable[str]) -> None:
    """Keep what all beats of `scenes` are drawn from now."""
    known: Known = {}
    for scene in scenes:
        write_json(_file(production, scene), _facts(production, scene, known))


def explain(
    production: Production, slots: Iterable[Slot], drawn: Collection[Slot], asked: str = ""
) -> Iterator[str]:
    """One line for each of `slots`: that it is reused, or why it is drawn again.

    Parameters
    ----------
    production
        The film as it is to be now.
    slots, drawn
        Some of its beats, and which of them have to be drawn.
    asked
        Why a beat is drawn that nothing asks for but a person.
    """
    gone = asked or "its entry in the cache is gone or was damaged"
    before: dict[str, Facts] = {}
    now: dict[str, Facts] = {}
    known: Known = {}
    for slot in slots:
        if slot.scene not in now:
            now[slot.scene] = _facts(production, slot.scene, known)
            before[slot.scene] = _remembered(production, slot.scene, now[slot.scene].keys())
        old, new = before[slot.scene], now[slot.scene]
        if slot in drawn:
            fate = f"drawn — {'; '.join(_reasons(production, slot, old, new)) or gone}"
        elif old and old["beats"].get(slot.beat, {}).get("text") != _line(production, slot).text:
            fate = "reused, its words changed but not its length"
        else:
            fate = "reused"
        yield f"{slot.scene}/{slot.beat}: {fate}"


def _file(production: Production, scene: str) -> Path:
    episode = production.episode
    film = [episode.name, production.language, production.quality.name]
    return cache_dir() / "history" / f"{json_digest([*film, scene])}.json"


def _remembered(production: Production, scene: str, known: Collection[str]) -> Facts:
    """What `scene` was drawn from; nothing where it never was, or where its file is damaged."""
    try:
        read = json.loads(_file(production, scene).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) and read.keys() == known else {}


def _facts(production: Production, scene: str, known: Known) -> Facts:
    """Everything that `Production.key` is made of, in parts that have names."""
    path, script = production.sources[scene].path, production.script.scene(scene)
    recording = production.recordings.get(scene)
    return {
        "versions": versions(),
        "code": code_files([path, *DRAWING], production.episode.root, known),
        "data": data_digest(path.parent),
        "recording": recording.digest if recording else None,
        "title": script.title,
        "labels": {name: line.text for name, line in script.labels.items()},
        "card": production.facts[scene].card,
        "beats": {
            slot.beat: {
                "text": script.beats[slot.beat].text,
                "lengths": [slot.lead, slot.speech, slot.rest],
            }
            for slot in production.slots_of(scene)
        },
    }


def _reasons(production: Production, slot: Slot, old: Facts, new: Facts) -> Iterator[str]:
    if not old:
        yield "the scene was not drawn before in this language and quality"
        return
    for name, version in new["versions"].items():
        if old["versions"].get(name) != version:
            yield f"{name} {old['versions'].get(name, 'absent')} became {version}"
    yield from _changed_code(production, slot, old, new)
    yield from _changed_words(production, slot, old, new)
    yield from _changed_length(production, slot, old["beats"].get(slot.beat))


def _changed_code(production: Production, slot: Slot, old: Facts, new: Facts) -> Iterator[str]:
    names = {**old["code"], **new["code"]}
    changed = [name for name in names if old["code"].get(name) != new["code"].get(name)]
    source = production.sources[slot.scene].path.relative_to(production.episode.root).as_posix()
    if source in changed:
        changed.remove(source)
        yield f"scene source changed, {source}"
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        yield f"code changed, {', '.join(changed[:3])}{more}"
    if old["data"] != new["data"]:
        yield "files beside the scenes changed"
    if old["recording"] != new["recording"]:
        yield "its recording changed"
    if old["card"] != new["card"]:
        yield "its chapter card came or went"


def _changed_words(production: Production, slot: Slot, old: Facts, new: Facts) -> Iterator[str]:
    script, file = production.script.scene(slot.scene), production.script.path.name
    if old["title"] != new["title"]:
        yield f"title changed, {file}:{script.line}"
    for name, text in new["labels"].items():
        if old["labels"].get(name) != text:
            yield f"label {name!r} changed, {file}:{script.labels[name].line}"
    for name in old["labels"]:
        if name not in new["labels"]:
            yield f"label {name!r} is gone"
    if list(old["beats"]) != list(new["beats"]):
        yield "beats of its scene came, went or changed places"


def _changed_length(production: Production, slot: Slot, old: Facts | None) -> Iterator[str]:
    lengths = [slot.lead, slot.speech, slot.rest]
    if old is None or old["lengths"] == lengths:
        return
    line = _line(production, slot)
    if old["text"] != line.text:
        yield f"text changed, {production.script.path.name}:{line.line}"
    else:
        fps = production.quality.fps
        yield f"length changed, {sum(old['lengths']) / fps:.2f} s became {slot.frames / fps:.2f} s"


def _line(production: Production, slot: Slot) -> Line:
    return production.script.scene(slot.scene).beats[slot.beat]
