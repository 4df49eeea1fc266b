"""A photograph that can be looked at down to its single pixels, whose numbers then appear."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from typing import Any, Self

import cv2
import numpy as np
from manim import DOWN, RESAMPLING_ALGORITHMS, RIGHT, UL, ImageMobject, Mobject, Rectangle, VGroup
from manim.typing import Point3D
from numpy.typing import NDArray

from cnnviz.compute.number import Number, literal
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.frame import View
from cnnviz.visuals.text import number_text
from cnnviz.visuals.theme import SMALL, Role, hex_colour, readable_on

__all__ = ["Photograph", "PixelNumbers"]

UNREAD, READ = 0.9 * SMALL, 1.2 * SMALL
"""Sizes on the screen below which a pixel's number is not to be seen, and from which on fully."""
MARGIN = 0.3
"""Units of the screen in which a number fades as it nears the edge of the safe area."""
MOST_NUMBERS = 400
ACROSS = 0.72
"""Of a pixel's side, the share that its number may take."""


class _Source:
    """What a photograph shows: shared by its copies, because it never changes."""

    def __init__(self, values: NDArray[np.integer]) -> None:
        self.values = values

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    @cached_property
    def levels(self) -> tuple[NDArray[np.uint8], ...]:
        """It as RGBA, and in halves of the size down to a single row or column."""
        code = cv2.COLOR_GRAY2RGBA if self.values.ndim == 2 else cv2.COLOR_RGB2RGBA
        found = [cv2.cvtColor(np.clip(self.values, 0, 255).astype(np.uint8), code)]
        while min(found[-1].shape[:2]) > 1:
            height, width = found[-1].shape[:2]
            half = (width + 1) // 2, (height + 1) // 2
            found.append(cv2.resize(found[-1], half, interpolation=cv2.INTER_AREA))
        return tuple(np.asarray(level, np.uint8) for level in found)


class Photograph(ImageMobject):
    """A grey (H, W) or sRGB (H, W, 3) picture that stays sharp at any zoom.

    Parameters
    ----------
    values
        Its pixels, from 0 to 255.
    height
        In Manim units.
    name
        How it is called in what the numbers of its pixels say of themselves.

    Attributes
    ----------
    rows, columns
        Counts of pixels.
    """

    def __init__(self, values: NDArray[np.integer], height: float, *, name: str) -> None:
        super().__init__(np.clip(values, 0, 255).astype(np.uint8))
        self.set_resampling_algorithm(RESAMPLING_ALGORITHMS["linear"])
        self.height = height
        self.name, self.source = name, _Source(values)
        self.rows, self.columns = values.shape[:2]

    @property
    def side(self) -> float:
        """The side of a pixel in Manim units."""
        return float(self.height / self.rows)

    @property
    def opacity(self) -> float:
        """From 0 to 1; it is the same everywhere."""
        return float(self.pixel_array[0, 0, 3]) / 255

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        """Take an opacity between those of two copies.

        Raises
        ------
        ValueError
            They show something else.
        """
        assert isinstance(mobject1, Photograph)
        assert isinstance(mobject2, Photograph)
        if not mobject1.source is mobject2.source is self.source:
            raise ValueError("a photograph cannot turn into another one; fade it out instead")
        mixed = (1 - alpha) * mobject1.opacity + alpha * mobject2.opacity
        self.pixel_array[..., 3] = round(255 * mixed)
        return self

    def point(self, row: float, column: float) -> Point3D:
        """Centre of pixel (row, column), which may lie between pixels or outside."""
        place: Point3D = self.get_corner(UL) + self.side * (
            (column + 0.5) * RIGHT + (row + 0.5) * DOWN
        )
        return place

    def pixel_at(self, point: Point3D) -> tuple[int, int]:
        """The row and column of the pixel at a `point` of the stage, which may lie outside."""
        across, down, _ = (point - self.get_corner(UL)) / self.side
        return int(np.floor(-down)), int(np.floor(across))

    def cell(self, row: int, column: int) -> Rectangle:
        """An outline of pixel (row, column)."""
        return self.block(row, column, 1, 1)

    def block(self, row: int, column: int, height: int, width: int) -> Rectangle:
        """An outline of a block of pixels whose upper left one is (row, column)."""
        outline = Rectangle(
            width=width * self.side,
            height=height * self.side,
            stroke_color=Role.INPUT.value,
            stroke_width=4,
        )
        return outline.move_to(self.point(row + (height - 1) / 2, column + (width - 1) / 2))

    def number(self, row: int, column: int, channel: int | None = None) -> Number:
        """The value of a pixel; of a colour photograph, in `channel` 0, 1 or 2 of R, G, B.

        Raises
        ------
        ValueError
            There is no such pixel, or a grey photograph is asked for a channel, or the other way.
        """
        values = self.source.values
        place = (row, column) if channel is None else (row, column, channel)
        inside = all(0 <= at < size for at, size in zip(place, values.shape, strict=False))
        if len(place) != values.ndim or not inside:
            raise ValueError(f"{self.name} {values.shape} has no value at {place}")
        names = dict(zip(("row", "column", "channel"), place, strict=False))
        return literal(int(values[place]), of=self.name, **names)

    def numbers(
        self, rows: Sequence[int], columns: Sequence[int], *, channel: int | None = None
    ) -> PixelNumbers:
        """The values of a block of pixels, to be put on stage once the photograph stands there.

        Parameters
        ----------
        rows, columns
            Consecutive ones, as a `range`.
        channel
            Of a colour photograph: 0, 1 or 2 of R, G, B.

        Raises
        ------
        ValueError
            There are no such pixels, or more of them than `MOST_NUMBERS`.
        """
        if len(rows) * len(columns) > MOST_NUMBERS:
            raise ValueError(f"more than {MOST_NUMBERS} numbers: nobody reads them")
        found = [[self.number(row, column, channel) for column in columns] for row in rows]
        colours = self.source.levels[0][rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, :3]
        place = self.block(rows[0], columns[0], len(rows), len(columns))
        return PixelNumbers(found, colours, place)


class PixelNumbers(VGroup):
    """Numbers in their pixels; how opaque they are follows from how large they are on the screen.

    They are seen where a pixel is large enough for its number to be read, and away from the edge
    of the screen.

    Parameters
    ----------
    numbers
        Rows of equal length.
    colours
        What is behind each, (rows, columns, 3) sRGB.
    place
        The block of pixels.
    """

    def __init__(
        self,
        numbers: Sequence[Sequence[Number]],
        colours: NDArray[np.uint8],
        place: Rectangle,
    ) -> None:
        super().__init__()
        self.rows, self.columns = len(numbers), len(numbers[0])
        # Its own points, which are not drawn, are moved and scaled with the numbers.
        self.points = np.array([place.get_corner(UL), place.get_corner(-UL)]).repeat(2, axis=0)
        self.set_fill(opacity=0).set_stroke(width=0, opacity=0)
        for row, column in product(range(self.rows), range(self.columns)):
            ink = readable_on(hex_colour(colours[row, column]))
            self.add(number_text(numbers[row][column], SMALL, colour=ink))
        self.side = float(place.height) / self.rows
        self.ratio = ACROSS / max(text.width for text in self.submobjects)
        for text, middle in zip(self.submobjects, self._middles(), strict=True):
            text.scale(self.ratio * self.side).move_to(middle)
        self._opacities = np.ones(len(self.submobjects))
        self.see(View.home())

    def see(self, view: View) -> None:
        """Be as opaque as befits what is seen through `view`."""
        side = float(self.points[0, 1] - self.points[-1, 1]) / self.rows * view.scale
        large = _ramp(np.array(SMALL * self.ratio * side), UNREAD, READ)
        reach = ACROSS * side / 2
        left, bottom, right, top = current_format().safe
        middles = view.seen(self._middles())[:, :2]
        room = np.minimum(middles - (left, bottom), (right, top) - middles) - reach
        opacities = np.round(large * _ramp(room.min(axis=1), 0.0, MARGIN), 4)
        for index in np.flatnonzero(opacities != self._opacities):
            self.submobjects[index].set_fill(opacity=float(opacities[index]))
        self._opacities = opacities

    def _middles(self) -> NDArray[np.float64]:
        """Where the numbers stand, (n, 3)."""
        first, last = self.points[0], self.points[-1]
        down, across = np.mgrid[: self.rows, : self.columns].reshape(2, -1) + 0.5
        shares = np.stack([across / self.columns, down / self.rows, np.zeros_like(down)], axis=1)
        places: NDArray[np.float64] = first + shares * (last - first)
        return places


def _ramp(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """0 up to `low`, 1 from `high` on, smooth in between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: NDArray[np.float64] = share * share * (3 - 2 * share)
    return smooth
