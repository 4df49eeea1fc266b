"""Code counts by what it does: with all that it imports, and with nothing else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny import without_scenes

from cnnviz.errors import StudioError, UserError
from cnnviz.ingredients import syntax
from cnnviz.ingredients.code import code_of, require_imported
from cnnviz.store import Shelf, json_digest

PACKAGES = ("scenes/__init__.py", "scenes/tiny/__init__.py")


def project(folder: Path, scene: str, **parts: str) -> Path:
    """A scene with the given source, and shared parts beside it."""
    for name in PACKAGES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name, source in {"scene": scene, **parts}.items():
        (folder / "scenes" / "tiny" / f"{name}.py").write_text(source, encoding="utf-8")
    return folder / "scenes" / "tiny" / "scene.py"


def digest(roots: list[Path], folder: Path) -> str:
    return json_digest(code_of(roots, folder).record)


def depends(folder: Path, scene: str, part: str = "_part", **parts: str) -> bool:
    """Whether the digest of a scene with this source changes with `part`."""
    path = project(folder, scene, **{part: "VALUE = 1\n", **parts})
    before = digest([path], folder)
    changed = path.with_name(f"{part}.py")
    changed.write_text("VALUE = 12\n", encoding="utf-8")
    return digest([path], folder) != before


@pytest.mark.parametrize(
    "source",
    [
        "from scenes.tiny._part import VALUE",
        "from scenes.tiny import _part",
        "from scenes.tiny import _part as part, scene as other",
        "import scenes.tiny._part",
        "import scenes.tiny._part as part",
        "from . import _part",
        "from ._part import VALUE",
        "from ._part import *",
        "from ..tiny import _part",
        "from ..tiny._part import VALUE",
        "try:\n    from scenes.tiny._part import VALUE\nexcept ImportError:\n    VALUE = 2",
        "if True:\n    from scenes.tiny import _part",
        "class Scene:\n    from scenes.tiny import _part",
        "def construct():\n    from scenes.tiny import _part",
        "class Scene:\n    def construct(self):\n        from scenes.tiny._part import VALUE",
    ],
)
def test_a_scene_depends_on_what_it_imports(tmp_path: Path, source: str) -> None:
    assert depends(tmp_path, source)


@pytest.mark.parametrize(
    "source",
    [
        "VALUE = 1",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from scenes.tiny import _part",
        "import typing\nif typing.TYPE_CHECKING:\n    from . import _part",
        "import _part",
        '"""import scenes.tiny._part"""',
        "from numpy import _part",
    ],
)
def test_a_scene_does_not_depend_on_what_it_does_not_run(tmp_path: Path, source: str) -> None:
    assert not depends(tmp_path, source)


def test_dependence_passes_through_parts_even_in_a_circle(tmp_path: Path) -> None:
    circle = "from scenes.tiny import _middle, scene\nfrom scenes.tiny._part import VALUE\n"
    assert depends(tmp_path, "from scenes.tiny import _middle", _middle=circle)


def test_a_scene_depends_on_itself_and_on_its_packages(tmp_path: Path) -> None:
    path = project(tmp_path, "VALUE = 1\n", _part="from scenes import tiny\n")
    alone = digest([path], tmp_path)
    importing = project(tmp_path, "from scenes.tiny import _part\n")
    assert digest([path], tmp_path) != alone
    before = digest([importing], tmp_path)
    for name in PACKAGES:
        (tmp_path / name).write_text("VALUE = 3\n")
        after = digest([importing], tmp_path)
        assert after != before
        before = after
    path.write_text("from scenes.tiny import _part, scene\n")
    assert digest([path], tmp_path) != before


def test_a_scene_depends_on_the_machinery_that_it_draws_with(tmp_path: Path) -> None:
    with_grid = digest([project(tmp_path, "from cnnviz.visuals import grid\n")], tmp_path)
    with_text = digest([project(tmp_path, "from cnnviz.visuals import text\n")], tmp_path)
    without = digest([project(tmp_path, "from elsewhere.visuals import grid\n")], tmp_path)
    assert len({with_grid, with_text, without}) == 3


def test_where_the_project_lies_does_not_matter(tmp_path: Path) -> None:
    source = "from . import _part\nfrom cnnviz.stage.lesson import Lesson\n"
    digests = {
        digest([project(tmp_path / name, source, _part="X = 1\n")], tmp_path / name)
        for name in ("here", "there")
    }
    assert len(digests) == 1


def test_source_that_is_not_python_is_named_wherever_it_is_imported(tmp_path: Path) -> None:
    path = project(tmp_path, "from . import _part\n", _part="VALUE = 1\nVALUE = (\n")
    with pytest.raises(UserError, match="not valid Python") as caught:
        digest([path], tmp_path)
    assert (caught.value.file, caught.value.line) == (path.with_name("_part.py"), 2)


def test_source_with_a_null_byte_is_named(tmp_path: Path) -> None:
    path = project(tmp_path, "VALUE = 1\n\0")
    with pytest.raises(UserError, match="not valid Python") as caught:
        digest([path], tmp_path)
    assert caught.value.file == path


# --- what does not change what code does ----------------------------------------------------

PLAIN = """\
def area(side):
    return side * side
"""
SAME = {
    "a comment": "# The area.\n" + PLAIN,
    "a comment behind": PLAIN.replace("* side", "* side  # of a square"),
    "a docstring": '"""Areas."""\n' + PLAIN,
    "a function's docstring": PLAIN.replace("    return", '    """Of a square."""\n    return'),
    "line breaks": PLAIN.replace("side * side", "(\n        side\n        * side\n    )"),
    "lines between": "\n\n\n" + PLAIN,
    "other line ends": PLAIN.replace("\n", "\r\n"),
}
OTHER = {
    "another name": PLAIN.replace("area", "extent"),
    "another number": PLAIN.replace("side * side", "side * side * 1"),
    "a text that is no docstring": PLAIN + 'TEXT = "x"\n',
    "another order": "SIDE = 1\n" + PLAIN,
    "a decorator": "@staticmethod\n" + PLAIN,
}


@pytest.mark.parametrize("how", SAME)
def test_how_code_is_written_does_not_count(tmp_path: Path, how: str) -> None:
    before = digest([project(tmp_path, PLAIN)], tmp_path)
    assert digest([project(tmp_path, SAME[how])], tmp_path) == before


@pytest.mark.parametrize("how", OTHER)
def test_what_code_says_counts(tmp_path: Path, how: str) -> None:
    before = digest([project(tmp_path, PLAIN)], tmp_path)
    assert digest([project(tmp_path, OTHER[how])], tmp_path) != before


def test_a_docstring_counts_where_somebody_reads_it(tmp_path: Path) -> None:
    read = '"""Areas."""\nTEXT = __doc__\n'
    before = digest([project(tmp_path, read)], tmp_path)
    assert digest([project(tmp_path, read.replace("Areas", "Extents"))], tmp_path) != before


def test_a_file_is_parsed_once_a_machine(
    tmp_path: Path, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project(tmp_path, "from . import _part\n", _part="NEVER_READ_BEFORE = 1\n")
    monkeypatch.setattr(syntax, "_SOURCES", {})
    before = digest([path], tmp_path)
    parsed: list[Path] = []
    real = syntax._parsed
    monkeypatch.setattr(
        syntax, "_parsed", lambda path, data: (parsed.append(path), real(path, data))[1]
    )
    monkeypatch.setattr(syntax, "_SOURCES", {})  # as in another process
    assert digest([path], tmp_path) == before
    assert parsed == []
    for note in Shelf("known").root.rglob("*.json"):
        note.write_text("damaged")
    monkeypatch.setattr(syntax, "_SOURCES", {})
    assert digest([path], tmp_path) == before
    assert path in parsed


# --- façades --------------------------------------------------------------------------------

KIT = "scenes/tiny/kit"


def kit(folder: Path, facade: str, scene: str) -> Path:
    """A scene, and a package of two modules with a façade and another façade below."""
    path = project(folder, scene)
    files = {
        "__init__": facade,
        "one": "def one():\n    return 1\n",
        "two": "def two():\n    return 2\n",
        "deep/__init__": "from .three import three\n\n__all__ = ['three']\n",
        "deep/three": "def three():\n    return 3\n",
    }
    for name, text in files.items():
        file = folder / KIT / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def used(folder: Path, facade: str, scene: str) -> set[str]:
    """The kit's files that count for the scene."""
    record = code_of([kit(folder, facade, scene)], folder).record
    inside = {name.removeprefix(f"{KIT}/") for name in record if name.startswith(KIT)}
    return {name.removesuffix(".py") for name in inside}


FACADE = """\
\"\"\"A kit.\"\"\"

from .deep import three
from .one import one
from .two import two as zwei

__all__ = ["one", "three", "zwei"]
"""
WHOLE = {"one", "two", "deep/three"}


@pytest.mark.parametrize(
    ("scene", "files"),
    [
        ("from scenes.tiny.kit import one", {"one"}),
        ("from .kit import one as eins", {"one"}),
        ("from scenes.tiny.kit import zwei", {"two"}),
        ("from scenes.tiny.kit import three", {"deep/three"}),
        ("from scenes.tiny.kit import one, three", {"one", "deep/three"}),
        ("from scenes.tiny.kit.two import two", {"two"}),
        ("from scenes.tiny.kit import deep", {"deep/three"}),
        ("from scenes.tiny.kit import *", WHOLE),
        ("from scenes.tiny import kit", WHOLE),
        ("from . import kit", WHOLE),
        ("import scenes.tiny.kit", WHOLE),
        ("import scenes.tiny.kit as kit", WHOLE),
        ("from scenes.tiny.kit import surprise", WHOLE),
    ],
)
def test_through_a_facade_count_the_modules_that_are_named(
    tmp_path: Path, scene: str, files: set[str]
) -> None:
    assert used(tmp_path, FACADE, scene) == files


def test_what_a_facade_passes_on_with_a_star_counts(tmp_path: Path) -> None:
    assert "two" in used(tmp_path, "from .two import *\n", "from scenes.tiny.kit import two")


def test_a_module_that_is_added_to_a_facade_concerns_only_who_names_it(tmp_path: Path) -> None:
    path = kit(tmp_path, FACADE, "from scenes.tiny.kit import one")
    before = digest([path], tmp_path)
    (tmp_path / KIT / "four.py").write_text("def four():\n    return 4\n")
    facade = tmp_path / KIT / "__init__.py"
    facade.write_text(FACADE.replace("from .one", "from .four import four\nfrom .one"))
    assert digest([path], tmp_path) == before
    path.write_text("from scenes.tiny.kit import four")
    assert f"{KIT}/four.py" in code_of([path], tmp_path).record


def test_a_package_that_does_something_itself_is_no_facade(tmp_path: Path) -> None:
    facade = FACADE + "print('made')\n"
    assert used(tmp_path, facade, "from scenes.tiny.kit import one") == {*WHOLE, "__init__"}
    assert used(tmp_path, facade, "from scenes.tiny.kit.one import one") == {*WHOLE, "__init__"}


def test_a_folder_without_init_is_looked_into(tmp_path: Path) -> None:
    for scene in (
        "from scenes.tiny.bare import part",
        "import scenes.tiny.bare.part",
        "from .bare import part",
        "from .bare.part import VALUE",
    ):
        path = project(tmp_path, scene)
        (tmp_path / "scenes" / "tiny" / "bare").mkdir(exist_ok=True)
        (path.parent / "bare" / "part.py").write_text("VALUE = 1\n")
        assert "scenes/tiny/bare/part.py" in code_of([path], tmp_path).record


def test_the_machinerys_facade_counts_by_name_or_whole(tmp_path: Path) -> None:
    few = code_of([project(tmp_path, "from cnnviz.visuals import output_grid\n")], tmp_path).record
    many = code_of([project(tmp_path, "from cnnviz import visuals\n")], tmp_path).record
    assert "cnnviz/visuals/grid.py" in few
    assert "cnnviz/visuals/playback.py" not in few
    assert few.keys() < many.keys()
    assert "cnnviz/visuals/playback.py" in many


# --- what runs is what was hashed -----------------------------------------------------------


@contextmanager
def imported(folder: Path, module: str = "scenes.tiny.scene") -> Iterator[None]:
    with without_scenes():
        sys.path.insert(0, str(folder))
        importlib.import_module(module)
        yield


def test_what_was_imported_as_it_was_hashed_will_do(tmp_path: Path) -> None:
    path = project(tmp_path, "from . import _part\n", _part="VALUE = 1\n")
    code = code_of([path], tmp_path)
    with imported(tmp_path):
        require_imported(code)


@pytest.mark.parametrize("changed", ["scene", "_part"])
@pytest.mark.parametrize("when", ["before it is imported", "after it was imported"])
def test_code_that_changed_since_it_was_hashed_is_refused(
    tmp_path: Path, changed: str, when: str
) -> None:
    path = project(tmp_path, "from . import _part\n", _part="VALUE = 1\n")
    code = code_of([path], tmp_path)
    file = path.with_name(f"{changed}.py")
    text = file.read_text() + "MORE = 2\n"
    if when.startswith("before"):
        file.write_text(text)
    with imported(tmp_path):
        file.write_text(text)
        with pytest.raises(StudioError, match="changed while the film was being made — run again"):
            require_imported(code)


@pytest.mark.parametrize("when", ["hashed, imported", "imported, hashed again"])
def test_code_that_was_changed_back_after_it_was_imported_is_refused(
    tmp_path: Path, when: str
) -> None:
    path = project(tmp_path, "VALUE = 1\n")
    code = code_of([path], tmp_path)
    path.write_text("VALUE = 2\n")
    with imported(tmp_path):
        path.write_text("VALUE = 1\n")
        if when.endswith("again"):
            code = code_of([path], tmp_path)
        with pytest.raises(StudioError, match="changed while the film was being made"):
            require_imported(code)


def test_a_comment_that_was_added_before_the_import_is_no_change(tmp_path: Path) -> None:
    path = project(tmp_path, "VALUE = 1\n")
    code = code_of([path], tmp_path)
    path.write_text("VALUE = 1  # one\n")
    with imported(tmp_path):
        require_imported(code)


def test_code_that_is_gone_is_refused(tmp_path: Path) -> None:
    path = project(tmp_path, "VALUE = 1\n")
    code = code_of([path], tmp_path)
    with imported(tmp_path):
        path.unlink()
        with pytest.raises(StudioError, match="changed while the film was being made"):
            require_imported(code)


HIDDEN = "import importlib\nimportlib.import_module('scenes.tiny.' + '_part')\n"


def test_a_module_that_is_imported_where_nobody_sees_it_is_refused(tmp_path: Path) -> None:
    path = project(tmp_path, HIDDEN, _part="VALUE = 1\n")
    code = code_of([path], tmp_path)
    with imported(tmp_path), pytest.raises(StudioError, match="in a way that cannot be") as told:
        require_imported(code)
    assert told.value.file is not None
    assert Path(told.value.file) == path.with_name("_part.py")
    assert "write `import` with its name in the scene" in str(told.value)
    path.write_text("from . import _part\n" + HIDDEN)
    with imported(tmp_path):
        require_imported(code_of([path], tmp_path))
