"""What the recognizer's first layer does with a card: one window of it, then whole maps."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UL,
    UP,
    Arrow,
    Group,
    Line,
    Rectangle,
    Square,
    VGroup,
)

from cnnviz.compute import relu
from cnnviz.recognizer.network import CHANNELS
from cnnviz.visuals import (
    feature_picture,
    framed,
    kernel_colours,
    map_limit,
    number_text,
    picture,
    tile_center,
    tiled,
    words,
    zoom_rays,
)
from cnnviz.visuals.theme import BODY, HEADING, MUTED, SMALL, Role, diverging
from scenes.shared._recognizer import COLUMNS

CELL = 1.02  # side of a patch and of a kernel's plane
STEP = 1.2  # from one colour's line to the next
PATCHES, KERNELS, POINTS, NAMES = 0.4, 2.1, 4.25, 5.5  # where they stand, left to right


def at_point(number, x):
    """Put a number's decimal point at `x`."""
    before, point, _ = number.original_text.partition(".")
    glyph = number[len(before) if point else -1]
    return number.shift((x - glyph.get_x()) * RIGHT)


class NetworkSketch(VGroup):
    """The network from left to right: its blocks of convolution, then its last layers.

    Attributes
    ----------
    first
        The first block.
    """

    def __init__(self):
        blocks = [
            Rectangle(width=0.36, height=2.8 * 0.72**depth, color=Role.KERNEL.value)
            for depth in range(len(CHANNELS))
        ]
        last = [Rectangle(width=0.14, height=height, color=MUTED) for height in (1.6, 1.1, 0.6)]
        super().__init__(*blocks, *last)
        self.set_stroke(width=3).arrange(RIGHT, buff=0.14)
        self.first = blocks[0]


class ColourSum(Group):
    """A line for red, green and blue: patch × weights = sum; then the bias, and the result.

    Parameters
    ----------
    seen
        The recognition whose window it is.
    card
        The card's framed picture on stage, on which the window is marked.
    names
        What red, green, blue and the bias are called, in this order.

    Attributes
    ----------
    spot
        The mark on the card, with its rays to the patches.
    kernel
        The kernel in its colours, above its weights.
    lines
        Each colour's line, the bias's line, and the result with the rule above it.
    """

    def __init__(self, seen, card, names):
        super().__init__()
        self.seen, self.window = seen, seen.window
        top = 1.55 * STEP + card.get_y()
        numbers = [*seen.sums, seen.bias]
        self.lines = [
            self.line(index, name, number, top - index * STEP)
            for index, (name, number) in enumerate(zip(names, numbers, strict=True))
        ]
        self.total = number_text(self.window.result_number, HEADING, colour=Role.OUTPUT.value)
        rule = Line(LEFT * 1.1, RIGHT * 1.1, color=MUTED, stroke_width=3)
        rule.next_to(self.lines[-1], DOWN, buff=0.25).set_x(POINTS + 0.15)
        at_point(self.total.next_to(rule, DOWN, buff=0.3), POINTS)
        self.lines.append(Group(rule, self.total))
        self.spot = self.marked(card)
        self.kernel = tiled(kernel_colours(self.window.kernel[None]), 1, 0.7)
        self.kernel.next_to(self.lines[0], UP, buff=0.2).set_x(KERNELS)
        self.add(self.spot, self.kernel, *self.lines)

    def lift_kernel(self, sheet):
        """Put the kernel on its place among all of them; `restore` brings it back."""
        center, side = tile_center(sheet, self.seen.kernel, COLUMNS)
        self.kernel.save_state()
        self.kernel.scale_to_fit_height(side).move_to(center)

    def line(self, index, name, number, y):
        shown = at_point(number_text(number, BODY), POINTS)
        title = words(name, SMALL, colour=MUTED).set_x(NAMES, LEFT)
        if index == len(self.seen.sums):
            plus = words("+", BODY, colour=MUTED).next_to(shown, LEFT, buff=0.3)
            signed = [plus] if number.value >= 0 else []
            return Group(*signed, shown, title).set_y(y + 0.2)
        patch = framed(picture(self.patch(index), CELL, crisp=True), Role.INPUT).set_x(PATCHES)
        weights = framed(picture(self.weights(index), CELL, crisp=True), Role.KERNEL)
        weights.set_x(KERNELS)
        signs = [words(sign, BODY, colour=MUTED) for sign in ("×", "=")]
        signs[0].set_x((PATCHES + KERNELS) / 2)
        signs[1].next_to(weights, RIGHT, buff=0.3)
        return Group(patch, signs[0], weights, signs[1], shown, title).set_y(y)

    def patch(self, colour):
        """The window's pixels, in one of their three colours alone."""
        top, left = self.window.top, self.window.left
        pixels = np.zeros((3, 3, 3), np.uint8)
        pixels[..., colour] = self.seen.card[top : top + 3, left : left + 3, colour]
        return pixels

    def weights(self, colour):
        limit = np.abs(self.window.kernel).max()
        return diverging(self.window.kernel[colour], limit)

    def marked(self, card):
        seen, window = card[0], self.window
        pixel = seen.height / self.seen.card.shape[0]
        spot = Square(0.2, color=Role.KERNEL.value, stroke_width=5)
        spot.move_to(
            seen.get_corner(UL) + pixel * ((window.left + 1.5) * RIGHT + (window.top + 1.5) * DOWN)
        )
        first, last = self.lines[0][0], self.lines[2][0]
        return VGroup(spot, zoom_rays(spot, first, last))


class MapRow(Group):
    """The card and the feature maps of the kernels that are looked at closely, side by side.

    Attributes
    ----------
    card
        Its framed picture.
    images, borders
        Of the maps.
    kernels
        Each above its map.
    rectified
        The maps after ReLU, in the same places and shades.
    """

    def __init__(self, seen, height=2.9):
        super().__init__()
        self.card = framed(picture(seen.card, height), Role.INPUT)
        maps = [framed(feature_picture(each, height), Role.OUTPUT) for each in seen.traces]
        self.add(self.card, *maps).arrange(RIGHT, buff=0.4).shift(DOWN * 0.1)
        self.images, self.borders = ([one[part] for one in maps] for part in (0, 1))
        shown = list(zip(seen.traces, self.images, strict=True))
        self.kernels = Group(
            *(
                tiled(kernel_colours(trace.kernel), 1, 0.85).next_to(image, UP, buff=0.25)
                for trace, image in shown
            )
        )
        self.rectified = [
            feature_picture(relu(trace.output), height, limit=map_limit(trace)).move_to(image)
            for trace, image in shown
        ]


class WholeLayer(Group):
    """All kernels of the layer, and all the maps that they make of the card.

    Attributes
    ----------
    kernels, arrow, maps
        From left to right.
    """

    def __init__(self, seen):
        self.kernels, self.maps = seen.kernel_tiles(2.8), seen.map_tiles(2.8)
        self.arrow = Arrow(LEFT * 0.4, RIGHT * 0.4, color=MUTED, stroke_width=4, buff=0)
        super().__init__(self.kernels, self.arrow, self.maps)
        self.arrange(RIGHT, buff=0.25)
