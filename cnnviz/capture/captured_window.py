"""The recognizer's window, known to be on the screen before anything is recorded."""

from __future__ import annotations

import time

import numpy as np

from cnnviz.capture.framecode import read_number, stamp
from cnnviz.capture.screen import Screen, window_region
from cnnviz.capture.window import WINDOW, Window
from cnnviz.errors import StudioError

__all__ = ["CapturedWindow"]

_NUMBER = 0  # sessions count their pictures from 1
_PATIENCE = (1.0, 2.0, 3.0, 4.0, 5.0)  # seconds


class CapturedWindow(Window):
    """A window that is opened again until its picture can be read from the screen.

    On a busy machine, OpenCV's Qt now and then loses the X server's word that the window is there,
    and then never paints it.

    Parameters
    ----------
    size
        Width and height of its pictures, in pixels.
    """

    def __init__(self, size: tuple[int, int] = (960, 720)) -> None:
        self._size = size

    def open(self) -> None:
        """Open the window.

        Raises
        ------
        UserError
            There is no screen to open it on.
        StudioError
            Its picture cannot be read from the screen.
        """
        with Screen(self._size) as screen:
            for seconds in _PATIENCE:
                super().open()
                if self._is_painted(screen, seconds):
                    return
                self.close()
        raise StudioError(
            f"the window “{WINDOW}” cannot be read from the screen",
            hint="leave it uncovered; under Wayland, unset DISPLAY for a virtual screen",
        )

    def _is_painted(self, screen: Screen, seconds: float) -> bool:
        width, height = self._size
        self.show(stamp(np.zeros((height, width, 3), np.uint8), _NUMBER))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.key(1)
            region = window_region(WINDOW)
            picture = None if region is None else screen.grab(region)
            if picture is not None and read_number(picture) == _NUMBER:
                return True
        return False
