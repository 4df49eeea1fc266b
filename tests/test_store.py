"""What is kept is whole or absent, whatever kind it is of and whatever was damaged."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.store import Shelf, json_digest
from cnnviz.studio.segments import find_segment

KEY = "ab" * 32
FACTS = {"frames": 12, "ledger": [{"scene": "s", "beat": "b", "shown": "−4", "value": -4}]}

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=6,
)


# --- digests --------------------------------------------------------------------------------


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


# --- one entry ------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf with one finished entry of two files."""
    made = Shelf("segments", tmp_path / "segments")
    made.put(KEY, {".mp4": b"picture", ".txt": b"words"}, FACTS)
    return made


def test_a_finished_entry_is_given_back_whole(shelf: Shelf) -> None:
    found = shelf.get(KEY)
    assert found is not None
    assert (found.key, found.facts) == (KEY, FACTS)
    assert {ending: path.read_bytes() for ending, path in found.files.items()} == {
        ".mp4": b"picture",
        ".txt": b"words",
    }
    assert found.digests[".mp4"] == hashlib.sha256(b"picture").hexdigest()
    assert shelf.has(KEY)


def test_entries_lie_in_subfolders_of_their_first_two_letters(shelf: Shelf) -> None:
    names = {path.name for path in (shelf.root / KEY[:2]).iterdir()}
    assert names == {f"{KEY}{ending}" for ending in (".json", ".mp4", ".txt")}


def test_a_kind_that_nobody_prunes_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing of the kind 'odds'"):
        Shelf("odds", tmp_path)


def test_a_kind_lies_in_the_cache_of_the_moment(fresh_cache: Path) -> None:
    Shelf("facts").seal(KEY, facts=1)
    assert (fresh_cache / "facts" / KEY[:2] / f"{KEY}.json").exists()


def test_a_file_without_its_note_is_not_there(tmp_path: Path) -> None:
    shelf = Shelf("segments", tmp_path)
    shelf.path(KEY, ".mp4").parent.mkdir()
    shelf.path(KEY, ".mp4").write_bytes(b"picture")
    assert not shelf.has(KEY)
    assert shelf.get(KEY) is None


def test_entering_twice_does_no_harm_and_entering_others_replaces(shelf: Shelf) -> None:
    shelf.put(KEY, {".mp4": b"picture", ".txt": b"words"}, FACTS)
    assert shelf.get(KEY) is not None
    shelf.put(KEY, {".mp4": b"another"}, FACTS)
    found = shelf.get(KEY)
    assert found is not None
    assert found.files[".mp4"].read_bytes() == b"another"


def note_says(**changes: Any) -> Callable[[Path], object]:
    """Change what the note says in valid JSON, and keep its seal."""

    def change(path: Path) -> None:
        note = path.with_suffix(".json")
        note.write_text(json.dumps(json.loads(note.read_bytes()) | changes), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"pictur"),
        lambda path: path.write_bytes(b"pictuer"),
        lambda path: path.unlink(),
        lambda path: path.with_suffix(".txt").write_bytes(b"word"),
        lambda path: path.with_suffix(".txt").unlink(),
        lambda path: path.with_suffix(".json").write_text('{"digest": "'),
        lambda path: path.with_suffix(".json").write_text("[]"),
        lambda path: path.with_suffix(".json").write_text("{}"),
        lambda path: path.with_suffix(".json").write_bytes(b"\xff\xfe\xff"),
        note_says(facts={"frames": 13, "ledger": []}),
        note_says(files={}),
        note_says(seal="0" * 64),
        note_says(seal=None),
    ],
)
def test_a_damaged_entry_is_none_from_then_on(
    shelf: Shelf, spoil: Callable[[Path], object]
) -> None:
    spoil(shelf.path(KEY, ".mp4"))
    assert shelf.get(KEY) is None
    assert not shelf.has(KEY)


def test_a_look_does_not_remove_an_entry_that_somebody_is_just_writing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = shelf.path(KEY, ".json")
    content = note.read_bytes()
    note.unlink()
    read = Path.read_bytes

    def read_then_written(path: Path) -> bytes:
        try:
            return read(path)
        finally:
            note.write_bytes(content)

    monkeypatch.setattr(Path, "read_bytes", read_then_written)
    assert shelf.get(KEY) is None
    assert shelf.get(KEY) is not None


def test_a_used_entry_looks_younger_than_an_unused_one(shelf: Shelf) -> None:
    files = [shelf.path(KEY, ending) for ending in (".mp4", ".txt", ".json")]
    for path in files:
        os.utime(path, (0, 0))
    shelf.has(KEY)
    assert [path.stat().st_mtime for path in files] == [0, 0, 0]
    shelf.get(KEY)
    assert all(path.stat().st_mtime > 0 for path in files)


def test_a_segment_is_an_entry_with_frames_and_a_ledger(fresh_cache: Path) -> None:
    assert find_segment(KEY) is None
    shelf = Shelf("segments")
    shelf.put(KEY, {".mp4": b"picture"}, FACTS)
    found = find_segment(KEY)
    assert found is not None
    assert (found.key, found.path) == (KEY, shelf.path(KEY, ".mp4"))
    assert (found.frames, found.ledger) == (FACTS["frames"], FACTS["ledger"])
    assert found.digest == hashlib.sha256(b"picture").hexdigest()
    shelf.path(KEY, ".mp4").write_bytes(b"pictuer")
    assert find_segment(KEY) is None


# --- made where it is absent ------------------------------------------------------------------


@pytest.fixture
def fades(tmp_path: Path) -> Shelf:
    return Shelf("crossfades", tmp_path)


def make(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"fade")


def test_what_is_kept_is_made_once(fades: Shelf) -> None:
    made: list[Path] = []

    def count(path: Path) -> None:
        made.append(path)
        make(path)

    for _ in range(3):
        assert fades.made(KEY, ".mp4", count).read_bytes() == b"fade"
    assert made == [fades.path(KEY, ".mp4")]


@pytest.mark.parametrize("spoil", [".mp4", ".json"])
@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"\xfffad")])
def test_what_was_damaged_is_made_again(
    fades: Shelf, spoil: str, how: Callable[[Path], object]
) -> None:
    fades.made(KEY, ".mp4", make)
    how(fades.path(KEY, spoil))
    assert fades.made(KEY, ".mp4", make).read_bytes() == b"fade"
    assert fades.made(KEY, ".mp4", lambda path: pytest.fail("whole already"))


def test_what_could_not_be_made_is_not_kept(fades: Shelf) -> None:
    def fail(path: Path) -> None:
        make(path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fades.made(KEY, ".mp4", fail)
    assert fades.get(KEY) is None
    assert fades.made(KEY, ".mp4", make).read_bytes() == b"fade"
