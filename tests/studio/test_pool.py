from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tiny import HOUSE

from cnnviz.errors import StudioError, UserError
from cnnviz.files import replacing
from cnnviz.studio.pool import default_workers, run_jobs

FOREVER = 60.0
"""Longer than any test waits for a worker that should have stopped."""


def settled(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true within a time that is long for any machine."""
    end = time.monotonic() + FOREVER / 2
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


# --- what jobs do; at the top of the module, where worker processes find it --------------------


def process_id(_: object) -> int:
    return os.getpid()


def environment(name: str) -> str | None:
    return os.environ.get(name)


def write_slowly(path: Path) -> None:
    """Begin a file and do not come to its end."""
    with replacing(path) as temporary:
        temporary.write_text(str(os.getpid()))
        time.sleep(FOREVER)


def fail_beside_a_slow_one(path: Path) -> None:
    if path.name == "slow":
        write_slowly(path)
    while not any(path.parent.glob(".part-*")):
        time.sleep(0.02)
    raise UserError("broken", file=path, line=7, hint="mend it")


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# ------------------------------------------------------------------------------------------------


def test_no_jobs_start_no_worker() -> None:
    assert run_jobs(math.sqrt, [], 4) == []


def test_results_come_in_the_order_of_the_jobs_and_ticks_meanwhile() -> None:
    ticks: list[int] = []
    squares = [float(n * n) for n in range(20)]
    assert run_jobs(math.sqrt, squares, 2, lambda: ticks.append(1)) == list(range(20))
    assert ticks


def test_jobs_run_in_other_processes_and_no_more_than_there_are_jobs() -> None:
    ids = run_jobs(process_id, [None], 8)
    assert ids != [os.getpid()]
    assert not is_running(ids[0])


def test_what_a_job_raises_arrives_whole_and_stops_the_others(tmp_path: Path) -> None:
    jobs = [tmp_path / "slow", tmp_path / "wrong"]
    with pytest.raises(UserError) as caught:
        run_jobs(fail_beside_a_slow_one, jobs, 2)
    error = caught.value
    assert (error.message, error.file, error.line, error.hint) == ("broken", jobs[1], 7, "mend it")
    # The other was in the middle of a file, and has removed it.
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_dies_is_told_with_the_likely_reason() -> None:
    with pytest.raises(StudioError, match=r"a worker process died — .*out of memory") as caught:
        run_jobs(die, [1, 2], 1)
    assert caught.value.exit_code == 1


def test_there_is_at_least_one_worker() -> None:
    assert default_workers() >= 1


# --- whole process trees ------------------------------------------------------------------------


class Tree:
    """A process that runs `write_slowly` in two workers, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        program = f"""
            import sys
            from pathlib import Path
            sys.path[:0] = {[str(HOUSE), str(HOUSE / "tests"), str(Path(__file__).parent)]!r}
            from cnnviz.studio.pool import run_jobs
            from test_pool import write_slowly
            if __name__ == "__main__":
                folder = Path({str(folder)!r})
                try:
                    run_jobs(write_slowly, [folder / "a", folder / "b"], 2)
                except KeyboardInterrupt:
                    print("interrupted")
        """
        script = folder.parent / "program.py"
        script.write_text(textwrap.dedent(program))
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def temporary_files(self) -> list[Path]:
        return list(self.folder.glob(".part-*"))

    def workers(self) -> list[int]:
        """The processes that are writing."""
        return [int(text) for path in self.temporary_files() if (text := path.read_text())]

    def members(self) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getpgid(int(path.name)) == self.process.pid and is_running(int(path.name)):
                    found.append(int(path.name))
        return found


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    folder = tmp_path / "work"
    folder.mkdir()
    started = Tree(folder)
    yield started
    with suppress(ProcessLookupError):
        os.killpg(started.process.pid, signal.SIGKILL)
    started.process.communicate()


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_an_interrupt_leaves_neither_workers_nor_half_files(tree: Tree) -> None:
    assert settled(lambda: len(tree.workers()) == 2)
    os.killpg(tree.process.pid, signal.SIGINT)
    out, err = tree.process.communicate(timeout=FOREVER)
    assert (out, err) == ("interrupted\n", "")
    assert settled(lambda: tree.members() == [])
    assert tree.temporary_files() == []


@needs_proc
@pytest.mark.parametrize("moment", [2, 3, 4])
def test_an_interrupt_while_workers_start_is_as_quiet(tree: Tree, moment: int) -> None:
    # The parent, the resource tracker, the first worker, the second one.
    assert settled(lambda: len(tree.members()) >= moment)
    os.killpg(tree.process.pid, signal.SIGINT)
    out, err = tree.process.communicate(timeout=FOREVER)
    assert (out, err) == ("interrupted\n", "")
    assert settled(lambda: tree.members() == [])
    assert tree.temporary_files() == []


@needs_proc
def test_workers_follow_a_parent_that_was_killed_and_clean_up(tree: Tree) -> None:
    assert settled(lambda: len(tree.workers()) == 2)
    tree.process.kill()
    tree.process.wait()
    assert settled(lambda: tree.members() == [])
    assert tree.temporary_files() == []


def test_a_worker_has_the_environment_of_who_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # The server that workers are copied from has that of the first call.
    for value in ("here", "there", None):
        if value is None:
            monkeypatch.delenv("TINY_PLACE")
        else:
            monkeypatch.setenv("TINY_PLACE", value)
        assert run_jobs(environment, ["TINY_PLACE"], 1) == [value]
