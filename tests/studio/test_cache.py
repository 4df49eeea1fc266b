"""What the cache shows, what pruning takes out, and that nobody is hurt by it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import BUILD, HOUSE, Done, Project, files_below

from cnnviz.errors import UserError
from cnnviz.store import Shelf
from cnnviz.studio.cache import (
    DEFAULT_LIMIT,
    in_use,
    kinds,
    limit,
    prune,
    read_size,
    set_limit,
)

Run = Callable[..., Done]


def filled(cache: Path, ages: dict[str, float], size: int = 1000) -> None:
    """Segments of `size` bytes, last used so many seconds ago."""
    for name, age in ages.items():
        for path, content in ((f"{name}.mp4", b"x" * (size - 10)), (f"{name}.json", b"y" * 10)):
            file = cache / "segments" / name[:2] / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            os.utime(file, (1e9 - age, 1e9 - age))


def left(cache: Path) -> set[str]:
    return {path.name for path in (cache / "segments").rglob("*.*")}


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("500MB", 500_000_000), (" 2.5 gb ", 2_500_000_000), ("3GiB", 3 * 2**30)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "much", "1 XB", "1.2.3", "৫ GB"])
def test_what_is_no_size_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UserError, match="is not a size"):
        read_size(text)


def test_the_oldest_go_first_and_whole(fresh_cache: Path) -> None:
    filled(fresh_cache, {"old": 300, "older": 400, "new": 5})
    assert prune(2000) == 1000
    assert left(fresh_cache) == {"old.mp4", "old.json", "new.mp4", "new.json"}
    assert prune(1999) == 1000
    assert left(fresh_cache) == {"new.mp4", "new.json"}
    assert prune(1000) == 0


def test_what_was_just_used_is_spared(fresh_cache: Path) -> None:
    filled(fresh_cache, {"old": 300, "new": 5})
    assert prune(0, spare_since=1e9 - 10) == 1000
    assert left(fresh_cache) == {"new.mp4", "new.json"}


def test_using_an_entry_makes_it_young(fresh_cache: Path) -> None:
    filled(fresh_cache, {"bb": 300})
    shelf = Shelf("segments")
    shelf.put("aa", {".mp4": b"picture"})
    for file in shelf.path("aa", ".mp4").parent.iterdir():
        os.utime(file, (1, 1))
    assert shelf.get("aa") is not None
    prune(500)
    assert left(fresh_cache) == {"aa.mp4", "aa.json"}


def test_a_training_and_what_somebody_put_there_are_never_taken(fresh_cache: Path) -> None:
    for name in ("training/checkpoint.pt", "notes.txt"):
        (fresh_cache / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh_cache / name).write_text("dear")
    filled(fresh_cache, {"old": 300})
    assert prune(0) == 1000
    assert (fresh_cache / "training" / "checkpoint.pt").exists()
    assert (fresh_cache / "notes.txt").exists()


def test_nothing_is_taken_while_another_process_makes_a_film(fresh_cache: Path) -> None:
    filled(fresh_cache, {"old": 300})
    program = (
        f"import sys; sys.path.insert(0, {str(HOUSE)!r})\n"
        "from cnnviz.studio.cache import in_use\n"
        "with in_use():\n    print('in use', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"in use\n"
        with pytest.raises(UserError, match="a film is being made from this cache"):
            prune(0)
        other.kill()
        other.wait()
    assert prune(0) == 1000  # killed, it has given the cache back


def test_many_may_use_it_at_once(fresh_cache: Path) -> None:
    with in_use(), in_use():
        pass


def test_the_limit_is_kept_and_a_spoilt_one_is_told(fresh_cache: Path) -> None:
    assert limit() == DEFAULT_LIMIT
    set_limit(5_000_000)
    assert limit() == 5_000_000
    (fresh_cache / "limit.txt").write_bytes(b"\xff")
    with pytest.raises(UserError, match="holds no size"):
        limit()


def test_an_empty_cache_is_shown_as_such(fresh_cache: Path) -> None:
    assert sum(kind.size for kind in kinds()) == 0


# --- the command ----------------------------------------------------------------------------


def test_the_command_shows_prunes_and_limits(built: Project, run: Run) -> None:
    shown = run(built, "cache")
    assert shown.code == 0
    assert "segments: beats drawn" in shown.out
    assert "of 8.0 GB in" in shown.out.splitlines()[-1]
    assert "of 20.0 MB in" in run(built, "cache", "--limit", "20MB").out
    pruned = run(built, "cache", "--prune", "0").out
    assert "taken out" in pruned.splitlines()[0]
    assert pruned.splitlines()[-1].strip().startswith("0 bytes")


def test_a_pruned_film_comes_out_the_same(built: Project, run: Run) -> None:
    before = files_below(built.bundle)
    run(built, "cache", "--prune", "0")
    done = run(built, *BUILD)
    assert "5 drawn now" in done.err
    assert files_below(built.bundle) == before


def test_a_full_cache_is_emptied_of_what_the_film_does_not_need(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = built.root.parent / "cache"
    filled(cache, {"zz": 300})
    run(built, "cache", "--limit", "1kB")
    done = run(built, *BUILD)
    assert "the cache is full" in done.err
    assert not (cache / "segments" / "zz" / "zz.mp4").exists()
    again = run(built, *BUILD)
    assert "0 drawn now" in again.err
    assert "the cache is full" not in again.err


@pytest.mark.parametrize(
    "words", [("--limit", "much"), ("--prune", "-"), ("--prune", "1GB", "--limit", "x")]
)
def test_what_is_no_size_changes_nothing(built: Project, run: Run, words: tuple[str, ...]) -> None:
    before = files_below(built.root.parent / "cache")
    done = run(built, "cache", *words)
    assert done.code == 2
    assert "is not a size" in done.error
    assert files_below(built.root.parent / "cache") == before


def test_a_cache_that_cannot_be_is_told_in_one_line(
    tiny_project: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").write_text("holiday")
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path / "in the way" / "cache"))
    done = run(tiny_project, *BUILD)
    assert done.code == 2
    assert "in the way" in done.error
