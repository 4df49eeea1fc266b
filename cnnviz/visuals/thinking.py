"""The sign that the viewer is meant to think now: a small ring that runs down."""

from __future__ import annotations

from typing import Any

from manim import DR, PI, TAU, Animation, Arc, Circle, VGroup, linear
from manim.typing import Point3DLike

from cnnviz.visuals.arrange import at_edge
from cnnviz.visuals.text import SEMIBOLD, words
from cnnviz.visuals.theme import ACCENT, LINE, MUTED, PANEL, SMALL

__all__ = ["RunDown", "ThinkingRing"]

SIZE = 0.55
"""Manim units across."""
STROKE = 5
FADES = 0.1
"""The share of its time in which it appears, and in which it goes."""


class ThinkingRing(VGroup):
    """A disc with a question mark, and a ring around it that empties like a clock.

    Parameters
    ----------
    place
        Where its middle is; in the lower right corner of the safe area if None.
    """

    def __init__(self, place: Point3DLike | None = None) -> None:
        super().__init__()
        radius = (SIZE - STROKE / 100) / 2  # a line of width 100 is one unit wide
        self.disc = Circle(SIZE / 2, stroke_width=0, fill_color=PANEL)
        # From the top, and round with the clock.
        self.track = Arc(radius, PI / 2, -TAU, color=LINE, stroke_width=STROKE)
        self.left = self.track.copy().set_color(ACCENT)
        self.sign = words("?", SMALL, colour=MUTED, weight=SEMIBOLD).move_to(self.disc)
        self.add(self.disc, self.track, self.left, self.sign)
        if place is None:
            at_edge(self, DR)
        else:
            self.move_to(place)
        self.at(0.0)

    def at(self, share: float) -> ThinkingRing:
        """Look as it does when a `share` (0 to 1) of the time is over. Returns itself.

        At both ends it cannot be seen.
        """
        here = min(1.0, share / FADES, (1 - share) / FADES)
        self.disc.set_fill(opacity=here)
        self.track.set_stroke(opacity=here)
        self.left.pointwise_become_partial(self.track, share, 1).set_stroke(opacity=here)
        self.sign.set_fill(opacity=here)
        return self


class RunDown(Animation):
    """Let a ring run down, as evenly as time."""

    def __init__(self, ring: ThinkingRing, **kwargs: Any) -> None:
        self.ring = ring
        super().__init__(ring, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: each state follows from the share alone."""
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the state that `alpha` stands for."""
        self.ring.at(self.rate_func(alpha))
