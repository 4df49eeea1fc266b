"""The film beside a storyboard: where its beats and chapters begin, and its captions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srt

from cnnviz.bundle_files import FILM
from cnnviz.script.captions import Cue
from cnnviz.studio.film_texts import captions, chapters
from cnnviz.studio.production import Production

__all__ = ["BoardFilm", "film_in", "planned_film"]


@dataclass(frozen=True)
class BoardFilm:
    """A film that the page can play.

    Parameters
    ----------
    source
        Its address, relative to the page.
    starts
        (scene, beat) → where it begins, in seconds.
    chapters
        Where each begins, in seconds, and its title.
    captions
        Language → cues.
    is_current
        Whether it says what the script says now.
    """

    source: str
    starts: Mapping[tuple[str, str], float]
    chapters: tuple[tuple[float, str], ...]
    captions: Mapping[str, tuple[Cue, ...]]
    is_current: bool = True


def planned_film(production: Production) -> BoardFilm:
    """The film that was just made of `production`."""
    fps = production.quality.fps
    return BoardFilm(
        source=FILM,
        starts={(slot.scene, slot.beat): slot.start / fps for slot in production.slots},
        chapters=tuple((one.seconds, one.title) for one in chapters(production)),
        captions={
            language: tuple(captions(production, language)) for language in production.scripts
        },
    )


def film_in(folder: Path, production: Production) -> BoardFilm | None:
    """The film in the bundle `folder`, as its `bundle.json` describes it.

    None where there is none, or one in another language, or a bundle that cannot be read.
    """
    try:
        facts = json.loads((folder / "bundle.json").read_bytes())
        if facts["language"] != production.language or not (folder / FILM).is_file():
            return None
        return BoardFilm(
            source=FILM,
            starts={
                (beat["scene"], beat["beat"]): beat["start_frame"] / facts["fps"]
                for beat in facts["beats"]
            },
            chapters=tuple((float(one["start"]), one["title"]) for one in facts["chapters"]),
            captions={
                language: _cues(folder / f"captions.{language}.srt")
                for language in production.scripts
            },
            is_current=_said(facts) == _planned(production),
        )
    except (OSError, ValueError, KeyError, TypeError, srt.SRTParseError):
        return None  # what is wrong with it is for `check` to say


def _cues(path: Path) -> tuple[Cue, ...]:
    return tuple(
        Cue(one.start.total_seconds(), one.end.total_seconds(), tuple(one.content.split("\n")))
        for one in srt.parse(path.read_text(encoding="utf-8"))
    )


def _said(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(beat["scene"], beat["beat"], beat["said"]) for beat in facts["beats"]]


def _planned(production: Production) -> list[tuple[str, str, str]]:
    return [(slot.scene, slot.beat, production.words(slot)) for slot in production.slots]
