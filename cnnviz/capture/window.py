"""The recognizer's window: OpenCV's, with what has to be known about it."""

from __future__ import annotations

import os
import sys

import cv2

from cnnviz.capture.display import check_display
from cnnviz.pixels import Picture

__all__ = ["ESCAPE", "WINDOW", "Window"]

WINDOW = "Playing Card Recognition"
ESCAPE = "\x1b"


class Window:
    """One window that shows pictures in their own size and hears keys.

    To be used by one thread, the process's first.
    """

    def open(self) -> None:
        """Open the window.

        Raises
        ------
        UserError
            There is no screen to open it on.
        """
        check_display()  # Qt would end the whole process
        if sys.platform.startswith("linux"):
            os.environ["QT_QPA_PLATFORM"] = "xcb"  # the only one that OpenCV's Qt has
        cv2.namedWindow(WINDOW, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)

    def show(self, picture: Picture) -> None:
        """Give the window `picture`, BGR (H, W, 3); it is painted by the next `key`."""
        cv2.imshow(WINDOW, picture)

    def key(self, milliseconds: int = 0) -> str | None:
        """Paint, and wait so long for a key; the key that was pressed, if any."""
        code = cv2.waitKey(milliseconds) if milliseconds > 0 else cv2.pollKey()
        return chr(code & 0xFF) if code >= 0 else None

    @property
    def is_open(self) -> bool:
        """Whether the window is there: its button closes it, and so does the end of its screen."""
        try:
            return bool(cv2.getWindowProperty(WINDOW, cv2.WND_PROP_VISIBLE) >= 1)
        except cv2.error:
            return False

    def close(self) -> None:
        """Close the window, if it is open."""
        if self.is_open:
            cv2.destroyWindow(WINDOW)
            cv2.pollKey()
