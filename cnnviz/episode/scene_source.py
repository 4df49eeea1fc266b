"""What a scene's file says about itself, and what the classes say that it is based on.

Read without running anything: a scene may take its beats, labels and knobs from a class in the same
file, in a part of its episode, in `scenes/shared` or in another episode.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.ingredients.syntax import parse_source
from cnnviz.names import composed

__all__ = ["Place", "SceneSource", "class_name_of", "read_source"]

_PLAYED_FIRST = ("setup_stage", "construct")


@dataclass(frozen=True)
class Place:
    """A line of a file, as messages name it."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


@dataclass(frozen=True)
class SceneSource:
    """What a scene says about itself, its base classes included.

    Parameters
    ----------
    path
        The file.
    class_name
        Its scene: the file's name in CamelCase.
    beats, labels
        Names that it plays and shows, in the order in which it does, with the place where each
        first stands.
    recording
        The name of the recording that it shows, where it shows one.
    evidence
        Names of the other evidence that it shows.
    knobs
        Names that its classes give a value: what a subclass, or a script, may change.
    classes
        File and name of its class, and of those of the project that it is based on, nearest first.
    continues
        File and name of the class that it goes on from, where it goes on from one.
    """

    path: Path
    class_name: str
    beats: dict[str, Place]
    labels: dict[str, Place]
    recording: str | None = None
    evidence: tuple[str, ...] = ()
    knobs: frozenset[str] = field(default_factory=frozenset)
    classes: tuple[tuple[Path, str], ...] = ()
    continues: tuple[Path, str] | None = None


def class_name_of(path: Path) -> str:
    """The class that a scene's file must hold: its name in CamelCase, as Python stores names."""
    name = "".join(part.capitalize() for part in path.stem.split("_"))
    return unicodedata.normalize("NFKC", name)


def read_source(path: Path, root: Path) -> SceneSource:
    """Read the scene in `path` of the project in `root`.

    Raises
    ------
    UserError
        The file, or one with a base class, is not Python or lacks the class; a beat's name is not
        written out, or it is played twice.
    """
    class_name = class_name_of(path)
    classes = _Module(path, root).lineage(class_name)
    if not classes:
        raise UserError(f"no class {class_name} in it", file=path, hint="name it like the file")
    beats: dict[str, Place] = {}
    labels: dict[str, Place] = {}
    for method, name, place in _calls_in_order(classes):
        if method != "beat":
            labels.setdefault(name, place)
        elif name in beats:
            raise UserError(f"beat {name!r} is played twice", file=place.path, line=place.line)
        else:
            beats[name] = place
    return SceneSource(
        path,
        class_name,
        beats,
        labels,
        recording=next(iter(_written_names(classes, "recording")), None),
        evidence=_written_names(classes, "evidence"),
        knobs=frozenset(name for each in classes for name, _ in each.values()),
        classes=tuple((each.path, each.node.name) for each in classes),
        continues=_continued(classes, root),
    )


@dataclass(frozen=True)
class _Class:
    """A class and the file that it stands in."""

    path: Path
    node: ast.ClassDef

    @cached_property
    def methods(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in self.node.body if isinstance(node, ast.FunctionDef)}

    def values(self) -> Iterator[tuple[str, ast.expr]]:
        """Names to which the class gives values, with them."""
        for node in self.node.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id, node.value
            elif (
                isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name)
            ):
                yield node.target.id, node.value


class _Module:
    """A file of the project's scenes, and what the names in it mean."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self.root = path, root
        tree = parse_source(path)
        self.classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self.imported = dict(self._imports(tree))

    def _imports(self, tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Name here → its full name, in parts from the project's folder."""
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = tuple((node.module or "").split(".")) if node.module else ()
                if node.level:
                    folder = self.path.parents[node.level - 1]
                    if not folder.is_relative_to(self.root):
                        continue
                    module = (*folder.relative_to(self.root).parts, *module)
                for name in node.names:
                    yield name.asname or name.name, (*module, name.name)
            elif isinstance(node, ast.Import):
                for name in node.names:
                    full = tuple(name.name.split("."))
                    yield (name.asname, full) if name.asname else (full[0], full[:1])

    def lineage(self, name: str, below: frozenset[tuple[Path, str]] = frozenset()) -> list[_Class]:
        """The class called `name` and those of the project that it is based on, nearest first."""
        key = (self.path, name)
        if key in below:
            return []  # a class that is its own base: Python will say so
        if name not in self.classes:
            return self._lineage_of(self.imported.get(name, ()), below | {key})
        node = self.classes[name]
        found = [_Class(self.path, node)]
        for base in node.bases:
            for each in self._based_on(base, below | {key}):
                if each not in found:
                    found.append(each)
        return found

    def meant_by(self, name: ast.expr) -> list[_Class]:
        """The class that an expression names, and those that it is based on, nearest first."""
        return self._based_on(name, frozenset())

    def _based_on(self, base: ast.expr, below: frozenset[tuple[Path, str]]) -> list[_Class]:
        first, *rest = ast.unparse(base).split(".")
        if not rest:
            return self.lineage(first, below)
        return self._lineage_of((*self.imported.get(first, ()), *rest), below)

    def _lineage_of(self, full: Sequence[str], below: frozenset[tuple[Path, str]]) -> list[_Class]:
        """The classes behind a full name; none where it is not one of the project's scenes."""
        if len(full) < 2 or full[0] != "scenes":
            return []
        place = self.root.joinpath(*full[:-1])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return _Module(path, self.root).lineage(full[-1], below)
        return []


def _calls_in_order(classes: Sequence[_Class]) -> Iterator[tuple[str, str, Place]]:
    """Calls of `self.beat`, `self.label` and `self.label_text`, in the order in which they play.

    From `setup_stage` and `construct` into the methods that they name, as `self.…` or `super().…`;
    then what the scene's own class has besides. What a base class has and nobody names, is not
    played: the scene has put something else in its place.
    """
    seen: set[tuple[int, str]] = set()

    def walk(method: str, start: int) -> Iterator[tuple[str, str, Place]]:
        for index in range(start, len(classes)):
            if method in classes[index].methods:
                break
        else:
            return
        if (index, method) in seen:
            return
        seen.add((index, method))
        path, body = classes[index].path, classes[index].methods[method]
        for node in sorted(ast.walk(body), key=_position):
            if isinstance(node, ast.Call) and _is_named_call(node):
                yield from _named(path, node)
            elif isinstance(node, ast.Attribute) and _is_super(node.value):
                yield from walk(node.attr, index + 1)
            elif isinstance(node, ast.Attribute) and _is_self(node.value):
                yield from walk(node.attr, 0)

    for method in (*_PLAYED_FIRST, *classes[0].methods):
        yield from walk(method, 0)


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (node.func.id == "super")
    )


def _is_named_call(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and _is_self(function.value)
        and function.attr in ("beat", "label", "label_text")
    )


def _named(path: Path, call: ast.Call) -> Iterator[tuple[str, str, Place]]:
    assert isinstance(call.func, ast.Attribute)
    method, name = call.func.attr, call.args[0] if call.args else None
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        yield method, composed(name.value), Place(path, call.lineno)
    elif method == "beat":
        raise UserError("a beat's name must be written out", file=path, line=call.lineno)


def _written_names(classes: Sequence[_Class], attribute: str) -> tuple[str, ...]:
    """The name, or names, that the nearest class that does has written out under `attribute`."""
    for each in classes:
        for name, value in each.values():
            if name == attribute:
                return _names_in(each.path, attribute, value)
    return ()


def _continued(classes: Sequence[_Class], root: Path) -> tuple[Path, str] | None:
    """The class that the nearest class that says so goes on from."""
    for each in classes:
        for name, value in each.values():
            if name == "continues":
                if isinstance(value, ast.Constant) and value.value is None:
                    return None
                found = _Module(each.path, root).meant_by(value)
                if not found:
                    raise UserError(
                        f"{ast.unparse(value)} under continues is no class of the project's scenes",
                        file=each.path,
                        line=value.lineno,
                        hint="import the class of the scene before, and write its name",
                    )
                return found[0].path, found[0].node.name
    return None


def _names_in(path: Path, attribute: str, value: ast.expr) -> tuple[str, ...]:
    if isinstance(value, ast.Constant) and value.value is None:
        return ()
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    names = [one.value for one in values if isinstance(one, ast.Constant)]
    if len(names) == len(values) and all(isinstance(name, str) for name in names):
        return tuple(map(str, names))
    raise UserError(
        f"the name of a {attribute} must be written out"
        if attribute == "recording"
        else f"names under {attribute} must be written out",
        file=path,
        line=value.lineno,
    )
