"""Chance for training pictures: how a card lies before the camera, and what light does to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from cnnviz.pixels import Picture

__all__ = ["fitted", "light", "place", "random_angle", "random_quad", "warp"]

Quad = NDArray[np.float32]  # (4, 2): x, y of top left, top right, bottom right, bottom left


def random_angle(rng: Generator) -> float:
    """Degrees: nearly upright, nearly a multiple of 90, or any at all."""
    kind = rng.random()
    if kind < 0.75:
        return float(rng.normal(0, 7))
    if kind < 0.92:
        return float(90 * rng.integers(1, 4) + rng.normal(0, 8))
    return float(rng.uniform(-180, 180))


def random_quad(rng: Generator, width: float, height: float) -> Quad:
    """Where a card's corners come to lie when it is turned, then tilted away from the camera."""
    x, y = width / height, 1.0
    corners = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    turn, tilt, roll = np.radians([random_angle(rng), *rng.normal(0, 16, 2)])
    sine, cosine = math.sin(turn), math.cos(turn)
    corners = corners @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    sine, cosine = math.sin(tilt), math.cos(tilt)
    corners = corners @ np.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]])
    sine, cosine = math.sin(roll), math.cos(roll)
    corners = corners @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    distance = rng.uniform(4, 12)
    flat = corners[:, :2] * (distance / (distance + corners[:, 2:]))
    return np.asarray(flat, np.float32)


def fitted(rng: Generator, quad: Quad, size: int, tightest: float, widest: float) -> Quad:
    """`quad` scaled so that its box, with a margin on each side, is the `size`×`size` picture.

    A margin is `tightest` to `widest` of the box (negative: cut off). Mostly the box is stretched
    to the square, as cut-outs are; sometimes it keeps its shape, as in a photograph of one card.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    extent = high - low
    before = rng.uniform(tightest, widest, 2) * extent
    after = rng.uniform(tightest, widest, 2) * extent
    low, extent = low - before, extent + before + after
    if rng.random() < 0.25:
        side = extent.max()
        low, extent = low - (side - extent) * rng.random(2), np.array([side, side])
    return np.asarray((quad - low) / extent * size, np.float32)


def warp(picture: Picture, quad: Quad, size: int, target: Quad, border: int) -> Picture:
    """`picture` moved so that `quad` comes to lie on `target`, (size, size, channels)."""
    shrink = math.sqrt(abs(cv2.contourArea(quad)) / max(1.0, abs(cv2.contourArea(target))))
    if shrink > 2:  # or fine lines would be skipped over
        scale = 1.5 / shrink
        picture = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        quad = quad * np.float32(scale)
    matrix = cv2.getPerspectiveTransform(quad, target)
    moved = cv2.warpPerspective(
        picture, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border
    )
    return np.asarray(moved, np.uint8)


def place(ground: Picture, card: Picture, target: Quad) -> Picture:
    """`card` with its alpha channel, (H, W, 4), laid on `ground` with its corners at `target`."""
    height, width = card.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = warp(card, corners, ground.shape[0], target, cv2.BORDER_CONSTANT)
    alpha = moved[..., 3:].astype(np.uint16)
    mixed = moved[..., :3] * alpha + ground * (255 - alpha)
    return np.asarray(mixed // 255, np.uint8)


def light(rng: Generator, picture: Picture, strength: float = 1) -> Picture:
    """What a camera, a lamp and a file format do to a picture, each by chance.

    `strength`, from 0 to 1, makes every chance smaller.
    """
    for chance, change in _CHANGES:
        if rng.random() < chance * strength:
            picture = change(rng, picture)
    return picture


def _coarse(rng: Generator, picture: Picture) -> Picture:
    size = picture.shape[0]
    small = max(24, round(size * rng.uniform(0.3, 0.9)))
    shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


def _out_of_focus(rng: Generator, picture: Picture) -> Picture:
    sigma = rng.uniform(0.3, 2.0) * picture.shape[0] / 224
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def _shaken(rng: Generator, picture: Picture) -> Picture:
    length = max(2, round(rng.uniform(2, 9) * picture.shape[0] / 224))
    angle = rng.uniform(0, math.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    reach = np.array([math.cos(angle), math.sin(angle)]) * middle
    start, end = np.rint(middle - reach), np.rint(middle + reach)
    cv2.line(kernel, start.astype(int).tolist(), end.astype(int).tolist(), 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _toned(rng: Generator, picture: Picture) -> Picture:
    """Exposure, contrast, gamma and the lamp's colour, in one table a channel."""
    levels = np.linspace(0, 1, 256)[:, None] ** rng.uniform(0.65, 1.5)
    gain = rng.uniform(0.55, 1.25) * rng.normal(1, 0.07, 3)
    table = (levels - 0.5) * rng.uniform(0.6, 1.3) + 0.5 + rng.uniform(-0.12, 0.12)
    table = np.clip(table * gain, 0, 1) * 255
    return np.asarray(cv2.LUT(picture, table.astype(np.uint8)[:, None, :]), np.uint8)


def _saturated(rng: Generator, picture: Picture) -> Picture:
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    amount = rng.uniform(0.3, 1.4) if rng.random() < 0.9 else 0.0
    return np.asarray(cv2.addWeighted(picture, amount, grey, 1 - amount, 0), np.uint8)


def _shaded(rng: Generator, picture: Picture) -> Picture:
    """Brighter on one side than on the other, sometimes with a hard edge of shadow."""
    size = picture.shape[0]
    direction = rng.uniform(0, 2 * math.pi)
    steps = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    slope = math.cos(direction) * steps[None, :] + math.sin(direction) * steps[:, None]
    strength = rng.uniform(0.1, 0.6)
    if rng.random() < 0.3:
        edge = np.clip((slope - rng.uniform(-0.3, 0.3)) * rng.uniform(8, 60), -1, 1)
        field = 1 - 0.5 * strength * (1 + edge)
    else:
        field = 1 + strength * slope
    return np.asarray(np.clip(picture * field[:, :, None], 0, 255), np.uint8)


def _glossy(rng: Generator, picture: Picture) -> Picture:
    size = picture.shape[0]
    spot = np.zeros((size, size), np.uint8)
    centre = rng.uniform(0, size, 2).astype(int).tolist()
    axes = (rng.uniform(0.05, 0.3, 2) * size).astype(int).tolist()
    cv2.ellipse(spot, centre, axes, rng.uniform(0, 180), 0, 360, int(rng.uniform(60, 230)), -1)
    glow = cv2.GaussianBlur(spot, (0, 0), size * 0.05)
    return np.asarray(cv2.add(picture, cv2.merge([glow] * 3)), np.uint8)


@cache
def _noise() -> NDArray[np.int16]:
    """Plenty of normal noise, drawn once: a slice of it is as good as new, and far cheaper."""
    drawn = np.random.default_rng(7).normal(0, 64, 1 << 21)
    return np.asarray(np.rint(drawn), np.int16)


def _noisy(rng: Generator, picture: Picture) -> Picture:
    start = int(rng.integers(0, len(_noise()) - picture.size))
    noise = _noise()[start : start + picture.size].reshape(picture.shape)
    strength = rng.uniform(1, 14) / 64
    return np.asarray(np.clip(picture + noise * np.float32(strength), 0, 255), np.uint8)


def _compressed(rng: Generator, picture: Picture) -> Picture:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(20, 85))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _covered(rng: Generator, picture: Picture) -> Picture:
    """A part hidden, as by a finger or another card."""
    size = picture.shape[0]
    width, height = rng.uniform(0.08, 0.3, 2) * size
    left, top = rng.uniform(0, size, 2) - np.array([width, height]) / 2
    covered = picture.copy()
    colour = rng.uniform(0, 255, 3).tolist()
    corner = int(left), int(top)
    cv2.rectangle(covered, corner, (int(left + width), int(top + height)), colour, -1)
    return covered


# In the order in which they happen: on the table, in the lens, in the sensor, in the file.
_CHANGES: tuple[tuple[float, Callable[[Generator, Picture], Picture]], ...] = (
    (0.12, _covered),
    (0.35, _shaded),
    (0.12, _glossy),
    (0.3, _coarse),
    (0.2, _out_of_focus),
    (0.15, _shaken),
    (0.3, _saturated),
    (0.8, _toned),
    (0.35, _noisy),
    (0.25, _compressed),
)
