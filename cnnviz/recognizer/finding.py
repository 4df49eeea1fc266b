"""Finding the playing cards in a camera's frame, and cutting them out upright."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from cnnviz.errors import UserError
from cnnviz.pixels import Picture
from cnnviz.recognizer import outline
from cnnviz.recognizer.classes import PICTURE_SIZE
from cnnviz.recognizer.outline import CARD_SHAPE, Floats, Outlines

__all__ = ["MODES", "Picture", "Quad", "check_mode", "cut_out", "find_cards"]

Quad = NDArray[np.float32]  # (4, 2): x, y of top left, top right, bottom right, bottom left
Contour = NDArray[np.int32]
Flags = NDArray[np.bool_]

MODES = ("auto-detect", "full-frame")

_BOX = 0.8  # of the frame's height, the height of full-frame's box
_WIDTH = 640  # pixels: wider frames are searched in a copy of this width
_ROUND = np.float32(1.04)  # cut-outs over cards: no more can be cut off by an inexact outline
_LIT = 180  # the brightness, 0 to 255, that white should have for the thresholds below
_SHORTEST = 22  # pixels of the halved frame that a contour's box must have each way
_SMALLEST = 1100  # square pixels of the halved frame
_SIDE = 36  # pixels of the halved frame that must be seen of a side
_SQUARE = np.ones((3, 3), np.uint8)
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
        frame = _resized(frame, scale)
    grey = cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    known = np.asarray(near, np.float32).reshape(-1, 4, 2) * np.float32(scale)
    found = [] if search else _judged(np.asarray(grey, np.uint8), known)
    if search or len(found) < len(known):
        candidates = np.concatenate([known, _candidates(frame)])
        found = _judged(np.asarray(grey, np.uint8), candidates)
    return [quad / np.float32(scale) for quad in found]


def cut_out(frame: Picture, quad: Quad) -> Picture:
    """The card at `quad`, with a hair's breadth round it, stretched to a square, (224, 224, 3)."""
    corners = np.asarray(quad, np.float32)
    middle = corners.mean(axis=0)
    corners = middle + _ROUND * (corners - middle)
    shrink = float(np.sqrt(abs(outline.area(corners[None])[0]))) / PICTURE_SIZE
    if shrink > 2:  # or fine lines would be skipped over
        frame = _resized(frame, 1.5 / shrink)
        corners = corners * np.float32(1.5 / shrink)
    side = PICTURE_SIZE
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    # Pixels are counted from the middle of the first, a square's edge is half a pixel before it.
    matrix = cv2.getPerspectiveTransform(corners, square - np.float32(0.5))
    cut = cv2.warpPerspective(
        frame, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def _resized(frame: Picture, scale: float) -> Picture:
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


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


def _candidates(frame: Picture) -> Floats:
    """Quadrangles that may be cards, (N, 4, 2), clockwise, in pixels of `frame`."""
    grey = _lit(_darkest(_resized(frame, 0.5)))
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
