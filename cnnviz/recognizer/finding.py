"""Finding the playing cards in a camera's frame, and cutting them out upright."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import UserError
from cnnviz.pixels import Picture
from cnnviz.recognizer import outline
from cnnviz.recognizer.candidates import Quad, possible_cards, resized
from cnnviz.recognizer.classes import PICTURE_SIZE
from cnnviz.recognizer.outline import CARD_SHAPE, Floats, Outlines

__all__ = ["MODES", "check_mode", "cut_out", "find_cards"]
Flags = NDArray[np.bool_]

MODES = ("auto-detect", "full-frame")

_BOX = 0.8  # of the frame's height, the height of full-frame's box
_WIDTH = 640  # pixels: wider frames are searched in a copy of this width
_ROUND = np.float32(1.04)  # cut-outs over cards: no more can be cut off by an inexact outline
_GOOD = 0.7  # the score of an outline that is taken for a card's; a faultless one has about 2


def check_mode(mode: str) -> None:
    """Raise a `UserError` if there is no such way of finding cards."""
    if mode not in MODES:
        raise UserError(f"no mode “{mode}”", hint=f"choose {' or '.join(MODES)}")


def find_cards(
    frame: Picture, mode: str, near: Sequence[Quad] = (), search: bool = True
) -> list[Quad]:
    """The cards in `frame`, each by its four corners.

    `full-frame` looks nowhere: it gives one card-shaped box in the middle of the frame.

    `auto-detect` makes candidates and then judges them. Candidates come from a copy of half the
    size, in which contours cost a quarter and noise is halved: grey → blur → adaptive threshold →
    erosion, which closes gaps in the outlines → contours → four corners. Each candidate's sides
    are then fitted to the edges in the frame itself, at full size, and it is kept if those edges
    are really there, if its shape in space is that of a card, and if inside it there is what a
    card has: a bright and even margin round a face with something darker on it. So the candidates
    may be many and rough.

    Parameters
    ----------
    frame
        BGR, (H, W, 3).
    mode
        One of `MODES`.
    near
        Where cards were a moment ago: candidates too, so that a card which is followed is not lost
        when noise or a thumb breaks its contour.
    search
        Whether to look for others as well; without it they are looked for only if one of `near`
        is not there any more. Following alone takes a quarter of the time.

    Returns
    -------
    list
        Corners in pixels of `frame`, clockwise from the top left one of the card held upright, its
        long sides vertical. Which of a card's two ends is up cannot be seen: it is the one that
        is higher in the frame. Cards do not overlap each other by much; the best come first.

    Raises
    ------
    UserError
        An unknown mode.
    """
    check_mode(mode)
    if mode == "full-frame":
        return [_middle_box(frame)]
    scale = min(1.0, _WIDTH / frame.shape[1])
    if scale < 1:
        frame = resized(frame, scale)
    grey = cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    known = np.asarray(near, np.float32).reshape(-1, 4, 2) * np.float32(scale)
    found = [] if search else _judged(np.asarray(grey, np.uint8), known)
    if search or len(found) < len(known):
        candidates = np.concatenate([known, possible_cards(frame)])
        found = _judged(np.asarray(grey, np.uint8), candidates)
    return [quad / np.float32(scale) for quad in found]


def cut_out(frame: Picture, quad: Quad) -> Picture:
    """The card at `quad`, with a hair's breadth round it, stretched to a square, (224, 224, 3)."""
    corners = np.asarray(quad, np.float32)
    middle = corners.mean(axis=0)
    corners = middle + _ROUND * (corners - middle)
    shrink = float(np.sqrt(abs(outline.area(corners[None])[0]))) / PICTURE_SIZE
    if shrink > 2:  # or fine lines would be skipped over
        frame = resized(frame, 1.5 / shrink)
        corners = corners * np.float32(1.5 / shrink)
    side = PICTURE_SIZE
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    # Pixels are counted from the middle of the first, a square's edge is half a pixel before it.
    matrix = cv2.getPerspectiveTransform(corners, square - np.float32(0.5))
    cut = cv2.warpPerspective(
        frame, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def _middle_box(frame: Picture) -> Quad:
    height, width = frame.shape[:2]
    tall = _BOX * min(height, width / CARD_SHAPE)
    half = np.array([CARD_SHAPE * tall, tall]) / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return np.asarray(np.array([width, height]) / 2 + signs * half, np.float32)


def _judged(grey: Picture, candidates: Floats) -> list[Quad]:
    """The cards among `candidates`, (N, 4, 2), fitted to the frame and upright, best first."""
    height, width = grey.shape
    candidates = candidates[_possible(candidates, width, height)]
    if not len(candidates):
        return []
    outlines = outline.fit(grey, candidates)
    best = _best(outlines.corners, _scores(outlines, candidates, width, height))
    return [_upright(outlines.corners[index], width, height) for index in best]


def _possible(quads: Floats, width: int, height: int) -> Flags:
    """Which candidates are worth fitting."""
    size = outline.area(quads)
    ratio = outline.shape(quads, width, height)
    return np.asarray(
        (size > 4500)
        & (size < 0.65 * width * height)
        & _rectangular(quads, narrowest=45, widest=140, alike=0.45)
        & (np.minimum(ratio, 1 / ratio) > 0.4),
        np.bool_,
    )


def _rectangular(quads: Floats, narrowest: float, widest: float, alike: float) -> Flags:
    """Which could be rectangles seen at a slant.

    Parameters
    ----------
    quads
        (N, 4, 2).
    narrowest, widest
        Limits of the four angles, in degrees.
    alike
        The least that a side may have of its opposite side's length.
    """
    run = np.roll(quads, -1, axis=1) - quads
    length = np.linalg.norm(run, axis=2) + np.float32(1e-3)
    cosine = -(run * np.roll(run, 1, axis=1)).sum(axis=2) / (length * np.roll(length, 1, axis=1))
    low, high = np.cos(np.radians([widest, narrowest]))
    ratio = length[:, :2] / length[:, 2:]
    fitting = ((cosine > low) & (cosine < high)).all(axis=1)
    return np.asarray(fitting & (np.minimum(ratio, 1 / ratio).min(axis=1) > alike), np.bool_)


def _scores(outlines: Outlines, candidates: Floats, width: int, height: int) -> Floats:
    """How much each outline looks like a card's, (N,); −∞ where it cannot be one.

    The limits were chosen on photographs, wide enough that hardly a card is beyond them.
    """
    corners, margin = outlines.corners, outlines.margin
    size = outline.area(corners)
    ratio = outline.shape(corners, width, height)
    off_shape = np.abs(np.minimum(ratio, 1 / ratio) - CARD_SHAPE)
    contrast = margin / np.maximum(outlines.outside, 8)
    good = (
        (size > 6000)
        & (size < 0.6 * width * height)
        & _rectangular(corners, narrowest=52, widest=133, alike=0.55)
        & (off_shape < 0.2)
        & (np.abs(corners - candidates).max(axis=(1, 2)) < 30)
        & (margin.min(axis=1) > 0.35 * margin.max(axis=1))
        & (margin.mean(axis=1) > 30)
        & (outlines.darker > 0.04)
        & (outlines.brighter < 0.15)
        & (contrast.min(axis=1) > 0.55)
        & (contrast.mean(axis=1) > 0.8)
    )
    score = (
        outlines.support.mean(axis=1)
        + 0.5 * outlines.support.min(axis=1)
        + 0.5 * outlines.even
        - 5 * np.maximum(0, off_shape - 0.02)
        - 2 * outlines.brighter
        + 0.1 * np.log(np.maximum(size, 1) / 10000)  # of a card and a part of it, the card
    )
    return np.where(good & np.isfinite(score), score, -np.inf).astype(np.float32)


def _best(corners: Floats, scores: Floats) -> list[int]:
    """Good outlines, best first, without those that lie on a better one."""
    kept: list[int] = []
    sizes = outline.area(corners)
    for index in np.argsort(-scores).tolist():
        if scores[index] < _GOOD:
            break
        shared = (
            cv2.intersectConvexConvex(corners[index], corners[other])[0] / min(sizes[index], size)
            for other, size in zip(kept, sizes[kept], strict=True)
        )
        if all(share < 0.3 for share in shared):
            kept.append(index)
    return kept


def _upright(quad: Quad, width: int, height: int) -> Quad:
    """`quad`, clockwise, beginning with the top left corner of the upright card."""
    if outline.shape(quad[None], width, height)[0] > 1:
        quad = np.roll(quad, 1, axis=0)
    if quad[:2, 1].sum() > quad[2:, 1].sum():
        quad = np.roll(quad, 2, axis=0)
    return quad
