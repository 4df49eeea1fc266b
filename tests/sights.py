"""Made-up sights: what a recognizer could have seen, without one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.pixels import Picture
from cnnviz.recognizer.frames import HEIGHT, WIDTH
from cnnviz.recognizer.recognizer import Sight
from cnnviz.recognizer.tracking import SeenCard

TOP = (
    ("king of hearts", 0.9),
    ("queen of hearts", 0.05),
    ("jack of hearts", 0.03),
    ("ace of spades", 0.01),
    ("joker", 0.01),
)


def card(
    x: float,
    y: float,
    label: str | None = "king of hearts",
    *,
    width: float = 100,
    height: float = 150,
    top: tuple[tuple[str, float], ...] = TOP,
    number: int = 1,
) -> SeenCard:
    """A card with its middle at (x, y), in the camera's pixels."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2] + [x, y]
    return SeenCard(number, corners.astype(np.float32), label, top[0][1], top)


def sight(cards: Sequence[SeenCard] = (), mode: str = "auto-detect") -> Sight:
    cut_outs = tuple(np.full((224, 224, 3), 9, np.uint8) for _ in cards)
    return Sight(tuple(cards), mode, {}, cut_outs)


def grey_frame(level: int = 90) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


class StillCamera:
    """A camera that gives so many frames, each brighter than the one before; it counts them."""

    name = "still"
    credit: str | None = None
    fps = 30.0

    def __init__(self, count: int, *, simulated: bool = False, credit: str | None = None) -> None:
        self.count = count
        self.simulated = simulated
        self.credit = credit
        self.given = 0
        self.closed = False

    def read(self) -> Picture | None:
        if self.given >= self.count:
            return None
        self.given += 1
        return grey_frame(self.given % 200)

    def close(self) -> None:
        self.closed = True


class SomethingSeen:
    """A recognizer that sees the same card in every frame."""

    def __init__(self, mode: str = "auto-detect") -> None:
        self.mode = mode
        self.looked_at: list[Picture] = []

    def look(self, frame: Picture) -> Sight:
        self.looked_at.append(frame)
        return sight([card(320, 240)], self.mode)
