"""Putting the page into a bundle, unless just this page lies there already."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from pathlib import Path

from cnnviz.files import cache_dir, file_digest, write_text
from cnnviz.review.storyboard.film import planned_film
from cnnviz.review.storyboard.page import HERE, Board, page
from cnnviz.review.storyboard.sounds import small_sounds
from cnnviz.studio.build import Film
from cnnviz.studio.digests import json_digest
from cnnviz.studio.last_pictures import last_picture, take_last_picture
from cnnviz.studio.production import Production
from cnnviz.studio.segments import kept

__all__ = ["NAME", "write_beside_film", "write_page"]

NAME = "storyboard.html"


def write_beside_film(production: Production, film: Film, path: Path) -> None:
    """Write the page of a film that was just joined to `path`.

    Stills and numbers are those of the film's segments. Nothing is checked here: that would mean
    to play all scenes again. A page that `storyboard` made of the same film, findings included, is
    left alone.

    Raises
    ------
    StudioError
        A segment or a sound is damaged, or the disk is full.
    """
    key = _key(production, film.digest, path.parent)
    if path.exists() and _note(path).exists() and _note(path).read_text("utf-8") == key:
        return
    slots = [(slot.scene, slot.beat) for slot in production.slots]
    segments = dict(zip(slots, film.segments, strict=True))
    stills = {
        place: kept(last_picture(segment), partial(take_last_picture, segment.path))
        for place, segment in segments.items()
    }
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
    write_text(_note(path), key)


def _note(path: Path) -> Path:
    """Where it is noted what the page at `path` was made of; damage leads nowhere."""
    return cache_dir() / "pages" / f"{file_digest(path)}.txt"


def _key(production: Production, film: str, folder: Path) -> str:
    """A digest of all that the page depends on, findings aside.

    `film` is the digest of the film, and `folder` the bundle that has its captions already.
    """
    own = sorted(path for path in HERE.iterdir() if path.is_file())
    captions = sorted(folder.glob("captions.*.srt"))
    return json_digest(
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
            "files": [file_digest(path) for path in (*own, *captions)],
            "jinja2": version("jinja2"),
        }
    )
