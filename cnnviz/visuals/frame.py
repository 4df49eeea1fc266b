"""The frame through which a stage is seen: it pans and zooms; what is pinned stays where it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from manim import Group, Mobject, RoundedRectangle, VMobject, config
from manim.mobject.mobject import _AnimationBuilder
from numpy.typing import ArrayLike, NDArray

from cnnviz.visuals.theme import GROUND

__all__ = ["Frame", "Plate", "View", "glide", "is_pinned", "pin"]

EASE = 0.3
"""Of a move, the share in which it gathers speed, and in which it comes to rest."""
_SAME = 1e-9
PLATE_OPACITY, PLATE_MARGIN = 0.97, 0.14
PLATE_FROM, PLATE_TO = 1.02, 1.25
"""Scales between which what is pinned gets a plate."""


def glide(share: float) -> float:
    """How far a move has come after a `share` of its time, both from 0 to 1.

    It gathers speed by sin², keeps it, and comes to rest by sin²: of a zoom, which is exponential
    in scale, one sees a steady flow without a jerk at either end.
    """
    if share > 0.5:
        return 1 - glide(1 - share)
    way = max(share, 0.0)
    if way < EASE:
        way = way / 2 - EASE / (2 * math.pi) * math.sin(math.pi * way / EASE)
    else:
        way -= EASE / 2
    return way / (1 - EASE)


@dataclass(frozen=True)
class View:
    """The part of the stage that fills the screen; Manim units."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def home(cls) -> View:
        """The whole stage."""
        return cls(0.0, 0.0, float(config.frame_width), float(config.frame_height))

    @property
    def scale(self) -> float:
        """How many times as large as on the stage things are seen."""
        return float(config.frame_width) / self.width

    def seen(self, points: ArrayLike) -> NDArray[np.float64]:
        """Where on the screen `points` (n, 3) of the stage are, in units of the whole stage."""
        place: NDArray[np.float64] = np.asarray(points, float) - (self.x, self.y, 0.0)
        return place * self.scale


class _Zooming(_AnimationBuilder):
    """What `.animate` gives: with the rate that suits a zoom, unless another one is asked for."""

    def __init__(self, mobject: Mobject) -> None:
        super().__init__(mobject)
        self.anim_args = {"rate_func": glide}

    def __call__(self, **kwargs: Any) -> Self:
        return super().__call__(**{"rate_func": glide, **kwargs})


class Frame(Mobject):
    """The part of the stage that is seen; it keeps the screen's shape.

    It can be animated as any mobject: `frame.animate.scale(0.1).move_to(cell)`. What counts is
    where its middle is and how wide it is. Between two places it grows or shrinks exponentially
    around the one point that both show in the same place of the screen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.zoom_out()

    @property
    def animate(self) -> Any:
        """Animate what is called on it; the rate is `glide`."""
        return _Zooming(self)

    @property
    def view(self) -> View:
        """What it shows."""
        home = View.home()
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        (x, y, _), width = (low + high) / 2, high[0] - low[0]
        if max(abs(x), abs(y), abs(width - home.width)) < _SAME:
            return home
        return View(float(x), float(y), float(width), float(width) * home.height / home.width)

    @property
    def is_home(self) -> bool:
        """Whether it shows the whole stage, as if there were no frame."""
        return self.view == View.home()

    def zoom_to(self, *mobjects: Mobject, fill: float = 0.6) -> Self:
        """Show `mobjects` in the middle, as large as fits in a share `fill` of the frame."""
        what, home = Group(*mobjects), View.home()
        wide = max(what.width, what.height * home.width / home.height) / fill
        x, y, _ = what.get_center()
        return self._show(float(x), float(y), wide)

    def zoom_out(self) -> Self:
        """Show the whole stage."""
        return self._show(0.0, 0.0, View.home().width)

    def interpolate(
        self,
        mobject1: Mobject,
        mobject2: Mobject,
        alpha: float,
        path_func: Callable[..., Any] | None = None,
    ) -> Self:
        """Be a share `alpha` of the way between two frames; `path_func` is not asked."""
        if alpha in (0, 1):  # to the bit, whatever rounding would make of it
            self.points = (mobject2 if alpha else mobject1).points.copy()
            return self
        assert isinstance(mobject1, Frame)
        assert isinstance(mobject2, Frame)
        start, end = mobject1.view, mobject2.view
        growth = math.log(end.width / start.width)
        # Where the width is, the middle has to be as well: then one point of the screen stands.
        way = math.expm1(alpha * growth) / math.expm1(growth) if abs(growth) > 1e-6 else alpha
        x, y = start.x + way * (end.x - start.x), start.y + way * (end.y - start.y)
        return self._show(x, y, start.width * math.exp(alpha * growth))

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        """Stay as it is: a frame has no colour."""
        return self

    def _show(self, x: float, y: float, width: float) -> Self:
        home = View.home()
        across, up = width / 2, width / 2 * home.height / home.width
        corners = [(-across, up), (across, up), (-across, -up), (across, -up)]
        self.points = np.array([[x + dx, y + dy, 0.0] for dx, dy in corners])
        return self


def pin(mobject: Mobject) -> None:
    """Let `mobject` and all its parts stay on the screen where they are, however it is zoomed."""
    for member in mobject.get_family():
        member.pinned = True  # type: ignore[attr-defined]


def is_pinned(member: Mobject) -> bool:
    """Whether `member` stays where it is on the screen."""
    return getattr(member, "pinned", False)


class Plate(RoundedRectangle):
    """What something pinned stands on while a zoom moves any colour behind it."""

    def __init__(self, bearing: Mobject) -> None:
        super().__init__(
            width=bearing.width + 2 * PLATE_MARGIN,
            height=bearing.height + 2 * PLATE_MARGIN,
            corner_radius=0.1,
            stroke_width=0,
            fill_color=GROUND,
            fill_opacity=0,
        )
        self.bearing = bearing
        pin(self)

    def see(self, view: View) -> None:
        """Be where that stands, and opaque if the stage is seen through a smaller `view`."""
        zoomed = min(max((view.scale - PLATE_FROM) / (PLATE_TO - PLATE_FROM), 0.0), 1.0)
        drawn = [one for one in self.bearing.get_family() if isinstance(one, VMobject)]
        most = max((one.get_fill_opacity() for one in drawn if len(one.points)), default=0.0)
        self.move_to(self.bearing).set_fill(opacity=PLATE_OPACITY * zoomed * most)
