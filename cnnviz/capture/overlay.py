"""What the recognizer sees, drawn over the camera's frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import cv2
import numpy as np

from cnnviz.font_files import font_files
from cnnviz.pixels import Picture
from cnnviz.recognizer.frames import HEIGHT, WIDTH

if TYPE_CHECKING:
    from cnnviz.capture.camera import Camera
    from cnnviz.recognizer.recognizer import Sight
    from cnnviz.recognizer.tracking import SeenCard

__all__ = ["KEYS", "SCALE", "draw_sight"]

SCALE = 1.5
"""The window's picture is so many times larger than the camera's frame."""

KEYS = "q quit · m mode · space freeze · s snapshot · r record"

Colour: TypeAlias = tuple[int, int, int]


def _bgr(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return blue, green, red


# The films' colours. Not taken from `visuals.theme`: that would load Manim with it.
_GROUND, _LINE, _TEXT, _MUTED = map(_bgr, ("#10151F", "#3A465C", "#EEF2F8", "#A3B0C4"))
_KNOWN, _UNKNOWN = _bgr("#7FE3B0"), _bgr("#FFB454")
_SIMULATED, _RECORDING = _bgr("#6CC7E8"), _bgr("#FF5D5D")

_EDGE, _GAP = 12, 8  # free pixels at the picture's edge; between two plates
_BOTTOM = 6 + 8  # along the bottom edge runs the strip with the picture's number
_OPACITY = 0.78
_RADIUS = 6
_SHOWN_CLASSES = 3
_LATER = 400  # pixels of a card that a plate may hide before it is put in the next best place


class _Rectangle(NamedTuple):
    """Pixels of the picture: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int


class _Words(NamedTuple):
    """A piece of text in one colour and size; `strong` in the heavier of the two weights."""

    text: str
    size: int
    colour: Colour
    strong: bool = False

    @property
    def width(self) -> int:
        return _text_width(self.text, self.size, self.strong)


def draw_sight(
    frame: Picture,
    sight: Sight,
    *,
    rate: float,
    camera: Camera,
    frozen: bool,
    recording: bool,
) -> Picture:
    """The window's picture: `frame` enlarged, with everything that is known about it.

    Parameters
    ----------
    frame
        BGR, (480, 640, 3); it stays as it is.
    sight
        What was recognized in it.
    rate
        Frames a second that the window shows; 0 where not yet known.
    camera
        Whose frame it is; a simulated one is said to be one.
    frozen, recording
        Whether the picture stands still; whether the window is being recorded.

    Returns
    -------
    Picture
        BGR, (720, 960, 3).
    """
    size = round(WIDTH * SCALE), round(HEIGHT * SCALE)
    picture = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    chosen = _chosen(sight.cards)
    for card in sight.cards:
        _draw_outline(picture, card, chosen=card is chosen)
    taken = [
        _draw_state(picture, sight.mode, rate),
        *_draw_badges(picture, frozen=frozen, recording=recording),
        _draw_keys(picture),
        _draw_top(picture, chosen),
    ]
    if camera.simulated:
        taken.append(_draw_simulated(picture, camera.credit))
    _draw_names(picture, sight.cards, taken)
    return picture


def _chosen(cards: Sequence[SeenCard]) -> SeenCard | None:
    """The card that the panel is about: the most central of those that are known, if any is."""

    def rank(card: SeenCard) -> tuple[bool, bool, float]:
        offset = card.corners.mean(axis=0) - (WIDTH / 2, HEIGHT / 2)
        return card.label is None, not card.top, float(np.hypot(*offset))

    return min(cards, key=rank, default=None)


def _colour(card: SeenCard) -> Colour:
    return _UNKNOWN if card.label is None else _KNOWN


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _draw_outline(picture: Picture, card: SeenCard, *, chosen: bool) -> None:
    """The card's edge, with a dark seam, because mint on a white card is hard to see."""
    fraction_bits = 4  # of a pixel: the outline moves as smoothly as the card
    points = np.rint(card.corners * (SCALE * 2**fraction_bits)).astype(np.int32)
    for colour, thickness in ((_GROUND, 7 if chosen else 5), (_colour(card), 3 if chosen else 2)):
        cv2.polylines(picture, [points], True, colour, thickness, cv2.LINE_AA, fraction_bits)


def _draw_state(picture: Picture, mode: str, rate: float) -> _Rectangle:
    shown = f"{rate:.0f} frames/s" if rate > 0 else "– frames/s"
    words = (_Words(mode, 22, _KNOWN, True), _Words(shown, 20, _TEXT))
    return _draw_line(picture, words, _EDGE, _EDGE)


def _draw_badges(picture: Picture, *, frozen: bool, recording: bool) -> list[_Rectangle]:
    """Below the state, side by side."""
    places: list[_Rectangle] = []
    badges = (
        (recording, _Words("● REC", 22, _RECORDING, True)),
        (frozen, _Words("FROZEN", 22, _SIMULATED, True)),
    )
    for _, words in filter(lambda badge: badge[0], badges):
        left = places[-1].x + places[-1].width + _GAP if places else _EDGE
        places.append(_draw_line(picture, (words,), left, _EDGE + _line_height(22) + _GAP))
    return places


def _draw_keys(picture: Picture) -> _Rectangle:
    words = _Words(KEYS, 17, _MUTED)
    left = picture.shape[1] - _EDGE - _line_width((words,))
    top = picture.shape[0] - _BOTTOM - _line_height(words.size)
    return _draw_line(picture, (words,), left, top)


def _draw_simulated(picture: Picture, credit: str | None) -> _Rectangle:
    words = _Words("SIMULATED CAMERA", 22, _SIMULATED, True)
    small = _Words(credit or "", 15, _TEXT)
    width = max(words.width, small.width) + 2 * _GAP
    height = _line_height(words.size) + (small.size + 4 if credit else 0)
    place = _Rectangle(picture.shape[1] - _EDGE - width, _EDGE, width, height)
    _darken(picture, place)
    right = place.x + width - _GAP
    _write(picture, words, right - words.width, place.y + words.size)
    _write(picture, small, right - small.width, place.y + height - 8)
    return place


_PANEL_WIDTH, _ROW_HEIGHT, _NAME_WIDTH, _BAR_WIDTH = 330, 28, 168, 90


def _draw_top(picture: Picture, card: SeenCard | None) -> _Rectangle:
    """The most probable classes of `card`, with bars."""
    rows = card.top[:_SHOWN_CLASSES] if card is not None else ()
    height = _ROW_HEIGHT * max(1, len(rows)) + _GAP
    top = picture.shape[0] - _BOTTOM - height
    place = _Rectangle(_EDGE, top, _PANEL_WIDTH, height)
    _darken(picture, place)
    if not rows:
        words = "no card in view" if card is None else "a card, not looked at yet"
        _write(picture, _Words(words, 20, _MUTED), place.x + 10, top + 24)
    for row, (name, share) in enumerate(rows):
        colour = _colour(card) if card is not None and row == 0 else _MUTED
        _draw_row(picture, name, share, colour, place.x + 10, top + row * _ROW_HEIGHT + 4)
    return place


def _draw_row(
    picture: Picture, name: str, share: float, colour: Colour, left: int, top: int
) -> None:
    """One class: its name, a bar as long as it is probable, the percentage."""
    baseline = top + 20
    _write(picture, _Words(name, 20, colour), left, baseline)
    bar = left + _NAME_WIDTH
    for width, shade in ((_BAR_WIDTH, _LINE), (round(_BAR_WIDTH * share), colour)):
        if width > 0:
            picture[top + 11 : top + 17, bar : bar + width] = shade
    percent = _Words(_percent(share), 18, colour)
    _write(picture, percent, left + _PANEL_WIDTH - 20 - percent.width, baseline)


def _draw_names(picture: Picture, cards: Sequence[SeenCard], taken: Sequence[_Rectangle]) -> None:
    """Beside each card what it is, where neither another plate nor another card is hidden."""
    taken = list(taken)
    boxes = [_box(card) for card in cards]
    for index, card in enumerate(cards):
        words = [_Words(card.label or "unknown", 22, _colour(card), True)]
        if card.top:  # before the network's first look there is no confidence
            words.append(_Words(_percent(card.confidence), 20, _TEXT))
        others = boxes[:index] + boxes[index + 1 :]
        place = _free_place(picture, boxes[index], _line_width(words), taken, others)
        _draw_line(picture, words, place.x, place.y)
        taken.append(place)


def _box(card: SeenCard) -> _Rectangle:
    """The upright box around `card` in the picture."""
    left, top = np.floor(card.corners.min(axis=0) * SCALE).astype(int).tolist()
    right, bottom = np.ceil(card.corners.max(axis=0) * SCALE).astype(int).tolist()
    return _Rectangle(left, top, right - left, bottom - top)


def _free_place(
    picture: Picture,
    box: _Rectangle,
    width: int,
    taken: Sequence[_Rectangle],
    others: Sequence[_Rectangle],
) -> _Rectangle:
    """Where a plate as wide as `width` for the card in `box` hides least, inside the picture.

    Above the card if that is free, else below, else over its upper or lower edge, or its middle.
    """
    height = _line_height(22)
    bottom = box.y + box.height
    highest, lowest = _EDGE, picture.shape[0] - _BOTTOM - height
    left = box.x + (box.width - width) // 2
    left = max(_EDGE, min(left, picture.shape[1] - _EDGE - width))
    tops = (
        *(box.y - height - _GAP, bottom + _GAP, box.y + _GAP, bottom - height - _GAP),
        box.y + (box.height - height) // 2,
    )
    best, least = _Rectangle(left, highest, width, height), math.inf
    for order, wanted in enumerate(tops):
        place = _Rectangle(left, max(highest, min(wanted, lowest)), width, height)
        hidden = sum(_shared(place, other) for other in taken)
        spoilt = sum(_shared(place, other) for other in others) + 10 * abs(place.y - wanted)
        cost = 100 * hidden + spoilt + _LATER * order
        if cost < least:
            best, least = place, cost
        if least <= _LATER * (order + 1):
            break  # no later place can be better
    return best


def _shared(one: _Rectangle, other: _Rectangle) -> int:
    """Pixels that two rectangles share."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def _line_height(size: int) -> int:
    return size + 10


def _line_width(line: Sequence[_Words]) -> int:
    return sum(words.width for words in line) + 2 * _GAP + (len(line) - 1) * _GAP


def _draw_line(picture: Picture, line: Sequence[_Words], left: int, top: int) -> _Rectangle:
    """Words in a row on a plate of their own."""
    size = line[0].size
    place = _Rectangle(left, top, _line_width(line), _line_height(size))
    _darken(picture, place)
    left += _GAP
    for words in line:
        _write(picture, words, left, top + size + 1)
        left += words.width + _GAP
    return place


def _darken(picture: Picture, place: _Rectangle) -> None:
    """Lay a translucent dark plate with round corners over `place`."""
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
    return kept, np.rint(share * np.array(_GROUND, np.float32)).astype(np.uint8)


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


def _write(picture: Picture, words: _Words, left: int, baseline: int) -> None:
    cv2.putText(
        picture, words.text, (left, baseline), words.colour, _faces()[words.strong], words.size
    )
