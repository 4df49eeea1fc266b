"""One window spelled out: pixel × weight for every cell, gathered into the sum."""

from __future__ import annotations

from collections.abc import Sequence

from manim import (
    DOWN,
    PI,
    RIGHT,
    Animation,
    AnimationGroup,
    ArcBetweenPoints,
    FadeIn,
    LaggedStart,
    Mobject,
    MoveAlongPath,
    ReplacementTransform,
    Square,
    Text,
    VGroup,
    VMobject,
)

from cnnviz.compute import Number, Window
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.text import number_text, words
from cnnviz.visuals.theme import (
    BODY,
    DARK_INK,
    HEADING,
    LINE,
    MUTED,
    SMALL,
    TEXT,
    Role,
    diverging,
    hex_colour,
    readable_on,
)

__all__ = ["ProductGrid", "SumRow", "gather", "pair_up", "sum_text"]


class ProductGrid(VGroup):
    """A window's products, one card a cell: "pixel × weight" above, the product below.

    Parameters
    ----------
    window
        A window of a convolution's trace.
    cell
        Side of a card in Manim units.

    Attributes
    ----------
    cards, factors, results
        `VGroup`s in reading order; a factor is pixel, times sign, weight.
    """

    def __init__(self, window: Window, *, cell: float = 1.2) -> None:
        super().__init__()
        *_, rows, columns = window.patch.shape
        self.window = window
        places = [(i, j) for i in range(rows) for j in range(columns)]
        limit = max(abs(window.product(i, j).value) for i, j in places)
        self.cards = VGroup(
            *(_card(window.product(i, j), cell, limit) for i, j in places)
        ).arrange_in_grid(rows, columns, buff=0.08)
        self.factors = VGroup(*(_factors(window, i, j, limit) for i, j in places))
        self.results = VGroup(*(_result(window.product(i, j), limit) for i, j in places))
        for card, factors, result in zip(self.cards, self.factors, self.results, strict=True):
            factors.move_to(card).shift(0.26 * cell * (-DOWN))
            result.move_to(card).shift(0.18 * cell * DOWN)
        # Cards fade in while digits are already on their way: they must stay below.
        self.cards.set_z_index(-1)
        self.add(self.cards, self.factors, self.results)


def _card(product: Number, cell: float, limit: float) -> Square:
    return Square(
        cell,
        stroke_color=LINE,
        stroke_width=1.5,
        fill_color=_tint(product, limit),
        fill_opacity=1,
    )


def _tint(product: Number, limit: float) -> str:
    return hex_colour(diverging(product.value, limit))


def _factors(window: Window, i: int, j: int, limit: float) -> VGroup:
    pixel, weight = window.pixel(i, j), window.trace.kernel_number(i, j, output=window.channel)
    # The usual colour of texts, but on the strongest orange only the dark ink can be read.
    ink = readable_on(_tint(window.product(i, j), limit))
    colour = ink if ink == DARK_INK else TEXT
    return VGroup(
        number_text(pixel, SMALL, colour=colour),
        words("×", SMALL, colour=colour),
        number_text(weight, SMALL, colour=colour),
    ).arrange(RIGHT, buff=0.07)


def _result(product: Number, limit: float) -> Text:
    return number_text(product, HEADING, colour=readable_on(_tint(product, limit)))


def pair_up(
    products: ProductGrid, pixels: VGroup, weights: VGroup, *, lag: float = 0.25
) -> Animation:
    """The pixels and the weights rise from their cells and meet as "pixel × weight"."""
    pairs = [
        AnimationGroup(
            FadeIn(card),
            ReplacementTransform(pixel.copy(), factors[0]),
            ReplacementTransform(weight.copy(), factors[2]),
            FadeIn(factors[1]),
        )
        for card, factors, pixel, weight in zip(
            products.cards, products.factors, pixels, weights, strict=True
        )
    ]
    return LaggedStart(*pairs, lag_ratio=lag)


class SumRow(VGroup):
    """A window's products in a row, as one would write the sum down.

    It is broken before a plus where it is wider than the safe area.

    Attributes
    ----------
    terms, signs
        The products in reading order, negative ones in brackets, and what stands between them.
    """

    def __init__(self, window: Window, *, size: float = BODY) -> None:
        super().__init__()
        self.terms, self.signs = VGroup(), VGroup()
        *_, rows, columns = window.patch.shape
        products = [window.product(i, j) for i in range(rows) for j in range(columns)]
        line: list[list[VGroup | Text]] = []
        for index, product in enumerate(products):
            term = number_text(product, size)
            opening, closing = ("(", ")") if product.value < 0 else ("", "")
            plus = "+" if index else ""
            line.append([self._sign(plus, size), self._sign(opening, size), term])
            line[-1].append(self._sign(closing, size))
            self.terms.add(term)
        line[-1].append(self._sign("=", size))
        _write(line, current_format().safe_width)
        self.add(self.terms, self.signs)

    def _sign(self, text: str, size: float) -> VGroup:
        sign = words(text, size, colour=MUTED) if text else VGroup()
        if text:
            self.signs.add(sign)
        return sign


def _write(terms: Sequence[Sequence[VGroup | Text]], width: float) -> None:
    """Arrange the terms of a sum in as many lines as it takes; none is wider than `width`."""
    lines: list[VGroup] = []
    for term in terms:
        parts = [part for part in term if len(part)]
        longer = VGroup(*(lines[-1] if lines else ()), *parts).arrange(RIGHT, buff=0.1)
        if lines and longer.width > width:
            lines.append(VGroup(*parts))
        else:
            lines[-1:] = [longer]
    for line in lines:
        line.arrange(RIGHT, buff=0.1)
    VGroup(*lines).arrange(DOWN, buff=0.25)


class Leap(MoveAlongPath):
    """A digit that flies in an arc above the others to `goal`, and vanishes as it arrives."""

    def __init__(self, digit: VMobject, goal: Mobject) -> None:
        path = ArcBetweenPoints(digit.get_center(), goal.get_center(), angle=-PI / 3)
        super().__init__(digit, path, introducer=True, remover=True)

    def interpolate_mobject(self, alpha: float) -> None:
        """Move, and fade over the last third of the way."""
        super().interpolate_mobject(alpha)
        self.mobject.set_opacity(min(1.0, 3 * (1 - self.rate_func(alpha))))


def gather(row: SumRow, total: Text) -> Animation:
    """The products leap over the row, one after the other, into their sum; the row stays."""
    moves = [Leap(term.copy(), total) for term in row.terms]
    return LaggedStart(*moves, FadeIn(total), lag_ratio=0.12)


def sum_text(window: Window) -> Text:
    """The window's sum, large, in the colour of outputs."""
    return number_text(window.sum_number, HEADING, colour=Role.OUTPUT.value)
