"""Whatever the project imports stands in `pyproject.toml`, where those who install it find it.

What another package happens to bring along is not declared: the day that it stops doing so, we
would break.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HOUSE = Path(__file__).resolve().parent.parent

EXTRAS = {
    "cnnviz/voices/espeak": "offline-voice",
    "cnnviz/publish/": "publish",
    "cnnviz/studio/cluster": "cluster",
    "cnnviz/recognizer/training/": "train",
}
"""Files by the beginning of their paths, and the extra that they may take from, too."""


def normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def requirements() -> dict[str, frozenset[str]]:
    """The names of the packages that films need (""), and each extra needs."""
    table = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    lists = {"": table["dependencies"], **table["optional-dependencies"]}
    return {
        extra: frozenset(normalised(Requirement(line).name) for line in lines)
        for extra, lines in lists.items()
    }


def allowed(file: str) -> frozenset[str]:
    """The packages that the source file of this path may import from."""
    names = requirements()
    if file.startswith(("tests/", "benchmarks/")):
        return frozenset().union(*names.values())
    extras = [extra for beginning, extra in EXTRAS.items() if file.startswith(beginning)]
    return names[""].union(*(names[extra] for extra in extras))


def imported(source: str) -> Iterator[tuple[int, str]]:
    """The line and the dotted name of each import, at the top or within a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


@cache
def by_top_name() -> Mapping[str, list[str]]:
    """The packages that bring each name that can be imported; reads every package's list."""
    return metadata.packages_distributions()


@cache
def distributions(module: str) -> frozenset[str]:
    """The packages that bring `module`; several may share what stands before its first dot."""
    top, *below = module.split(".")
    names = set(by_top_name().get(top, ()))
    if len(names) > 1 and below:
        begun = f"{top}/{below[0]}"
        names = {
            name
            for name in names
            if any(
                str(file).startswith((f"{begun}/", f"{begun}."))
                for file in metadata.files(name) or ()
            )
        }
    return frozenset(map(normalised, names))


def undeclared(
    source: str, file: str, declared: Collection[str], own: Collection[str] = ()
) -> list[str]:
    """What `source` imports that neither Python, nor the project, nor `declared` has."""
    return [
        f"{file}:{line}: {module} comes from {found or 'a package that is not installed'}"
        for line, module in imported(source)
        if (top := module.split(".")[0]) not in sys.stdlib_module_names
        and top not in own
        and not (packages := distributions(module)) & set(declared)
        for found in [" or ".join(sorted(packages))]
    ]


def sources() -> list[Path]:
    folders = ("cnnviz", "scenes", "benchmarks", "tests")
    found = [path for folder in folders for path in sorted((HOUSE / folder).rglob("*.py"))]
    return [HOUSE / "render.py", *found]


def test_whatever_is_imported_is_declared() -> None:
    helpers = {path.stem for path in sources() if path.parts[-2] != "cnnviz"}
    missing = []
    for path in sources():
        file = path.relative_to(HOUSE).as_posix()
        # Tests and benchmarks import their neighbours by name alone.
        beside = helpers if file.startswith(("tests/", "benchmarks/")) else set()
        own = {"cnnviz", "scenes", *beside}
        missing += undeclared(path.read_text("utf-8"), file, allowed(file), own)
    assert missing == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import numpy\n", []),
        ("import os.path, json\n", []),
        ("from . import neighbour\n", []),
        ("from house.room import door\n", []),
        ("import PIL.Image\n", ["a.py:1: PIL.Image comes from pillow"]),
        ("def late():\n    import cv2\n", ["a.py:2: cv2 comes from opencv-python"]),
        ("import numpy, torch\n", ["a.py:1: torch comes from torch"]),
        (
            "\nfrom nowhere import at_all\n",
            ["a.py:2: nowhere comes from a package that is not installed"],
        ),
    ],
)
def test_what_is_not_declared_is_named_by_file_and_line(source: str, said: list[str]) -> None:
    assert undeclared(source, "a.py", {"numpy"}, {"house"}) == said


def test_a_name_that_packages_share_is_told_apart_by_what_follows_it() -> None:
    assert distributions("google.auth.exceptions") == {"google-auth"}
    assert "google-auth" not in distributions("google.api_core.exceptions")


def test_a_film_takes_nothing_from_an_extra_and_publishing_only_from_its_own() -> None:
    assert "distributed" not in allowed("cnnviz/studio/build.py")
    assert "distributed" in allowed("cnnviz/studio/cluster_worker.py")
    assert "oauthlib" not in allowed("cnnviz/media/join.py")
    assert "pytest" not in allowed("cnnviz/publish/login.py")
    assert "pytest" in allowed("tests/test_declared.py")
