"""The window's picture, taken from the screen that it is shown on."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import cv2
import mss
import numpy as np
from mss.exception import ScreenShotError

from cnnviz.errors import StudioError
from cnnviz.pixels import Picture

__all__ = ["Region", "Screen", "window_region"]

Region = dict[str, int]
"""`left`, `top`, `width` and `height` in the screen's pixels, as mss takes it."""


def window_region(window: str) -> Region | None:
    """Where on the screen the picture in `window` lies, its frame not counted.

    To be asked by the thread that shows the window. None where there is no such window.
    """
    try:
        left, top, width, height = cv2.getWindowImageRect(window)
    except cv2.error:
        return None
    if width <= 0 or height <= 0:
        return None
    return {"left": left, "top": top, "width": width, "height": height}


class Screen:
    """Takes pictures of a region of the screen; to be made and used by one thread.

    Parameters
    ----------
    size
        Width and height of the pictures, in pixels. A region with other measures, as screens with
        enlarged pixels have, is brought to them.

    Raises
    ------
    StudioError
        There is no screen that pictures can be taken of.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        try:
            self._screen = mss.MSS()
        except ScreenShotError as error:
            raise StudioError(f"no picture can be taken of the screen ({error})") from error

    def grab(self, region: Region) -> Picture | None:
        """The picture in `region`, BGR (H, W, 3); None where it is not on the screen."""
        try:
            shot = self._screen.grab(region)
        except ScreenShotError:
            return None
        picture = cv2.cvtColor(np.asarray(shot), cv2.COLOR_BGRA2BGR)
        if picture.shape[1::-1] != self._size:
            picture = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA)
        return np.asarray(picture, np.uint8)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._screen.close()
