"""Which code a made thing depends on: source files and all that they import, by what they say.

A file counts by its syntax tree without docstrings: a comment, a line break or a docstring makes
nothing anew. What is imported through a façade, a package that only passes names on, counts as the
modules that define those names.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from cnnviz.errors import StudioError, UserError
from cnnviz.exact_import import EXECUTED
from cnnviz.files import file_digest
from cnnviz.store import Shelf, json_digest

__all__ = [
    "MACHINERY",
    "Code",
    "Known",
    "code_of",
    "parse_source",
    "require_imported",
    "syntax_digest",
]

MACHINERY = Path(__file__).resolve().parents[1]
_STAR = "*"
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Code:
    """Source files that belong together.

    Parameters
    ----------
    files
        File → digest of its syntax tree.
    project
        The folder from which the scenes among them are named.
    """

    files: Mapping[Path, str]
    project: Path

    @cached_property
    def record(self) -> dict[str, str]:
        """Name of each file → its digest, wherever project and machinery lie."""
        return {_shown(path, self.project): digest for path, digest in self.files.items()}


@dataclass(frozen=True)
class _Import:
    """`from module import names`, or `import module` where there are no names."""

    module: str
    names: tuple[tuple[str, str], ...]  # the name there, and the name here

    @property
    def level(self) -> int:
        return len(self.module) - len(self.module.lstrip("."))


@dataclass(frozen=True)
class _Source:
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
    imports: tuple[_Import, ...]
    passes_on: bool


Known = dict[Path, tuple[str, tuple[Path, ...]]]
"""File → digest of its syntax tree, and the files on which its imports depend."""


def code_of(roots: Iterable[Path], project: Path, known: Known | None = None) -> Code:
    """The source files `roots` and all of the project's and the machinery's that they import.

    In the machinery, imports inside functions do not count: they are made late because they
    belong to another way of running.

    Parameters
    ----------
    roots, project
        Where to begin, and the folder that holds the scenes.
    known
        What was found out a moment ago, for other roots of the same project; gets what is new.

    Raises
    ------
    UserError
        One of the files is not Python; file and line are named.
    """
    known = {} if known is None else known
    seen: dict[Path, str] = {}
    waiting = [path.resolve() for path in roots]
    place = project.resolve()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        if path not in known:
            known[path] = _found_out(path, place)
        seen[path], imported = known[path]
        waiting.extend(imported)
    return Code(dict(sorted(seen.items())), project)


def _found_out(path: Path, project: Path) -> tuple[str, tuple[Path, ...]]:
    source = _source(path)
    defined = (file for each in source.imports for file in _defined_in(each, path, project))
    return source.digest, tuple(dict.fromkeys((*_packages(path, project), *defined)))


def require_imported(code: Code) -> None:
    """See that this process has imported what was hashed, and no scene that was not.

    Raises
    ------
    StudioError
        A file was changed since, or a module of scenes is imported in a way that nobody sees.
    """
    for path, digest in code.files.items():
        executed = EXECUTED.get(str(path))
        if executed is not None and executed != _is_now(path, digest):
            raise StudioError(
                "it was changed while the film was being made", file=path, hint="run again"
            )
    place = code.project.resolve()
    ran: dict[Path, str] = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.startswith("scenes.") and file:
            ran[Path(file).resolve()] = name
    own = {path for path in ran if path.is_relative_to(place)} - code.files.keys()
    for path in own - _along(code, place) if own else ():
        if not _source(path).passes_on:
            raise StudioError(
                f"{ran[path]} is imported in a way that cannot be seen",
                file=path,
                hint="write `import` with its name in the scene",
            )


def _along(code: Code, place: Path) -> set[Path]:
    """What runs along: modules in façades of which nothing is named, and what they import."""
    seen: set[Path] = set()
    waiting = list(code.files)
    while waiting:
        path = waiting.pop()
        if path not in seen and path.is_file():
            seen.add(path)
            waiting.extend(folder / "__init__.py" for folder in path.parents[:2])
            for each in _source(path).imports:
                waiting.extend(_defined_in(each, path, place))
                waiting.extend(_defined_in(_Import(each.module, ()), path, place))
    return seen


def _is_now(path: Path, digest: str) -> str | None:
    """SHA-256 of the file's bytes if they still say what was hashed."""
    try:
        data = path.read_bytes()
        return hashlib.sha256(data).hexdigest() if _read(path, data).digest == digest else None
    except (OSError, UserError):
        return None


def _shown(path: Path, project: Path) -> str:
    for base in (project.resolve(), MACHINERY.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name


_EMPTY = _Source("", (), passes_on=True)
"""What a folder without `__init__.py` says."""


# What an import means ------------------------------------------------------------------------


def _defined_in(each: _Import, importer: Path, project: Path) -> Iterator[Path]:
    """The files that an import depends on."""
    place = _place(each, importer, project)
    if place is None:
        return
    base, parts = place
    yield from _of_module(base.joinpath(*parts), each.names, project)


def _packages(path: Path, project: Path) -> Iterator[Path]:
    """The packages in which a file lies, and which run with it, façades aside."""
    for base in (project, MACHINERY.parent):
        if path.is_relative_to(base):
            for folder in path.parents[: len(path.relative_to(base).parts) - 1]:
                package = folder / "__init__.py"
                if package.is_file() and not _source(package).passes_on:
                    yield package
            return


def _place(each: _Import, importer: Path, project: Path) -> tuple[Path, list[str]] | None:
    """From which folder a module's name leads to its file; None where it is not ours."""
    name = each.module.lstrip(".")
    parts = name.split(".") if name else []
    if each.level:
        return importer.parents[each.level - 1], parts
    if parts[0] == MACHINERY.name:
        return MACHINERY.parent, parts
    return (project, parts) if parts[0] == "scenes" else None


def _of_module(module: Path, names: Sequence[tuple[str, str]], project: Path) -> Iterator[Path]:
    """The files in which `names` of the module or package at `module` are defined; all if none."""
    file = module.with_suffix(".py")
    if file.is_file():
        yield file.resolve()
        return
    package = (module / "__init__.py").resolve()
    source = _source(package) if package.is_file() else _EMPTY
    if not source.passes_on:
        yield package
    everything = not names or any(name == _STAR for name, _ in names)
    for name, _ in names:
        if (module / f"{name}.py").is_file() or (module / name / "__init__.py").is_file():
            yield from _of_module(module / name, (), project)
        elif source.passes_on:
            found = [each for each in source.imports if _passes(each, name)]
            everything = everything or not found
            for each in found:
                yield from _defined_in(_only(each, name), package, project)
    if everything and source.passes_on:
        for each in source.imports:
            yield from _defined_in(each, package, project)


def _passes(each: _Import, name: str) -> bool:
    return any(name == here for _, here in each.names)


def _only(each: _Import, name: str) -> _Import:
    return _Import(each.module, tuple(pair for pair in each.names if pair[1] == name))


# What a file says ----------------------------------------------------------------------------

_SOURCES: dict[tuple[str, bool], _Source] = {}


@cache
def _reader() -> str:
    """What reads them: what is known of a file was found out by it."""
    return file_digest(Path(__file__))


def _source(path: Path) -> _Source:
    return _read(path, path.read_bytes())


def _read(path: Path, data: bytes) -> _Source:
    """What `data`, the bytes of `path`, say; parsed once a machine."""
    late = not path.is_relative_to(MACHINERY)
    key = hashlib.sha256(data).hexdigest(), late
    if key not in _SOURCES:
        name = json_digest([*key, _reader(), sys.version])
        shelf = Shelf("known")
        entry = shelf.get(name)
        if entry is None:
            tree = _parsed(path, data)
            found = _Source(
                syntax_digest(tree, b"__doc__" in data),
                tuple(_imports(tree, late=late)),
                all(map(_is_passing_on, tree.body)),
            )
            shelf.seal(name, facts=_as_json(found))
        else:
            found = _from_json(entry.facts)
        _SOURCES[key] = found
    return _SOURCES[key]


def _as_json(source: _Source) -> list[object]:
    imports = [[each.module, each.names] for each in source.imports]
    return [source.digest, imports, source.passes_on]


def _from_json(facts: Sequence[object]) -> _Source:
    digest, imports, passes_on = facts
    assert isinstance(imports, list)
    known = tuple(
        _Import(module, tuple((there, here) for there, here in names)) for module, names in imports
    )
    return _Source(str(digest), known, bool(passes_on))


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


def syntax_digest(tree: ast.Module, docstrings: bool = False) -> str:
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
        or (isinstance(node, ast.Pass))
    )


def _imports(tree: ast.AST, *, late: bool) -> Iterator[_Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom):
            names = tuple((name.name, name.asname or name.name) for name in node.names)
            yield _Import("." * node.level + (node.module or ""), names)
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield _Import(name.name, ())
        elif not _is_skipped(node, late=late):
            yield from _imports(node, late=late)


def _is_skipped(node: ast.AST, *, late: bool) -> bool:
    """Whether imports below `node` do not run, or run too late to count."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    return not late and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
