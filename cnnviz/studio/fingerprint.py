"""What two machines must have in common, so that either draws the other's pictures."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.files import file_digest
from cnnviz.font_files import FAMILY, font_files
from cnnviz.studio.digests import MACHINERY, code_digest, data_digest, versions
from cnnviz.studio.production import scene_digest

__all__ = ["Fingerprint", "difference", "fingerprint"]

COURIERS = tuple(Path(__file__).with_name(name) for name in ("jobs.py", "cluster_worker.py"))
WEIGHTS = MACHINERY / "cards" / "weights"
ABSENT = "absent"


@dataclass(frozen=True)
class Fingerprint:
    """What a machine draws with.

    Parameters
    ----------
    code
        Place in the project → digest of what lies there and of all that it imports.
    versions
        Library → version.
    fonts
        Font file → digest.
    """

    code: Mapping[str, str]
    versions: Mapping[str, str]
    fonts: Mapping[str, str]


def fingerprint(root: Path, scenes: Iterable[str]) -> Fingerprint:
    """The fingerprint of this machine for `scenes`, which are paths in the project `root`.

    Raises
    ------
    StudioError
        The film's font is missing.
    """
    from av import library_versions

    code = {
        "cnnviz": code_digest(COURIERS, root),
        "cnnviz/cards/weights": data_digest(WEIGHTS),
    }
    libraries = {
        name: ".".join(map(str, library_versions[name])) for name in ("libavcodec", "libswscale")
    }
    return Fingerprint(
        code=code | {scene: _scene(root, scene) for scene in scenes},
        versions=versions() | libraries | {"processor": platform.machine()},
        fonts={path.name: file_digest(path) for path in font_files()},
    )


def _scene(root: Path, scene: str) -> str:
    try:
        return scene_digest(root / scene, root)
    except (FileNotFoundError, UserError):  # not there, or half written
        return ABSENT


def difference(here: Fingerprint, there: Fingerprint) -> str | None:
    """What keeps the machine `there` from drawing for the one `here`; None where nothing does."""
    for place, digest in here.code.items():
        if there.code.get(place, ABSENT) == ABSENT:
            return f"it has no {place} — bring its checkout to the same commit"
        if there.code[place] != digest:
            return (
                f"{place}, or what it imports, is another one there"
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
