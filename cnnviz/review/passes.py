"""Looking at a film's stages in worker processes; what was seen is kept in the cache."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cnnviz.files import cache_dir, file_digest, replacing, write_text
from cnnviz.lesson_plan import ScenePlan
from cnnviz.review.stage import StageFacts
from cnnviz.script.timeline import Slot
from cnnviz.studio.build import Site, segment_cache
from cnnviz.studio.digests import code_digest, json_digest
from cnnviz.studio.facts import describe_failure, load_scene
from cnnviz.studio.jobs import PRELOADED
from cnnviz.studio.last_pictures import last_picture, take_last_picture
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.segments import kept
from cnnviz.studio.shares import shares

__all__ = ["PassJob", "look_at_stages", "stills", "take_pass"]

Place = tuple[str, str]
"""Scene and beat."""

_LOOKING = Path(__file__).with_name("looking.py")


@dataclass(frozen=True)
class PassJob:
    """Look at those beats of one scene that have an entry; `entries` maps beat to its file."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    entries: Mapping[str, Path]


def look_at_stages(production: Production, site: Site) -> dict[Place, StageFacts]:
    """What is seen of every beat, (scene, beat) → facts; only what is not in the cache is played.

    Raises
    ------
    StudioError
        A scene raised, a beat overran, or the disk is full. What was seen before stays.
    """
    entries = _entries(production)
    found = {slot: _read(entry) for slot, entry in entries.items()}
    missing = [slot for slot, facts in found.items() if facts is None]
    _pass(production, missing, entries, site)
    found |= {slot: _read(entries[slot]) for slot in missing}
    return {(slot.scene, slot.beat): facts for slot, facts in found.items() if facts is not None}


def stills(production: Production, site: Site) -> dict[Place, Path]:
    """The last picture of every beat, (scene, beat) → JPEG 640 pixels wide.

    A beat that is drawn already gives its own; the others are looked at as in `look_at_stages`.

    Raises
    ------
    StudioError
        As in `look_at_stages`.
    """
    entries = _entries(production)
    found: dict[Slot, Path] = {}
    for slot, entry in entries.items():
        picture = _picture(entry) if _read(entry) else _drawn_picture(production, slot)
        if picture is not None:
            found[slot] = picture
    missing = [slot for slot in production.slots if slot not in found]
    _pass(production, missing, entries, site)
    found |= {slot: _picture(entries[slot]) for slot in missing}
    return {(slot.scene, slot.beat): found[slot] for slot in production.slots}


def take_pass(job: PassJob) -> None:
    """Look at the wanted beats; each entry is complete as soon as its beat is over.

    Raises
    ------
    StudioError
        The scene raised, a beat overran, or the disk is full.
    """
    import gc

    from cnnviz.review.looking import Picture, jpeg, look_at_scene

    def keep(beat: str, facts: StageFacts, picture: Picture) -> None:
        _write(job.entries[beat], facts, jpeg(picture))

    scene = load_scene(job.root, job.path, job.class_name, job.plan.recording)
    gc.freeze()  # as where scenes are drawn: few of Manim's many objects are garbage
    gc.set_threshold(100_000, 20, 100)
    try:
        look_at_scene(scene, job.plan, keep)
    except Exception as error:
        raise describe_failure(error, job.path) from error


def _entries(production: Production) -> dict[Slot, Path]:
    """Where in the cache each beat's facts belong; its picture lies beside them."""
    makers = code_digest([_LOOKING], production.episode.root)
    keys = {slot: json_digest([production.key(slot), makers]) for slot in production.slots}
    return {slot: cache_dir() / "stages" / f"{key}.json" for slot, key in keys.items()}


def _pass(
    production: Production, missing: Sequence[Slot], entries: Mapping[Slot, Path], site: Site
) -> None:
    if not missing:
        return
    workers = site.workers or default_workers()
    parts = shares(production.slots, missing, workers, production.quality.fps)
    jobs = [_job(production, part, entries) for part in parts]
    with site.report.bar("looking", len(missing), "beats") as done:
        run_jobs(
            take_pass,
            jobs,
            workers,
            lambda: done(sum(entries[slot].exists() for slot in missing)),
            PRELOADED,
        )


def _job(production: Production, part: Sequence[Slot], entries: Mapping[Slot, Path]) -> PassJob:
    scene = part[0].scene
    source = production.sources[scene]
    wanted = {slot.beat: entries[slot] for slot in part}
    plan = production.plan(scene, wanted)
    return PassJob(production.episode.root, source.path, source.class_name, plan, wanted)


def _write(entry: Path, facts: StageFacts, jpeg: bytes) -> None:
    """The picture first, then the facts with its digest: the entry is whole or absent."""
    with replacing(_picture(entry)) as temporary:
        temporary.write_bytes(jpeg)
    data = {"picture": file_digest(_picture(entry)), "facts": facts.as_json()}
    write_text(entry, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _read(entry: Path) -> StageFacts | None:
    """What `_write` has written; None where it is absent or damaged."""
    try:
        data = json.loads(entry.read_text(encoding="utf-8"))
        if file_digest(_picture(entry)) != data["picture"]:
            raise ValueError("damaged")
        facts = StageFacts.from_json(data["facts"])
        os.utime(entry)  # so that pruning takes what was not used for longest
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        entry.unlink(missing_ok=True)
        return None
    return facts


def _picture(entry: Path) -> Path:
    return entry.with_suffix(".jpg")


def _drawn_picture(production: Production, slot: Slot) -> Path | None:
    """The last picture of a beat whose segment is finished."""
    segment = segment_cache().get(production.key(slot))
    if segment is None:
        return None
    return kept(last_picture(segment), partial(take_last_picture, segment.path))
