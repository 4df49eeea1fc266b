"""Putting the page into a bundle, unless just this page lies there already."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from cnnviz.files import file_digest, write_text
from cnnviz.ingredients.record import Ingredients, fonts, maker
from cnnviz.review.storyboard.film import planned_film
from cnnviz.review.storyboard.page import HERE, Board, page
from cnnviz.review.storyboard.sounds import small_sounds
from cnnviz.store import Shelf
from cnnviz.studio.build import Film
from cnnviz.studio.last_pictures import last_picture
from cnnviz.studio.production import Production

__all__ = ["NAME", "write_beside_film", "write_page"]

NAME = "storyboard.html"


def write_beside_film(production: Production, film: Film, folder: Path) -> None:
    """Write the page of a film that was just joined into its bundle, `folder`.

    Stills and numbers are those of the film's segments. Nothing is checked here: that would mean
    to play all scenes again. A page that `storyboard` made of the same film, findings included, is
    left alone.

    Raises
    ------
    StudioError
        A segment or a sound is damaged, or the disk is full.
    """
    path = folder / NAME
    key = _key(production, film.digest, folder)
    if path.exists():
        note = Shelf("pages").get(file_digest(path))
        if note is not None and note.facts == key:
            return
    slots = [(slot.scene, slot.beat) for slot in production.slots]
    segments = dict(zip(slots, film.segments, strict=True))
    stills = {place: last_picture(segment) for place, segment in segments.items()}
    board = Board(
        production=production,
        stills=stills,
        sounds=small_sounds(production.spoken),
        shown={place: segment.ledger for place, segment in segments.items()},
        film=planned_film(production),
    )
    _write(page(board), path, key)


def write_page(board: Board, path: Path) -> None:
    """Write the page to `path`, beside the film that it plays.

    Raises
    ------
    StudioError
        The disk is full.
    """
    film = file_digest(path.with_name(board.film.source)) if board.film else ""
    _write(page(board), path, _key(board.production, film, path.parent))


def _write(html: str, path: Path, key: str) -> None:
    write_text(path, html)
    Shelf("pages").seal(file_digest(path), facts=key)


def _key(production: Production, film: str, folder: Path) -> str:
    """A digest of all that the page depends on, findings aside.

    `film` is the digest of the film, and `folder` the bundle that has its captions already.
    """
    templates = sorted(path for path in HERE.iterdir() if path.suffix not in (".py", ".pyc"))
    captions = sorted(folder.glob("captions.*.srt"))
    record = Ingredients(
        "page",
        {
            "film": film,
            "segments": [production.key(slot) for slot in production.slots],
            "sounds": [
                production.spoken[slot.scene, slot.beat].digest for slot in production.slots
            ],
            "texts": [
                [
                    production.words(slot),
                    *(production.text(slot, one) for one in production.scripts),
                ]
                for slot in production.slots
            ],
            "claims": [
                [one.name for one in production.claims_of(slot)] for slot in production.slots
            ],
            "titles": [
                [script.title, *(scene.title for scene in script.scenes)]
                for script in production.scripts.values()
            ],
            "of": [production.language, production.voice, production.quality.name],
            "files": [file_digest(path) for path in (*templates, *captions) if path.is_file()],
            "code": maker("review/storyboard/write.py", "compute/*.py"),
            "fonts": fonts(),
            "jinja2": version("jinja2"),
        },
    )
    return record.key
