"""One self-contained HTML page of a planned film: pictures, words, sounds, numbers, findings."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.font_files import FAMILY, font_files
from cnnviz.languages import in_language
from cnnviz.review.finding import Finding
from cnnviz.review.storyboard.claims import claimed
from cnnviz.review.storyboard.film import BoardFilm
from cnnviz.review.storyboard.sums import Sum, sums
from cnnviz.review.storyboard.words import WORDS
from cnnviz.script.captions import graphemes
from cnnviz.script.timeline import Slot
from cnnviz.studio.film_texts import beat_captions, clock
from cnnviz.studio.production import Production

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Board", "page", "waiting_page"]

HERE = Path(__file__).parent
LONG, SHORT = 640, 360
"""Sides of a still, in pixels."""

Place = tuple[str, str]


@dataclass(frozen=True)
class Board:
    """All that stands on a page.

    Parameters
    ----------
    production
        The planned film.
    stills
        (scene, beat) → JPEG of its last frame; a beat may be missing.
    sounds
        (scene, beat) → its sound, as MP4.
    shown
        (scene, beat) → ledger entries of the numbers that it shows.
    findings
        What `check` has found; None where it was not asked.
    film
        The film to play, where there is one.
    """

    production: Production
    stills: Mapping[Place, Path]
    sounds: Mapping[Place, Path]
    shown: Mapping[Place, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    findings: Sequence[Finding] | None = None
    film: BoardFilm | None = None


def page(board: Board, version: str | None = None) -> str:
    """The page as HTML; with a `version` it follows the events of `watch`."""
    production = board.production
    format = production.quality.format
    language = production.language
    words = in_language(WORDS, language)
    named = f"{production.episode.name} --language {language}"
    return _template("page").render(
        language=language,
        words=words,
        title=production.script.title,
        summary=words["summary"].format(
            scenes=len(production.script.scenes),
            beats=len(production.slots),
            length=clock(production.frames / production.quality.fps),
        ),
        production=production,
        still=dict(zip(("width", "height"), format.pixels(SHORT, LONG), strict=True)),
        scenes=[_scene(board, scene.id) for scene in production.script.scenes],
        film=board.film,
        cues=_cues(board.film),
        clock=clock,
        rows=_Rows(board.findings or ()),
        unchecked=board.findings is None,
        commands={
            "film": f"render.py episode {named}",
            "check": f"render.py storyboard {named}",
        },
        version=version,
        family=FAMILY,
        font=_font(),
        style=_text("page.css"),
        script=_text("page.js"),
        live=_text("live.js") if version else "",
    )


def waiting_page(title: str, problem: str) -> str:
    """What `watch` shows while it can make no page yet: what is wrong; gives way to the first."""
    return _template("waiting").render(title=title, problem=problem, style=_text("page.css"))


@cache
def _template(name: str) -> Template:
    # Late: a film whose page has not changed does not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.html.jinja")


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _font() -> str:
    """The film's font, in base 64: not every reader's machine can show Bengali."""
    return _base64(next(path for path in font_files() if path.stem.endswith("-Regular")))


def _base64(path: Path | None) -> str:
    return base64.b64encode(path.read_bytes()).decode() if path else ""


@dataclass(frozen=True)
class _Rows:
    """Findings by the place that they concern."""

    findings: Sequence[Finding]

    def of(self, scene: str | None = None, beat: str | None = None) -> list[Finding]:
        return [one for one in self.findings if (one.scene, one.beat) == (scene, beat)]


@dataclass(frozen=True)
class _Beat:
    """A beat as the template shows it."""

    place: str
    name: str
    start: float
    seconds: float
    words_a_minute: int
    signs_a_second: float
    texts: Mapping[str, str]
    spoken: str
    still: str
    sound: str
    sums: Sequence[Sum]
    claims: Sequence[Sum]
    film_start: float | None


@dataclass(frozen=True)
class _Scene:
    id: str
    title: str
    start: float
    beats: Sequence[_Beat]


def _scene(board: Board, scene: str) -> _Scene:
    production = board.production
    slots = production.slots_of(scene)
    return _Scene(
        scene,
        production.script.scene(scene).title,
        slots[0].start / production.quality.fps,
        [_beat(board, slot) for slot in slots],
    )


def _beat(board: Board, slot: Slot) -> _Beat:
    production, place = board.production, (slot.scene, slot.beat)
    fps = production.quality.fps
    said = production.words(slot)
    text = production.text(slot, production.language)
    return _Beat(
        place=f"{slot.scene}.{slot.beat}",
        name=slot.beat,
        start=slot.start / fps,
        seconds=slot.frames / fps,
        words_a_minute=round(60 * len(said.split()) / production.spoken[place].seconds),
        signs_a_second=_signs_a_second(production, slot),
        texts={language: production.text(slot, language) for language in _languages(production)},
        spoken=said if said != text else "",
        still=_base64(board.stills.get(place)),
        sound=_base64(board.sounds.get(place)),
        sums=sums(_entries(board, slot), production.language),
        claims=claimed(production.claims_of(slot), production.language),
        film_start=board.film.starts.get(place) if board.film else None,
    )


def _languages(production: Production) -> list[str]:
    """The film's own first."""
    return sorted(production.scripts, key=lambda language: language != production.language)


def _entries(board: Board, slot: Slot) -> Iterator[Mapping[str, Any]]:
    yield from (entry.as_json() for entry in board.production.spoken_numbers(slot))
    yield from board.shown.get((slot.scene, slot.beat), ())


def _signs_a_second(production: Production, slot: Slot) -> float:
    """How fast the beat's fastest caption has to be read."""
    return max(
        graphemes(" ".join(cue.lines)) / (cue.end - cue.start)
        for cue in beat_captions(production, slot, production.language)
    )


def _cues(film: BoardFilm | None) -> dict[str, list[tuple[float, float, str]]]:
    if film is None:
        return {}
    return {language: list(_plain(cues)) for language, cues in film.captions.items()}


def _plain(cues: Iterable[Any]) -> Iterator[tuple[float, float, str]]:
    for cue in cues:
        yield round(cue.start, 3), round(cue.end, 3), "\n".join(cue.lines)
