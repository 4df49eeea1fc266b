"""From a planned film to a finished one: draw what is missing, copy what is there, join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.files import file_digest
from cnnviz.ingredients.record import Ingredients, maker
from cnnviz.media.join import Piece, join
from cnnviz.script.timeline import Slot
from cnnviz.store import Shelf
from cnnviz.studio.film_parts import crossfade_jobs, sound_job
from cnnviz.studio.history import explain, remember
from cnnviz.studio.jobs import PRELOADED, CrossfadeJob, Job, PicturesJob, SoundJob, work
from cnnviz.studio.last_pictures import picture_key
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.scene_jobs import SceneJob, StillJob
from cnnviz.studio.segments import Segment, find_segment
from cnnviz.studio.shares import shares
from cnnviz.studio.site import Site
from cnnviz.studio.thumbnail import thumbnail_job

__all__ = ["Film", "build_film", "build_scene", "missing_beats"]

CLUSTER = 32
"""Processors that a cluster is taken to have as long as it has no worker yet."""


@dataclass(frozen=True)
class Film:
    """A joined film and the segments that it was made of, in the clock's order."""

    path: Path
    digest: str
    segments: tuple[Segment, ...]
    drawn: int


def build_film(production: Production, out: Path, site: Site) -> Film:
    """Make `out`, drawing only beats that are not in the cache.

    Raises
    ------
    StudioError
        A scene raised, a beat overran, or the disk is full. Finished beats stay in the cache.
    """
    sound = sound_job(production, production.slots)
    thumbnail = thumbnail_job(production)
    segments, drawn = _segments(production, production.slots, [sound, thumbnail], site)
    fades = crossfade_jobs(production, segments)
    wanted = [job for job in fades.values() if Shelf("crossfades").get(job.key) is None]
    _make([*wanted, *_pictures(segments, site)], site)
    pieces = _pieces(production, segments, fades)
    digest = _joined(production, pieces, sound.out, out, production.script.title, site)
    return Film(out, digest, segments, drawn)


def _joined(
    production: Production,
    pieces: Sequence[Piece],
    sound: Path,
    out: Path,
    title: str,
    site: Site,
) -> str:
    """Join the pieces to `out`, unless just this film lies there already; gives its digest."""
    record = Ingredients(
        "film",
        {
            "pieces": [(piece.path.name, piece.skip_frames) for piece in pieces],
            "sound": sound.name,
            "title": title,
            "code": maker("media/join.py"),
        },
    )
    note = Shelf("films").get(record.key)
    if out.exists() and note is not None:
        digest = file_digest(out)
        if note.facts == digest:
            return digest
    site.report.line(f"joining {len(pieces)} pieces")
    join(pieces, sound, out, production.quality, title=title)
    digest = file_digest(out)
    Shelf("films").seal(record.key, facts=digest)
    return digest


def build_scene(production: Production, scene: str, out: Path, site: Site) -> Film:
    """Draw one scene anew, all its beats, and join it alone to `out`.

    Raises
    ------
    StudioError
        As in `build_film`.
    """
    slots = production.slots_of(scene)
    for slot in slots:
        Shelf("segments").path(production.key(slot), ".json").unlink(missing_ok=True)
    sound = sound_job(production, slots)
    segments, drawn = _segments(production, slots, [sound], site, "this scene was asked for anew")
    pieces = [Piece(segment.path) for segment in segments]
    title = production.script.scene(scene).title
    digest = _joined(production, pieces, sound.out, out, title, site)
    return Film(out, digest, segments, drawn)


def missing_beats(production: Production, slots: Iterable[Slot]) -> list[Slot]:
    """The beats whose segments are not in the cache."""
    shelf = Shelf("segments")
    return [slot for slot in slots if not shelf.has(production.key(slot))]


def _segments(
    production: Production,
    slots: Sequence[Slot],
    others: Sequence[SoundJob | StillJob],
    site: Site,
    asked: str = "",
) -> tuple[tuple[Segment, ...], int]:
    """The segments of `slots`, and how many had to be drawn; `others` are made beside them.

    A damaged entry shows only when it is read; so what is missing after reading is drawn as well.
    """
    found = {slot: find_segment(production.key(slot)) for slot in slots}
    missing = [slot for slot, segment in found.items() if segment is None]
    if site.explain:
        for line in explain(production, slots, missing, asked):
            site.report.line(line)
    drawn = len(missing)
    _draw(production, missing, others, site)
    if missing:
        # Anew: what scenes ask for, and with it the keys, has shown while they were drawn.
        found = {slot: find_segment(production.key(slot)) for slot in slots}
        remember(production, dict.fromkeys(slot.scene for slot in slots))
    segments = tuple(segment for segment in found.values() if segment is not None)
    if len(segments) != len(slots):
        raise StudioError("segments vanish from the cache", file=Shelf("segments").root)
    return segments, drawn


def _draw(
    production: Production,
    missing: Sequence[Slot],
    others: Sequence[SoundJob | StillJob],
    site: Site,
) -> None:
    """Draw the beats `missing`, and make `others` meanwhile: they need no segment."""
    workers = site.workers or _drawers(site.cluster if missing else None)
    parts = shares(production.slots, missing, workers, production.quality.fps)
    drawings = [_scene_job(production, share) for share in parts]
    beside = [job for job in others if _shelf(job).get(job.key) is None]

    def tick() -> None:
        done(len(missing) - len(missing_beats(production, missing)))

    with site.report.bar("drawing", len(missing), "beats") as done:
        if site.cluster is None:
            if missing:
                _announce(site, missing, min(workers, len(drawings)))
            jobs: list[Job] = [*beside, *drawings]
            run_jobs(work, jobs, workers, tick, PRELOADED)
        else:
            from cnnviz.studio.cluster.drawing import draw_on_cluster

            _make(beside, site)
            draw_on_cluster(site.cluster, drawings, tick, site.report.line)


def _shelf(job: SoundJob | StillJob) -> Shelf:
    return Shelf("sound" if isinstance(job, SoundJob) else "stills")


def _drawers(cluster: str | None) -> int:
    """How many shares will be drawn at once where nobody says so: each costs a start."""
    if cluster is None:
        return default_workers()
    from cnnviz.studio.cluster.client import cluster_threads

    return cluster_threads(cluster) or CLUSTER


def _announce(site: Site, missing: Sequence[Slot], at_once: int) -> None:
    count = len({slot.scene for slot in missing})
    scenes = "one scene" if count == 1 else f"{count} scenes"
    site.report.line(f"drawing {len(missing)} beats of {scenes}, {at_once} at a time")


def _scene_job(production: Production, share: Sequence[Slot]) -> SceneJob:
    scene = share[0].scene
    source = production.sources[scene]
    return SceneJob(
        root=production.episode.root,
        path=source.path,
        class_name=source.class_name,
        plan=production.plan(scene, [slot.beat for slot in share]),
        quality=production.quality,
        code=production.code[scene],
        records={slot.beat: production.records[slot] for slot in share},
        evidence=production.cast.other_evidence(scene),
        before=production.cast.roles_before(scene),
    )


def _make(jobs: Sequence[Job], site: Site) -> None:
    """Run `jobs` here, whoever draws."""
    run_jobs(work, jobs, site.workers or default_workers(), preload=PRELOADED)


def _pictures(segments: Sequence[Segment], site: Site) -> list[PicturesJob]:
    """Take the storyboard's pictures that are not in the cache, one job a worker."""
    workers = site.workers or default_workers()
    pairs = [(segment.path, picture_key(segment)) for segment in segments]
    missing = [pair for pair in pairs if Shelf("stills").get(pair[1]) is None]
    some = [tuple(missing[first::workers]) for first in range(workers)]
    return [PicturesJob(part) for part in some if part]


def _pieces(
    production: Production, segments: Sequence[Segment], fades: Mapping[Slot, CrossfadeJob]
) -> list[Piece]:
    """Segments in order; where a scene begins, its first half second is a crossfade instead."""
    pieces: list[Piece] = []
    for slot, segment in zip(production.slots, segments, strict=True):
        if slot in fades:
            pieces.append(Piece(fades[slot].out))
            pieces.append(Piece(segment.path, skip_frames=production.quality.gop))
        else:
            pieces.append(Piece(segment.path))
    return pieces
