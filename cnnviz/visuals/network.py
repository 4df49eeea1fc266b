"""A small network as circles and lines: what lights up forwards, and the blame that flows back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from manim import DOWN, RIGHT, Animation, Circle, Line, VGroup, VMobject
from numpy.typing import ArrayLike

from cnnviz.compute.number import Number
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.exchange import Exchange
from cnnviz.visuals.network_flow import Blame, Darken, Light, LineKey
from cnnviz.visuals.plates import place_plates, plate
from cnnviz.visuals.text import Glyphs, number_text
from cnnviz.visuals.theme import BODY, LABEL, LINE, MUTED, PANEL, SMALL, diverging, hex_colour

__all__ = ["NetworkView"]

SIZE = {"right": (8.0, 5.6), "down": (9.0, 6.0)}
"""Width and height, in Manim units, by the flow of the format; never wider than there is room."""
LARGEST = 0.5
"""Manim units: the radius of a node that has room."""
THIN, THICK = 1.5, 7.0
"""Widths of lines, by the size of their weights."""


class NetworkView(VGroup):
    """Layers of nodes, and a line from each node to each of the next layer.

    It runs to the right, or down, as the format flows.

    Parameters
    ----------
    layers
        Of each layer, how many nodes it has, or the number that stands in each; None for an empty
        node.
    weights
        Between each two layers a matrix (nodes behind, nodes before): a line's colour is its sign,
        its width its size. Where it is None, and without them all, lines are alike.
    limit
        The weight of the widest line; the largest absolute value where it is None.
    width, height
        Of all, in Manim units; where they are None, they follow from the format.

    Attributes
    ----------
    glow, lines, circles, digits, plates
        From back to front: what `light` and `blame` draw, behind the lines if these have colours of
        their own; all lines; `VGroup`s of nodes and of their digits by layer; the numbers of
        `blame`.

    Raises
    ------
    ValueError
        The weights do not go with the layers.
    """

    def __init__(
        self,
        layers: Sequence[int | Sequence[Number | None]],
        weights: Sequence[ArrayLike | None] | None = None,
        *,
        limit: float | None = None,
        width: float | None = None,
        height: float | None = None,
    ) -> None:
        super().__init__()
        filled = [[None] * one if isinstance(one, int) else list(one) for one in layers]
        self.counts = [len(layer) for layer in filled]
        wide, high = SIZE[current_format().flow]
        wide = min(wide, current_format().safe_width) if width is None else width
        self.circles = _circles(self.counts, wide, high if height is None else height)
        self.radius = float(self.circles[0][0].width / 2)
        self.lines = VGroup()
        self._keys: dict[LineKey, Line] = {}
        self._connect(_matrices(weights, self.counts), limit)
        self.glow, self.pulses, self.plates = VGroup(), VGroup(), VGroup()
        self.digits = VGroup(*(VGroup() for _ in filled))
        for index, layer in enumerate(filled):
            self.digits[index].add(*self.written(index, layer))
        back = [self.lines, self.glow] if weights is None else [self.glow, self.lines]
        self.add(*back, self.pulses, self.circles, self.digits, self.plates)
        self.move_to(current_format().center)

    def layer(self, index: int) -> VGroup:
        """Circles and digits of a layer."""
        return VGroup(self.circles[index], self.digits[index])

    def node(self, layer: int, index: int) -> Circle:
        """A node's circle."""
        circle = self.circles[layer][index]
        assert isinstance(circle, Circle)
        return circle

    def line(self, layer: int, start: int, end: int) -> Line:
        """The line from node `start` of a layer to node `end` of the next one."""
        return self._keys[layer, start, end]

    def every_line(self) -> list[LineKey]:
        """All lines as (layer, start, end), in order."""
        return list(self._keys)

    def write(self, layer: int, numbers: Sequence[Number | None], **kwargs: Any) -> Animation:
        """A layer's digits give way to `numbers`."""
        digits = self.digits[layer]
        assert isinstance(digits, VGroup)
        return Exchange(self, digits, self.written(layer, numbers), **kwargs)

    def light(self, lines: Sequence[LineKey] | None = None, **kwargs: Any) -> Animation:
        """The lines (layer, start, end), or all, begin to glow from the first layer to the last."""
        return Light(self, self.every_line() if lines is None else lines, **kwargs)

    def blame(self, numbers: Mapping[LineKey, Number | VMobject], **kwargs: Any) -> Animation:
        """A pulse runs back along lines, from the last layer to the first, and leaves numbers.

        Parameters
        ----------
        numbers
            Line → the number that stands on a plate on it afterwards.

        Raises
        ------
        ValueError
            There is no room for so many.
        """
        return Blame(self, self._plated(numbers), **kwargs)

    def darken(self, **kwargs: Any) -> Animation:
        """All glow and all numbers on lines fade."""
        return Darken(self, **kwargs)

    def written(self, layer: int, numbers: Sequence[Number | None]) -> list[Glyphs]:
        """`numbers` in the nodes of a layer, as large as fits."""
        nodes = self.circles[layer]
        texts = []
        for number, circle in zip(numbers, nodes, strict=True):
            if number is not None:
                texts.append(_fitting(number, self.radius))
                texts[-1].scale(circle.width / 2 / self.radius).move_to(circle)
        return texts

    def _plated(self, numbers: Mapping[LineKey, Number | VMobject]) -> dict[LineKey, VGroup]:
        plates = {
            key: plate(number_text(one, SMALL) if isinstance(one, Number) else one)
            for key, one in numbers.items()
        }
        others = [line for key, line in self._keys.items() if key not in plates]
        nodes = [circle for layer in self.circles for circle in layer]
        place_plates(
            list(plates.values()),
            [self._keys[key] for key in plates],
            others=others,
            taken=[*nodes, *self.plates],
        )
        return plates

    def _connect(self, matrices: Sequence[np.ndarray | None], limit: float | None) -> None:
        known = [np.abs(one).max() for one in matrices if one is not None]
        full = limit if limit is not None else float(max(known, default=1.0))
        for layer, matrix in enumerate(matrices):
            for start, end in product(*map(range, self.counts[layer : layer + 2])):
                weight = None if matrix is None else float(matrix[end, start])
                line = _line(self.node(layer, start), self.node(layer + 1, end), weight, full)
                self._keys[layer, start, end] = line
                self.lines.add(line)


def _circles(counts: Sequence[int], width: float, height: float) -> VGroup:
    """The nodes of all layers, by the flow of the format."""
    right = current_format().flow == "right"
    long, across = (width, height) if right else (height, width)
    pitch = across / max(counts)
    radius = min(LARGEST, 0.42 * pitch)
    step = (long - 2 * radius) / max(1, len(counts) - 1)
    ahead, aside = (RIGHT, DOWN) if right else (DOWN, RIGHT)
    return VGroup(
        *(
            VGroup(
                *(
                    Circle(
                        radius, color=MUTED, fill_color=PANEL, fill_opacity=1, stroke_width=3
                    ).move_to(layer * step * ahead + (index - (count - 1) / 2) * pitch * aside)
                    for index in range(count)
                )
            )
            for layer, count in enumerate(counts)
        )
    )


def _line(start: Circle, end: Circle, weight: float | None, full: float) -> Line:
    """From one circle's edge to the other's."""
    one, other = start.get_center(), end.get_center()
    way = (other - one) / np.linalg.norm(other - one) * start.width / 2
    line = Line(one + way, other - way)
    if weight is None:
        return line.set_stroke(LINE, 2.5)
    share = min(1.0, abs(weight) / (full or 1.0))
    colour = hex_colour(diverging(np.sign(weight) * max(share, 0.35), 1.0, vivid=True))
    return line.set_stroke(colour, THIN + share * (THICK - THIN))


def _matrices(
    weights: Sequence[ArrayLike | None] | None, counts: Sequence[int]
) -> list[np.ndarray | None]:
    if weights is None:
        return [None] * (len(counts) - 1)
    found = [None if one is None else np.asarray(one, float) for one in weights]
    shapes = list(zip(counts[1:], counts[:-1], strict=True))
    given = [shape if one is None else one.shape for one, shape in zip(found, shapes, strict=False)]
    if given != shapes or len(found) != len(shapes):
        raise ValueError(f"weights {given} do not join layers {counts}")
    return found


def _fitting(number: Number, radius: float) -> Glyphs:
    """A number in the largest size of the house that a circle holds."""
    for size in (BODY, LABEL):
        text = number_text(number, size)
        if np.hypot(text.width, text.height) <= 1.8 * radius:
            return text
    return number_text(number, SMALL)
