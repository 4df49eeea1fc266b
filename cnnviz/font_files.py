"""Where the films' font lies: Hind Siliguri, Bengali, Latin and mathematics in one family."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from cnnviz.errors import StudioError

__all__ = ["FAMILY", "font_files"]

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
