"""What each scene was last drawn from, kept to tell why a beat has to be drawn again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnviz.ingredients.record import digest_now
from cnnviz.script.reader import Line
from cnnviz.script.timeline import Slot
from cnnviz.store import Shelf, json_digest
from cnnviz.studio.production import Production

__all__ = ["explain", "remember"]

Parts = Mapping[str, Any]
"""Those of a beat's ingredients; `text` beside them, which is in none."""


def remember(production: Production, scenes: Iterable[str]) -> None:
    """Keep what all beats of `scenes` are drawn from now."""
    for scene in scenes:
        slots = production.slots_of(scene)
        facts = {slot.beat: _parts(production, slot) for slot in slots}
        # All beats of a scene have nearly all in common, so that is written once.
        common = {
            name: part
            for name, part in facts[slots[0].beat].items()
            if all(other[name] == part for other in facts.values())
        }
        own = {
            beat: {name: part for name, part in parts.items() if name not in common}
            for beat, parts in facts.items()
        }
        Shelf("history").seal(_place(production, scene), facts={"common": common, "beats": own})


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
    before: dict[str, dict[str, Parts]] = {}
    for slot in slots:
        if slot.scene not in before:
            before[slot.scene] = _remembered(production, slot.scene)
        drawn_before, now = before[slot.scene], _parts(production, slot)
        old = drawn_before.get(slot.beat)
        if slot in drawn:
            reasons = _reasons(production, slot, old, now, known=bool(drawn_before))
            fate = f"drawn — {'; '.join(reasons) or gone}"
        elif old and old.get("text") != now["text"]:
            fate = "reused, its words changed but not its length"
        else:
            fate = "reused"
        yield f"{slot.scene}/{slot.beat}: {fate}"


def _place(production: Production, scene: str) -> str:
    episode = production.episode
    return json_digest([episode.name, production.language, production.quality.name, scene])


def _remembered(production: Production, scene: str) -> dict[str, Parts]:
    """Beat → what it was drawn from; nothing where the scene never was."""
    entry = Shelf("history").get(_place(production, scene))
    if entry is None:
        return {}
    common = entry.facts["common"]
    return {beat: {**common, **own} for beat, own in entry.facts["beats"].items()}


def _parts(production: Production, slot: Slot) -> Parts:
    return {**production.records[slot].now().parts, "text": _line(production, slot).text}


def _reasons(
    production: Production, slot: Slot, old: Parts | None, new: Parts, *, known: bool
) -> Iterator[str]:
    """Why a beat is drawn again: the parts of its ingredients that are others than they were."""
    if old is None:
        yield (
            "it is new" if known else "the scene was not drawn before in this language and quality"
        )
        return
    for name in new:
        if name != "text" and old.get(name) != new[name]:
            yield from _REASONS.get(name, _plain(name))(production, slot, old, new)


def _plain(name: str) -> Reason:
    return lambda production, slot, old, new: iter([f"{name} changed"])


def _changed(old: Parts, new: Parts) -> list[str]:
    """Names of which the two say something else."""
    return [name for name in {**old, **new} if old.get(name) != new.get(name)]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"


def _versions(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    for name in _changed(old["versions"], new["versions"]):
        were, are = (each["versions"].get(name, "absent") for each in (old, new))
        yield f"{name} {were} became {are}"


def _code(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    changed = _changed(old["code"], new["code"])
    source = production.sources[slot.scene].path.relative_to(production.episode.root).as_posix()
    if source in changed:
        changed.remove(source)
        yield f"scene source changed, {source}"
    if changed:
        yield f"code changed, {_some(changed)}"


def _files(what: str, part: str) -> Reason:
    def said(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
        yield f"{what} changed, {_some(_changed(old[part], new[part]))}"

    return said


def _asked(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    # Whose length the new picture will depend on is not known yet, whose the old one did is.
    now = production.records[slot].lengths
    beats = [beat for beat, was in old.get("asked", {}).items() if list(now.get(beat, ())) != was]
    if beats:
        yield f"it depends on the length of {_some(beats)}, which changed"


def _read(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    # As above: what the new picture will be made from is not known, what the old one was is.
    root = production.episode.root
    changed = [file for file, was in old.get("files", {}).items() if digest_now(root / file) != was]
    if changed:
        yield f"what it reads changed, {_some(changed)}"


def _inputs(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    chosen = production.cast.inputs(slot.scene)
    for name in _changed(old.get("inputs", {}), new["inputs"]):
        if name in chosen:
            given = chosen[name]
            yield f"{name} in inputs changed, {given.file.name}:{given.line}"
        else:
            yield f"{name} in inputs is gone"


def _before(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    now, were = new["before"], old.get("before", {})
    if were.get("scene") != now["scene"]:
        yield f"it goes on from {now['scene']}"
        return
    there = production.slots_of(now["scene"])[0]
    for name in _changed(were, now):
        for reason in _REASONS.get(name, _plain(name))(production, there, were, now):
            yield f"what it takes over from {now['scene']} changed: {reason}"


def _title(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    script = production.script.scene(slot.scene)
    yield f"title changed, {production.script.path.name}:{script.line}"


def _labels(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    written = production.script.scene(slot.scene).labels
    for name in _changed(old["labels"], new["labels"]):
        if name in written:
            file = production.script.path.name
            yield f"label {name!r} changed, {file}:{written[name].line}"
        else:
            yield f"label {name!r} is gone"


def _length(production: Production, slot: Slot, old: Parts, new: Parts) -> Iterator[str]:
    line = _line(production, slot)
    if old.get("text") != line.text:
        yield f"text changed, {production.script.path.name}:{line.line}"
    else:
        fps = production.quality.fps
        yield f"length changed, {sum(old['length']) / fps:.2f} s became {slot.frames / fps:.2f} s"


Reason = Callable[[Production, Slot, Parts, Parts], Iterator[str]]
"""Production, slot, the old parts and the new ones → what has changed in one part."""

_REASONS: Mapping[str, Reason] = {
    "versions": _versions,
    "fonts": lambda production, slot, old, new: iter(["the film's font changed"]),
    "code": _code,
    "data": _files("data", "data"),
    "evidence": _files("evidence", "evidence"),
    "inputs": _inputs,
    "before": _before,
    "played": lambda *_: iter(["another class plays it"]),
    "title": _title,
    "labels": _labels,
    "beats": lambda *_: iter(["beats of its scene came, went or changed places"]),
    "card": lambda *_: iter(["its chapter card came or went"]),
    "length": _length,
    "asked": _asked,
    "files": _read,
}
"""Part → how a change of it is said; others are named as they are."""


def _line(production: Production, slot: Slot) -> Line:
    return production.script.scene(slot.scene).beats[slot.beat]
