"""Worker processes that can be stopped at any moment without leaving half a file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TypeVar

from cnnviz.errors import StudioError

__all__ = ["default_workers", "run_jobs"]

Job = TypeVar("Job")
Result = TypeVar("Result")

ORPHANS_GRACE = 10.0
"""Seconds that a worker has to remove its temporary files when its parent has died."""


def default_workers() -> int:
    """As many as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    tick: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Run `function` on every job in worker processes; results in the order of `jobs`.

    The first failure stops the rest. `tick` is called a few times a second meanwhile.

    Raises
    ------
    StudioError
        What a job raised, or that a worker died.
    """
    if not jobs:
        return []
    executor = ProcessPoolExecutor(
        max_workers=min(workers, len(jobs)),
        # Manim's settings and caches are global to a process: each worker starts afresh.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
    )
    try:
        with _deaf_to_interrupts():
            futures = [executor.submit(_run, function, job) for job in jobs]
        for done in _as_they_finish(futures, tick):
            done.result()
        return [future.result() for future in futures]
    except BrokenProcessPool:
        raise StudioError(
            "a worker process died", hint="probably out of memory; try --workers 1"
        ) from None
    except BaseException:
        _stop_workers()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        tick()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that never see Ctrl-C, not even before they are ready.

    It reaches the whole process group; only the parent, which hears of it after the block, decides
    what to do about it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    # It starts with the first worker, and starting it unblocks the signal.
    resource_tracker.ensure_running()
    # Children inherit what is blocked; the parent has other threads, which hear it all the same.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


def _as_they_finish(
    futures: Sequence[Future[Result]], tick: Callable[[], None]
) -> Iterator[Future[Result]]:
    waiting = set(futures)
    while waiting:
        finished, waiting = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
        tick()
        yield from finished


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end_job)
    threading.Thread(target=_end_with_parent, daemon=True).start()


_stopped = False
_orphaned = False


def _end_job(number: int, frame: object) -> None:
    global _stopped
    _stopped = True
    # SystemExit unwinds the stack, so that temporary files are removed.
    sys.exit(128 + number)


def _end_with_parent() -> None:
    """Wait for the parent's death: nobody else stops a worker whose parent was killed."""
    global _orphaned
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    _orphaned = True
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHANS_GRACE)
    os._exit(1)


def _run(function: Callable[[Job], Result], job: Job) -> Result:
    # The executor hands a stopped worker the job that it had fetched already.
    if _stopped:
        raise SystemExit
    try:
        return function(job)
    finally:
        if _orphaned:
            os._exit(1)  # temporary files are removed by now, and nobody takes the result


def _stop_workers() -> None:
    for process in multiprocessing.active_children():
        process.terminate()
