"""The finished episode with all that goes to YouTube, in one folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from cnnviz.files import replacing, write_json, write_text
from cnnviz.lesson_plan import RECORDINGS
from cnnviz.script.captions import Cue, cues, to_srt
from cnnviz.script.timeline import Slot
from cnnviz.studio.build import Film
from cnnviz.studio.jobs import PRELOADED, work
from cnnviz.studio.pool import run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.segments import kept
from cnnviz.studio.thumbnail import thumbnail_job

__all__ = ["beat_captions", "captions", "chapters", "clock", "description", "write_bundle"]

SHORTEST_CHAPTER = 10.0
"""Seconds; YouTube drops all chapters of a film if one of them is shorter."""


def write_bundle(production: Production, film: Film, folder: Path) -> Path:
    """Write everything beside the film into `folder`; `bundle.json` last, when all is there.

    Returns
    -------
    Path
        `bundle.json`.
    """
    for language in production.scripts:
        write_text(folder / f"captions.{language}.srt", to_srt(captions(production, language)))
    thumbnail(production, folder / "thumbnail.png")
    write_json(folder / "numbers.json", _numbers(production, film))
    _copy_evidence(production, folder / RECORDINGS)
    _write_storyboard(production, film, folder)
    path = folder / "bundle.json"
    write_json(path, _bundle(production, film))
    return path


def _write_storyboard(production: Production, film: Film, folder: Path) -> None:
    # Late: the page reads bundles.
    from cnnviz.review.storyboard.write import NAME, write_beside_film

    write_beside_film(production, film, folder / NAME)


def _copy_evidence(production: Production, folder: Path) -> None:
    """The sidecars that measured numbers name, wherever the recordings lie."""
    for recording in set(production.recordings.values()):
        with replacing(folder / recording.sidecar.name) as temporary:
            shutil.copyfile(recording.sidecar, temporary)


def captions(production: Production, language: str) -> list[Cue]:
    """The whole film's captions in `language`, on the film's own clock."""
    return [cue for slot in production.slots for cue in beat_captions(production, slot, language)]


def beat_captions(production: Production, slot: Slot, language: str) -> list[Cue]:
    """One beat's captions in `language`, on the film's own clock."""
    fps = production.quality.fps
    start = (slot.start + slot.lead) / fps
    return cues(production.text(slot, language), start, slot.speech / fps, slot.end / fps)


def chapters(production: Production) -> list[dict[str, Any]]:
    """Where each chapter starts, in seconds, and its title; none shorter than 10 seconds.

    A scene that is too short joins the chapter before it, the first one the chapter after it.
    """
    fps = production.quality.fps
    found: list[dict[str, Any]] = []
    for scene in production.script.scenes:
        slots = production.slots_of(scene.id)
        length = (slots[-1].end - slots[0].start) / fps
        if not found or length >= SHORTEST_CHAPTER:
            found.append({"start": slots[0].start / fps, "title": scene.title})
    if len(found) > 1 and found[1]["start"] < SHORTEST_CHAPTER:
        found[1]["start"] = 0.0
        del found[0]
    return found


def clock(seconds: float) -> str:
    """A time as YouTube writes it: 0:00, 12:34, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def description(production: Production) -> str:
    """What stands below the film on YouTube, its chapters included."""
    lines = [f"{clock(chapter['start'])} {chapter['title']}" for chapter in chapters(production)]
    return production.script.description + "\n\n" + "\n".join(lines) + "\n"


def _numbers(production: Production, film: Film) -> list[dict[str, Any]]:
    """Every number shown or spoken, and every claim, beat by beat, each once a beat."""
    entries: dict[str, dict[str, Any]] = {}
    for slot, segment in zip(production.slots, film.segments, strict=True):
        spoken = [entry.as_json() for entry in production.spoken_numbers(slot)]
        claims = [entry.as_json() for entry in production.claims_of(slot)]
        for entry in (*segment.ledger, *spoken, *claims):
            entries.setdefault(json.dumps(entry, sort_keys=True), entry)
    return list(entries.values())


def _bundle(production: Production, film: Film) -> dict[str, Any]:
    fps = production.quality.fps
    return {
        "title": production.script.title,
        "description": description(production),
        "tags": list(production.script.tags),
        "language": production.language,
        "voice": production.voice,
        "quality": production.quality.name,
        "fps": fps,
        "duration": production.frames / fps,
        "chapters": chapters(production),
        "beats": [
            {
                "scene": slot.scene,
                "beat": slot.beat,
                "start_frame": slot.start,
                "frames": slot.frames,
                "said": production.words(slot),
                "caption": production.text(slot, production.language),
                "segment": segment.digest,
            }
            for slot, segment in zip(production.slots, film.segments, strict=True)
        ],
        "digest": film.digest,
        # By which `check` sees that a scene has changed since.
        "keys": [segment.key for segment in film.segments],
    }


def thumbnail(production: Production, out: Path) -> None:
    """Copy the film's thumbnail to `out`, and draw it first if it is not in the cache."""
    job = thumbnail_job(production)

    def make(still: Path) -> None:
        run_jobs(work, [job], workers=1, preload=PRELOADED)

    with replacing(out) as temporary:
        shutil.copyfile(kept(job.out, make), temporary)
