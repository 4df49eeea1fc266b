"""Noticing that the camera shows something else altogether."""

from __future__ import annotations

import cv2
import numpy as np

from cnnviz.pixels import Picture

__all__ = ["Cuts"]

_STEP = 4  # every fourth pixel each way is enough, and a sixteenth of the work
_SMALL = (40, 30)  # width and height of what is compared: small movements leave it as it is
_CUT = 14.0  # levels, of 255: a panning camera changes at most half as much, a cut twice


class Cuts:
    """Compares each frame with the one before it."""

    def __init__(self) -> None:
        self._before: Picture | None = None

    def next(self, frame: Picture) -> bool:
        """Whether most of the picture changed with `frame`, BGR (H, W, 3); False for the first.

        A card or a hand, however near and fast, changes less than half of it.
        """
        sample = np.ascontiguousarray(frame[::_STEP, ::_STEP])
        small = np.asarray(cv2.resize(sample, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._before = self._before, small
        return before is not None and float(np.median(cv2.absdiff(small, before))) > _CUT
