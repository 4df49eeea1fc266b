"""What a made thing depends on, as one record: its key, `--explain` and the cluster read this.

Each part of a record has a name and is plain JSON. Two records with the same parts give the same
bytes; whoever makes something states here what else it read, once.
"""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cnnviz.font_files import font_files
from cnnviz.store import Shelf, json_digest
from cnnviz.studio.code import MACHINERY, Code, code_of
from cnnviz.studio.data import data_beside, known_digest

__all__ = [
    "BeatIngredients",
    "Ingredients",
    "drawn_with",
    "fonts",
    "maker",
    "note_asked",
    "versions",
]

DRAWING_LIBRARIES = (
    "manim",
    "ManimPango",
    "pycairo",
    "av",
    "moviepy",
    "typst",
    "numpy",
    "torch",
    "opencv-python",
    "fontpkg-hind-siliguri",
)


@dataclass(frozen=True)
class Ingredients:
    """All that one thing depends on.

    Parameters
    ----------
    made
        What is made of them: a word.
    parts
        Name → plain JSON.
    """

    made: str
    parts: Mapping[str, Any]

    @cached_property
    def key(self) -> str:
        """The digest under which the thing is kept."""
        return json_digest([self.made, self.parts])

    def with_parts(self, made: str | None = None, **parts: Any) -> Ingredients:
        """The same with more or other parts."""
        return Ingredients(made or self.made, {**self.parts, **parts})


@dataclass(frozen=True)
class BeatIngredients:
    """What a beat depends on, but for the other beats' lengths that its scene asks for.

    Which ones it asks for shows only while it plays. They are noted then, under the key of all
    else; what was made is kept under the key of those really asked for. So a record that is put
    together from the last note finds a thing only if it was made by asking for just these lengths,
    and hearing just these answers.

    Parameters
    ----------
    known
        Everything else.
    lengths
        Beat → its lead, speech and rest in frames, of all beats of the scene.
    """

    known: Ingredients
    lengths: Mapping[str, tuple[int, int, int]]

    def asking(self, beats: Iterable[str]) -> Ingredients:
        """The whole record of a beat whose scene asked for the lengths of `beats`."""
        asked = {beat: list(self.lengths[beat]) for beat in sorted(beats)}
        return self.known.with_parts(asked=asked)

    def now(self) -> Ingredients:
        """The whole record, by what was asked for when it was played last."""
        entry = Shelf("asked").get(self.known.key)
        asked = entry.facts if entry is not None else []
        return self.asking(beat for beat in asked if beat in self.lengths)


def note_asked(record: BeatIngredients, beats: Collection[str]) -> None:
    """Note for which beats' lengths a scene has asked.

    Raises
    ------
    StudioError
        The disk is full.
    """
    shelf, asked = Shelf("asked"), sorted(beats)
    entry = shelf.get(record.known.key)
    if entry is None or entry.facts != asked:
        shelf.seal(record.known.key, facts=asked)


def drawn_with(scene: Path, project: Path, makers: Iterable[Path]) -> tuple[Code, dict[str, Any]]:
    """The parts that a scene brings from the machine it is drawn on, and its code.

    Parameters
    ----------
    scene
        Its file.
    project
        The folder that holds it.
    makers
        Modules of the machinery that play and draw it.

    Raises
    ------
    UserError
        A source file is not Python; file and line are named.
    StudioError
        The film's font is missing.
    """
    code = code_of([scene, *makers], project)
    parts = {
        "code": code.record,
        "data": data_beside(code),
        "versions": versions(),
        "fonts": fonts(),
    }
    return code, parts


@cache
def maker(*modules: str) -> dict[str, str]:
    """The code of `modules`, named from the machinery's folder, and of all that they import.

    Asked once a process: what a process has imported does not change under it.
    """
    return code_of([MACHINERY / module for module in modules], MACHINERY.parent).record


@cache
def fonts() -> dict[str, str]:
    """Font file → digest, of all that the film writes with."""
    return {path.name: known_digest(path) for path in font_files()}


@cache
def versions() -> dict[str, str]:
    """Name → version of everything that puts pixels on the screen or into a file."""
    return {name: _version(name) for name in DRAWING_LIBRARIES} | _system_versions()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent" if find_spec(package.replace("-", "_")) is None else "unknown"


def _system_versions() -> dict[str, str]:
    import cairo
    import manimpango
    from av import library_versions

    libraries = {
        name: ".".join(map(str, library_versions[name])) for name in ("libavcodec", "libswscale")
    }
    return libraries | {
        "cairo": cairo.cairo_version_string(),
        "pango": str(manimpango.pango_version()),
        "python": platform.python_version(),
        "processor": platform.machine(),
    }
