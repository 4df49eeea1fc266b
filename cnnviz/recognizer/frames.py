"""What every camera gives: pictures of one size, each at its time."""

from __future__ import annotations

import time

import cv2
import numpy as np

from cnnviz.pixels import Picture

__all__ = ["FRAMES_PER_SECOND", "HEIGHT", "WIDTH", "Pace", "fitted"]

WIDTH, HEIGHT = 640, 480
FRAMES_PER_SECOND = 30.0


def fitted(picture: Picture) -> Picture:
    """The middle of `picture`, (H, W, 3), scaled so that it just covers 640×480: (480, 640, 3)."""
    height, width = picture.shape[:2]
    if (width, height) == (WIDTH, HEIGHT):
        return picture
    scale = max(WIDTH / width, HEIGHT / height)
    size = max(WIDTH, round(width * scale)), max(HEIGHT, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(picture, size, interpolation=method)
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    return np.ascontiguousarray(scaled[top : top + HEIGHT, left : left + WIDTH])


class Pace:
    """Lets pictures pass at a steady rate.

    Parameters
    ----------
    fps
        Pictures a second.
    """

    def __init__(self, fps: float) -> None:
        self._period = 1 / fps
        self._due = 0.0

    def wait(self) -> None:
        """Wait until the next picture is due.

        After a pause, or where the reader is too slow, the clock starts anew: pictures do not come
        in a rush to catch up.
        """
        now = time.monotonic()
        if now > self._due + self._period:
            self._due = now
        time.sleep(max(0.0, self._due - now))
        self._due += self._period
