"""Calls in a fresh process, which sees the project as it is now; it ends with its caller."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cnnviz.errors import StudioError
from cnnviz.ingredients.code import MACHINERY
from cnnviz.studio.cluster.errand import RefusedError
from cnnviz.studio.pool import ORPHANS_GRACE

__all__ = ["in_process", "serve"]


def in_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call `function` in a process of its own, which ends with this one.

    Not one of `multiprocessing`'s: those that Dask starts may have no children of that kind.

    Raises
    ------
    StudioError
        What the function raised, or that its process died.
    """
    places = [str(MACHINERY.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        # -P: what is imported must not depend on the folder that the worker was started in.
        [
            sys.executable,
            "-P",
            "-c",
            "from cnnviz.studio.cluster.fresh_process import serve; serve()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(pickle.dumps((function, arguments)))
            process.stdin.flush()
        answer = process.stdout.read()
        # Its standard input stays open until here: where it ends, the worker is gone.
    try:
        raised, value = pickle.loads(answer)
    except (EOFError, pickle.UnpicklingError):
        raise RefusedError(
            f"its drawing process ended with status {process.returncode}",
            hint="see its log; perhaps it is short of memory",
        ) from None
    if raised:
        raise value
    return value


def serve() -> None:
    """Make the one call that comes in on standard input, and answer on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    # Scenes may print: that goes to the worker's log.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, arguments = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_worker, daemon=True).start()
    answer: tuple[bool, object]
    try:
        answer = (False, function(*arguments))
    except StudioError as error:
        answer = (True, error)
    with answers:
        pickle.dump(answer, answers)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the worker hangs up now, which must not disturb an orderly end


def _end(number: int, frame: object) -> None:
    # SystemExit unwinds the stack, so that temporary files are removed.
    sys.exit(128 + number)


def _end_with_worker() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing more is sent: it returns when the worker is gone
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHANS_GRACE)
    os._exit(1)
