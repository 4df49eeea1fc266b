"""Worker processes, a fresh one for each job, that can be stopped without leaving half a file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from cnnviz.errors import StudioError

__all__ = ["default_workers", "run_jobs"]

Job = TypeVar("Job")
Result = TypeVar("Result")

ORPHANS_GRACE = 10.0
"""Seconds that a worker has to remove its temporary files when its parent has died."""
TICK = 0.25
"""Seconds between two calls of `tick` while nothing finishes."""


def default_workers() -> int:
    """As many as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    tick: Callable[[], None] = lambda: None,
    preload: Sequence[str] = (),
) -> list[Result]:
    """Run `function` on every job in a process of its own; results in the order of `jobs`.

    No more than `workers` processes run at once, and each ends with its job: what a library keeps
    or leaks is given back, and no job can see what another one left behind. The first failure
    stops the rest.

    Parameters
    ----------
    function, jobs
        Both can be pickled, and so can what comes back.
    workers
        How many processes at once.
    tick
        Called a few times a second meanwhile.
    preload
        Modules that most jobs import: where the system can fork safely they are imported once,
        and every process begins with them. The first call in a process decides.

    Raises
    ------
    StudioError
        What a job raised, or that a worker died.
    """
    context = _context(preload)
    waiting = deque(enumerate(jobs))
    running: dict[Connection, _Worker] = {}
    results: dict[int, Result] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                index, job = waiting.popleft()
                with _deaf_to_interrupts():  # nobody may be started and then forgotten
                    worker = _started(context, function, job, index)
                    running[worker.answers] = worker
            for answers in cast("list[Connection]", wait(list(running), TICK)):
                worker = running[answers]
                results[worker.index] = worker.answer()
                del running[answers]
            tick()
    except BaseException:
        for worker in running.values():
            worker.process.terminate()
        raise
    finally:
        for worker in running.values():
            worker.end()
        tick()
    return [results[index] for index in range(len(jobs))]


def _context(preload: Sequence[str]) -> BaseContext:
    # A server that has imported much and never worked is copied for each job. Elsewhere than on
    # Linux, libraries of the system do not outlive the copying.
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


@dataclass(frozen=True)
class _Worker:
    """A process at work on job number `index`, and where it will give its answer."""

    index: int
    process: BaseProcess
    answers: Connection

    def answer(self) -> Any:
        """What the job gave; raises what it raised."""
        try:
            raised, value = self.answers.recv()
        except EOFError:
            raise StudioError(
                "a worker process died", hint="probably out of memory; try --workers 1"
            ) from None
        finally:
            self.end()
        if raised:
            raise value
        return value

    def end(self) -> None:
        """Wait until the process is over."""
        self.answers.close()
        self.process.join()


def _started(
    context: BaseContext, function: Callable[[Job], Result], job: Job, index: int
) -> _Worker:
    answers, answering = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]
        target=_work, args=(function, job, answering, dict(os.environ))
    )
    try:
        process.start()
    finally:
        answering.close()  # the worker's end alone is left, and its death is noticed
    return _Worker(index, process, answers)


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


def _work(
    function: Callable[[Job], Result],
    job: Job,
    answering: Connection,
    environment: Mapping[str, str],
) -> None:
    """Do one job: all that a worker process ever does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    # The server has that of the first call, and where the cache lies may have changed since.
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer: tuple[bool, object]
    try:
        answer = (False, function(job))
    except Exception as error:
        answer = (True, error)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        answering.send(answer)


def _end(number: int, frame: object) -> None:
    # SystemExit unwinds the stack, so that temporary files are removed.
    sys.exit(128 + number)


def _end_with_parent() -> None:
    """Wait for the parent's death: nobody else stops a worker whose parent was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHANS_GRACE)
    os._exit(1)
