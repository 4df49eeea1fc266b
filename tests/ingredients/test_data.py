"""Files beside code count by what is in them, and those that lie still are read once."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnviz.files import file_digest
from cnnviz.ingredients import data as data_module
from cnnviz.ingredients.code import code_of
from cnnviz.ingredients.data import data_beside, known_digest
from cnnviz.store import Shelf


def scene(folder: Path, source: str = "VALUE = 1\n", name: str = "scenes/tiny/scene.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for package in (folder / "scenes", path.parent):
        (package / "__init__.py").touch()
    path.write_text(source)
    return path


def data_of(path: Path, folder: Path) -> dict[str, str]:
    return data_beside(code_of([path], folder))


def test_pictures_count_and_source_does_not(tmp_path: Path) -> None:
    path = scene(tmp_path)
    (path.parent / "pictures").mkdir()
    picture = path.parent / "pictures" / "card.png"
    picture.write_bytes(b"card")
    before = data_of(path, tmp_path)
    assert before == {"scenes/tiny/pictures/card.png": file_digest(picture)}
    (path.parent / "other.py").write_text("VALUE = 1")
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "scene.cpython-311.pyc").write_bytes(b"code")
    (path.parent / ".hidden").write_text("an editor's")
    (path.parent / ".part-card.png").write_bytes(b"half")
    assert data_of(path, tmp_path) == before
    picture.write_bytes(b"Card")
    changed = data_of(path, tmp_path)
    assert changed != before
    picture.rename(path.parent / "pictures" / "other.png")
    assert data_of(path, tmp_path) == {
        "scenes/tiny/pictures/other.png": changed["scenes/tiny/pictures/card.png"]
    }


def test_data_of_another_episode_whose_part_is_imported_counts(tmp_path: Path) -> None:
    scene(tmp_path, name="scenes/other/_part.py")
    picture = tmp_path / "scenes" / "other" / "card.png"
    picture.write_bytes(b"card")
    own = scene(tmp_path)
    assert data_of(own, tmp_path) == {}
    own.write_text("from scenes.other._part import VALUE\n")
    assert data_of(own, tmp_path) == {"scenes/other/card.png": file_digest(picture)}


def test_a_folder_below_with_code_of_its_own_is_another_scenes(tmp_path: Path) -> None:
    path = scene(tmp_path)
    for folder in ("kit", "pictures"):
        (path.parent / folder).mkdir()
        (path.parent / folder / "card.png").write_bytes(b"card")
    (path.parent / "kit" / "draw.py").write_text("VALUE = 1\n")
    assert set(data_of(path, tmp_path)) == {"scenes/tiny/pictures/card.png"}
    path.write_text("from scenes.tiny.kit import draw\n")
    assert set(data_of(path, tmp_path)) == {
        "scenes/tiny/kit/card.png",
        "scenes/tiny/pictures/card.png",
    }


def test_the_recognizers_weights_count_for_who_reads_them(tmp_path: Path) -> None:
    path = scene(tmp_path, "from cnnviz.recognizer.weights import load_weights\n")
    weights = "cnnviz/recognizer/weights/card_network.safetensors"
    assert weights in data_of(path, tmp_path)
    path.write_text("from cnnviz.visuals import output_grid\n")
    assert weights not in data_of(path, tmp_path)


def test_where_the_project_lies_does_not_matter(tmp_path: Path) -> None:
    found = []
    for name in ("here", "there"):
        path = scene(tmp_path / name)
        (path.parent / "card.png").write_bytes(b"card")
        found.append(data_of(path, tmp_path / name))
    assert found[0] == found[1] != {}


# --- files that lie still -------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> list[Path]:
    """The files that are read."""
    paths: list[Path] = []

    def counted(path: Path) -> str:
        paths.append(path)
        return file_digest(path)

    monkeypatch.setattr(data_module, "file_digest", counted)
    return paths


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a minute later than files say."""
    clock = SimpleNamespace(time=lambda: time.time() + 60)
    monkeypatch.setattr(data_module, "time", clock)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.bin"
    path.write_bytes(b"old film")
    return path


def test_a_settled_file_is_read_once(film: Path, read: list[Path], later: None) -> None:
    assert [known_digest(film) for _ in range(3)] == [file_digest(film)] * 3
    assert read == [film]


def test_a_file_that_was_just_written_is_read_again(film: Path, read: list[Path]) -> None:
    # Within a clock's tick it could change, and all its times would stay as they are.
    assert [known_digest(film) for _ in range(2)] == [file_digest(film)] * 2
    assert read == [film, film]
    assert not Shelf("known").root.exists()


def test_a_change_that_keeps_size_and_time_of_saving_is_seen(
    film: Path, read: list[Path], later: None
) -> None:
    before, digest = film.stat(), known_digest(film)
    while film.stat().st_ctime_ns == before.st_ctime_ns:  # the file system's clock ticks slowly
        film.write_bytes(b"new film")
        os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (film.stat().st_size, film.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert known_digest(film) == file_digest(film) != digest


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    film: Path, later: None, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_then_changed(path: Path) -> str:
        digest, before = file_digest(path), path.stat().st_ctime_ns
        while path.stat().st_ctime_ns == before:
            path.write_bytes(b"new film")
        return digest

    monkeypatch.setattr(data_module, "file_digest", read_then_changed)
    known_digest(film)
    assert not Shelf("known").root.exists()


def test_a_damaged_note_is_no_digest(film: Path, read: list[Path], later: None) -> None:
    digest = known_digest(film)
    for note in Shelf("known").root.rglob("*.json"):
        note.write_text(note.read_text().replace(digest, "0" * 64))
    assert known_digest(film) == digest
    assert read == [film, film]
