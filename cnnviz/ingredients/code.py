"""Which code a made thing depends on: source files and all that they import, by what they say.

What is imported through a façade, a package that only passes names on, counts as the modules that
define those names.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnnviz.errors import StudioError, UserError
from cnnviz.exact_import import EXECUTED
from cnnviz.ingredients.syntax import EMPTY, MACHINERY, Import, read_source, source_of

__all__ = ["MACHINERY", "Code", "Known", "code_of", "place_of", "require_imported"]

_STAR = "*"


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
        return {place_of(path, self.project): digest for path, digest in self.files.items()}


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
    source = source_of(path)
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
        if not source_of(path).passes_on:
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
            for each in source_of(path).imports:
                waiting.extend(_defined_in(each, path, place))
                waiting.extend(_defined_in(Import(each.module, ()), path, place))
    return seen


def _is_now(path: Path, digest: str) -> str | None:
    """SHA-256 of the file's bytes if they still say what was hashed."""
    try:
        data = path.read_bytes()
        said = read_source(path, data).digest
        return hashlib.sha256(data).hexdigest() if said == digest else None
    except (OSError, UserError):
        return None


def place_of(path: Path, project: Path) -> str:
    """How records name a file: from the project's folder, or from that of this package."""
    for base in (project.resolve(), MACHINERY.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name


# What an import means ------------------------------------------------------------------------


def _defined_in(each: Import, importer: Path, project: Path) -> Iterator[Path]:
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
                if package.is_file() and not source_of(package).passes_on:
                    yield package
            return


def _place(each: Import, importer: Path, project: Path) -> tuple[Path, list[str]] | None:
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
    source = source_of(package) if package.is_file() else EMPTY
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


def _passes(each: Import, name: str) -> bool:
    return any(name == here for _, here in each.names)


def _only(each: Import, name: str) -> Import:
    return Import(each.module, tuple(pair for pair in each.names if pair[1] == name))
