"""A digest changes with everything that a picture depends on, and with nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cnnviz.studio.digests import code_digest, data_digest, json_digest, versions_digest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.errors import UserError

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), PLAIN))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert json_digest(value) == json_digest(dict(reversed(value.items())))


@given(st.lists(st.lists(st.text(max_size=3), max_size=3), max_size=3), st.data())
def test_lists_that_differ_have_different_digests(one: Any, data: st.DataObject) -> None:
    other = data.draw(st.lists(st.lists(st.text(max_size=3), max_size=3), max_size=3))
    assert (json_digest(one) == json_digest(other)) == (one == other)


def test_a_digest_is_the_same_in_every_process() -> None:
    # SHA-256 of {"a":[1,"ক"]}: neither the hash seed nor the spacing of JSON may enter.
    assert json_digest({"a": [1, "ক"]}) == (
        "7eef4a383743a7ef991fa3699fe5900ad4dac91c256c7ac97195dfb1cc25633b"
    )


# --- source code ----------------------------------------------------------------------------

PACKAGES = ("scenes/__init__.py", "scenes/tiny/__init__.py")


def project(folder: Path, scene: str, **parts: str) -> Path:
    """A scene with the given source, and shared parts beside it."""
    for name in PACKAGES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name, source in {"scene": scene, **parts}.items():
        (folder / "scenes" / "tiny" / f"{name}.py").write_text(source, encoding="utf-8")
    return folder / "scenes" / "tiny" / "scene.py"


def depends(folder: Path, scene: str, part: str = "_part", **parts: str) -> bool:
    """Whether the digest of a scene with this source changes with `part`."""
    path = project(folder, scene, **{part: "VALUE = 1\n", **parts})
    before = code_digest([path], folder)
    changed = path.with_name(f"{part}.py")
    changed.write_text("VALUE = 12\n", encoding="utf-8")
    return code_digest([path], folder) != before


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
    importing = project(tmp_path, "from scenes.tiny import _part\n")
    before = code_digest([importing], tmp_path)
    for name in PACKAGES:
        (tmp_path / name).write_text("VALUE = 3\n")
        after = code_digest([importing], tmp_path)
        assert after != before
        before = after
    path.write_text("from scenes.tiny import _part  # as before\n")
    assert code_digest([path], tmp_path) != before


def test_a_scene_depends_on_the_machinery_that_it_draws_with(tmp_path: Path) -> None:
    with_grid = code_digest([project(tmp_path, "from cnnviz.visuals import grid\n")], tmp_path)
    with_text = code_digest([project(tmp_path, "from cnnviz.visuals import text\n")], tmp_path)
    without = code_digest([project(tmp_path, "from elsewhere.visuals import grid\n")], tmp_path)
    assert len({with_grid, with_text, without}) == 3


def test_where_the_project_lies_does_not_matter(tmp_path: Path) -> None:
    source = "from . import _part\nfrom cnnviz.lesson import Lesson\n"
    digests = {
        code_digest([project(tmp_path / name, source, _part="X = 1\n")], tmp_path / name)
        for name in ("here", "there")
    }
    assert len(digests) == 1


def test_source_that_is_not_python_is_named_wherever_it_is_imported(tmp_path: Path) -> None:
    path = project(tmp_path, "from . import _part\n", _part="VALUE = 1\nVALUE = (\n")
    with pytest.raises(UserError, match="not valid Python") as caught:
        code_digest([path], tmp_path)
    assert (caught.value.file, caught.value.line) == (path.with_name("_part.py"), 2)


def test_source_with_a_null_byte_is_named(tmp_path: Path) -> None:
    path = project(tmp_path, "VALUE = 1\n\0")
    with pytest.raises(UserError, match="not valid Python") as caught:
        code_digest([path], tmp_path)
    assert caught.value.file == path


# --- pictures and versions ------------------------------------------------------------------


def test_pictures_count_and_source_does_not(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    picture = tmp_path / "pictures" / "card.png"
    picture.write_bytes(b"card")
    before = data_digest(tmp_path)
    (tmp_path / "scene.py").write_text("VALUE = 1")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "scene.cpython-311.pyc").write_bytes(b"code")
    assert data_digest(tmp_path) == before
    picture.write_bytes(b"Card")
    changed = data_digest(tmp_path)
    picture.rename(tmp_path / "pictures" / "other.png")
    assert len({before, changed, data_digest(tmp_path)}) == 3


def test_another_version_of_what_draws_is_another_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions_digest()
    versions_digest.cache_clear()
    monkeypatch.setattr("cairo.cairo_version_string", lambda: "0.1")
    after = versions_digest()
    versions_digest.cache_clear()
    monkeypatch.undo()
    assert after != before
    assert versions_digest() == before
