"""From a planned film to a finished one: draw what is missing, copy what is there, join."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.evidence_files import RECORDINGS
from cnnviz.files import cache_dir, file_digest, replacing
from cnnviz.ingredients.record import Ingredients, maker
from cnnviz.media.join import Piece, join
from cnnviz.progress import Reporter
from cnnviz.script.timeline import SAMPLE_RATE, Slot
from cnnviz.store import Shelf
from cnnviz.studio.history import explain, remember
from cnnviz.studio.jobs import PRELOADED, CrossfadeJob, Job, PicturesJob, SoundJob, work
from cnnviz.studio.last_pictures import picture_key
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.scene_jobs import SceneJob, StillJob
from cnnviz.studio.segments import Segment, find_segment
from cnnviz.studio.shares import shares
from cnnviz.studio.thumbnail import thumbnail_job

__all__ = ["Film", "Site", "build_film", "build_scene", "check_writable", "missing_beats", "sweep"]

CLUSTER = 32
"""Processors that a cluster is taken to have as long as it has no worker yet."""
CHIME_AT = 0.55
"""Seconds after a chapter card begins to appear at which its bell sounds."""
ABANDONED_AFTER = 3600.0
"""Seconds after which a temporary file that nobody writes to belongs to nobody."""


@dataclass(frozen=True)
class Site:
    """Where a film is built, and how much is said of it.

    Parameters
    ----------
    report
        Told what happens.
    workers
        Processes that draw; as many as processors where it is 0.
    cluster
        Address of the Dask scheduler whose workers draw in their place.
    explain
        Whether to say of each beat why it is drawn or reused.
    """

    report: Reporter
    workers: int = 0
    cluster: str | None = None
    explain: bool = False


@dataclass(frozen=True)
class Film:
    """A joined film and the segments that it was made of, in the clock's order."""

    path: Path
    digest: str
    segments: tuple[Segment, ...]
    drawn: int


def check_writable(folder: Path) -> None:
    """Make `folder` and write a file in it, before an hour of work is spent.

    Raises
    ------
    UserError
        It cannot be written to.
    StudioError
        The disk is full.
    """
    probe = folder / ".writable"
    try:
        with replacing(probe) as temporary:
            temporary.write_bytes(b"\0" * 4096)
    except StudioError as error:
        raise type(error)(error.message, file=folder, hint=error.hint) from error
    probe.unlink(missing_ok=True)


def sweep(bundle: Path) -> None:
    """Remove what a killed build has left in the cache and in the folder `bundle`.

    That is temporary files that nobody has written to for an hour: another build may be at work.
    """
    bundles = (
        folder.glob(".part-*") for folder in (bundle, bundle / "scenes", bundle / RECORDINGS)
    )
    for path in chain(*bundles, cache_dir().rglob(".part-*")):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                path.unlink()


def build_film(production: Production, out: Path, site: Site) -> Film:
    """Make `out`, drawing only beats that are not in the cache.

    Raises
    ------
    StudioError
        A scene raised, a beat overran, or the disk is full. Finished beats stay in the cache.
    """
    sound = _sound(production, production.slots)
    thumbnail = thumbnail_job(production)
    segments, drawn = _segments(production, production.slots, [sound, thumbnail], site)
    fades = _crossfades(production, segments)
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
    sound = _sound(production, slots)
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
            from cnnviz.studio.cluster import draw_on_cluster

            _make(beside, site)
            draw_on_cluster(site.cluster, drawings, tick, site.report.line)


def _shelf(job: SoundJob | StillJob) -> Shelf:
    return Shelf("sound" if isinstance(job, SoundJob) else "stills")


def _drawers(cluster: str | None) -> int:
    """How many shares will be drawn at once where nobody says so: each costs a start."""
    if cluster is None:
        return default_workers()
    from cnnviz.studio.cluster import cluster_threads

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


def _crossfades(production: Production, segments: Sequence[Segment]) -> dict[Slot, CrossfadeJob]:
    """The crossfade into each scene, by its first slot; none where it goes on, or is the first."""
    quality = production.quality
    fades: dict[Slot, CrossfadeJob] = {}
    placed = zip(production.slots, segments, strict=True)
    for (before, old), (after, new) in pairwise(placed):
        if before.scene not in (after.scene, production.cast.before.get(after.scene)):
            record = Ingredients(
                "crossfade",
                {
                    "before": old.digest,
                    "after": new.digest,
                    "quality": [quality.width, quality.height, quality.fps],
                    "code": maker("media/crossfade.py"),
                },
            )
            fades[after] = CrossfadeJob(old.path, new.path, quality, record.key)
    return fades


def _sound(production: Production, slots: Sequence[Slot]) -> SoundJob:
    """The finished sound of `slots`, from the first one's start."""
    fps = production.quality.fps
    origin = slots[0].start
    digests, clips = [], []
    for slot in slots:
        spoken = production.spoken[slot.scene, slot.beat]
        clips.append((spoken.path, (slot.start - origin + slot.lead) * SAMPLE_RATE // fps))
        digests.append(spoken.digest)
    bells = tuple(
        (slot.start - origin) * SAMPLE_RATE // fps + round(CHIME_AT * SAMPLE_RATE)
        for slot in slots
        if production.facts[slot.scene].card and slot == production.slots_of(slot.scene)[0]
    )
    length = (slots[-1].end - origin) * SAMPLE_RATE // fps
    record = Ingredients(
        "sound",
        {
            "speech": digests,
            "at": [at for _, at in clips],
            "bells": bells,
            "length": length,
            "code": maker("studio/film_sound.py"),
        },
    )
    return SoundJob(tuple(clips), bells, length, record.key)
