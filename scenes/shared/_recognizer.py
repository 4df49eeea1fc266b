"""The recording of the recognizer at work, and what its network's first layer makes of a card."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group, ManimColor, UpdateFromAlphaFunc, VGroup

from cnnviz.capture.evidence import confidence_percent
from cnnviz.capture.framing import FramedVideo
from cnnviz.capture.sidecar import read_capture
from cnnviz.compute import literal
from cnnviz.files import file_digest
from cnnviz.recognizer.first_layer import clearest_window, colour_sums, first_layer
from cnnviz.recognizer.names import card_name
from cnnviz.visuals import (
    Playback,
    Ring,
    Roll,
    Screen,
    fit,
    kernel_colours,
    number_text,
    picture,
    tiled,
    words,
)
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.text import put_on_baseline
from cnnviz.visuals.theme import ACCENT, GROUND, LABEL, SMALL, diverging

MAPS = 3  # kernels that are looked at closely
HEIGHT = 718  # pixels of the recording: as many of a film in full, where that is wide enough
COLUMNS = 8  # of kernels and of maps, where all of them are shown
MARGIN = 0.711  # left of the recording, at most: on whole pixels its own are copied
LINE = 4.9  # of a recognized card with its name, at most
BESIDE_NAME = 2.05  # of such a line that is not the name
ROWS = 5  # recognized cards beside or below the recording, at most
READ = 1.3  # seconds that a card's name needs to appear and be read
LEAD = 4.0  # seconds before the first recognition at which the film begins to watch


def recognition(sidecar):
    """What the recording shows, and what the network makes of its first card; computed once."""
    return _recognition(sidecar, file_digest(sidecar))


@cache
def _recognition(sidecar, digest):
    return Recognition(read_capture(sidecar))


class Recognition:
    def __init__(self, capture):
        self.capture = capture
        first = capture.moments[0].cut_out()
        self.card = first[..., ::-1]
        self.layer = first_layer(first)
        self.kernels = self.layer.distinct(MAPS)
        self.traces = [self.layer.trace(kernel) for kernel in self.kernels]
        self.kernel = self.layer.edge_finder(self.kernels)
        self.window = clearest_window(self.traces[self.kernels.index(self.kernel)])
        self.sums = colour_sums(self.window)
        self.bias = literal(self.window.bias, of="bias of the first layer", kernel=self.kernel)

    def kernel_tiles(self, height):
        """All the layer's kernels in their colours."""
        return tiled(kernel_colours(self.layer.kernels), COLUMNS, height)

    def map_tiles(self, height):
        """All the layer's feature maps."""
        shades = [
            diverging(one, np.percentile(np.abs(one), 97), vivid=True) for one in self.layer.maps
        ]
        small = [cv2.resize(one, (112, 112), interpolation=cv2.INTER_AREA) for one in shades]
        return tiled(np.stack(small), COLUMNS, height)

    def start(self, seconds):
        """Where to begin, so that the first card is recognized in the next so many `seconds`."""
        return max(0.0, min(self.second(0) - LEAD, self.capture.seconds - seconds))

    def between(self, start, end):
        """The moments, by their index, at which a card of a new name is recognized."""
        found = {}
        for index, moment in enumerate(self.capture.moments):
            if start <= self.second(index) < end:
                found.setdefault(moment.label, index)
        return list(found.values())

    def second(self, moment):
        return self.capture.moments[moment].frame / self.capture.fps


class Watching(Group):
    """The recording on its screen, and beside it a roll of the cards that it recognizes.

    Parameters
    ----------
    seen
        What is watched.
    seconds
        How long it is watched; decides with which second of it that begins.
    language
        Of the cards' names.
    """

    def __init__(self, seen, seconds, language):
        super().__init__()
        self.capture = capture = seen.capture
        self.now = seen.start(seconds)
        border, ground = (ManimColor(colour).to_int_rgb().tolist() for colour in (ACCENT, GROUND))
        self.video = FramedVideo(capture.video, capture.fps, border=border, ground=ground)
        format = current_format()
        pixel = min(format.width, format.height) / 1080
        self.screen = fit(Screen(self.video, capture.fps, height=HEIGHT * pixel))
        self.screen.seek(self.now).to_edge(UP, buff=1.2)
        self.screen.to_edge(LEFT, buff=min(MARGIN, format.left))
        self.width_of_line = min(LINE, format.safe_width)
        moments = seen.between(self.now, self.now + seconds - READ)
        lines = [self.line(index, name) for index, name in self.names(moments, language)]
        Group(*lines).arrange(DOWN, buff=0.17, aligned_edge=LEFT)
        self.roll = Roll(lines, [seen.second(index) for index in moments], ROWS)
        self.rings = [self.ring(index, seen.second(index)) for index in moments]

    def arrange(self, heading, origin):
        """Put texts and roll in their places.

        Parameters
        ----------
        heading
            Stands over the roll, which is beside the screen, or below it where parts flow down.
        origin
            Where the recording comes from: texts that belong below the screen.
        """
        format = current_format()
        if format.flow == "right":
            origin.arrange(RIGHT, buff=0.6)
            heading.next_to(self.screen, RIGHT, buff=0.6, aligned_edge=UP)
            origin.next_to(self.screen, DOWN, buff=0.3, aligned_edge=LEFT)
        else:
            origin.arrange(DOWN, buff=0.15, aligned_edge=LEFT)
            origin.next_to(self.screen, DOWN, buff=0.2, aligned_edge=LEFT)
            heading.next_to(origin, DOWN, buff=0.3, aligned_edge=LEFT)
        self.roll.next_to(heading, DOWN, buff=0.3, aligned_edge=LEFT)
        if self.roll.step:
            room = self.roll.get_top()[1] - format.safe[1]
            self.roll.rows = min(ROWS, int(room / self.roll.step))

    def play(self, seconds):
        """The animation that plays the next `seconds`."""
        start, self.now = self.now, self.now + seconds
        return Playback(self.screen, self.roll, *self.rings, start=start, run_time=seconds)

    def rewind(self):
        """The animation that brings the roll back to its first line."""
        back = self.roll.offset
        return UpdateFromAlphaFunc(self.roll, lambda roll, share: roll.rewind(share, back))

    def names(self, moments, language):
        """The moments with the names of their cards: all of them smaller if one is too wide."""
        labels = [card_name(self.capture.moments[index].label, language) for index in moments]
        names = [words(label, LABEL) for label in labels]
        if any(name.width > self.width_of_line - BESIDE_NAME for name in names):
            names = [words(label, SMALL) for label in labels]
        return zip(moments, names, strict=True)

    def line(self, index, name):
        """A card as the network was given it, its name, and how sure the network was."""
        card = picture(self.capture.moments[index].cut_out()[..., ::-1], 0.8)
        card.stretch_to_fit_width(0.56)
        number = number_text(confidence_percent(self.capture, index), LABEL, colour=ACCENT)
        percent = VGroup(number, words("%", LABEL, colour=ACCENT)).arrange(RIGHT, buff=0.08)
        for text in (name, *percent):
            put_on_baseline(text, -0.11)
        name.set_x(card.get_right()[0] + 0.22, LEFT)
        percent.set_x(self.width_of_line + card.get_left()[0], RIGHT)
        return Group(card, name, percent)

    def ring(self, index, at):
        """A ring around the card that is recognized at this moment."""
        corners = self.capture.moments[index].corners
        shares = [self.video.point(*(self.capture.scale * part for part in xy)) for xy in corners]
        corners = [self.screen.at(*share) for share in shares]
        return Ring(*corners, at=at, screen=self.screen)
