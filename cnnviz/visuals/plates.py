"""Little plates on lines, each where it is clearest to which line it belongs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Line, RoundedRectangle, VGroup, VMobject
from numpy.typing import NDArray

from cnnviz.visuals.theme import LINE, PANEL

__all__ = ["place_plates", "plate"]

MARGIN = 0.08
"""Manim units around what stands on a plate, and at least between two plates."""
SHARES = np.linspace(0.12, 0.88, 39)
"""Where on its line a plate may stand."""


def plate(text: VMobject) -> VGroup:
    """`text` on a plate that hides what is behind it."""
    board = RoundedRectangle(
        width=text.width + 2 * MARGIN,
        height=text.height + 2 * MARGIN,
        corner_radius=0.06,
        stroke_color=LINE,
        stroke_width=1.5,
        fill_color=PANEL,
        fill_opacity=1,
    )
    return VGroup(board.move_to(text), text)


def place_plates(
    plates: Sequence[VMobject],
    lines: Sequence[Line],
    *,
    others: Sequence[Line] = (),
    taken: Sequence[VMobject] = (),
) -> None:
    """Put each plate on its line, as far from all other lines as it can be; none meets another.

    Parameters
    ----------
    plates, lines
        As many of the one as of the other.
    others
        Lines without a plate.
    taken
        What no plate may meet either.

    Raises
    ------
    ValueError
        There is no room for so many.
    """
    boxes = [_box(one) for one in taken]
    segments = [np.array(line.get_start_and_end())[:, :2] for line in (*lines, *others)]
    for index, one in enumerate(plates):
        half = np.array([one.width, one.height]) / 2
        start, end = segments[index]
        rest = [*segments[:index], *segments[index + 1 :]]
        places = [start + share * (end - start) for share in SHARES]
        free = [at for at in places if not any(_meet(at, half, box) for box in boxes)]
        if not free:
            raise ValueError(f"no room on its line for the number {index + 1} of {len(plates)}")
        middle = (start + end) / 2
        best = max(
            free,
            key=lambda at: (
                round(min((_distance(at, line) for line in rest), default=0.0), 6),
                -round(float(np.linalg.norm(at - middle)), 6),
            ),
        )
        one.move_to((float(best[0]), float(best[1]), 0.0))
        boxes.append(np.array([best - half, best + half]))


def _box(mobject: VMobject) -> NDArray[np.float64]:
    """Lower left and upper right."""
    middle, half = mobject.get_center()[:2], np.array([mobject.width, mobject.height]) / 2
    return np.array([middle - half, middle + half])


def _meet(at: NDArray[np.float64], half: NDArray[np.float64], box: NDArray[np.float64]) -> bool:
    low, high = box
    return bool(np.all(at + half + MARGIN > low) and np.all(at - half - MARGIN < high))


def _distance(at: NDArray[np.float64], segment: NDArray[np.float64]) -> float:
    """From a point to a line from one end to the other."""
    start, end = segment
    way = end - start
    share = np.clip(np.dot(at - start, way) / max(float(np.dot(way, way)), 1e-12), 0, 1)
    return float(np.linalg.norm(at - start - share * way))
