"""Quadrangles that may be cards: many and rough, from contours in a copy of half the size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from cnnviz.pixels import Picture
from cnnviz.recognizer import outline
from cnnviz.recognizer.outline import CARD_SHAPE, Floats

__all__ = ["Quad", "possible_cards", "resized"]

Quad = NDArray[np.float32]  # (4, 2): x, y of top left, top right, bottom right, bottom left
Contour = NDArray[np.int32]
_LIT = 180  # the brightness, 0 to 255, that white should have for the thresholds below
_SHORTEST = 22  # pixels of the halved frame that a contour's box must have each way
_SMALLEST = 1100  # square pixels of the halved frame
_SIDE = 36  # pixels of the halved frame that must be seen of a side
_SQUARE = np.ones((3, 3), np.uint8)


def resized(frame: Picture, scale: float) -> Picture:
    """`frame`, (H, W, 3), `scale` times as large; made smaller without skipping pixels."""
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def possible_cards(frame: Picture) -> Floats:
    """Quadrangles that may be cards, (N, 4, 2), clockwise, in pixels of `frame`."""
    grey = _lit(_darkest(resized(frame, 0.5)))
    grey = np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.uint8)
    found = [
        (quad, mask.lost)
        for mask in _masks(grey)
        for contour in _contours(mask.picture)
        for quad in _quadrangles(contour, mask.joins)
    ]
    if not found:
        return np.zeros((0, 4, 2), np.float32)
    quads = np.array([quad for quad, _ in found], np.float32)
    backwards = outline.area(quads) < 0
    quads[backwards] = quads[backwards, ::-1]
    outwards = quads - quads.mean(axis=1, keepdims=True)
    outwards /= np.linalg.norm(outwards, axis=2, keepdims=True)
    lost = np.array([lost for _, lost in found], np.float32)
    quads += outwards * (1.2 * lost[:, None, None] + 0.6)
    return _distinct(2 * quads + np.float32(0.5))


def _distinct(quads: Floats) -> Floats:
    """`quads` without those that repeat an earlier one, give or take what fitting makes good."""
    first = quads.sum(axis=2).argmin(axis=1)
    order = (first[:, None] + np.arange(4)) % 4
    aligned = np.take_along_axis(quads, order[..., None], axis=1).reshape(-1, 8)
    repeats = np.tril(cdist(aligned, aligned, "chebyshev") < 9, -1).any(axis=1)
    return np.asarray(quads[~repeats], np.float32)


def _darkest(frame: Picture) -> Picture:
    """Each pixel's darkest channel: there a white card stands out from coloured cloth or wood."""
    blue, green, red = cv2.split(frame)
    return np.asarray(cv2.min(cv2.min(blue, green), red), np.uint8)


def _lit(grey: Picture) -> Picture:
    """A dark picture brightened, so that the thresholds mean the same in it."""
    levels = np.sort(grey[::8, ::8], axis=None)
    white = float(levels[len(levels) * 99 // 100])
    gain = min(2.5, _LIT / max(white, 1.0))
    return np.asarray(cv2.convertScaleAbs(grey, alpha=gain), np.uint8) if gain > 1 else grey


class _Mask(NamedTuple):
    """A picture in which cards are islands, white on black.

    Attributes
    ----------
    picture
        0 or 255, (H, W).
    lost
        How many pixels the islands lost all round.
    joins
        Whether islands of several cards may be one, so that it is worthwhile to look for the
        corners of single cards.
    """

    picture: Picture
    lost: int
    joins: bool


def _masks(grey: Picture) -> Iterator[_Mask]:
    """Several, for what tears a card in one of them may leave it whole in another.

    What is not darker than its near neighbourhood is white: flat areas, parted by dark lines where
    something ends, be it only by the hairline of a shadow between two white cards. Lines have
    gaps, through which islands flow together; eroding the islands closes them, once the small
    ones, twice the larger ones, at the price of some cards that are themselves torn then. The
    neighbourhood, 7 pixels here, is 14 of the frame: near the 11 of the textbook, as is its
    constant, 2.

    The last mask is of what is much brighter than its wider neighbourhood: all else is black,
    also the patterned cloth in which the first ones see lines without end.
    """
    islands = _threshold(grey, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, 7, 2)
    once = np.asarray(cv2.erode(islands, _SQUARE), np.uint8)
    yield _Mask(once, lost=1, joins=True)
    yield _Mask(np.asarray(cv2.erode(once, _SQUARE), np.uint8), lost=2, joins=False)
    yield _Mask(_threshold(grey, cv2.ADAPTIVE_THRESH_MEAN_C, 21, -15), lost=0, joins=True)


def _threshold(grey: Picture, mean: int, block: int, constant: float) -> Picture:
    white = cv2.adaptiveThreshold(grey, 255, mean, cv2.THRESH_BINARY, block, constant)
    return np.asarray(white, np.uint8)


def _contours(mask: Picture) -> Iterator[Contour]:
    """The contours in `mask` that are large enough for a card, (points, 1, 2) each."""
    height, width = mask.shape
    # Holes too: where a card's face is torn, the dark ring about it may still be whole.
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        if len(contour) < 8:  # most contours are specks, and this is the fastest way to tell
            continue
        _, _, across, down = cv2.boundingRect(contour)
        frame = across > 0.95 * width and down > 0.95 * height
        if min(across, down) >= _SHORTEST and not frame:
            yield np.asarray(contour, np.int32)


def _quadrangles(contour: Contour, joins: bool) -> Iterator[Quad]:
    """Four corners, in some ways, of what `contour` may be the outline of."""
    hull = cv2.convexHull(contour)
    filled = cv2.contourArea(hull)
    if filled < _SMALLEST or len(hull) < 4:
        return
    # The tightest quadrangle follows perspective, but also each notch and bulge of the contour,
    # which the tightest rectangle does not.
    quad = cv2.approxPolyN(hull, 4, ensure_convex=True)[0]
    size = cv2.contourArea(quad)
    tight = filled > 0.8 * size
    if tight:
        yield np.asarray(quad, np.float32)
    rectangle = cv2.minAreaRect(hull)
    wide, tall = sorted(rectangle[1])
    if filled > 0.8 * wide * tall and not (tight and wide * tall < 1.05 * size):
        yield np.asarray(cv2.boxPoints(rectangle), np.float32)
    if joins and not (filled > 0.93 * wide * tall and 0.6 < wide / tall < 0.85):
        yield from _at_corners(contour)


def _at_corners(contour: Contour) -> Iterator[Quad]:
    """Cards of which `contour` shows one corner and, at least one of them whole, its two sides.

    Where cards overlap, or touch without a shadow between them, their contour is one; but at its
    corners each is still itself, and a card's shape is known.
    """
    points = cv2.approxPolyDP(contour, 3, True)[:, 0].astype(np.float32)
    if not 4 <= len(points) <= 40:  # or it is no card, but cloth
        return
    run = np.roll(points, -1, axis=0) - points
    length = np.linalg.norm(run, axis=1)
    inwards = np.sign(cv2.contourArea(points, oriented=True))
    for first in np.flatnonzero(length >= _SIDE).tolist():
        second = (first + 1) % len(points)
        if length[second] < 8:  # the round of a corner
            second = (second + 1) % len(points)
        if length[second] < _SIDE:
            continue
        here, there = run[first] / length[first], run[second] / length[second]
        turn = float(here[0] * there[1] - here[1] * there[0])
        if inwards * turn < 0.75:
            continue
        gap = points[second] - points[first]
        one = float(gap[0] * there[1] - gap[1] * there[0]) / turn
        tip = points[first] + here * one
        other = float((points[(second + 1) % len(points)] - tip) @ there)
        for along, onwards in _whole(one, other):
            start, end = tip - here * along, tip + there * onwards
            yield np.asarray([start, tip, end, start + end - tip], np.float32)


def _whole(one: float, other: float) -> list[tuple[float, float]]:
    """How long a card's two sides may be of which so much is seen, in pixels."""
    if min(one, other) < _SIDE:
        return []
    lengths = [(one, one * CARD_SHAPE), (one, one / CARD_SHAPE)]
    lengths += [(other * CARD_SHAPE, other), (other / CARD_SHAPE, other)]
    if 0.5 < min(one, other) / max(one, other) < 0.95:
        lengths.append((one, other))
    return [
        (along, onwards)
        for along, onwards in lengths
        if 0.93 * one < along < 3 * one and 0.93 * other < onwards < 3 * other
    ]
