"""Hind Siliguri (Bengali, Latin and mathematics in one family), registered from its package."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import manimpango

from cnnviz.errors import StudioError

__all__ = ["FAMILY", "font_files", "register_fonts"]

FAMILY = "Hind Siliguri"
PACKAGE = "fontpkg_hind_siliguri"


def font_files() -> list[Path]:
    """The family's font files, one a weight.

    Raises
    ------
    StudioError
        The package is not installed, or has lost its files.
    """
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    files = sorted(Path(folders[0]).glob("files/*.ttf")) if folders else []
    if not files:
        raise StudioError(f"the font {FAMILY} is missing", hint="pip install fontpkg-hind-siliguri")
    return files


@cache
def register_fonts() -> None:
    """Make every weight known to Pango.

    It must happen before the first text of a process is drawn: afterwards Pango ignores it
    without a word.
    """
    for file in font_files():
        if not manimpango.register_font(str(file)):
            raise StudioError("this font cannot be read", file=file)
