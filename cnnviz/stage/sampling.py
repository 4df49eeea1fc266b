"""Scaling pictures to the screen's pixels, as smooth or as crisp as their pixels are large."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Place", "photograph", "warped"]

SMOOTH, CRISP = 3.0, 8.0
"""Sides of a picture's pixel on the screen, in its pixels: up to the one neighbours flow into each
other, from the other on they are squares. In between the one turns into the other."""
_WHOLE = 1 / 32
"""Pixels by which an image may miss the frame's pixels and still be copied as it is."""


@dataclass(frozen=True)
class Place:
    """Where a picture lies on the screen, and the screen's pixels that it covers."""

    upper_left: NDArray[np.float64]
    lower_right: NDArray[np.float64]
    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def between(
        cls,
        upper_left: NDArray[np.float64],
        lower_right: NDArray[np.float64],
        screen: tuple[int, int],
    ) -> Place | None:
        """The place between two corners, in pixels of a `screen` (height, width); None outside."""
        height, width = screen
        # Only pixels whose centre lies on the image, as Manim does it.
        left, top = np.maximum(np.ceil(upper_left - 0.5).astype(int), 0)
        right, bottom = np.minimum(lower_right.astype(int), (width, height))
        if right <= left or bottom <= top:
            return None
        return cls(upper_left, lower_right, int(left), int(top), int(right), int(bottom))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what is covered."""
        return self.right - self.left, self.bottom - self.top

    @property
    def part(self) -> tuple[slice, slice]:
        """What is covered, as rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def warped(image: NDArray[np.uint8], place: Place, method: int) -> NDArray[np.uint8]:
    """`image`, (H, W, 4), as its covered pixels show it, by OpenCV's interpolation `method`."""
    upper_left, lower_right, size = place.upper_left, place.lower_right, place.size
    scale = np.array([image.shape[1], image.shape[0]]) / (lower_right - upper_left)
    # Pixel centres lie at halves, OpenCV counts them from 0.
    first = np.array([place.left + 0.5, place.top + 0.5])
    shift = (first - upper_left) * scale - 0.5
    x, y = np.rint(shift).astype(int)
    if np.abs([*(scale - 1) * size, *shift - (x, y)]).max() < _WHOLE:
        return image[y : y + size[1], x : x + size[0]]
    back = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
    scaled = cv2.warpAffine(
        image,
        back,
        size,
        flags=method | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return scaled.astype(np.uint8, copy=False)


def photograph(levels: Sequence[NDArray[np.uint8]], place: Place) -> NDArray[np.uint8]:
    """A photograph as its covered pixels show it, without a jump from one scale to the next.

    Parameters
    ----------
    levels
        It as RGBA, (H, W, 4), and in halves of the size.
    place
        Where it lies.

    Returns
    -------
    array, (h, w, 4)
        Made smaller, it is mixed from the two nearest levels, so that nothing flickers. Made
        larger, it is interpolated; where its pixels are larger than `CRISP`, each covered pixel
        is the mean of what lies on it: edges are one pixel wide.
    """
    height, width = levels[0].shape[:2]
    sides = (place.lower_right - place.upper_left) / (width, height)
    side = float(sides.min())
    if side > SMOOTH:
        return _crisp(levels[0], place, side)
    level = min(max(0.0, -math.log2(side)), len(levels) - 1.0)
    finer = int(level)
    found = warped(levels[finer], place, cv2.INTER_LINEAR)
    share = level - finer
    if share < _WHOLE:
        return found
    coarser = warped(levels[finer + 1], place, cv2.INTER_LINEAR)
    return cv2.addWeighted(found, 1 - share, coarser, share, 0).astype(np.uint8, copy=False)


def _crisp(image: NDArray[np.uint8], place: Place, side: float) -> NDArray[np.uint8]:
    # What lies between the middles of two neighbours is one, a mixture, the other; the mixture is
    # all of it where it is to be smooth, one pixel of the screen where it is to be crisp.
    progress = math.log(side / SMOOTH) / math.log(CRISP / SMOOTH)
    mixture = side ** -_eased(min(progress, 1.0))
    rows, columns = image.shape[:2]
    across, right = _mixed(place, 0, columns, mixture)
    down, below = _mixed(place, 1, rows, mixture)
    top, bottom = int(down.min()), min(int(down.max()) + 2, rows)
    strip = _across(image[top:bottom], across, right)
    down -= top
    found = np.take(strip, down, axis=0)
    for row in np.flatnonzero(below):
        share, at = float(below[row]), int(down[row])
        cv2.addWeighted(strip[at], 1 - share, strip[at + 1], share, 0, dst=found[row])
    return found


def _across(
    image: NDArray[np.uint8], columns: NDArray[np.intp], shares: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Of each row of `image`, the mixtures of `columns` with those to their right."""
    x = np.repeat((columns + shares).astype(np.float32)[None], len(image), axis=0)
    y = np.repeat(np.arange(len(image), dtype=np.float32)[:, None], len(columns), axis=1)
    mixed = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return mixed.astype(np.uint8, copy=False)


def _mixed(
    place: Place, axis: int, count: int, mixture: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Along an axis, which of `count` pixels each covered one shows, and how much of the next."""
    start, end = place.upper_left[axis], place.lower_right[axis]
    covered = (place.left, place.top)[axis] + 0.5 + np.arange(place.size[axis])
    middle = np.clip((covered - start) * (count / (end - start)) - 0.5, 0, count - 1)
    index = np.minimum(middle.astype(np.intp), max(count - 2, 0))
    share = np.clip((middle - index - 0.5) / mixture + 0.5, 0, 1)
    return index, share if count > 1 else np.zeros_like(share)


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)
