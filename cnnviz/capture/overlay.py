"""What the recognizer sees, drawn over the camera's frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cnnviz.pixels import Picture
from cnnviz.recognizer.frames import HEIGHT, WIDTH

if TYPE_CHECKING:
    from cnnviz.capture.camera import Camera
    from cnnviz.recognizer.recognizer import Sight
    from cnnviz.recognizer.tracking import SeenCard
from cnnviz.capture.plates import (
    EDGE,
    GAP,
    GROUND,
    LINE,
    MUTED,
    TEXT,
    Colour,
    Rectangle,
    Words,
    bgr,
    darken,
    draw_line,
    line_height,
    line_width,
    shared_pixels,
    write,
)

__all__ = ["KEYS", "SCALE", "draw_sight"]

SCALE = 1.5
"""The window's picture is so many times larger than the camera's frame."""

KEYS = "q quit · m mode · space freeze · s snapshot · r record"
_KNOWN, _UNKNOWN = bgr("#7FE3B0"), bgr("#FFB454")
_SIMULATED, _RECORDING = bgr("#6CC7E8"), bgr("#FF5D5D")
_BOTTOM = 6 + 8  # along the bottom edge runs the strip with the picture's number
_SHOWN_CLASSES = 3
_LATER = 400  # pixels of a card that a plate may hide before it is put in the next best place


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
    for colour, thickness in ((GROUND, 7 if chosen else 5), (_colour(card), 3 if chosen else 2)):
        cv2.polylines(picture, [points], True, colour, thickness, cv2.LINE_AA, fraction_bits)


def _draw_state(picture: Picture, mode: str, rate: float) -> Rectangle:
    shown = f"{rate:.0f} frames/s" if rate > 0 else "– frames/s"
    words = (Words(mode, 22, _KNOWN, True), Words(shown, 20, TEXT))
    return draw_line(picture, words, EDGE, EDGE)


def _draw_badges(picture: Picture, *, frozen: bool, recording: bool) -> list[Rectangle]:
    """Below the state, side by side."""
    places: list[Rectangle] = []
    badges = (
        (recording, Words("● REC", 22, _RECORDING, True)),
        (frozen, Words("FROZEN", 22, _SIMULATED, True)),
    )
    for _, words in filter(lambda badge: badge[0], badges):
        left = places[-1].x + places[-1].width + GAP if places else EDGE
        places.append(draw_line(picture, (words,), left, EDGE + line_height(22) + GAP))
    return places


def _draw_keys(picture: Picture) -> Rectangle:
    words = Words(KEYS, 17, MUTED)
    left = picture.shape[1] - EDGE - line_width((words,))
    top = picture.shape[0] - _BOTTOM - line_height(words.size)
    return draw_line(picture, (words,), left, top)


def _draw_simulated(picture: Picture, credit: str | None) -> Rectangle:
    words = Words("SIMULATED CAMERA", 22, _SIMULATED, True)
    small = Words(credit or "", 15, TEXT)
    width = max(words.width, small.width) + 2 * GAP
    height = line_height(words.size) + (small.size + 4 if credit else 0)
    place = Rectangle(picture.shape[1] - EDGE - width, EDGE, width, height)
    darken(picture, place)
    right = place.x + width - GAP
    write(picture, words, right - words.width, place.y + words.size)
    write(picture, small, right - small.width, place.y + height - 8)
    return place


_PANEL_WIDTH, _ROW_HEIGHT, _NAME_WIDTH, _BAR_WIDTH = 330, 28, 168, 90


def _draw_top(picture: Picture, card: SeenCard | None) -> Rectangle:
    """The most probable classes of `card`, with bars."""
    rows = card.top[:_SHOWN_CLASSES] if card is not None else ()
    height = _ROW_HEIGHT * max(1, len(rows)) + GAP
    top = picture.shape[0] - _BOTTOM - height
    place = Rectangle(EDGE, top, _PANEL_WIDTH, height)
    darken(picture, place)
    if not rows:
        words = "no card in view" if card is None else "a card, not looked at yet"
        write(picture, Words(words, 20, MUTED), place.x + 10, top + 24)
    for row, (name, share) in enumerate(rows):
        colour = _colour(card) if card is not None and row == 0 else MUTED
        _draw_row(picture, name, share, colour, place.x + 10, top + row * _ROW_HEIGHT + 4)
    return place


def _draw_row(
    picture: Picture, name: str, share: float, colour: Colour, left: int, top: int
) -> None:
    """One class: its name, a bar as long as it is probable, the percentage."""
    baseline = top + 20
    write(picture, Words(name, 20, colour), left, baseline)
    bar = left + _NAME_WIDTH
    for width, shade in ((_BAR_WIDTH, LINE), (round(_BAR_WIDTH * share), colour)):
        if width > 0:
            picture[top + 11 : top + 17, bar : bar + width] = shade
    percent = Words(_percent(share), 18, colour)
    write(picture, percent, left + _PANEL_WIDTH - 20 - percent.width, baseline)


def _draw_names(picture: Picture, cards: Sequence[SeenCard], taken: Sequence[Rectangle]) -> None:
    """Beside each card what it is, where neither another plate nor another card is hidden."""
    taken = list(taken)
    boxes = [_box(card) for card in cards]
    for index, card in enumerate(cards):
        words = [Words(card.label or "unknown", 22, _colour(card), True)]
        if card.top:  # before the network's first look there is no confidence
            words.append(Words(_percent(card.confidence), 20, TEXT))
        others = boxes[:index] + boxes[index + 1 :]
        place = _free_place(picture, boxes[index], line_width(words), taken, others)
        draw_line(picture, words, place.x, place.y)
        taken.append(place)


def _box(card: SeenCard) -> Rectangle:
    """The upright box around `card` in the picture."""
    left, top = np.floor(card.corners.min(axis=0) * SCALE).astype(int).tolist()
    right, bottom = np.ceil(card.corners.max(axis=0) * SCALE).astype(int).tolist()
    return Rectangle(left, top, right - left, bottom - top)


def _free_place(
    picture: Picture,
    box: Rectangle,
    width: int,
    taken: Sequence[Rectangle],
    others: Sequence[Rectangle],
) -> Rectangle:
    """Where a plate as wide as `width` for the card in `box` hides least, inside the picture.

    Above the card if that is free, else below, else over its upper or lower edge, or its middle.
    """
    height = line_height(22)
    bottom = box.y + box.height
    highest, lowest = EDGE, picture.shape[0] - _BOTTOM - height
    left = box.x + (box.width - width) // 2
    left = max(EDGE, min(left, picture.shape[1] - EDGE - width))
    tops = (
        *(box.y - height - GAP, bottom + GAP, box.y + GAP, bottom - height - GAP),
        box.y + (box.height - height) // 2,
    )
    best, least = Rectangle(left, highest, width, height), math.inf
    for order, wanted in enumerate(tops):
        place = Rectangle(left, max(highest, min(wanted, lowest)), width, height)
        hidden = sum(shared_pixels(place, other) for other in taken)
        spoilt = sum(shared_pixels(place, other) for other in others) + 10 * abs(place.y - wanted)
        cost = 100 * hidden + spoilt + _LATER * order
        if cost < least:
            best, least = place, cost
        if least <= _LATER * (order + 1):
            break  # no later place can be better
    return best
