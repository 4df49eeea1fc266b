"""A screen for the window: the one that is there, or a virtual one of our own.

OpenCV's window aborts the process where no X server answers, so that is found out before.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

import mss
from mss.exception import ScreenShotError

from cnnviz.errors import StudioError, UserError

__all__ = ["check_display", "display", "has_display"]

_SCREEN = "1280x800x24"  # the window's picture has 960×720
_START_SECONDS = 20.0
_END_SECONDS = 5.0

# OpenCV's Qt has no plugin but X11's: these would send it elsewhere.
_MISLEADING = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def has_display() -> bool:
    """Whether a window can be opened: on Linux, whether an X server answers at `DISPLAY`.

    Always true on Windows and macOS. A Wayland session counts by its X server (XWayland), because
    OpenCV's window needs one.
    """
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY")) and _answers(os.environ["DISPLAY"])


def check_display() -> None:
    """See whether a window can be opened.

    Raises
    ------
    UserError
        It cannot; says why.
    """
    if has_display():
        return
    name = os.environ.get("DISPLAY")
    if name:
        raise UserError(f"no screen answers at DISPLAY={name}", hint="correct DISPLAY, or unset it")
    raise UserError("there is no screen to open a window on", hint="run it in a desktop session")


@contextmanager
def display() -> Iterator[str]:
    """Make sure of a screen for the block, and give its name, as in `DISPLAY`.

    Where `DISPLAY` is not set, on Linux, an Xvfb of our own serves the block; it is out of reach of
    Ctrl-C, and ends with the block, or with the process however that ends. Enter the block before
    the first window is opened, and open none in this process after it: Qt stays connected to its
    first screen, and ends the process when that is gone.

    Raises
    ------
    UserError
        Nobody answers at `DISPLAY`, or it is not set and there is no Xvfb program.
    StudioError
        Xvfb does not start.
    """
    if not sys.platform.startswith("linux"):
        yield ""
    elif os.environ.get("DISPLAY"):
        check_display()
        yield os.environ["DISPLAY"]
    else:
        with _own_xvfb() as name, _environment(name):
            yield name


def _answers(name: str) -> bool:
    try:
        with mss.MSS(display=name):
            return True
    except (ScreenShotError, OSError):
        return False


@contextmanager
def _environment(name: str) -> Iterator[None]:
    """Let libraries of this process find the display `name`, and nothing else."""
    before = {key: os.environ.pop(key, None) for key in ("DISPLAY", *_MISLEADING)}
    os.environ["DISPLAY"] = name
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value


@contextmanager
def _own_xvfb() -> Iterator[str]:
    program = shutil.which("Xvfb")
    if program is None:
        raise UserError(
            "there is no screen, and Xvfb, which gives a virtual one, is not installed",
            hint="on Debian or Ubuntu: sudo apt install xvfb",
        )
    with ExitStack() as stack:
        reading, writing = os.pipe()
        answer = stack.enter_context(os.fdopen(reading, "rb"))
        with os.fdopen(writing, "wb"):
            # A session of its own keeps the terminal's Ctrl-C from it. `-terminate` ends it when
            # its last client goes: so it does not outlive a process that was killed.
            server = subprocess.Popen(
                [
                    *(program, "-displayfd", str(writing), "-screen", "0", _SCREEN),
                    *("-nolisten", "tcp", "-nocursor", "-terminate"),
                ],
                pass_fds=(writing,),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        stack.callback(_end, server)
        name = f":{_number(answer)}"
        try:
            # The client that keeps it alive as long as this process lives.
            stack.enter_context(mss.MSS(display=name))
        except ScreenShotError as error:
            raise _no_start() from error
        yield name


def _number(answer: BinaryIO) -> int:
    """The display's number, which the server says when it is ready."""
    ready, _, _ = select.select([answer], [], [], _START_SECONDS)
    said = answer.readline().strip() if ready else b""
    if not said.isdigit():
        raise _no_start()
    return int(said)


def _no_start() -> StudioError:
    return StudioError("Xvfb, which gives a virtual screen, does not start", hint="try: Xvfb :99")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
