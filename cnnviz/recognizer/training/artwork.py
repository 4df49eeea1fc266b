"""Drawn decks for synthetic photographs: SVG sheets and single SVGs become pictures, once."""

from __future__ import annotations

import gzip
import hashlib
import html
import importlib.util
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from cnnviz.errors import StudioError, UserError
from cnnviz.files import cache_dir, kind_os_error
from cnnviz.font_files import FAMILY, font_files
from cnnviz.font_signs import missing_signs, with_names
from cnnviz.names import visible
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASS_INDEX, JOKER, RANKS, SUITS
from cnnviz.recognizer.training.sources import Deck, read_deck

__all__ = ["SHEET_COLUMNS", "SHEET_ROWS", "read_decks"]

SHEET_COLUMNS = len(RANKS)  # ace to king
SHEET_ROWS = len(SUITS) + 1  # the last one: two jokers, then backs

HEIGHT = 420  # pixels of a card
LAYOUT = 2  # raised when drawings are cut, written or named in another way: all are made anew

# A sheet's card is between 0.5 and 0.9 times as wide as high.
_NARROWEST, _WIDEST = (SHEET_COLUMNS / SHEET_ROWS * ratio for ratio in (0.5, 0.9))

# The only one of Debian's sheets with acorns, bells, roses and shields for suits.
_OTHER_SUITS = ("swiss-xvii",)

# KDE's drawings hold their cards at any place, under names.
_CARD_BY_NAME = 'id="1_club"'

_CODE = re.compile("(10|[2-9TJQKA])([CDHS])", re.IGNORECASE)
_JOKER_CODE = re.compile("[12]J|joker.*", re.IGNORECASE)
_RANK_CODES = {**dict(zip((*"A23456789T", *"JQK"), RANKS, strict=True)), "10": "ten"}
_SUIT_CODES = {suit[0].upper(): suit for suit in SUITS}

_TEXT = re.compile("<text.*?</text>", re.DOTALL)
_TAG = re.compile("<[^>]*>")

Face = tuple[str, Picture]  # the name of its file, and (H, W, 4) with alpha


class _NotASheetError(ValueError):
    """A drawing of something else, like the back of a deck."""


def read_decks(root: Path, tell: Callable[[str], None] = print) -> list[Deck]:
    """All decks in the folder `root` and below it, drawn where they are not pictures yet.

    A deck is a folder with pictures named by class (`ace of spades.png`, `joker-red.png`); a
    folder with single drawings named by class or by code (`AS.svg`, `TH.svg` or `10H.svg`,
    `2J.svg` for a joker); or one sheet (`.svg`, `.svgz`) of 13 columns and 5 rows: clubs,
    diamonds, hearts and spades from ace to king, then two jokers. Drawings are kept in the cache.

    Parameters
    ----------
    root
        Where to look.
    tell
        Gets a line for each deck that is drawn, or left out.

    Raises
    ------
    UserError
        No such folder; no deck in it; a picture or a drawing that cannot be read.
    StudioError
        There are drawings, and the library that draws them is not installed; the disk is full.
    """
    if not root.is_dir():
        raise UserError("no such folder", file=root, hint="--artwork takes a folder with decks")
    decks = [deck for folder in _folders(root) for deck in _decks_of(folder, tell) if deck.faces]
    if not decks:
        raise UserError(
            "no deck in here",
            file=root,
            hint="it may hold SVG sheets of 13×5 cards, folders with AS.svg, ace of spades.png …",
        )
    return decks


def _folders(root: Path) -> list[Path]:
    return [root, *sorted(path for path in root.rglob("*") if path.is_dir())]


def _decks_of(folder: Path, tell: Callable[[str], None]) -> Iterator[Deck]:
    yield read_deck(folder)
    drawings = [path for path in visible(folder.iterdir()) if path.suffix in (".svg", ".svgz")]
    named = {path: name for path in drawings if (name := _class_named(path.stem)) is not None}
    if named:
        yield _deck(folder, named, partial(_singles, named), tell)
    for path in drawings:
        if path.stem in _OTHER_SUITS:
            tell(f"{path.name} is left out: its suits are other ones")
        elif path not in named:
            try:
                yield _deck(path, [path], partial(_sheet, path), tell)
            except _NotASheetError as error:
                tell(f"{path.name} is left out: {error}")


def _class_named(stem: str) -> str | None:
    """The class that a single drawing's name means."""
    if stem in CLASS_INDEX:
        return stem
    if _JOKER_CODE.fullmatch(stem):
        return JOKER
    code = _CODE.fullmatch(stem)
    if code is None:
        return None
    return f"{_RANK_CODES[code[1].upper()]} of {_SUIT_CODES[code[2].upper()]}"


def _singles(named: Mapping[Path, str]) -> Iterator[Face]:
    for index, (path, name) in enumerate(named.items()):
        yield f"{name}-{index}", _draw(path, HEIGHT)


def _sheet(path: Path) -> Iterator[Face]:
    if _CARD_BY_NAME in _text_of(path):
        raise _NotASheetError("its cards are not in rows")
    sheet = _draw(path, SHEET_ROWS * HEIGHT)
    height, width = sheet.shape[:2]
    if not _NARROWEST < width / height < _WIDEST:
        raise _NotASheetError(f"no sheet of {SHEET_COLUMNS}×{SHEET_ROWS} cards")
    edges = [round(column * width / SHEET_COLUMNS) for column in range(SHEET_COLUMNS + 1)]
    rows = sheet.reshape(SHEET_ROWS, HEIGHT, width, 4)
    for row, suit in enumerate(SUITS):
        for column, rank in enumerate(RANKS):
            face = rows[row][:, edges[column] : edges[column + 1]]
            if not _is_drawn(face):
                raise _NotASheetError(f"nothing where the {rank} of {suit} should be")
            yield f"{rank} of {suit}", face
    for column in range(2):
        face = rows[-1][:, edges[column] : edges[column + 1]]
        if _is_drawn(face):
            yield f"{JOKER}-{column}", face


def _is_drawn(face: Picture) -> bool:
    return float(np.mean(face[..., 3] > 0)) > 0.5


def _draw(path: Path, height: int) -> Picture:
    """The drawing at `path`, `height` pixels high, (H, W, 4)."""
    from resvg_py import svg_to_bytes  # where the extra is missing, pictures can still be read

    text = _text_of(path)
    try:
        # In the films' font alone: a network learns the same cards wherever it is trained.
        drawn = svg_to_bytes(
            svg_string=text,
            height=height,
            dpi=96,
            skip_system_fonts=True,
            font_files=[str(file) for file in font_files()],
            font_family=FAMILY,
            serif_family=FAMILY,  # and so of each text whose font is not there
            sans_serif_family=FAMILY,
            cursive_family=FAMILY,
            fantasy_family=FAMILY,
            monospace_family=FAMILY,
        )
    except ValueError as error:
        raise _unreadable(error, path) from error
    picture = cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(picture, np.uint8)


def _signs_without_font(files: Iterable[Path]) -> str:
    """The signs in drawings' texts that the films' font lacks, each once."""
    texts = "".join(text for path in files for text in _TEXT.findall(_text_of(path)))
    return missing_signs(html.unescape(_TAG.sub("", texts)))


def _text_of(path: Path) -> str:
    data = _bytes_of(path)
    try:
        return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8")
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(error, path) from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, path) from error


def _unreadable(error: Exception, path: Path) -> UserError:
    return UserError(f"not a readable drawing: {error}", file=path, hint="remove or replace it")


def _deck(
    place: Path,
    files: Iterable[Path],
    draw: Callable[[], Iterator[Face]],
    tell: Callable[[str], None],
) -> Deck:
    """The deck at `place`, made of `files`: from the cache, or by `draw`."""
    if importlib.util.find_spec("resvg_py") is None:
        raise StudioError(
            "the library that draws SVG is not installed", hint='pip install "cnnviz[train]"'
        )
    kept = cache_dir() / "artwork" / _digest(files)
    if not kept.is_dir():
        _keep(kept, draw())
        tell(f"{place.name} is drawn")
        if signs := _signs_without_font(files):
            tell(f"{place.name} shows boxes: the font {FAMILY} lacks {with_names(signs)}")
    return Deck(place.stem, read_deck(kept).faces)


def _digest(files: Iterable[Path]) -> str:
    import resvg_py

    digest = hashlib.sha256(f"{LAYOUT} {HEIGHT} {resvg_py.__version__}".encode())
    for path in files:
        data = _bytes_of(path)
        digest.update(f"\n{path.stem} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _keep(folder: Path, faces: Iterable[Face]) -> None:
    """Write `faces` into `folder`, which is there with all of them or not at all."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
        try:
            for name, face in faces:
                _, data = cv2.imencode(".png", face)
                (temporary / f"{name}.png").write_bytes(data.tobytes())
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if not folder.is_dir():  # or another run has just drawn the same deck
            raise kind_os_error(error, folder) from error
