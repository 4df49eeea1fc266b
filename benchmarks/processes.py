"""What a command costs: seconds, processor seconds and memory, all its processes together."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from typing import IO, TypeVar

from cnnviz.errors import StudioError

__all__ = ["Spent", "in_a_row", "in_own_process", "measured", "memory_of_tree"]

PROC = Path("/proc")
SAMPLED_EVERY = 0.2  # seconds
ORPHANS_END_WITHIN = 120.0  # seconds
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

Result = TypeVar("Result")


@dataclass(frozen=True)
class Spent:
    """What one command, or several in a row, took.

    Parameters
    ----------
    wall
        Seconds from start to end.
    cpu
        Seconds of processor time, user and system, of the command and all that it started.
    peak
        The most memory that they held at once, in bytes; None where the system cannot tell.
    """

    wall: float
    cpu: float
    peak: int | None


def in_a_row(parts: Iterable[Spent]) -> Spent:
    """What commands took that ran one after another."""
    spent = list(parts)
    peaks = [part.peak for part in spent if part.peak is not None]
    return Spent(
        wall=sum(part.wall for part in spent),
        cpu=sum(part.cpu for part in spent),
        peak=max(peaks, default=None),
    )


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Spent:
    """Run `command` in `folder`; what it says goes to the end of `log`, its complaints last.

    Complaints are kept apart meanwhile: what is printed waits in a buffer until the end and would
    come to stand behind the reason of a failure.

    Raises
    ------
    StudioError
        It failed; the last line of its complaints is the message. Or it left a process behind that
        does not end.
    """
    _adopt_orphans()
    children = _children()
    before = _processor_seconds()
    started = time.perf_counter()
    with log.open("ab") as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
        )
        watch = _MemoryWatch(process.pid)
        watch.start()
        try:
            code = process.wait()
            wall = time.perf_counter() - started
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            watch.stop()
            complaints = _all_of(complained)
            said.write(complaints)
    _wait_for(_children() - children)
    if code:
        reason = _last_line(complaints) or _last_line(log.read_bytes()) or f"exit status {code}"
        raise StudioError(reason, hint="with --keep DIR, all that it said lies in DIR/logs")
    return Spent(wall, _processor_seconds() - before, watch.peak)


def _processor_seconds() -> float:
    """Of all processes that were waited for so far, those that they waited for included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _adopt_orphans() -> None:
    """Become the parent of all processes that a command leaves behind.

    The server that our workers are copied from outlives the command by a moment, and what nobody
    waits for is counted nowhere.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children() -> set[int]:
    return {child for child, parent in _parents().items() if parent == os.getpid()}


def _wait_for(orphans: set[int]) -> None:
    until = time.monotonic() + ORPHANS_END_WITHIN
    while orphans and time.monotonic() < until:
        orphans = {orphan for orphan in orphans if os.waitpid(orphan, os.WNOHANG) == (0, 0)}
        time.sleep(0.01)
    if orphans:
        raise StudioError(f"processes outlive their command: {', '.join(map(str, orphans))}")


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].removeprefix("error: ") if said else ""


def in_own_process(function: Callable[..., Result], *arguments: object) -> Result:
    """What `function` gives, called in a process that ends afterwards, and its children with it.

    What it imports would stay in memory otherwise, and share its libraries with what is measured.
    """
    _adopt_orphans()
    resource_tracker.ensure_running()  # it stays
    children = _children()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        result = executor.submit(function, *arguments).result()
    _wait_for(_children() - children)
    return result


class _MemoryWatch(threading.Thread):
    """Looks at the memory of a process and its descendants until it is stopped."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak: int | None = None
        self._process = process
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(SAMPLED_EVERY):
            held = memory_of_tree(self._process)
            if held is not None:
                self.peak = max(held, self.peak or 0)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def memory_of_tree(process: int) -> int | None:
    """Bytes that `process` and its descendants hold; None where the system cannot tell.

    What processes share counts once: each is charged with its proportional share.
    """
    if not (PROC / "self" / "stat").exists():
        return None
    parents = _parents()
    tree = {process}
    # A child may have a smaller number than its parent once numbers have begun anew.
    while grown := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return sum(map(_memory, tree))


def _parents() -> dict[int, int]:
    found = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            # The name in parentheses before it may hold anything.
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue  # it has just ended
    return found


def _memory(process: int) -> int:
    folder = PROC / str(process)
    try:
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0  # it has just ended
