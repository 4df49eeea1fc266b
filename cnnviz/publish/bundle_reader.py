"""A finished bundle as it lies on disk; all that `publish` knows of a film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.bundle_files import FILM
from cnnviz.errors import UserError
from cnnviz.models import Number, read_shape

__all__ = ["Bundle", "read_bundle"]

_MAKE = "make the film with render.py episode"


@dataclass(frozen=True)
class _Facts:
    """What of `bundle.json` goes to YouTube, or says whether it may."""

    title: str
    description: str
    language: str
    digest: str
    tags: tuple[str, ...]
    duration: Number
    quality: str | None = None


@dataclass(frozen=True, kw_only=True)
class Bundle(_Facts):
    """What goes to YouTube.

    Parameters
    ----------
    title, description, tags
        What people read; chapters are in the description.
    language, quality
        The film's.
    digest
        SHA-256 that `bundle.json` gives the film; whether it is true, the preflight finds out.
    duration
        Seconds.
    folder, film, thumbnail
        Where it lies.
    captions
        Language → SRT file.
    """

    folder: Path
    captions: Mapping[str, Path]

    @property
    def film(self) -> Path:
        """The MP4 file."""
        return self.folder / FILM

    @property
    def thumbnail(self) -> Path:
        """The PNG file."""
        return self.folder / "thumbnail.png"


def read_bundle(folder: Path) -> Bundle:
    """The bundle in `folder`.

    Raises
    ------
    UserError
        There is none, a file of it is missing, or `bundle.json` is damaged.
    """
    path = folder / "bundle.json"
    if not path.exists():
        raise UserError("there is no finished film here", file=folder, hint=_MAKE)
    facts = read_shape(path, _Facts, _MAKE, damaged="damaged: it is not JSON")
    captions = {file.name.split(".")[1]: file for file in sorted(folder.glob("captions.*.srt"))}
    bundle = Bundle(**vars(facts), folder=folder, captions=captions)
    for file in (bundle.film, bundle.thumbnail, folder / f"captions.{facts.language}.srt"):
        if not file.is_file():
            raise UserError("a file of the film is missing", file=file, hint=_MAKE)
    return bundle
