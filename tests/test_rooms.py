"""Rooms: who may know whom stands in docs/architecture.md, and the imports keep to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).resolve().parents[1]
GROUND = "ground"
PAGES = [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *sorted((HOUSE / "docs").glob("*.md"))]

Rooms = Mapping[str, Collection[str]]
"""Room → the rooms that it may know."""


class Import(NamedTuple):
    """One import: the file and line in which it stands, and the module that it names."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


# Reading -------------------------------------------------------------------------------------


def rooms_in(document: str) -> dict[str, set[str]]:
    """The table `| room | is | may know |` of a document."""
    _, _, after = document.partition("| room | is | may know |\n| --- | --- | --- |\n")
    rooms: dict[str, set[str]] = {}
    for line in after.splitlines():
        if not line.startswith("|"):
            break
        room, _, known = line.strip("| ").split(" | ")
        rooms[room.strip("`/")] = {name.strip("/") for name in re.findall("`([^`]+)`", known)}
    return rooms


def module_name(file: str) -> str:
    """The dotted name of a file that is named from the project's folder."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(sources: Mapping[str, str]) -> list[Import]:
    """All imports of files, wherever in them they stand; `sources` is file → what it says."""
    paths = [module_name(file).split(".") for file in sources]
    modules = {".".join(path[:count]) for path in paths for count in range(1, len(path) + 1)}
    return [each for file, text in sources.items() for each in _imports(file, text, modules)]


def _imports(file: str, text: str, modules: Collection[str]) -> Iterator[Import]:
    for node in ast.walk(ast.parse(text, file)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(file, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom):
            # One dot is the folder in which the file lies, whether it is a package's or not.
            folder = file.split("/")[: -node.level] if node.level else []
            base = ".".join([*folder, *filter(None, [node.module])])
            for name in node.names:
                part = f"{base}.{name.name}"
                yield Import(file, node.lineno, part if part in modules else base)


def room_of(module: str, rooms: Rooms) -> str | None:
    """The room in which a module lies; None if it is not ours."""
    top, *parts = module.split(".")
    if top == "scenes":
        return top
    if top != "cnnviz":
        return None
    within = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    if room := next((name for name in within if name in rooms), None):
        return room
    return GROUND if len(parts) < 2 else parts[0]


def trespasses(imports: Iterable[Import], rooms: Rooms) -> list[str]:
    """The imports by which a room knows one that its row does not name."""
    found = []
    for each in imports:
        room, other = room_of(module_name(each.file), rooms), room_of(each.module, rooms)
        if room is None or other is None:
            continue
        if other not in {GROUND, room, *rooms.get(room, ())}:
            found.append(f"{each}, and {room} may not know {other}")
    return found


def circle(knows: Mapping[str, Collection[str]]) -> Sequence[str]:
    """A circle among those who know each other, its first name again in the end; () if none."""
    try:
        TopologicalSorter(knows).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def who_imports(imports: Iterable[Import], modules: Collection[str]) -> dict[str, set[str]]:
    """Module → those of `modules` that it imports."""
    knows: dict[str, set[str]] = {module: set() for module in modules}
    for each in imports:
        if each.module in knows:
            knows[module_name(each.file)].add(each.module)
    return knows


def outside(imports: Iterable[Import], library: str, allowed: set[str], rooms: Rooms) -> list[str]:
    """The imports of a library in rooms that are not among the `allowed`."""
    return [
        str(each)
        for each in imports
        if each.module.split(".")[0] == library
        and room_of(module_name(each.file), rooms) not in allowed
    ]


# The house -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    files = [path for top in ("cnnviz", "scenes") for path in sorted((HOUSE / top).rglob("*.py"))]
    return {path.relative_to(HOUSE).as_posix(): path.read_text("utf-8") for path in files}


@pytest.fixture(scope="module")
def imports(sources: Mapping[str, str]) -> list[Import]:
    return imports_of(sources)


@pytest.fixture(scope="module")
def rooms() -> dict[str, set[str]]:
    return rooms_in((HOUSE / "docs" / "architecture.md").read_text("utf-8"))


def test_every_folder_of_code_belongs_to_a_room(sources: Mapping[str, str], rooms: Rooms) -> None:
    assert {room_of(module_name(file), rooms) for file in sources} == rooms.keys()


def test_no_room_knows_one_that_its_row_does_not_name(
    imports: Sequence[Import], rooms: Rooms
) -> None:
    assert trespasses(imports, rooms) == []


def test_a_row_names_only_rooms_and_none_that_it_does_not_need(
    imports: Sequence[Import], rooms: Rooms
) -> None:
    needed: dict[str, set[str | None]] = {room: set() for room in rooms}
    for each in imports:
        room = room_of(module_name(each.file), rooms)
        needed[room or GROUND].add(room_of(each.module, rooms))
    unused = {room: set(known) - needed[room] for room, known in rooms.items()}
    assert {room: names for room, names in unused.items() if names} == {}


def test_the_table_has_no_circle(rooms: Rooms) -> None:
    assert circle(rooms) == ()


def test_no_file_is_imported_in_a_circle(
    imports: Sequence[Import], sources: Mapping[str, str]
) -> None:
    assert circle(who_imports(imports, {module_name(file) for file in sources})) == ()


def test_nobody_knows_the_scenes(rooms: Rooms) -> None:
    assert [room for room, known in rooms.items() if "scenes" in known] == []


def test_the_ground_knows_nobody(rooms: Rooms) -> None:
    assert rooms[GROUND] == set()


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("argparse", {"commands"}),
        ("manim", {"visuals", "stage", "review", "scenes"}),
        ("torch", {"compute", "recognizer", "recognizer/training", "scenes"}),
    ],
)
def test_only_these_rooms_know(
    library: str, allowed: set[str], imports: Sequence[Import], rooms: Rooms
) -> None:
    assert outside(imports, library, allowed, rooms) == []
    assert len(outside(imports, library, set(), rooms)) > 5  # the reader sees those that are there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    assert [name for name in files_named(page.read_text("utf-8")) if not is_there(name)] == []


def files_named(page: str) -> list[str]:
    """Modules, and what else lies in the program's own folders; names in capitals stand for any."""
    within = r"(?:cnnviz|tests|benchmarks)/[\w./]*"
    named = re.findall(rf"`({within}|(?:\w+/)*\w+\.py)`", page)
    return [name for name in named if not re.search(r"\b[A-Z]+\b", name)]


def is_there(name: str) -> bool:
    """Whether something has that path, from the project's folder or `cnnviz/`, or that name."""
    if (HOUSE / name).exists() or (HOUSE / "cnnviz" / name).exists():
        return True
    return "/" not in name and any(
        next((HOUSE / top).rglob(name), None) for top in ("cnnviz", "scenes", "benchmarks")
    )


# The reader itself ---------------------------------------------------------------------------

TABLE = """
| room | is | may know |
| --- | --- | --- |
| ground | errors | nobody |
| `low/` | arrays | nobody |
| `low/deep/` | its cellar | `low/` |
| `high/` | films | `low/`, `low/deep/` |

| something | else |
"""
ROOMS = rooms_in(TABLE)


def trespass(file: str, text: str) -> list[str]:
    """What the table forbids of a file that stands beside others."""
    others = {
        f"cnnviz/{name}.py": "" for name in ("errors", "low/sum", "low/deep/well", "high/film")
    }
    return trespasses(imports_of({**others, file: text}), ROOMS)


def test_a_table_is_read_row_by_row_up_to_its_end() -> None:
    assert {
        "ground": set(),
        "low": set(),
        "low/deep": {"low"},
        "high": {"low", "low/deep"},
    } == ROOMS


@pytest.mark.parametrize(
    "text",
    [
        "\nfrom cnnviz.high.film import cut",
        "\nfrom cnnviz.high import film",
        "\nfrom cnnviz import high",
        "\nimport cnnviz.high.film",
        "\nimport cnnviz.high.film as film",
        "\nfrom ..high import film",
        "\nfrom ..high.film import cut",
        "if TYPE_CHECKING:\n    from cnnviz.high.film import Film",
        "def late():\n    from cnnviz.high.film import cut",
        "try:\n    import cnnviz.high.film\nexcept ImportError:\n    pass",
    ],
)
def test_a_forbidden_import_is_named_with_file_and_line(text: str) -> None:
    [found] = trespass("cnnviz/low/sum.py", text)
    assert found.startswith("cnnviz/low/sum.py:2 imports cnnviz.high")
    assert found.endswith("and low may not know high")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("cnnviz/high/show.py", "from cnnviz.low.sum import add"),
        ("cnnviz/high/show.py", "from cnnviz.low.deep import well"),
        ("cnnviz/high/show.py", "from . import film"),
        ("cnnviz/high/__init__.py", "from .film import cut"),
        ("cnnviz/low/deep/well.py", "from ..sum import add"),
        ("cnnviz/low/sum.py", "from cnnviz import errors\nimport numpy.high.film"),
    ],
)
def test_what_its_row_names_its_own_and_the_ground_a_room_may_know(file: str, text: str) -> None:
    assert trespass(file, text) == []


@pytest.mark.parametrize(
    ("file", "text", "other"),
    [
        ("cnnviz/errors.py", "import cnnviz.low.sum", "low"),
        ("cnnviz/low/sum.py", "from .deep import well", "low/deep"),
        ("cnnviz/high/film.py", "from scenes.first import First", "scenes"),
        ("cnnviz/high/film.py", "from cnnviz.attic.box import Box", "attic"),
        ("cnnviz/attic/box.py", "from cnnviz.low import sum", "low"),
    ],
)
def test_nobody_knows_more_than_that(file: str, text: str, other: str) -> None:
    [found] = trespass(file, text)
    assert found.endswith(f"may not know {other}")


def test_a_circle_is_named_from_file_to_file() -> None:
    files = {
        "cnnviz/low/a.py": "from cnnviz.low import b",
        "cnnviz/low/b.py": "def late():\n    from cnnviz.low.c import C",
        "cnnviz/low/c.py": "if TYPE_CHECKING:\n    from .a import A",
        "cnnviz/low/d.py": "from cnnviz.low import a",
    }
    modules = {module_name(file) for file in files}
    found = circle(who_imports(imports_of(files), modules))
    assert found[0] == found[-1]
    assert set(found) == {"cnnviz.low.a", "cnnviz.low.b", "cnnviz.low.c"}
    files["cnnviz/low/c.py"] = ""
    assert circle(who_imports(imports_of(files), modules)) == ()


def test_a_circle_of_rows_is_seen() -> None:
    rooms = rooms_in(TABLE.replace("| arrays | nobody |", "| arrays | `high/` |"))
    assert {"low", "high"} <= set(circle(rooms))


def test_a_name_of_a_file_that_is_gone_is_found() -> None:
    page = "`cnnviz/attic/`, `attic/box.py`, `box.py`, `scenes/EPISODE/ID.py`, `cnnviz/store.py`"
    assert [name for name in files_named(page) if not is_there(name)] == [
        "cnnviz/attic/",
        "attic/box.py",
        "box.py",
    ]


def test_a_library_in_the_wrong_room_is_named_with_file_and_line() -> None:
    found = imports_of({"cnnviz/low/sum.py": "def add():\n    import argparse.more"})
    assert outside(found, "argparse", {"high"}, ROOMS) == [
        "cnnviz/low/sum.py:2 imports argparse.more"
    ]
    assert outside(found, "argparse", {"low"}, ROOMS) == []
