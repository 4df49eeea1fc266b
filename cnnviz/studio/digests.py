"""What a picture depends on, as a digest: source code, its project imports, data, versions."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cnnviz.files import file_digest

__all__ = ["code_digest", "data_digest", "json_digest", "versions_digest"]

PACKAGES = ("cnnviz", "scenes")
DRAWING_LIBRARIES = (
    "manim",
    "ManimPango",
    "pycairo",
    "av",
    "typst",
    "numpy",
    "torch",
    "opencv-python",
    "fontpkg-hind-siliguri",
)


def json_digest(value: Any) -> str:
    """SHA-256 of `value` written as canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def code_digest(roots: Iterable[Path], project: Path) -> str:
    """Digest of the source files in `roots` and of all project modules that they import.

    Imports inside functions do not count: they are made late because they belong to another way
    of running.
    """
    seen: dict[Path, str] = {}
    waiting = [path.resolve() for path in roots]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen[path], imported = _source(path, path.stat().st_mtime_ns)
        for module in imported:
            waiting.extend(_files_of(module, project))
    return json_digest(sorted((path.name, digest) for path, digest in seen.items()))


@cache
def _source(path: Path, changed_at: int) -> tuple[str, tuple[str, ...]]:
    """Digest and imported project modules of one file; `changed_at` only makes the cache honest."""
    text = path.read_bytes()
    return hashlib.sha256(text).hexdigest(), tuple(_imports(ast.parse(text)))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            for name in node.names:
                yield f"{node.module}.{name.name}"
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name


def _files_of(module: str, project: Path) -> Iterator[Path]:
    """The files that importing `module` runs, if it is the project's: itself and its packages."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        return
    base = Path(__file__).parents[2] if parts[0] == "cnnviz" else project
    for length in range(1, len(parts) + 1):
        place = base.joinpath(*parts[:length])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path.resolve()


def data_digest(folder: Path) -> str:
    """Digest of every file below `folder` that is not Python: pictures and the like."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    )
    return json_digest([(str(path.relative_to(folder)), file_digest(path)) for path in files])


@cache
def versions_digest() -> str:
    """Digest of the versions of everything that puts pixels on the screen, Cairo included."""
    return json_digest({name: _version(name) for name in DRAWING_LIBRARIES} | _system_versions())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent" if find_spec(package.replace("-", "_")) is None else "unknown"


def _system_versions() -> dict[str, str]:
    import cairo
    import manimpango

    return {"cairo": cairo.cairo_version_string(), "pango": str(manimpango.pango_version())}
