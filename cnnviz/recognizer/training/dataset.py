"""Pictures of cards on disk: a folder a class, or photographs with a table of boxes."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import UserError
from cnnviz.names import as_stored, visible
from cnnviz.pixels import require_shape
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES

__all__ = [
    "Box",
    "LabelledPicture",
    "Photograph",
    "check_readable",
    "corrections",
    "cut_boxes",
    "fingerprint",
    "read_folder",
    "read_photographs",
    "read_picture",
    "split_photographs",
]

COLUMNS = ("file", "class", "x0", "y0", "x1", "y1", "clear")
FARTHEST = 1e6
"""Pixels beyond which no photograph reaches."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


@dataclass(frozen=True)
class LabelledPicture:
    """A picture of one card and the index of its class."""

    path: Path
    target: int


@dataclass(frozen=True)
class Box:
    """One card in a photograph: the index of its class, its box in pixels, whether all of it shows.

    `x1` and `y1` lie just outside the box.
    """

    target: int
    x0: int
    y0: int
    x1: int
    y1: int
    clear: bool


@dataclass(frozen=True)
class Photograph:
    """A photograph with every card in it."""

    path: Path
    boxes: tuple[Box, ...]


def read_picture(path: Path, *, alpha: bool = False) -> NDArray[np.uint8]:
    """The picture at `path`, BGR, (H, W, 3), or with its `alpha` channel, (H, W, 4).

    Raises
    ------
    UserError
        It is no picture, a damaged one, or a mere line.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise UserError(error.strerror or str(error), file=path) from error
    # Only as it lies in the file does OpenCV leave a picture its alpha channel.
    picture = _decoded(data, cv2.IMREAD_UNCHANGED if alpha else cv2.IMREAD_COLOR)
    if picture is None:
        raise UserError("not a readable picture", file=path, hint="remove or replace it")
    require_shape(picture, path)
    return _with_alpha(picture) if alpha else np.asarray(picture, np.uint8)


def check_readable(paths: Iterable[Path]) -> None:
    """See whether all pictures can be read, and find all that cannot at once, not one a run.

    Raises
    ------
    UserError
        Some cannot; where there are several, each is named on standard error.
    """
    found = []
    for path in paths:
        try:
            read_picture(path)
        except UserError as error:
            found.append(error)
    if len(found) == 1:
        raise found[0]
    for unreadable in found:
        print(f"error: {unreadable}", file=sys.stderr)
    if found:
        raise UserError(f"{len(found)} pictures cannot be read", hint="remove or replace them")


def _decoded(data: NDArray[np.uint8], flags: int) -> NDArray[Any] | None:
    try:
        picture: NDArray[Any] | None = cv2.imdecode(data, flags) if data.size else None
    except cv2.error:  # a header that promises more than memory can hold
        return None
    return picture


def _with_alpha(picture: NDArray[Any]) -> NDArray[np.uint8]:
    if picture.dtype == np.uint16:
        picture = picture >> 8
    picture = picture.astype(np.uint8)
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGRA), np.uint8)
    if picture.shape[2] == 3:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA), np.uint8)
    return np.asarray(picture, np.uint8)


def fingerprint(picture: NDArray[np.uint8]) -> int:
    """64 bits that survive re-encoding: which cells of a 9×8 grid are brighter than the last."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(np.int16)
    bits = (small[:, 1:] > small[:, :-1]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)


@cache
def corrections() -> dict[tuple[str, str], tuple[int, str]]:
    """Wrong labels of the Kaggle set: (folder, name without suffix) → fingerprint, right class."""
    table = Path(__file__).with_name("corrections.csv")
    with table.open(encoding="utf-8", newline="") as rows:
        return {
            (row["folder"], row["name"]): (int(row["fingerprint"], 16), row["class"])
            for row in csv.DictReader(rows)
        }


def read_folder(root: Path, *, complete: bool = True) -> list[LabelledPicture]:
    """The pictures under `root`, a folder a class, wrong labels of the Kaggle set corrected.

    A correction applies only to the very picture that it was made for, not to another one that
    happens to have its name. Other pictures are not opened here; hidden files are left alone.

    Parameters
    ----------
    complete
        Whether every class has to have pictures; at least one has to anyway.

    Raises
    ------
    UserError
        `root` is no folder or cannot be listed; a folder in it is no class; a class is missing or
        empty.
    """
    if not root.is_dir():
        raise UserError(
            "no such folder", file=root, hint="--data takes a folder with one folder a class"
        )
    folders = sorted(path for path in _listing(root) if path.is_dir())
    _check_classes(root, {path.name for path in folders}, complete)
    pictures = [picture for folder in folders for picture in _read_class(folder, complete)]
    if not pictures:
        raise UserError("no picture in any class's folder", file=root)
    return [_corrected(picture) for picture in pictures]


def _listing(folder: Path) -> list[Path]:
    """What `folder` holds, without what a system hides in it."""
    try:
        return visible(folder.iterdir())
    except OSError as error:
        raise UserError(error.strerror or str(error), file=folder) from error


def _check_classes(root: Path, found: set[str], complete: bool) -> None:
    missing = [name for name in CLASSES if name not in found]
    extra = sorted(found - set(CLASSES))
    if len(missing) == len(CLASSES):
        parts = [part for part in ("train", "valid", "test") if part in found]
        inside = f" — did you mean its folder {' or '.join(parts)}?" if parts else ""
        raise UserError(
            f"none of the {len(CLASSES)} classes' folders (like “{CLASSES[0]}”) is in here{inside}",
            file=root,
        )
    if missing and complete:
        raise UserError(f"missing classes: {_listed(missing)}", file=root)
    if extra:
        raise UserError(
            f"folders that are no class: {_listed(extra)}",
            file=root,
            hint="rename or remove them",
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _read_class(folder: Path, complete: bool) -> list[LabelledPicture]:
    paths = [path for path in _listing(folder) if path.suffix.lower() in SUFFIXES]
    if not paths and complete:
        raise UserError("no picture in this folder", file=folder)
    return [LabelledPicture(path, CLASS_INDEX[folder.name]) for path in paths]


def _corrected(picture: LabelledPicture) -> LabelledPicture:
    correction = corrections().get((picture.path.parent.name, picture.path.stem))
    if correction is None:
        return picture
    wanted, name = correction
    differing = (fingerprint(read_picture(picture.path)) ^ wanted).bit_count()
    return LabelledPicture(picture.path, CLASS_INDEX[name]) if differing <= 4 else picture


def read_photographs(table: Path) -> list[Photograph]:
    """The photographs of `table`: columns file, class, x0, y0, x1, y1, clear; pictures beside it.

    The pictures lie in the folder `images` beside the table. They are not opened here. Between
    columns stand commas, or semicolons or tabs, as spreadsheets write them in many languages; then
    a number may have a decimal comma.

    Raises
    ------
    UserError
        No such table, one without these columns, or an empty one; a row with an unknown class, a
        missing picture or a box without area, named by its line.
    """
    boxes: dict[Path, list[Box]] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, delimiter=_delimiter(lines))
            _require_columns(table, rows.fieldnames or ())
            for row in rows:
                path, box = _read_row(table, rows.line_num, row)
                boxes.setdefault(path, []).append(box)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            "no readable table of boxes",
            file=table,
            hint=f"columns: {','.join(COLUMNS)}",
        ) from error
    if not boxes:
        raise UserError("no row in this table of boxes", file=table)
    return [Photograph(path, tuple(boxes[path])) for path in sorted(boxes)]


def _delimiter(lines: TextIO) -> str:
    """What stands between the columns in the first line, which is read again after this."""
    first = lines.readline()
    lines.seek(0)
    return max(",;\t", key=first.count)


def _require_columns(table: Path, columns: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise UserError(
            f"no column {', '.join(missing)} in this table",
            file=table,
            line=1,
            hint=f"its first line is {','.join(COLUMNS)}",
        )


def _read_row(table: Path, line: int, row: dict[str, str]) -> tuple[Path, Box]:
    try:
        x0, y0, x1, y1 = (_pixels(row[name]) for name in ("x0", "y0", "x1", "y1"))
        box = Box(CLASS_INDEX[row["class"].strip()], x0, y0, x1, y1, row["clear"].strip() == "1")
        path = as_stored(table.parent / "images" / row["file"])
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise UserError(
            f"not a row of {','.join(COLUMNS)} with a known class", file=table, line=line
        ) from error
    if not path.is_file():
        raise UserError(f"no picture images/{row['file']}", file=table, line=line)
    if x1 <= x0 or y1 <= y0:
        raise UserError("a box without area", file=table, line=line)
    return path, box


def _pixels(text: str) -> int:
    number = float(text.replace(",", "."))
    if not abs(number) <= FARTHEST:
        raise ValueError(f"{text} is no place in a photograph")
    return round(number)


def cut_boxes(photograph: Photograph) -> list[tuple[NDArray[np.uint8], Box]]:
    """Every card of `photograph` as its box shows it, BGR (H, W, 3), and that box.

    Raises
    ------
    UserError
        The photograph cannot be read, or a box lies outside of it.
    """
    picture = read_picture(photograph.path)
    return [(_cut(picture, box, photograph.path), box) for box in photograph.boxes]


def _cut(picture: NDArray[np.uint8], box: Box, path: Path) -> NDArray[np.uint8]:
    part = picture[max(0, box.y0) : max(0, box.y1), max(0, box.x0) : max(0, box.x1)]
    if not part.size:
        raise UserError("a box outside the photograph", file=path)
    require_shape(part, path)
    return part


def split_photographs(
    photographs: Iterable[Photograph], block: int = 8, every: int = 5
) -> tuple[list[Photograph], list[Photograph]]:
    """Photographs to train on, and to check with: of five blocks of eight in a row, one is kept.

    In the order of their names, which is that of their making: so pictures of the same moment
    are mostly on one side.
    """
    ordered = sorted(photographs, key=lambda photograph: photograph.path.name)
    kept = [(index // block) % every == every - 1 for index in range(len(ordered))]
    training = [picture for picture, held in zip(ordered, kept, strict=True) if not held]
    checking = [picture for picture, held in zip(ordered, kept, strict=True) if held]
    return training, checking
