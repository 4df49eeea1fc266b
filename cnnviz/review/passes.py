"""Looking at a film's stages in worker processes; what was seen is kept in the cache."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.failures import describe_failure
from cnnviz.ingredients.code import Code, require_imported
from cnnviz.ingredients.reading import files_read
from cnnviz.ingredients.record import Asked, Ingredients, OpenIngredients, maker
from cnnviz.review.stage import StageFacts
from cnnviz.script.timeline import Slot
from cnnviz.stage.plan import ScenePlan
from cnnviz.store import Kept, Shelf
from cnnviz.studio.facts import load_scene
from cnnviz.studio.jobs import PRELOADED
from cnnviz.studio.last_pictures import last_picture
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.scene_jobs import Role
from cnnviz.studio.segments import find_segment
from cnnviz.studio.shares import shares
from cnnviz.studio.site import Site

__all__ = ["PassJob", "look_at_stages", "stills", "take_pass"]

Place = tuple[str, str]
"""Scene and beat."""


@dataclass(frozen=True)
class PassJob:
    """Look at those beats of one scene that have a record: beat → what its picture depends on."""

    root: Path
    path: Path
    class_name: str
    plan: ScenePlan
    code: Code
    records: Mapping[str, OpenIngredients]
    evidence: tuple[Path, ...] = ()
    before: tuple[Role, ...] = ()


def look_at_stages(production: Production, site: Site) -> dict[Place, StageFacts]:
    """What is seen of every beat, (scene, beat) → facts; only what is not in the cache is played.

    Raises
    ------
    StudioError
        A scene raised, a beat overran, or the disk is full. What was seen before stays.
    """
    found = _seen(production, production.slots)
    missing = [slot for slot in production.slots if slot not in found]
    _pass(production, missing, site)
    found |= _seen(production, missing)
    return {
        (slot.scene, slot.beat): StageFacts.from_json(found[slot].facts)
        for slot in production.slots
        if slot in found
    }


def stills(production: Production, site: Site) -> dict[Place, Path]:
    """The last picture of every beat, (scene, beat) → JPEG with a longer side of 640 pixels.

    A beat that is drawn already gives its own; the others are looked at as in `look_at_stages`.

    Raises
    ------
    StudioError
        As in `look_at_stages`.
    """
    pictures: dict[Slot, Path] = {}
    for slot in production.slots:
        segment = find_segment(production.key(slot))
        if segment is not None:
            pictures[slot] = last_picture(segment)
    left = [slot for slot in production.slots if slot not in pictures]
    seen = _seen(production, left)
    _pass(production, [slot for slot in left if slot not in seen], site)
    pictures |= {slot: kept.files[".jpg"] for slot, kept in _seen(production, left).items()}
    return {(slot.scene, slot.beat): pictures[slot] for slot in production.slots}


def take_pass(job: PassJob) -> None:
    """Look at the wanted beats; each entry is complete as soon as its beat is over.

    Raises
    ------
    StudioError
        The scene raised, a beat overran, or the disk is full.
    """
    import gc

    from cnnviz.pixels import Picture
    from cnnviz.review.looking import jpeg, look_at_scene

    def keep(beat: str, facts: StageFacts, picture: Picture, beats: Collection[str]) -> None:
        require_imported(job.code)
        record, asked = job.records[beat], Asked(frozenset(beats), dict(files))
        key = _stage(record.asking(asked)).key
        Shelf("stages").put(key, {".jpg": jpeg(picture)}, facts.as_json())
        record.note(asked)

    gc.freeze()  # as where scenes are drawn: few of Manim's many objects are garbage
    gc.set_threshold(100_000, 20, 100)
    plan, others = job.plan, [role.recording for role in job.before]
    with files_read(job.code, (plan.recording, *others, *job.evidence)) as files:
        scene = load_scene(
            job.root, job.path, job.class_name, plan.recording, plan.inputs, job.before
        )
        try:
            look_at_scene(scene, plan, keep)
        except Exception as error:
            raise describe_failure(error, job.path) from error


def _stage(picture: Ingredients) -> Ingredients:
    """What is seen of a beat depends on what its picture depends on, and on who looks."""
    return picture.with_parts("stage", looking=maker("review/looking.py"))


def _seen(production: Production, slots: Iterable[Slot]) -> dict[Slot, Kept]:
    """What is kept of `slots`."""
    entries = {slot: Shelf("stages").get(_key(production, slot)) for slot in slots}
    return {slot: entry for slot, entry in entries.items() if entry is not None}


def _key(production: Production, slot: Slot) -> str:
    return _stage(production.records[slot].now()).key


def _pass(production: Production, missing: Sequence[Slot], site: Site) -> None:
    if not missing:
        return
    workers = site.workers or default_workers()
    parts = shares(production.slots, missing, workers, production.quality.fps)
    jobs = [_job(production, part) for part in parts]
    shelf = Shelf("stages")
    with site.report.bar("looking", len(missing), "beats") as done:
        run_jobs(
            take_pass,
            jobs,
            workers,
            lambda: done(sum(shelf.has(_key(production, slot)) for slot in missing)),
            PRELOADED,
        )


def _job(production: Production, part: Sequence[Slot]) -> PassJob:
    scene = part[0].scene
    source = production.sources[scene]
    return PassJob(
        production.episode.root,
        source.path,
        source.class_name,
        production.plan(scene, [slot.beat for slot in part]),
        production.code[scene],
        {slot.beat: production.records[slot] for slot in part},
        production.cast.other_evidence(scene),
        production.cast.roles_before(scene),
    )
