"""Words on translucent plates, drawn into a picture in the font of the films."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np

from cnnviz.font_files import font_files
from cnnviz.pixels import Picture

__all__ = [
    "EDGE",
    "GAP",
    "GROUND",
    "LINE",
    "MUTED",
    "TEXT",
    "Colour",
    "Rectangle",
    "Words",
    "bgr",
    "darken",
    "draw_line",
    "line_height",
    "line_width",
    "shared_pixels",
    "write",
]

Colour: TypeAlias = tuple[int, int, int]


def bgr(colour: str) -> Colour:
    """`#RRGGBB` as OpenCV takes it."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return blue, green, red


# The films' colours. Not taken from `visuals.theme`: that would load Manim with it.
GROUND, LINE, TEXT, MUTED = map(bgr, ("#10151F", "#3A465C", "#EEF2F8", "#A3B0C4"))

EDGE, GAP = 12, 8  # free pixels at the picture's edge; between two plates
_OPACITY = 0.78
_RADIUS = 6


class Rectangle(NamedTuple):
    """Pixels of the picture: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int


class Words(NamedTuple):
    """A piece of text in one colour and size; `strong` in the heavier of the two weights."""

    text: str
    size: int
    colour: Colour
    strong: bool = False

    @property
    def width(self) -> int:
        return _text_width(self.text, self.size, self.strong)


def shared_pixels(one: Rectangle, other: Rectangle) -> int:
    """Pixels that two rectangles share."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def line_height(size: int) -> int:
    """Pixels, of a plate for letters of `size` pixels."""
    return size + 10


def line_width(line: Sequence[Words]) -> int:
    """Pixels, of a plate for the words in `line`."""
    return sum(words.width for words in line) + 2 * GAP + (len(line) - 1) * GAP


def draw_line(picture: Picture, line: Sequence[Words], left: int, top: int) -> Rectangle:
    """Draw words in a row on a plate of their own, whose place it returns."""
    size = line[0].size
    place = Rectangle(left, top, line_width(line), line_height(size))
    darken(picture, place)
    left += GAP
    for words in line:
        write(picture, words, left, top + size + 1)
        left += words.width + GAP
    return place


def darken(picture: Picture, place: Rectangle) -> None:
    """Lay a translucent dark plate with round corners over `place` in `picture`, (H, W, 3)."""
    part = picture[place.y : place.y + place.height, place.x : place.x + place.width]
    kept, tint = _plate(place.width, place.height)
    cv2.add(cv2.multiply(part, kept, scale=1 / 255), tint, dst=part)


@lru_cache(maxsize=512)
def _plate(width: int, height: int) -> tuple[Picture, Picture]:
    """How much of the picture stays, and what is added, for a plate of that size; (H, W, 3)."""
    times = 4
    mask = np.zeros((height * times, width * times), np.uint8)
    radius = _RADIUS * times
    right, bottom = width * times - 1 - radius, height * times - 1 - radius
    cv2.rectangle(mask, (radius, 0), (right, bottom + radius), 255, -1)
    cv2.rectangle(mask, (0, radius), (right + radius, bottom), 255, -1)
    for centre in ((radius, radius), (right, radius), (radius, bottom), (right, bottom)):
        cv2.circle(mask, centre, radius, 255, -1)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    share = small[..., None].astype(np.float32) * np.float32(_OPACITY / 255)
    kept = np.rint(255 * (1 - np.repeat(share, 3, axis=2))).astype(np.uint8)
    return kept, np.rint(share * np.array(GROUND, np.float32)).astype(np.uint8)


@cache
def _faces() -> tuple[cv2.FontFace, cv2.FontFace]:
    """The film's font, medium and semibold.

    Kept for good: OpenCV finds drawn letters by the font's address, and a new font that gets the
    address of an old one would be drawn with the old one's letters.
    """
    files = {path.stem.rpartition("-")[2]: path for path in font_files()}
    return cv2.FontFace(str(files["Medium"])), cv2.FontFace(str(files["SemiBold"]))


@lru_cache(maxsize=1024)
def _text_width(text: str, size: int, strong: bool) -> int:
    box = cv2.getTextSize((0, 0), text, (0, 0), _faces()[strong], size)
    return int(box[0] + box[2])


def write(picture: Picture, words: Words, left: int, baseline: int) -> None:
    """Write `words` into `picture`, BGR (H, W, 3), from the pixels `left` and `baseline` on."""
    cv2.putText(
        picture, words.text, (left, baseline), words.colour, _faces()[words.strong], words.size
    )
