"""A stand-in for the recognizer's session: a real window that shows numbered, coloured pictures.

Run by itself it records, as `render.py record` does: `fake_session.py OUT [SECONDS [KIND]]`. It
says `recording` once 1.5 seconds are written, and ends by itself, on Ctrl-C, or as KIND says.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnnviz.capture import recorder as recorder_module
from cnnviz.capture.captured import CapturedCamera, Corners
from cnnviz.capture.captured_window import CapturedWindow
from cnnviz.capture.display import display
from cnnviz.capture.framecode import stamp
from cnnviz.capture.live import until_interrupted
from cnnviz.capture.provenance import Provenance
from cnnviz.capture.recorder import Recorder
from cnnviz.capture.shown import Shown
from cnnviz.capture.window import WINDOW
from cnnviz.errors import StudioError
from cnnviz.pixels import Picture
from cnnviz.recognizer.recognizer import Sight
from cnnviz.recognizer.tracking import SeenCard

WIDTH, HEIGHT = 960, 720
PROVENANCE = Provenance(CapturedCamera("stand-in", True, "Nobody, CC0"), "auto-detect", "5" * 64)
UNKNOWN_BELOW = 10
TOP = (
    ("ace of clubs", 0.9),
    ("ace of spades", 0.04),
    ("two of clubs", 0.03),
    ("joker", 0.02),
    ("king of hearts", 0.01),
)


def colour(number: int) -> tuple[int, int, int]:
    """BGR; those of neighbouring numbers differ by far more than an encoder changes."""
    return 40 + 61 * number % 180, 40 + 97 * number % 180, 40 + 37 * number % 180


def picture(number: int) -> Picture:
    return stamp(np.full((HEIGHT, WIDTH, 3), colour(number), np.uint8), number)


def corners(number: int) -> Corners:
    shift = float(number % 400)
    return tuple((x + shift, y + shift) for x, y in ((0, 0), (100, 0), (100, 150), (0, 150)))


def cut_out(number: int) -> Picture:
    return np.full((224, 224, 3), number % 256, np.uint8)


def shown(number: int) -> Shown:
    """One card, whose corners tell the number; it is unknown at the beginning."""
    label = None if number < UNKNOWN_BELOW else "ace of clubs"
    card = SeenCard(1, np.array(corners(number), np.float32), label, 0.9, TOP)
    sight = Sight((card,), "auto-detect", {}, (cut_out(number),))
    return Shown(number, time.monotonic(), sight, np.zeros((480, 640, 3), np.uint8))


def show(
    on_shown: Callable[[Shown], None], stop: Callable[[], bool], every: float, numbered: bool = True
) -> None:
    """Show pictures from number 1 on until `stop()`, one every `every` seconds."""
    window = CapturedWindow()
    window.open()
    number, begin = 0, time.monotonic()
    while not stop():
        number += 1
        window.show(picture(number) if numbered else cut_out(number).repeat(4, axis=1))
        window.key()
        on_shown(shown(number))
        while (ahead := begin + number * every - time.monotonic()) > 0:
            window.key(max(1, int(ahead * 1000)))
    window.close()


def main(out: Path, seconds: float | None, kind: str) -> None:
    with display(), until_interrupted() as interrupted:
        if kind == "unreadable":
            recorder_module._BLIND = 0.5
        with Recorder(out, WINDOW, PROVENANCE, seconds=seconds) as recorder:
            if kind == "silent":
                return
            said = False

            def stop() -> bool:
                nonlocal said
                if not said and recorder.seconds >= 1.5:
                    said = True
                    print("recording", flush=True)
                return interrupted() or recorder.done

            show(recorder.shown, stop, every=1 / 30, numbered=kind != "unreadable")


if __name__ == "__main__":
    _, out, seconds, kind = [*sys.argv, "0", "usual"][:4]
    try:
        main(Path(out), float(seconds) or None, kind)
    except StudioError as error:
        sys.exit(f"error: {error}")
