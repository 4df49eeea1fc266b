"""Bars for a few shares of one whole, such as a softmax: a name, a length, the number itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, Rectangle, VGroup, VMobject

from cnnviz.compute.number import Number
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.exchange import Exchange
from cnnviz.visuals.text import SEMIBOLD, number_text, worded, words
from cnnviz.visuals.theme import BODY, LINE, PANEL, Role

__all__ = ["Bars"]

WIDEST, LEAST = 9.0, 1.8
"""Manim units: of bars that nobody wants wider; of a bar that can still be compared."""
HEIGHT, STEP = 0.55, 0.35
"""Manim units: of a bar, and between two rows."""
GAP = 0.25
"""Between a bar and what is written beside it."""
LONGEST = "0.0000"
"""Room is left for a number as long as this."""


class Bars(VGroup):
    """A bar for each number, as long as it is large, between its name and the number itself.

    Where that would leave a short bar, both stand above it.

    Parameters
    ----------
    names
        What each stands for: words, or any mobject.
    numbers
        From 0 to `full`.
    full
        The value of a full bar.
    width
        Of all, in Manim units; where it is None, as wide as there is room for it.
    colours
        Of the bars; that of outputs where it is None.
    unit
        A sign behind each number, such as a percent sign.
    size
        Of the texts.

    Attributes
    ----------
    names, tracks, bars, values
        `VGroup`s in the order given; a track is as long as a full bar.

    Raises
    ------
    ValueError
        Not as many numbers as names, or one is below 0 or above `full`.
    """

    def __init__(
        self,
        names: Sequence[str | VMobject],
        numbers: Sequence[Number],
        *,
        full: float = 1.0,
        width: float | None = None,
        colours: Sequence[str] | None = None,
        unit: str = "",
        size: float = BODY,
    ) -> None:
        super().__init__()
        self.full, self.unit, self.size = full, unit, size
        self.names = VGroup(*(worded(one, size) for one in names))
        paint = colours or [Role.OUTPUT.value] * len(self.names)
        room = min(WIDEST, current_format().safe_width) if width is None else width
        self.tracks, self.bars = self._laid_out(room, paint)
        self.values = VGroup(*self._written(numbers))
        self.stretch_bars(self.checked(numbers))
        self.add(self.tracks, self.bars, self.names, self.values)
        self.move_to(current_format().center)

    def change_to(self, numbers: Sequence[Number], **kwargs: Any) -> Animation:
        """The lengths glide to those of other `numbers`; the written ones give way to them."""
        return _Change(self, numbers, **kwargs)

    def row(self, index: int) -> VGroup:
        """Track, bar, name and number of one of them."""
        return VGroup(*(part[index] for part in (self.tracks, self.bars, self.names, self.values)))

    def checked(self, numbers: Sequence[Number]) -> list[float]:
        """The values of `numbers`, which bars can show."""
        values = [number.value for number in numbers]
        if len(values) != len(self.names) or not all(0 <= one <= self.full for one in values):
            raise ValueError(f"{len(self.names)} bars from 0 to {self.full} cannot show {values}")
        return values

    def stretch_bars(self, values: Sequence[float]) -> None:
        """Make the bars as long as `values` say."""
        for value, bar, track in zip(values, self.bars, self.tracks, strict=True):
            bar.stretch_to_fit_width(max(track.width * value / self.full, 1e-4))
            bar.align_to(track, LEFT)

    def _laid_out(self, room: float, paint: Sequence[str]) -> tuple[VGroup, VGroup]:
        """Tracks and bars, with the names where they belong."""
        written = self._with_unit(words(LONGEST, self.size, weight=SEMIBOLD))
        named = max(name.width for name in self.names)
        self.above = room - named - written.width - 2 * GAP < LEAST
        length = room if self.above else room - named - written.width - 2 * GAP
        head = max(written.height, *(name.height for name in self.names)) + GAP / 2
        step = HEIGHT + STEP + (head if self.above else 0.0)
        tracks, bars = VGroup(), VGroup()
        for index, (name, colour) in enumerate(zip(self.names, paint, strict=True)):
            track = _bar(length, PANEL, LINE).shift(index * step * DOWN)
            tracks.add(track)
            bars.add(_bar(length, colour).move_to(track))
            name.next_to(track, UP if self.above else LEFT, buff=GAP / 2 if self.above else GAP)
            if self.above:
                name.align_to(track, LEFT)
        return tracks, bars

    def _with_unit(self, text: VMobject) -> VGroup:
        sign = [words(self.unit, self.size)] if self.unit else []
        return VGroup(text, *sign).arrange(RIGHT, buff=0.06)

    def _written(self, numbers: Sequence[Number]) -> list[VGroup]:
        """`numbers` beside their tracks, as large as those now are."""
        ratio = self.tracks[0].height / HEIGHT
        texts = [self._with_unit(number_text(number, self.size)) for number in numbers]
        for text, track in zip(texts, self.tracks, strict=False):
            text.scale(ratio)
            if self.above:
                text.next_to(track, UP, buff=GAP / 2 * ratio).align_to(track, RIGHT)
            else:
                text.next_to(track, RIGHT, buff=GAP * ratio)
        return texts


class _Change(Exchange):
    """The bars' lengths, while their numbers are exchanged."""

    def __init__(self, bars: Bars, numbers: Sequence[Number], **kwargs: Any) -> None:
        self.of, self.numbers = bars, numbers
        self.end = bars.checked(numbers)
        super().__init__(bars, bars.values, (), **kwargs)

    def create_starting_mobject(self) -> Any:
        """Where the bars stand now is where they start."""
        self.coming = list(self.of._written(self.numbers))
        pairs = zip(self.of.bars, self.of.tracks, strict=True)
        self.start = [bar.width / track.width * self.of.full for bar, track in pairs]
        return super().create_starting_mobject()

    def interpolate_mobject(self, alpha: float) -> None:
        """Be so far on the way."""
        super().interpolate_mobject(alpha)
        share = self.rate_func(alpha)
        pairs = zip(self.start, self.end, strict=True)
        self.of.stretch_bars([one + share * (other - one) for one, other in pairs])


def _bar(length: float, colour: str, line: str | None = None) -> Rectangle:
    return Rectangle(
        width=length,
        height=HEIGHT,
        fill_color=colour,
        fill_opacity=1,
        stroke_color=line or colour,
        stroke_width=1.5 if line else 0,
    )
