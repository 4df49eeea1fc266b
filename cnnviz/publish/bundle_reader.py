"""A finished bundle as it lies on disk; all that `publish` knows of a film."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError

__all__ = ["Bundle", "read_bundle"]

TEXTS = ("title", "description", "language", "digest")


@dataclass(frozen=True)
class Bundle:
    """What goes to YouTube.

    Parameters
    ----------
    folder, film, thumbnail
        Where it lies.
    digest
        SHA-256 that `bundle.json` gives the film; whether it is true, the preflight finds out.
    title, description, tags
        What people read; chapters are in the description.
    language
        The film's.
    captions
        Language → SRT file.
    duration
        Seconds.
    data
        All of `bundle.json`.
    """

    folder: Path
    film: Path
    digest: str
    title: str
    description: str
    tags: tuple[str, ...]
    language: str
    captions: Mapping[str, Path]
    thumbnail: Path
    duration: float
    data: Mapping[str, Any]


def read_bundle(folder: Path) -> Bundle:
    """The bundle in `folder`.

    Raises
    ------
    UserError
        There is none, a file of it is missing, or `bundle.json` is damaged.
    """
    path = folder / "bundle.json"
    data = _read(path)
    for key in TEXTS:
        if not isinstance(data.get(key), str):
            raise _damaged(path, f"{key} is not a text")
    if not _are_texts(data.get("tags")):
        raise _damaged(path, "tags is not a list of texts")
    if not _is_number(data.get("duration")):
        raise _damaged(path, "duration is not a number")
    language = data["language"]
    captions = {file.name.split(".")[1]: file for file in sorted(folder.glob("captions.*.srt"))}
    for file in (folder / "episode.mp4", folder / "thumbnail.png", _caption(folder, language)):
        if not file.is_file():
            raise UserError("a file of the film is missing", file=file, hint=_MAKE)
    return Bundle(
        folder=folder,
        film=folder / "episode.mp4",
        digest=data["digest"],
        title=data["title"],
        description=data["description"],
        tags=tuple(data["tags"]),
        language=language,
        captions=captions,
        thumbnail=folder / "thumbnail.png",
        duration=float(data["duration"]),
        data=data,
    )


_MAKE = "make the film with render.py episode"


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UserError("there is no finished film here", file=path.parent, hint=_MAKE) from None
    except OSError as error:
        raise UserError(error.strerror or "not readable", file=path) from error
    except ValueError as error:
        raise _damaged(path, "it is not JSON") from error
    if not isinstance(data, dict):
        raise _damaged(path, "it is not an object")
    return data


def _damaged(path: Path, why: str) -> UserError:
    return UserError(f"damaged: {why}", file=path, hint=_MAKE)


def _caption(folder: Path, language: str) -> Path:
    return folder / f"captions.{language}.srt"


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
