"""What is imported is the code that lies there, whatever its times say and its byte code holds."""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from regex import _regex
from tiny import HOUSE, without_scenes

from cnnviz.exact_import import EXECUTED

OLD = "VALUE = 1\n"
NEW = "VALUE = 2\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable project with byte code: `scenes.tiny`, and a module that is none of ours."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # whatever the person has set
    for name in ("scenes/__init__.py", "scenes/tiny/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "scenes" / "tiny" / "scene.py").write_text(OLD)
    with without_scenes():
        sys.path.insert(0, str(tmp_path))
        yield tmp_path


def scene(project: Path) -> Path:
    return project / "scenes" / "tiny" / "scene.py"


def imported(module: str = "scenes.tiny.scene") -> int:
    """The value of a module as a new process sees it."""
    for name in [name for name in sys.modules if name.split(".")[0] == "scenes"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    value: int = importlib.import_module(module).VALUE
    return value


def byte_code(source: Path) -> list[Path]:
    return list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))


def keep_times(path: Path, text: str) -> None:
    """Save a text of the same length without a trace in size and time of saving."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def within_one_second(path: Path, text: str) -> None:
    """Save a text of the same length, later within the second of the last save."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns // 10**9 * 10**9 + 999_000_000))


@pytest.mark.parametrize("save", [keep_times, within_one_second])
def test_a_save_that_leaves_size_and_second_as_they_were_is_what_runs(
    project: Path, save: Callable[[Path, str], None]
) -> None:
    assert imported() == 1
    assert byte_code(scene(project))
    for text, value in ((NEW, 2), (OLD, 1), (NEW, 2)):
        save(scene(project), text)
        assert imported() == value


@pytest.mark.parametrize("save", [keep_times, within_one_second])
def test_elsewhere_python_would_run_the_old_code(
    project: Path, save: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # This is why the rest is tested; once Python does better, none of it is needed.
    other = project / "elsewhere"
    other.mkdir()
    (other / "none_of_ours.py").write_text(OLD)
    monkeypatch.syspath_prepend(str(other))
    for text in (OLD, NEW):
        save(other / "none_of_ours.py", text)
        assert importlib.import_module("none_of_ours").VALUE == 1
        del sys.modules["none_of_ours"]


def test_another_process_runs_the_newest_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        done = subprocess.run(
            [sys.executable, "-P", "-c", "import cnnviz, scenes.tiny.scene as s; print(s.VALUE)"],
            env=os.environ | {"PYTHONPATH": f"{project}{os.pathsep}{HOUSE}"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    assert told() == "1"
    assert byte_code(scene(project))
    keep_times(scene(project), NEW)
    assert told() == "2"


def test_byte_code_of_the_same_bytes_is_used_again(project: Path) -> None:
    imported()
    [compiled] = byte_code(scene(project))
    written = compiled.stat().st_mtime_ns, compiled.stat().st_ino
    os.utime(scene(project))
    assert imported() == 1
    assert (compiled.stat().st_mtime_ns, compiled.stat().st_ino) == written


def test_it_is_known_which_bytes_were_imported(project: Path) -> None:
    place = os.path.realpath(scene(project))
    for text in (OLD, NEW):
        scene(project).write_text(text)
        imported()
        assert EXECUTED[place] == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_saved_while_it_is_imported_does_not_run_under_the_old_digest(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnviz import exact_import

    stats = exact_import._ExactLoader.path_stats

    def then_saved(loader: exact_import._ExactLoader, path: str) -> dict[str, object]:
        try:
            return stats(loader, path)
        finally:
            if Path(path) == scene(project):
                scene(project).write_text(NEW)

    monkeypatch.setattr(exact_import._ExactLoader, "path_stats", then_saved)
    assert imported() == 1
    assert EXECUTED[os.path.realpath(scene(project))] == hashlib.sha256(OLD.encode()).hexdigest()
    assert imported() == 2


def test_the_machinery_itself_is_imported_exactly() -> None:
    import cnnviz.store

    file = Path(cnnviz.store.__file__)
    assert EXECUTED[os.path.realpath(file)] == hashlib.sha256(file.read_bytes()).hexdigest()


# --- what stays as it was -------------------------------------------------------------------


def test_packages_and_relative_imports_work_as_ever(project: Path) -> None:
    folder = project / "scenes" / "tiny"
    (folder / "kit").mkdir()
    (folder / "kit" / "__init__.py").write_text("from .one import VALUE\nfrom .. import scene\n")
    (folder / "kit" / "one.py").write_text("VALUE = 11\n")
    (folder / "bare").mkdir()
    (folder / "bare" / "part.py").write_text("from ..kit import scene\nVALUE = scene.VALUE + 20\n")
    assert imported("scenes.tiny.kit") == 11
    assert imported("scenes.tiny.bare.part") == 21
    module = sys.modules["scenes.tiny.bare.part"]
    assert module.__spec__ is not None
    assert module.__spec__.origin == str(folder / "bare" / "part.py")


def test_an_extension_module_beside_the_scenes_is_found(project: Path) -> None:
    target = project / "scenes" / "tiny" / f"_regex{EXTENSION_SUFFIXES[0]}"
    shutil.copy(_regex.__file__, target)
    assert importlib.import_module("scenes.tiny._regex").__file__ == str(target)


def test_byte_code_without_source_is_found(project: Path) -> None:
    imported()
    [compiled] = byte_code(scene(project))
    compiled.rename(project / "scenes" / "tiny" / "old.pyc")
    assert imported("scenes.tiny.old") == 1


def test_a_mistake_in_a_scene_is_shown_with_its_line(project: Path) -> None:
    scene(project).write_text("VALUE = 1\n1 / 0\n")
    with pytest.raises(ZeroDivisionError) as raised:
        imported()
    assert raised.traceback[-1].path == scene(project)
    assert raised.traceback[-1].lineno == 1


def test_nothing_of_the_libraries_is_touched() -> None:
    import manim
    import numpy

    for module in (manim, numpy, pytest):
        assert type(module.__loader__).__name__ != "_ExactLoader"
    assert not [file for file in EXECUTED if "site-packages" in Path(file).parts]


@pytest.mark.parametrize("library", ["site-packages", "dist-packages"])
def test_not_even_a_library_that_has_scenes(project: Path, library: str) -> None:
    from cnnviz.exact_import import _is_ours

    folder = project / library
    (folder / "scenes").mkdir(parents=True)
    (folder / "scenes" / "__init__.py").touch()
    assert not _is_ours(folder)
    assert not _is_ours(folder / "scenes")
    assert _is_ours(project)


def test_the_machinery_is_hooked_in_once() -> None:
    import cnnviz.exact_import

    importlib.reload(cnnviz.exact_import)
    assert sum(getattr(hook, "is_exact", False) for hook in sys.path_hooks) == 1
