"""The finished episode with all that goes to YouTube, in one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from cnnviz.episode.evidence import Evidence
from cnnviz.evidence_files import RECORDINGS
from cnnviz.files import replacing, write_json, write_text
from cnnviz.script.captions import to_srt
from cnnviz.store import Shelf
from cnnviz.studio.build import Film
from cnnviz.studio.film_texts import captions, chapters, description
from cnnviz.studio.jobs import PRELOADED, work
from cnnviz.studio.pool import run_jobs
from cnnviz.studio.production import Production
from cnnviz.studio.thumbnail import thumbnail_job

__all__ = ["PageWriter", "recording_name", "write_bundle"]

PageWriter: TypeAlias = Callable[[Production, Film, Path], None]
"""Writes a page about a film into its bundle; the studio does not know what stands on it."""


def write_bundle(
    production: Production,
    film: Film,
    folder: Path,
    recording: Path | None,
    write_page: PageWriter,
) -> Path:
    """Write everything beside the film into `folder`; `bundle.json` last, when all is there.

    Parameters
    ----------
    production, film
        What was made.
    folder
        Where the film lies.
    recording
        What the film shows in place of the scenes' own recordings, as it was asked for.
    write_page
        Writes the page beside the film.

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
    write_page(production, film, folder)
    path = folder / "bundle.json"
    write_json(path, _bundle(production, film, recording))
    return path


def recording_name(recording: Path | None, root: Path) -> str | None:
    """What `bundle.json` calls a recording: its path, from the project's folder if it is in it."""
    if recording is None:
        return None
    path, root = recording.resolve(), root.resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _copy_evidence(production: Production, folder: Path) -> None:
    """The JSON of what measured numbers name, wherever it lies; weights stay where they are.

    What an earlier film has shown, and this one does not, goes.
    """
    shown = {one for each in production.evidence.values() for one in each if one.kind != "weights"}
    for one in shown:
        with replacing(folder / one.file.name) as temporary:
            shutil.copyfile(one.file, temporary)
    for old in set(folder.glob("*.json")) - {folder / one.file.name for one in shown}:
        old.unlink()


def _evidence(production: Production) -> list[dict[str, Any]]:
    """Each piece once, by name: what it is, how it was made, and which scenes show it."""
    scenes: dict[Evidence, list[str]] = {}
    for scene, shown in production.evidence.items():
        for one in shown:
            scenes.setdefault(one, []).append(scene)
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "digest": one.digest,
            "command": one.command,
            "scenes": names,
        }
        for one, names in scenes.items()
    ]


def _numbers(production: Production, film: Film) -> list[dict[str, Any]]:
    """Every number shown or spoken, and every claim, beat by beat, each once a beat."""
    entries: dict[str, dict[str, Any]] = {}
    for slot, segment in zip(production.slots, film.segments, strict=True):
        spoken = [entry.as_json() for entry in production.spoken_numbers(slot)]
        claims = [entry.as_json() for entry in production.claims_of(slot)]
        for entry in (*segment.ledger, *spoken, *claims):
            entries.setdefault(json.dumps(entry, sort_keys=True), entry)
    return list(entries.values())


def _bundle(production: Production, film: Film, recording: Path | None) -> dict[str, Any]:
    fps = production.quality.fps
    return {
        "title": production.script.title,
        "description": description(production),
        "tags": list(production.script.tags),
        "language": production.language,
        "voice": production.voice,
        "quality": production.quality.name,
        "format": production.quality.format.name,
        "recording": recording_name(recording, production.episode.root),
        "fps": fps,
        "duration": production.frames / fps,
        "chapters": [{"start": one.seconds, "title": one.title} for one in chapters(production)],
        "beats": [
            {
                "scene": slot.scene,
                "beat": slot.beat,
                "start_frame": slot.start,
                "frames": slot.frames,
                "thinking_frames": slot.thinking,
                "said": production.words(slot),
                "caption": production.text(slot, production.language),
                "segment": segment.digest,
            }
            for slot, segment in zip(production.slots, film.segments, strict=True)
        ],
        "digest": film.digest,
        "evidence": _evidence(production),
        # By which `check` sees that a scene has changed since.
        "keys": [segment.key for segment in film.segments],
    }


def thumbnail(production: Production, out: Path) -> None:
    """Copy the film's thumbnail to `out`, and draw it first if it is not in the cache."""
    job, shelf = thumbnail_job(production), Shelf("stills")
    if shelf.get(job.key) is None:
        run_jobs(work, [job], workers=1, preload=PRELOADED)
    with replacing(out) as temporary:
        shutil.copyfile(shelf.path(job.key, ".png"), temporary)
