"""Camera frames with drawn cards whose corners are known to a fraction of a pixel."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Quad = NDArray[np.float32]

WIDE, TALL = 378, 528  # pixels of a drawn card: 6 a millimetre


@cache
def drawn_face(*, court: bool = False, rounded: bool = True) -> tuple[Picture, Picture]:
    """A card, BGR (528, 378, 3), and where it is, (528, 378).

    Its upper half has red pips, its lower half black ones; `court` puts a frame round them and
    colour into it.
    """
    face = np.full((TALL, WIDE, 3), 245, np.uint8)
    if court:
        cv2.rectangle(face, (60, 45), (WIDE - 60, TALL - 45), (180, 190, 60), -1)
        cv2.rectangle(face, (60, 45), (WIDE - 60, TALL - 45), (120, 20, 20), 6)
    for column in (110, 268):
        for row, colour in ((110, (30, 30, 210)), (210, (30, 30, 210)), (TALL - 110, (20, 20, 20))):
            cv2.circle(face, (column, row), 30, colour, -1, cv2.LINE_AA)
    for corner, colour in (((30, 45), (30, 30, 210)), ((WIDE - 30, TALL - 45), (20, 20, 20))):
        cv2.circle(face, corner, 12, colour, -1, cv2.LINE_AA)
    there = np.full((TALL, WIDE), 255, np.uint8)
    if rounded:
        radius = 20
        there[:] = 0
        cv2.rectangle(there, (radius, 0), (WIDE - 1 - radius, TALL - 1), 255, -1)
        cv2.rectangle(there, (0, radius), (WIDE - 1, TALL - 1 - radius), 255, -1)
        for x in (radius, WIDE - 1 - radius):
            for y in (radius, TALL - 1 - radius):
                cv2.circle(there, (x, y), radius, 255, -1)
    return face, there


def quad(x: float, y: float, height: float = 150, degrees: float = 0, tilt: float = 0) -> Quad:
    """A card's corners with its middle near (x, y), turned clockwise, leant back by `tilt`.

    Seen by a camera of 640×480 with a focal length of 0.8 of its width.
    """
    corners = np.array([[-63, -88, 0], [63, -88, 0], [63, 88, 0], [-63, 88, 0]]) / 176 * height
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    corners = corners @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    corners = corners @ np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    focal, away = 0.8 * 640, 0.8 * 640
    place = corners + np.array([x - 320, y - 240, away])
    return np.asarray(place[:, :2] / place[:, 2:] * focal + np.array([320, 240]), np.float32)


def lay(
    frame: Picture, corners: Quad, *, court: bool = False, rounded: bool = True, light: float = 1
) -> Picture:
    """`frame` with a drawn card at `corners`, finely drawn and then made coarse as a lens does."""
    face, there = drawn_face(court=court, rounded=rounded)
    limit = np.array([frame.shape[1], frame.shape[0]])
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, limit).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 3, 0, limit).astype(int)
    finer = 4
    source = np.array([[0, 0], [WIDE, 0], [WIDE, TALL], [0, TALL]], np.float32) - np.float32(0.5)
    target = (np.asarray(corners, np.float32) - low + np.float32(0.5)) * finer - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    size = (high - low).tolist()
    card, share = (
        cv2.resize(
            cv2.warpPerspective(
                each, matrix, [finer * length for length in size], borderMode=border
            ),
            size,
            interpolation=cv2.INTER_AREA,
        )
        for each, border in ((face, cv2.BORDER_REPLICATE), (there, cv2.BORDER_CONSTANT))
    )
    mix = share[..., None].astype(np.float32) / 255
    laid = frame.copy()
    part = laid[low[1] : high[1], low[0] : high[0]]
    part[:] = np.clip(part * (1 - mix) + light * card * mix, 0, 255).astype(np.uint8)
    return laid


def table(level: int = 70) -> Picture:
    """A wooden table: brown, with a grain too fine to matter, darker to the right."""
    return _table(level).copy()


@cache
def _table(level: int) -> Picture:
    rng = np.random.default_rng(5)
    shade = np.linspace(1.1, 0.8, 640)[None, :, None]
    wood = np.array([0.6, 0.9, 1.2]) * level * shade + rng.normal(0, 2, (480, 640, 1))
    return np.asarray(np.clip(wood, 0, 255), np.uint8)


def noisy(frame: Picture, levels: float, seed: int = 1) -> Picture:
    noise = np.random.default_rng(seed).normal(0, levels, frame.shape)
    return np.asarray(np.clip(frame + noise, 0, 255), np.uint8)


def apart(found: Quad, wanted: Quad) -> float:
    """The farthest that a found corner is from its own wanted one, in pixels."""
    return float(np.linalg.norm(found - wanted, axis=1).max())
