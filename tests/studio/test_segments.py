from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnviz.studio.segments import SegmentCache, kept

KEY = "ab" * 32
LEDGER: list[dict[str, Any]] = [{"scene": "s", "beat": "b", "shown": "−4", "value": -4}]


@pytest.fixture
def cache(tmp_path: Path) -> SegmentCache:
    """A cache with one finished entry."""
    store = SegmentCache(tmp_path / "segments")
    store.path(KEY).parent.mkdir(parents=True)
    store.path(KEY).write_bytes(b"picture")
    store.finish(KEY, 12, LEDGER)
    return store


def test_a_finished_entry_is_given_back_whole(cache: SegmentCache) -> None:
    found = cache.get(KEY)
    assert found is not None
    assert (found.key, found.path, found.frames, found.ledger) == (KEY, cache.path(KEY), 12, LEDGER)
    assert found.digest == hashlib.sha256(b"picture").hexdigest()
    assert cache.is_there(KEY)


def test_a_picture_without_its_entry_is_not_there(tmp_path: Path) -> None:
    store = SegmentCache(tmp_path)
    store.path(KEY).parent.mkdir()
    store.path(KEY).write_bytes(b"picture")
    assert not store.is_there(KEY)
    assert store.get(KEY) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"pictur"),
        lambda path: path.write_bytes(b"pictuer"),
        lambda path: path.unlink(),
        lambda path: path.with_suffix(".json").write_text('{"digest": "'),
        lambda path: path.with_suffix(".json").write_text("[]"),
        lambda path: path.with_suffix(".json").write_text("{}"),
        lambda path: path.with_suffix(".json").write_bytes(b"\xff\xfe\xff"),
    ],
)
def test_a_damaged_entry_is_none_from_then_on(
    cache: SegmentCache, spoil: Callable[[Path], object]
) -> None:
    spoil(cache.path(KEY))
    assert cache.get(KEY) is None
    assert not cache.is_there(KEY)


def test_a_look_does_not_remove_an_entry_that_somebody_is_just_writing(
    cache: SegmentCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = cache.path(KEY).with_suffix(".json")
    content = entry.read_bytes()
    entry.unlink()
    read = Path.read_bytes

    def read_then_written(path: Path) -> bytes:
        try:
            return read(path)
        finally:
            entry.write_bytes(content)

    monkeypatch.setattr(Path, "read_bytes", read_then_written)
    assert cache.get(KEY) is None
    assert cache.get(KEY) is not None


def test_a_used_entry_looks_younger_than_an_unused_one(cache: SegmentCache) -> None:
    os.utime(cache.path(KEY), (0, 0))
    cache.get(KEY)
    assert cache.path(KEY).stat().st_mtime > 0


def test_what_is_kept_is_made_once(tmp_path: Path) -> None:
    made = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_bytes(b"fade")

    for _ in range(3):
        assert kept(tmp_path / "a.mp4", make).read_bytes() == b"fade"
    assert made == [tmp_path / "a.mp4"]


@pytest.mark.parametrize("spoil", ["a.mp4", "a.sha256"])
@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"\xfffad")])
def test_what_was_damaged_is_made_again(
    tmp_path: Path, spoil: str, how: Callable[[Path], object]
) -> None:
    def make(path: Path) -> None:
        path.write_bytes(b"fade")

    kept(tmp_path / "a.mp4", make)
    how(tmp_path / spoil)
    assert kept(tmp_path / "a.mp4", make).read_bytes() == b"fade"
    assert kept(tmp_path / "a.mp4", lambda path: pytest.fail("whole already"))


def test_what_could_not_be_made_is_not_kept(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "a.mp4", fail)
    assert (
        kept(tmp_path / "a.mp4", lambda path: path.write_bytes(b"whole")).read_bytes() == b"whole"
    )
