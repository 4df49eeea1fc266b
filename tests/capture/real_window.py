"""Runs the live window on a real screen, and does to it what a person could do.

`real_window.py FOLDER WHAT…` prints what came of each as JSON. A process of its own, because
OpenCV's window stays bound to the first screen that it has seen.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import mss
import numpy as np
from sights import SomethingSeen, StillCamera

from cnnviz.capture import live as live_module
from cnnviz.capture.captured_window import CapturedWindow
from cnnviz.capture.framecode import read_number
from cnnviz.capture.live import WINDOW, LiveSession, live
from cnnviz.capture.shown import Shown
from cnnviz.capture.window import Window
from cnnviz.pixels import Picture

PATIENCE = 600  # frames in which what a person did must have had its effect


class _Key(ctypes.Structure):
    _fields_ = (
        *(("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("sent", ctypes.c_int)),
        *(("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("root", ctypes.c_ulong)),
        *(("child", ctypes.c_ulong), ("time", ctypes.c_ulong)),
        *((name, ctypes.c_int) for name in ("x", "y", "root_x", "root_y")),
        *(("state", ctypes.c_uint), ("code", ctypes.c_uint), ("same_screen", ctypes.c_int)),
        ("rest", ctypes.c_long * 12),
    )


class _Message(ctypes.Structure):
    _fields_ = (
        *(("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("sent", ctypes.c_int)),
        *(("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("kind", ctypes.c_ulong)),
        *(("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 12)),
    )


class Person:
    """Presses keys and the closing button, as the X server would tell the window."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        for name in ("XDefaultRootWindow", "XInternAtom"):
            getattr(self._x, name).restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        self._root = self._x.XDefaultRootWindow(self._display)

    def press(self, key: str) -> None:
        symbol = ctypes.c_ulong({"\x1b": 0xFF1B}.get(key, ord(key)))
        code = self._x.XKeysymToKeycode(self._display, symbol)
        for kind in (2, 3):  # KeyPress, KeyRelease
            self._send(_Key(kind, sent=1, root=self._root, time=1, code=code, same_screen=1))

    def close(self) -> None:
        protocols, wish = (
            self._x.XInternAtom(self._display, name, 0)
            for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
        )
        data = (ctypes.c_long * 5)(wish)
        self._send(_Message(33, sent=1, kind=protocols, format=32, data=data))

    def _send(self, event: Any) -> None:
        (window,) = (each for each in self._windows(self._root) if self._title(each) == WINDOW)
        event.display, event.window = self._display, window
        mask = ctypes.c_long(0)  # to the window's own client
        self._x.XSendEvent(self._display, ctypes.c_ulong(window), 0, mask, ctypes.byref(event))
        self._x.XFlush(self._display)

    def _windows(self, parent: int) -> Iterator[int]:
        yield parent
        root, above, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        self._x.XQueryTree(
            *(self._display, ctypes.c_ulong(parent), ctypes.byref(root), ctypes.byref(above)),
            *(ctypes.byref(children), ctypes.byref(count)),
        )
        for index in range(count.value):
            yield from self._windows(children[index])

    def _title(self, window: int) -> str:
        title = ctypes.c_char_p()
        self._x.XFetchName(self._display, ctypes.c_ulong(window), ctypes.byref(title))
        return (title.value or b"").decode()


def on_screen() -> Picture:
    """What the screen shows where the window's picture is."""
    left, top, width, height = cv2.getWindowImageRect(WINDOW)
    with mss.MSS() as screen:
        shot = screen.grab({"left": left, "top": top, "width": width, "height": height})
    return np.asarray(shot)[..., :3]


def painted(folder: Path) -> dict[str, Any]:
    """What is on the screen each time that a picture is said to be shown."""
    read: list[tuple[int, int | None]] = []
    same: list[bool] = []
    given: list[Picture] = []

    class Noting(CapturedWindow):  # one that is known to be on the screen
        def show(self, picture: Picture) -> None:
            given.append(picture.copy())
            super().show(picture)

    def look(shown: Shown) -> None:
        screen = on_screen()
        read.append((shown.number, read_number(screen)))
        same.append(bool(np.array_equal(screen, given[-1])))

    session = LiveSession(
        StillCamera(12), SomethingSeen(), on_shown=look, snapshots=folder, window=Noting()
    )
    session.run(lambda: False)
    return {"read": read, "same": all(same), "size": given[-1].shape}


def keys(folder: Path) -> dict[str, Any]:
    """Mode, freeze, snapshot and quit by real key presses, each after the other had its effect."""
    camera, recognizer, person = StillCamera(PATIENCE), SomethingSeen(), Person()
    steps = iter(("m", "s", "q"))
    wanted: list[Callable[[], bool]] = [lambda: True]
    effects = {
        "m": lambda: recognizer.mode == "full-frame",
        "s": lambda: len(list(folder.glob("*.png"))) == 1,
        "q": lambda: False,
    }

    def act(shown: Shown) -> None:
        if wanted[-1]():
            key = next(steps)
            person.press(key)
            wanted.append(effects[key])

    LiveSession(camera, recognizer, on_shown=act, snapshots=folder).run(lambda: False)
    return {"mode": recognizer.mode, "frames": camera.given, "open": Window().is_open}


def closing(folder: Path) -> dict[str, Any]:
    """The window's own button."""
    camera, person = StillCamera(PATIENCE), Person()

    def act(shown: Shown) -> None:
        if shown.number == 3:
            person.close()

    LiveSession(camera, SomethingSeen(), on_shown=act, snapshots=folder).run(lambda: False)
    return {"frames": camera.given}


class _NoClassifier:
    digest = "5" * 64

    def __init__(self, weights: Path) -> None:
        pass


def interrupted(folder: Path) -> dict[str, Any]:
    """The verb, with a recording that Ctrl-C ends; camera and recognizer are stand-ins."""
    camera = StillCamera(PATIENCE)
    shown: list[int] = []
    patched: Any = live_module
    patched.open_camera = lambda which: camera
    patched.Classifier = _NoClassifier
    patched.Recognizer = lambda classifier, mode: SomethingSeen(mode)
    tell = live_module.Takes.shown
    person = Person()

    def act(recordings: live_module.Takes, picture: Shown) -> None:
        tell(recordings, picture)
        shown.append(picture.number)
        recorder = recordings._recorder
        if len(shown) == 2:
            person.press("r")
        if recorder is not None and recorder.seconds >= 0.5:
            os.kill(os.getpid(), signal.SIGINT)

    patched.Takes.shown = act
    live("0", "auto-detect", None, folder)
    return {"frames": camera.given, "closed": camera.closed, "open": Window().is_open}


if __name__ == "__main__":
    _, folder, *deeds = sys.argv
    print(json.dumps({what: globals()[what](Path(folder)) for what in deeds}))
