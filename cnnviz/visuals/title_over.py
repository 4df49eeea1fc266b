"""A chapter's title that stands over the running picture and then goes to its corner."""

from __future__ import annotations

from manim import DL, DOWN, LEFT, RIGHT, UL, UP, Line, RoundedRectangle, VGroup

from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.card import header
from cnnviz.visuals.frame import pin
from cnnviz.visuals.theme import ACCENT, GROUND, SMALL, TEXT, TITLE

__all__ = ["APPEARS", "LEAVES", "STANDS", "TitleOver"]

APPEARS, STANDS, LEAVES = 0.4, 2.5, 0.6
"""Seconds in which it fades in, for which it stands, and in which it goes."""
PAD = 0.3
"""Manim units around it."""
OPAQUE = 0.97


class TitleOver(VGroup):
    """The title on a plate in the upper left of the safe area; what it does follows from the time.

    Parameters
    ----------
    title
        The chapter.
    stays
        Whether it ends as the small title in the corner; it vanishes else.
    begins
        Seconds on the scene's clock at which it begins to fade in.
    """

    def __init__(self, title: str, *, stays: bool, begins: float) -> None:
        super().__init__()
        self.stays, self.begins = stays, begins
        self.small = header(title)
        format = current_format()
        left, _, _, top = format.safe
        room = (format.safe_width - 2 * PAD) / self.small.width
        # The same outlines, larger: the one turns into the other by growing smaller.
        self.large = self.small.copy().scale(min(TITLE / SMALL, room)).set_color(TEXT)
        self.rule = Line(LEFT * 0.9, RIGHT * 0.9, color=ACCENT, stroke_width=5)
        self.plate = RoundedRectangle(
            width=self.large.width + 2 * PAD,
            height=self.large.height + 2 * PAD + 0.3,
            corner_radius=0.12,
            stroke_width=0,
            fill_color=GROUND,
        ).move_to(RIGHT * left + UP * top, aligned_edge=UL)
        self.large.move_to(self.plate.get_corner(UL) + PAD * (RIGHT + DOWN), aligned_edge=UL)
        self.rule.next_to(self.plate.get_corner(DL) + PAD * RIGHT + 0.22 * UP, RIGHT, buff=0)
        self.text = self.large.copy()
        self.add(self.plate, self.rule, self.text)
        pin(self)
        self.at(0.0)

    @property
    def ends(self) -> float:
        """Seconds on the scene's clock from which it does not change any more."""
        return self.begins + APPEARS + STANDS + LEAVES

    def at(self, seconds: float) -> None:
        """Be as it is `seconds` after the scene has begun."""
        since = seconds - self.begins
        here = _eased(since / APPEARS)
        gone = _eased((since - APPEARS - STANDS) / LEAVES)
        self.plate.set_fill(opacity=OPAQUE * here * (1 - gone))
        self.rule.set_stroke(opacity=here * (1 - gone))
        if self.stays:
            parts = (text.get_family() for text in (self.text, self.large, self.small))
            for part, large, small in zip(*parts, strict=True):
                part.interpolate(large, small, gone)
        self.text.set_fill(opacity=here if self.stays else here * (1 - gone))


def _eased(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
