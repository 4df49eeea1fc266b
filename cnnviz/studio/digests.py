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

from cnnviz.errors import UserError
from cnnviz.files import file_digest

__all__ = [
    "Known",
    "code_digest",
    "code_files",
    "data_digest",
    "json_digest",
    "parse_source",
    "versions",
    "versions_digest",
]

MACHINERY = Path(__file__).resolve().parents[1]
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


def json_digest(value: Any) -> str:
    """SHA-256 of `value` written as canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def code_digest(roots: Iterable[Path], project: Path, known: Known | None = None) -> str:
    """One digest of all `code_files`.

    Raises
    ------
    UserError
        One of the files is not Python; file and line are named.
    """
    return json_digest(code_files(roots, project, known))


Known = dict[Path, tuple[str, tuple[Path, ...]]]
"""File → its digest, and the project's files that it imports."""


def code_files(roots: Iterable[Path], project: Path, known: Known | None = None) -> dict[str, str]:
    """The source files in `roots` and all project modules that they import, and their digests.

    Files are named from the folder of `project`, or from the one that holds the machinery; `known`
    holds what is known of files already, and gets what is learned. In the
    machinery, imports inside functions do not count: they are made late because they belong
    to another way of running.

    Raises
    ------
    UserError
        One of the files is not Python; file and line are named.
    """
    known = {} if known is None else known
    seen: dict[Path, str] = {}
    waiting = [path.resolve() for path in roots]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        if path not in known:
            digest, modules = _source(path, path.stat().st_mtime_ns)
            files = {file for module in modules for file in _files_of(module, path, project)}
            known[path] = digest, tuple(files)
        seen[path], imported = known[path]
        waiting.extend(imported)
    return {_shown(path, project): digest for path, digest in sorted(seen.items())}


def _shown(path: Path, project: Path) -> str:
    for base in (project.resolve(), MACHINERY.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name


@cache
def _source(path: Path, changed_at: int) -> tuple[str, tuple[str, ...]]:
    """Digest and imported project modules of one file; `changed_at` only makes the cache honest."""
    late = not path.is_relative_to(MACHINERY)
    return file_digest(path), tuple(_imports(parse_source(path), late=late))


def parse_source(path: Path) -> ast.Module:
    """The syntax tree of a Python file.

    Raises
    ------
    UserError
        It is not valid Python; file and line are named.
    """
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise UserError(
            f"not valid Python: {error.msg}", file=path, line=error.lineno or 1
        ) from None
    except ValueError as error:
        raise UserError(f"not valid Python: {error}", file=path) from None


def _imports(tree: ast.AST, *, late: bool) -> Iterator[str]:
    """Names of imported modules, dots in front where they are relative.

    What a name stands for, a module or something in it, is not known yet: both are given.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            for name in node.names:
                yield f"{module}{'' if module.endswith('.') else '.'}{name.name}"
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name
        elif not _is_skipped(node, late=late):
            yield from _imports(node, late=late)


def _is_skipped(node: ast.AST, *, late: bool) -> bool:
    """Whether imports below `node` do not run, or run too late to count."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    return not late and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _files_of(module: str, importer: Path, project: Path) -> Iterator[Path]:
    """The files that importing `module` runs, if it is the project's: itself and its packages."""
    name = module.lstrip(".")
    parts = name.split(".")
    if name != module:
        base = importer.parents[len(module) - len(name) - 1]
    elif parts[0] == MACHINERY.name:
        base = MACHINERY.parent
    elif parts[0] == "scenes":
        base = project
    else:
        return
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
    return json_digest(versions())


def versions() -> dict[str, str]:
    """Name → version of everything that puts pixels on the screen, Cairo included."""
    return {name: _version(name) for name in DRAWING_LIBRARIES} | _system_versions()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent" if find_spec(package.replace("-", "_")) is None else "unknown"


def _system_versions() -> dict[str, str]:
    import cairo
    import manimpango

    return {"cairo": cairo.cairo_version_string(), "pango": str(manimpango.pango_version())}
