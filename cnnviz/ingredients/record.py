"""What a made thing depends on, as one record: its key, `--explain` and the cluster read this.

Each part of a record has a name and is plain JSON. Two records with the same parts give the same
bytes; whoever makes something states here what else it read, once.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cnnviz.font_files import font_files
from cnnviz.ingredients.code import MACHINERY, Code, Known, code_of
from cnnviz.ingredients.data import data_beside, known_digest
from cnnviz.store import Shelf, json_digest

__all__ = [
    "Asked",
    "Ingredients",
    "OpenIngredients",
    "digest_now",
    "drawn_with",
    "fonts",
    "maker",
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
class Asked:
    """What a scene has asked for while it was imported and played.

    Parameters
    ----------
    beats
        Other beats, for whose lengths it asked.
    files
        File, named from the project's folder where it lies in it → digest of what it read there;
        only of files that are not in the record already.
    """

    beats: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenIngredients:
    """What a thing depends on, but for what its scene asks for while it plays.

    What it asks for is noted when it does, under the key of all else; what was made is kept under
    the key that holds what was really asked for. So a record that is put together from the last
    note finds a thing only if it was made by asking for just this, and hearing just these answers.

    Parameters
    ----------
    known
        Everything else.
    project
        The folder from which files are named.
    lengths
        Beat → its lead, speech and rest in frames, of all beats of the scene.
    """

    known: Ingredients
    project: Path
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def asking(self, asked: Asked) -> Ingredients:
        """The whole record of what was made by asking for this."""
        lengths = {beat: list(self.lengths[beat]) for beat in sorted(asked.beats)}
        return self.known.with_parts(asked=lengths, files=dict(sorted(asked.files.items())))

    def now(self) -> Ingredients:
        """The whole record, by what was asked for last."""
        entry = Shelf("asked").get(self.known.key)
        if entry is None:
            return self.asking(Asked())
        beats = frozenset(entry.facts["beats"]) & self.lengths.keys()
        files = {file: digest_now(self.project / file) for file in entry.facts["files"]}
        return self.asking(Asked(beats, files))

    def note(self, asked: Asked) -> None:
        """Note what was asked for.

        Raises
        ------
        StudioError
            The disk is full.
        """
        shelf, facts = Shelf("asked"), {"beats": sorted(asked.beats), "files": sorted(asked.files)}
        entry = shelf.get(self.known.key)
        if entry is None or entry.facts != facts:
            shelf.seal(self.known.key, facts=facts)


def digest_now(path: Path) -> str:
    """What is in a file that a scene has read, or that it is gone."""
    return known_digest(path) if path.is_file() else "absent"


def drawn_with(
    scene: Path, project: Path, makers: Iterable[Path], known: Known | None = None
) -> tuple[Code, dict[str, Any]]:
    """The parts that a scene brings from the machine it is drawn on, and its code.

    Parameters
    ----------
    scene
        Its file.
    project
        The folder that holds it.
    makers
        Modules of the machinery that play and draw it.
    known
        What was found out about code a moment ago.

    Raises
    ------
    UserError
        A source file is not Python; file and line are named.
    StudioError
        The film's font is missing.
    """
    code = code_of([scene, *makers], project, known)
    parts = {
        "code": code.record,
        "data": data_beside(code),
        "versions": versions(),
        "fonts": fonts(),
    }
    return code, parts


@cache
def maker(*modules: str) -> dict[str, str]:
    """The code of `modules`, patterns in the machinery's folder, and of all that they import.

    Asked once a process: what a process has imported does not change under it.
    """
    roots: list[Path] = []
    for module in modules:
        found = sorted(MACHINERY.glob(module))
        if not found:
            raise FileNotFoundError(f"no code is called {module}")
        roots += found
    return code_of(roots, MACHINERY.parent).record


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
