"""What two machines must have in common, so that either draws the other's pictures.

It is made of the parts of the pictures' own ingredients that a machine brings with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.font_files import FAMILY
from cnnviz.ingredients.code import MACHINERY, code_of
from cnnviz.ingredients.data import known_digest
from cnnviz.ingredients.record import drawn_with, fonts, versions
from cnnviz.store import json_digest
from cnnviz.studio.gathering import DRAWING

__all__ = ["Fingerprint", "difference", "fingerprint"]

COURIERS = tuple(MACHINERY / "studio" / name for name in ("jobs.py", "cluster/worker.py"))
ABSENT = "absent"


@dataclass(frozen=True)
class Fingerprint:
    """What a machine draws with.

    Parameters
    ----------
    places
        Place in the project → digest of what lies there: of a scene, all code and data that it is
        drawn with.
    versions
        Library → version.
    fonts
        Font file → digest.
    """

    places: Mapping[str, str]
    versions: Mapping[str, str]
    fonts: Mapping[str, str]


def fingerprint(root: Path, scenes: Iterable[str], files: Iterable[str] = ()) -> Fingerprint:
    """The fingerprint of this machine.

    Parameters
    ----------
    root
        The project's folder.
    scenes
        Paths in it.
    files
        Paths in it of evidence, and of photographs that a script has chosen.

    Raises
    ------
    StudioError
        The film's font is missing.
    """
    places = {MACHINERY.name: json_digest(code_of(COURIERS, root).record)}
    places |= {scene: _scene(root, scene) for scene in scenes}
    places |= {file: _file(root / file) for file in files}
    return Fingerprint(places, versions(), fonts())


def _scene(root: Path, scene: str) -> str:
    try:
        _, parts = drawn_with(root / scene, root, DRAWING)
    except (FileNotFoundError, UserError):  # not there, or half written
        return ABSENT
    return json_digest([parts["code"], parts["data"]])


def _file(path: Path) -> str:
    return known_digest(path) if path.is_file() else ABSENT


def difference(here: Fingerprint, there: Fingerprint) -> str | None:
    """What keeps the machine `there` from drawing for the one `here`; None where nothing does."""
    for place, digest in here.places.items():
        if there.places.get(place, ABSENT) == ABSENT:
            return f"it has no {place} — bring its checkout to the same commit"
        if there.places[place] != digest:
            return (
                f"{place}, or what it imports or reads, is another one there"
                " — bring its checkout to the same commit"
            )
    other = [
        f"{name} {there.versions.get(name, ABSENT)} there, {version} here"
        for name, version in here.versions.items()
        if there.versions.get(name) != version
    ]
    if other:
        return f"{'; '.join(other)} — install the same versions on both"
    if here.fonts != there.fonts:
        return f"its files of the font {FAMILY} are other ones — install the same version of it"
    return None
