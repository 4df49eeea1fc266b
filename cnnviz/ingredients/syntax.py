"""What one source file says: a digest of its syntax tree, and what it imports; read once a machine.

A file counts by its syntax tree without docstrings: a comment, a line break or a docstring makes
nothing anew.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.files import file_digest
from cnnviz.store import Shelf, json_digest

__all__ = ["EMPTY", "MACHINERY", "Import", "Source", "parse_source", "read_source", "source_of"]

MACHINERY = Path(__file__).resolve().parents[1]
"""The folder of this package."""
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """`from module import names`, or `import module` where there are no names."""

    module: str
    names: tuple[tuple[str, str], ...]  # the name there, and the name here

    @property
    def level(self) -> int:
        return len(self.module) - len(self.module.lstrip("."))


@dataclass(frozen=True)
class Source:
    """What one file says.

    Parameters
    ----------
    digest
        Of its syntax tree.
    imports
        What it imports.
    passes_on
        Whether it does nothing else: it is a façade, or empty.
    """

    digest: str
    imports: tuple[Import, ...]
    passes_on: bool


EMPTY = Source("", (), passes_on=True)
"""What a folder without `__init__.py` says."""

_SOURCES: dict[tuple[str, bool], Source] = {}


@cache
def _reader() -> str:
    """What reads them: what is known of a file was found out by it."""
    return file_digest(Path(__file__))


def source_of(path: Path) -> Source:
    """What a file says."""
    return read_source(path, path.read_bytes())


def read_source(path: Path, data: bytes) -> Source:
    """What `data`, the bytes of `path`, say; parsed once a machine."""
    late = not path.is_relative_to(MACHINERY)
    key = hashlib.sha256(data).hexdigest(), late
    if key not in _SOURCES:
        name = json_digest([*key, _reader(), sys.version])
        shelf = Shelf("known")
        entry = shelf.get(name)
        if entry is None:
            tree = _parsed(path, data)
            found = Source(
                _digest(tree, b"__doc__" in data),
                tuple(_imports(tree, late=late)),
                all(map(_is_passing_on, tree.body)),
            )
            shelf.seal(name, facts=_as_json(found))
        else:
            found = _from_json(entry.facts)
        _SOURCES[key] = found
    return _SOURCES[key]


def _as_json(source: Source) -> list[object]:
    imports = [[each.module, each.names] for each in source.imports]
    return [source.digest, imports, source.passes_on]


def _from_json(facts: Sequence[object]) -> Source:
    digest, imports, passes_on = facts
    assert isinstance(imports, list)
    known = tuple(
        Import(module, tuple((there, here) for there, here in names)) for module, names in imports
    )
    return Source(str(digest), known, bool(passes_on))


def parse_source(path: Path) -> ast.Module:
    """The syntax tree of a Python file.

    Raises
    ------
    UserError
        It is not valid Python; file and line are named.
    """
    return _parsed(path, path.read_bytes())


def _parsed(path: Path, data: bytes) -> ast.Module:
    try:
        return ast.parse(data, filename=str(path))
    except SyntaxError as error:
        raise UserError(
            f"not valid Python: {error.msg}", file=path, line=error.lineno or 1
        ) from None
    except ValueError as error:
        raise UserError(f"not valid Python: {error}", file=path) from None


def _digest(tree: ast.Module, docstrings: bool = False) -> str:
    """Digest of what code does: of its tree without places, and without docstrings unless asked."""
    if not docstrings:
        for node in ast.walk(tree):
            if isinstance(node, _DOCUMENTED) and node.body and _is_text(node.body[0]):
                del node.body[0]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_passing_on(node: ast.stmt) -> bool:
    """Whether a statement only names things: an import, a docstring, `__all__ = …`."""
    if isinstance(node, ast.Assign):
        targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return len(targets) == len(node.targets) and all(
            name.startswith("__") and name.endswith("__") for name in targets
        )
    return (
        isinstance(node, ast.Import | ast.ImportFrom)
        or _is_text(node)
        or isinstance(node, ast.Pass)
    )


def _imports(tree: ast.AST, *, late: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom):
            names = tuple((name.name, name.asname or name.name) for name in node.names)
            yield Import("." * node.level + (node.module or ""), names)
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, ())
        elif not _is_skipped(node, late=late):
            yield from _imports(node, late=late)


def _is_skipped(node: ast.AST, *, late: bool) -> bool:
    """Whether imports below `node` do not run, or run too late to count."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    return not late and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
