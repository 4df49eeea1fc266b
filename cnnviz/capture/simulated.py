"""A camera that is none: real photographs, held before a virtual lens by a virtual hand.

Every frame follows from the seed and its number alone, so a capture can be made again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from cnnviz.pixels import Picture
from cnnviz.recognizer.frames import FRAMES_PER_SECOND, HEIGHT, WIDTH, Pace
from cnnviz.recognizer.training.dataset import Box, Photograph, read_photographs, read_picture

__all__ = ["PHOTOGRAPHS", "SHOT_FRAMES", "SimulatedCamera"]

PHOTOGRAPHS = Path(__file__).parent / "photographs" / "labels.csv"
CREDIT = "Photographs: RF100 “poker-cards”, Roboflow, CC BY 4.0"

SHOT_FRAMES = 120
"""How long one photograph is shown."""

_SLIDE_FRAMES = 9
_STRIDE = 3  # the next photograph but two: neighbours by name are of one suit

# The hand: how far it strays, as a share of the view's width, and how fast, in hertz.
_SHIFT, _TURN, _ZOOM, _TILT = 0.007, math.radians(0.5), 0.006, 0.004
_TREMOR_BAND = (0.3, 4.5)
_LIGHT_BAND = (0.05, 0.5)
_EXPOSURE, _COLOUR, _SHADE = 0.05, 0.02, 0.06
_NOISE = 3.5  # deviation, of 255

_NARROWEST, _WIDEST = 500.0, 0.92  # of a view: pixels of the photograph; share of its width

Floats: TypeAlias = NDArray[np.float64]

_FRAME = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [0.5, 0.5 * HEIGHT / WIDTH]
_ACROSS = np.array([[-1.0, 1.0], [-1.0, 1.0]])


class SimulatedCamera:
    """A virtual 640×480 camera over photographs, 30 frames a second, for ever.

    It pans from some cards of a photograph to others (the table of boxes says where they lie), then
    goes on to the next photograph by a cut or a slide.

    Parameters
    ----------
    table
        The photographs and the boxes of their cards, as `read_photographs` reads them.
    seed
        Of the hand, the light and the noise.
    paced
        Whether `read` waits until a frame is due.

    Raises
    ------
    UserError
        The photographs cannot be read.
    """

    name = "simulated"
    simulated = True
    credit: str | None = CREDIT
    fps = FRAMES_PER_SECOND

    def __init__(self, table: Path = PHOTOGRAPHS, seed: int = 1, *, paced: bool = True) -> None:
        self._photographs = read_photographs(table)
        self._pictures = [read_picture(photograph.path) for photograph in self._photographs]
        self._seed = seed
        rng = np.random.default_rng([seed, 0])
        self._hand = _Wander(rng, 12, _TREMOR_BAND)
        self._light = _Wander(rng, 6, _LIGHT_BAND)
        self._grain = _grain(rng)
        self._pace = Pace(self.fps) if paced else None
        self._number = 0

    def read(self) -> Picture | None:
        """The next frame, BGR (480, 640, 3)."""
        if self._pace:
            self._pace.wait()
        frame = self.frame(self._number)
        self._number += 1
        return frame

    def close(self) -> None:
        """Nothing to release."""

    def frame(self, number: int) -> Picture:
        """Frame `number`, counted from 0: always the same for one seed."""
        shot, step = divmod(number, SHOT_FRAMES)
        picture = self._seen(shot, step, number)
        if shot > 0 and step < _SLIDE_FRAMES and self._slides(shot):
            before = self._seen(shot - 1, SHOT_FRAMES, number)
            picture = _slide(before, picture, (step + 1) / (_SLIDE_FRAMES + 1))
        return self._developed(picture, number)

    def photograph_at(self, number: int) -> Photograph:
        """The photograph of which frame `number` shows a part."""
        return self._photographs[self._index(number // SHOT_FRAMES)]

    def _index(self, shot: int) -> int:
        return _order(len(self._photographs))[shot % len(self._photographs)]

    def _rng(self, shot: int) -> Generator:
        return np.random.default_rng([self._seed, 1, shot])

    def _slides(self, shot: int) -> bool:
        return bool(np.random.default_rng([self._seed, 2, shot]).random() < 0.5)

    def _seen(self, shot: int, step: int, number: int) -> Picture:
        """The photograph of `shot` through the lens, before light and noise."""
        picture = self._pictures[self._index(shot)]
        quad = self._quad(shot, step, number)
        matrix = cv2.getPerspectiveTransform(_FRAME, quad.astype(np.float32))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpPerspective(
            picture, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REFLECT_101
        )
        moved = np.abs(quad - self._quad(shot, step - 1, number - 1)).mean(axis=0)
        scale = WIDTH / float(np.linalg.norm(quad[1] - quad[0]))
        return _blurred(np.asarray(seen, np.uint8), moved * scale)

    def _quad(self, shot: int, step: int, number: int) -> Floats:
        """Where the frame's corners lie in the photograph, (4, 2), pixels."""
        height, width = self._pictures[self._index(shot)].shape[:2]
        boxes = self._photographs[self._index(shot)].boxes
        start, end = _views(self._rng(shot), boxes, width, height)
        view = start.towards(end, _eased(step / SHOT_FRAMES))
        stray = self._hand.at(number / self.fps)
        angle = view.angle + _TURN * stray[2]
        turned = _CORNERS @ np.array(
            [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
        )
        corners = turned * (1 + _ZOOM * stray[3]) + _TILT * stray[4:12].reshape(4, 2)
        return np.asarray(
            [view.x, view.y] + view.width * (corners + _SHIFT * stray[:2]), np.float64
        )

    def _developed(self, picture: Picture, number: int) -> Picture:
        """`picture` in the light of that moment, with the sensor's noise of that frame."""
        drift = self._light.at(number / self.fps)
        warmth = _COLOUR * drift[1] * np.array([-1.0, 0.0, 1.0])
        slope = _SHADE * (drift[2] * _ACROSS + drift[3] * _ACROSS.T)
        gains = (1 + _EXPOSURE * drift[0] + slope[..., None]) * (1 + warmth)
        # In 128ths, so that one fast multiplication of bytes does it all.
        light = cv2.resize(np.clip(gains * 128, 0, 255).astype(np.uint8), (WIDTH, HEIGHT))
        lit = cv2.multiply(picture, light, scale=1 / 128)
        left, top = np.random.default_rng([self._seed, 3, number]).integers(0, _GRAIN_MARGIN, 2)
        grain = self._grain[top : top + HEIGHT, left : left + WIDTH]
        return np.asarray(cv2.addWeighted(lit, 1, grain, 1, -128), np.uint8)


class _Wander:
    """Smooth random movement: `count` values around 0 with deviation 1, each in a band of hertz."""

    def __init__(self, rng: Generator, count: int, band: tuple[float, float]) -> None:
        waves = 7
        edges = np.geomspace(*band, waves + 1)
        self._speed = 2 * np.pi * rng.uniform(edges[:-1], edges[1:], (count, waves))
        self._phase = rng.uniform(0, 2 * np.pi, (count, waves))
        strength = 1 / np.sqrt(np.arange(1, waves + 1))  # slow movement is wide, fast is small
        self._strength = strength * np.sqrt(2 / np.sum(strength**2))

    def at(self, seconds: float) -> Floats:
        return np.asarray(np.sin(self._speed * seconds + self._phase) @ self._strength, np.float64)


@dataclass(frozen=True)
class _View:
    """What the camera looks at: middle and width in the photograph's pixels, turn in radians."""

    x: float
    y: float
    width: float
    angle: float

    def towards(self, other: _View, share: float) -> _View:
        return _View(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.width + (other.width - self.width) * share,
            self.angle + (other.angle - self.angle) * share,
        )


def _order(count: int) -> list[int]:
    """The photographs' indices as they are shown: neighbours by name do not follow each other."""
    return sorted(range(count), key=lambda index: (index % _STRIDE, index))


def _views(rng: Generator, boxes: tuple[Box, ...], width: int, height: int) -> tuple[_View, _View]:
    """From where to where the camera pans: from few cards to more of them, or the other way."""
    few = _view(rng, _neighbours(rng, boxes, int(rng.integers(1, 3))), width, height)
    many = _view(rng, _neighbours(rng, boxes, int(rng.integers(3, 5))), width, height)
    return (few, many) if rng.random() < 0.5 else (many, few)


def _neighbours(rng: Generator, boxes: tuple[Box, ...], count: int) -> list[Box]:
    """`count` boxes, or all there are, that lie together: one that is clear and those around it."""
    clear = [box for box in boxes if box.clear] or list(boxes)
    x, y = _middle(clear[int(rng.integers(len(clear)))])

    def distance(box: Box) -> float:
        return math.dist((x, y), _middle(box))

    return sorted(boxes, key=distance)[:count]


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _view(rng: Generator, boxes: list[Box], width: int, height: int) -> _View:
    """A view of `boxes` with some room around them, inside a photograph of `width`×`height`."""
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    top, bottom = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    room = rng.uniform(1.2, 1.5)
    wanted = max(right - left, (bottom - top) * WIDTH / HEIGHT) * room
    widest = _WIDEST * min(width, height * WIDTH / HEIGHT)
    across = float(np.clip(wanted, min(_NARROWEST, widest), widest))
    # So far from the edge that the hand's tremor rarely goes over it.
    reach_x, reach_y = across * 0.53, across * 0.53 * HEIGHT / WIDTH
    x = float(np.clip((left + right) / 2, min(reach_x, width / 2), max(width - reach_x, width / 2)))
    y = float(
        np.clip((top + bottom) / 2, min(reach_y, height / 2), max(height - reach_y, height / 2))
    )
    return _View(x, y, across, float(rng.normal(0, math.radians(1.5))))


def _eased(share: float) -> float:
    """0 at first, 1 in the end, and a smooth way between."""
    share = min(1.0, max(0.0, (share - 0.15) / 0.7))
    return share * share * (3 - 2 * share)


def _blurred(picture: Picture, moved: Floats) -> Picture:
    """`picture` as it comes out when it moves by (x, y) pixels a frame: open for a third of it."""
    across, down = (1 + 2 * round(float(pixels) / 6) for pixels in moved)
    if (across, down) == (1, 1):
        return picture
    return np.asarray(cv2.blur(picture, (min(across, 15), min(down, 15))), np.uint8)


def _slide(before: Picture, after: Picture, share: float) -> Picture:
    """The lens swings from one picture to the next: `share` of `after` has come in, smeared."""
    split = round(WIDTH * share * share * (3 - 2 * share))
    both = np.hstack([before[:, split:], after[:, :split]])
    return np.asarray(cv2.blur(both, (1 + 2 * round(40 * share * (1 - share)), 1)), np.uint8)


_GRAIN_MARGIN = 96


def _grain(rng: Generator) -> Picture:
    """Noise around 128, larger than a frame: each frame takes another part of it."""
    size = HEIGHT + _GRAIN_MARGIN, WIDTH + _GRAIN_MARGIN, 3
    coarse = cv2.GaussianBlur(rng.standard_normal(size, np.float32), (0, 0), 0.6)
    return np.asarray(np.rint(128 + _NOISE * coarse / coarse.std()), np.uint8)
