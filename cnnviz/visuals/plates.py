"""Little plates on lines, each where it is clearest to which line it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import Line, RoundedRectangle, VGroup, VMobject
from numpy.typing import NDArray

from cnnviz.visuals.theme import LINE, PANEL

__all__ = ["place_plates", "plate"]

MARGIN = 0.08
"""Manim units around what stands on a plate, and between two plates."""
SHARES = np.linspace(0.1, 0.9, 41)
"""Where on its line a plate may stand."""
TRIES, ROUNDS = 40, 12
"""How many beginnings are tried, and how often each plate gives way to the others."""

Places = NDArray[np.float64]


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
    """Put each plate on its line, far from all other lines; none meets another.

    The same plates and lines give the same places.

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
        No places were found for so many.
    """
    segments = [np.array(line.get_start_and_end())[:, :2] for line in (*lines, *others)]
    blocked = [_Box(one.get_center()[:2], _half(one)) for one in taken]
    choices = [
        _Choices.along(index, segments, _half(one) + MARGIN / 2, blocked)
        for index, one in enumerate(plates)
    ]
    found = _settled(choices) if all(len(one.places) for one in choices) else None
    if found is None:
        raise ValueError(f"no room for {len(plates)} numbers on their lines; show fewer at once")
    for one, place in zip(plates, found, strict=True):
        one.move_to(np.array([*place, 0.0]))


@dataclass(frozen=True)
class _Box:
    """A middle, and half the sides."""

    middle: Places
    half: Places


@dataclass(frozen=True)
class _Choices:
    """Where a plate may stand, (n, 2), the clearest places first, and half its sides."""

    places: Places
    half: Places

    @classmethod
    def along(
        cls, index: int, segments: Sequence[Places], half: Places, blocked: Sequence[_Box]
    ) -> _Choices:
        """Places on a line that are free."""
        start, end = segments[index]
        places = start + SHARES[:, None] * (end - start)
        free = np.ones(len(places), bool)
        for box in blocked:
            free &= ~np.all(np.abs(places - box.middle) < half + box.half, axis=1)
        rest = [one for at, one in enumerate(segments) if at != index]
        clear = np.min([_distances(places, one) for one in rest], axis=0) if rest else 0 * SHARES
        order = np.lexsort((np.abs(SHARES - 0.5).round(6), -np.round(clear, 6)))
        return cls(places[order][free[order]], half)


def _settled(choices: Sequence[_Choices]) -> Places | None:
    """A place of each, (n, 2), none on another: beginning with the clearest, then with others."""
    halves = np.array([one.half for one in choices])
    for attempt in range(TRIES):
        random = np.random.default_rng(attempt)
        begin = [int(random.integers(len(one.places))) if attempt else 0 for one in choices]
        at = np.array([one.places[index] for one, index in zip(choices, begin, strict=True)])
        for _ in range(ROUNDS):
            before = at.copy()
            for index, one in enumerate(choices):
                at[index] = one.places[np.argmin(_overlaps(one, index, at, halves))]
            if np.array_equal(at, before):
                break
        if not any(_overlaps(one, i, at, halves, at[i]).any() for i, one in enumerate(choices)):
            return at
    return None


def _overlaps(
    one: _Choices, index: int, at: Places, halves: Places, place: Places | None = None
) -> Places:
    """How much of a plate would lie on the others, at each of its places or at `place`."""
    places = one.places if place is None else place[None]
    apart = np.abs(places[:, None] - at)
    area = np.prod(np.clip(one.half + halves - apart, 0, None), axis=2)
    area[:, index] = 0.0
    return np.asarray(area.sum(axis=1).round(9))


def _half(mobject: VMobject) -> Places:
    return np.array([mobject.width, mobject.height]) / 2


def _distances(places: Places, segment: Places) -> Places:
    """From each of some points to a line from one end to the other."""
    start, end = segment
    way = end - start
    share = np.clip((places - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    distances: Places = np.linalg.norm(places - start - share[:, None] * way, axis=1)
    return distances
