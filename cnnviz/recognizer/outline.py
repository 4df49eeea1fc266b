"""A card's outline: four lines fitted to its edges, and how much it looks like a card's."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.pixels import Picture

__all__ = ["CARD_SHAPE", "Floats", "Outlines", "area", "fit", "shape"]

Floats = NDArray[np.float32]

CARD_SHAPE = 63 / 88  # width over height of a poker card, and close to a bridge card's 57 / 88
FOCAL_LENGTH = 0.8  # in widths of the frame: between a phone's 0.75 and a webcam's 0.85

_REACH = 7  # pixels to either side in which an edge is sought
_INSIDE = 5  # pixels further in that are read, for the margin of a card found there
_POINTS = 12  # along a side
_FAINTEST = 5.0  # levels between inside and outside that count as an edge
_CLOSE = 1.5  # pixels from the fitted line that count as on it
_INWARD = 3.5  # pixels from the edge at which a card's white margin is read
_OUTWARD = 2.5

# Corners are rounded, so the sides are read between them only.
_ALONG = np.linspace(0.09, 0.91, _POINTS, dtype=np.float32)
_ABOUT_MIDDLE = _ALONG - np.float32(0.5)
_ACROSS = np.arange(-_REACH - _INSIDE - 1, _REACH + 2, dtype=np.float32)  # negative: inside
_GRID = np.stack(np.meshgrid(np.linspace(0.12, 0.88, 12), np.linspace(0.12, 0.88, 12)), -1)
_FACE = _GRID.reshape(-1, 2).astype(np.float32)  # right and down, in widths and heights


@dataclass(frozen=True, eq=False)
class Outlines:
    """N quadrangles, clockwise, fitted to the edges in a picture.

    Attributes
    ----------
    corners
        (N, 4, 2), x and y; where the lines meet, so of a rounded corner the tip that it lacks.
    support
        (N, 4), the share of each side, 0 to 1, that lies on a visible edge.
    even
        (N,), the share of the margin, just inside the edges, that is of one brightness a side.
    margin, outside
        (N, 4), the brightness just inside and just outside each side, 0 to 255.
    darker, brighter
        (N,), the share of the face that is clearly darker, and brighter, than the margin.
    """

    corners: Floats
    support: Floats
    even: Floats
    margin: Floats
    outside: Floats
    darker: Floats
    brighter: Floats


def area(quads: Floats) -> Floats:
    """Square pixels, (N,); negative where the corners (N, 4, 2) run anticlockwise."""
    across, down = quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]
    return np.asarray((across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]) / 2, np.float32)


def shape(quads: Floats, width: int, height: int) -> Floats:
    """The first side over the second, (N,), of the rectangles in space that `quads` picture.

    A card that is tilted away from the camera looks shorter, but also narrower at its far end;
    together with the camera's focal length that tells its true shape (Zhang and He, "Whiteboard
    scanning and image enhancement", 2007).

    Parameters
    ----------
    quads
        (N, 4, 2), clockwise, in pixels.
    width, height
        Of the frame, in pixels.
    """
    middle = np.array([width / 2, height / 2], np.float32)
    plane = (quads - middle) / np.float32(FOCAL_LENGTH * width)
    first, second, third, fourth = plane[:, 0], plane[:, 1], plane[:, 2], plane[:, 3]
    half = _turn(third - first, fourth - first)
    other_half = _turn(second - first, third - first)
    # The corners' depths in the depth of the first one.
    depth_second = half / _turn(third - second, fourth - second)
    depth_fourth = other_half / _turn(third - second, fourth - second)
    return _length(first, second, depth_second) / _length(first, fourth, depth_fourth)


def _turn(left: Floats, right: Floats) -> Floats:
    return left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0]


def _length(start: Floats, end: Floats, depth: Floats) -> Floats:
    """From `start` at depth 1 to `end` at `depth`, both (N, 2) in the plane at depth 1."""
    across = end * depth[:, None] - start
    return np.asarray(np.sqrt((across * across).sum(axis=1) + (depth - 1) ** 2), np.float32)


def fit(picture: Picture, quads: Floats) -> Outlines:
    """Move each side of `quads` to the edge in `picture` next to it.

    Across each side brightness is read at some points; where it falls most, from the inside to the
    outside, an edge is taken to be, and a line is fitted to these in which the ones that stray
    count little: a thumb on the card, a pip or a neighbour do not bend it.

    Parameters
    ----------
    picture
        One channel, (H, W).
    quads
        (N, 4, 2), N above 0, clockwise, each side within 7 pixels of the edge that it stands for.
    """
    along = np.roll(quads, -1, axis=1) - quads
    normal = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + np.float32(1e-3)
    profiles = _profiles(picture, quads, along, normal)
    offsets, strength = _edges(profiles)
    middle, slope = _lines(offsets, strength)
    lines = middle + slope * _ABOUT_MIDDLE
    start = np.asarray(quads + normal * (middle - slope / 2), np.float32)
    corners = _meet(start, np.asarray(along + normal * slope, np.float32))
    inside = _read(profiles, lines - np.float32(_INWARD))
    margin = _median(inside)
    strays = np.abs(inside - margin[..., None])
    on_line = (np.abs(offsets - lines) < _CLOSE) & (strength > _FAINTEST)
    face, level = _face(picture, corners), margin.mean(axis=1, keepdims=True)
    brightest = margin.max(axis=1, keepdims=True)  # a lamp may shine on one end
    return Outlines(
        corners=corners,
        support=_share(on_line, 2),
        even=_share(strays < 0.08 * margin[..., None] + 3, (1, 2)),
        margin=margin,
        outside=_median(_read(profiles, lines + np.float32(_OUTWARD))),
        darker=_share(face < 0.8 * level - 3, 1),
        brighter=_share(face > 1.15 * brightest + 6, 1),
    )


def _median(values: Floats) -> Floats:
    """Of the last axis, the upper one if there are two; far faster than numpy's."""
    return np.asarray(np.sort(values, axis=-1)[..., values.shape[-1] // 2])


def _share(flags: NDArray[np.bool_], axis: int | tuple[int, ...]) -> Floats:
    return np.asarray(flags.mean(axis=axis, dtype=np.float32))


def _sample(picture: Picture, points: Floats) -> Floats:
    """The picture at `points`, (rows, columns, 2)."""
    read = cv2.remap(  # type: ignore[call-overload]  # None: x and y are in one map
        picture, points, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(read, np.float32)


def _profiles(picture: Picture, quads: Floats, along: Floats, normal: Floats) -> Floats:
    """(N, 4, points, across): brightness on lines across the sides, from inside to outside."""
    points = quads[:, :, None] + along[:, :, None] * _ALONG[:, None]
    across = points[:, :, :, None] + normal[:, :, None, None] * _ACROSS[:, None]
    read = _sample(picture, across.reshape(-1, len(_ACROSS), 2))
    return read.reshape(len(quads), 4, _POINTS, len(_ACROSS))


def _edges(profiles: Floats) -> tuple[Floats, Floats]:
    """Where each profile falls most, in pixels outwards from its side, and by how many levels.

    A rise counts a little too: on a bright table a card in its own shadow is darker than the
    table.
    """
    fall = profiles[..., _INSIDE:-2] - profiles[..., _INSIDE + 2 :]
    contrast = np.maximum(fall, -0.6 * fall)
    best = contrast.argmax(axis=-1)
    peak = np.clip(best, 1, contrast.shape[-1] - 2)[..., None]
    before, top, after = (
        np.take_along_axis(contrast, peak + step, -1)[..., 0] for step in (-1, 0, 1)
    )
    bend = np.minimum(before - 2 * top + after, -1e-3)
    between = np.clip((before - after) / (2 * bend), -0.7, 0.7)
    offsets = peak[..., 0] - np.float32(_REACH) + between
    return offsets.astype(np.float32), np.maximum(top, contrast.max(axis=-1))


def _lines(offsets: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """Each side's line: offset in its middle, and its change from end to end; (N, 4, 1) both."""
    trust = np.where(strength > _FAINTEST, np.minimum(strength, 40), 0) + np.float32(1e-3)
    middle = _median(offsets)[..., None]
    slope = np.zeros_like(middle)
    for tolerance in (4.0, 2.0, 1.2):  # pixels
        stray = (offsets - middle - slope * _ABOUT_MIDDLE) / np.float32(tolerance)
        weight = trust / (1 + stray * stray) ** 2
        weight /= weight.sum(axis=-1, keepdims=True)
        centre = (weight * _ABOUT_MIDDLE).sum(axis=-1, keepdims=True)
        mean = (weight * offsets).sum(axis=-1, keepdims=True)
        apart = weight * (_ABOUT_MIDDLE - centre)
        spread = (apart * _ABOUT_MIDDLE).sum(axis=-1, keepdims=True)
        slope = (apart * offsets).sum(axis=-1, keepdims=True) / (spread + np.float32(1e-5))
        middle = mean - slope * centre
    return middle, slope


def _meet(start: Floats, run: Floats) -> Floats:
    """Corner i: where side i - 1 meets side i, (N, 4, 2); a side is `start` and the way along it.

    Sides that are parallel meet somewhere far away.
    """
    start_before, run_before = np.roll(start, 1, axis=1), np.roll(run, 1, axis=1)
    gap = start - start_before
    turn = run_before[..., 0] * run[..., 1] - run_before[..., 1] * run[..., 0]
    turn = np.where(np.abs(turn) < 1e-3, np.float32(1e-3), turn)
    far = (gap[..., 0] * run[..., 1] - gap[..., 1] * run[..., 0]) / turn
    return np.asarray(start_before + run_before * far[..., None], np.float32)


def _read(profiles: Floats, offset: Floats) -> Floats:
    """Each profile's brightness at `offset` pixels outwards from its side, (N, 4, points)."""
    index = np.rint(offset - _ACROSS[0]).astype(np.intp)
    index = np.clip(index, 0, len(_ACROSS) - 1)[..., None]
    return np.take_along_axis(profiles, index, -1)[..., 0]


def _face(picture: Picture, corners: Floats) -> Floats:
    """Brightness at points spread over the inside of each quadrangle, (N, points)."""
    right, down = _FACE[:, :1], _FACE[:, 1:]
    top = corners[:, None, 0] * (1 - right) + corners[:, None, 1] * right
    bottom = corners[:, None, 3] * (1 - right) + corners[:, None, 2] * right
    return _sample(picture, np.asarray(top * (1 - down) + bottom * down, np.float32))
