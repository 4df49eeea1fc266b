"""A clock that is not the film's: parts of a stage that follow it show the same moment."""

from __future__ import annotations

from typing import Any, Protocol

from manim import Animation, Group, linear

__all__ = ["Clock"]


class Follower(Protocol):
    """Something on stage whose look follows from a moment alone, not from how it came there."""

    def seek(self, moment: float, /) -> Any:
        """Look as it does at that moment."""


class Clock:
    """A moment, such as a step of training, and the parts of the stage that follow it.

    Parameters
    ----------
    parts
        Mobjects that can `seek` a moment.
    at
        The first moment, which they all show at once.

    Attributes
    ----------
    value
        The moment that they show.
    """

    def __init__(self, *parts: Follower, at: float = 0.0) -> None:
        self.parts = parts
        self.seek(at)

    def seek(self, moment: float) -> Clock:
        """Let all parts show `moment`. Returns itself."""
        self.value = float(moment)
        for part in self.parts:
            part.seek(self.value)
        return self

    def to(self, moment: float, **kwargs: Any) -> Animation:
        """Run from where it stands when that plays to `moment`, at an even pace unless told."""
        return _Run(self, float(moment), **kwargs)


class _Run(Animation):
    """All parts of a clock on their way to one moment."""

    def __init__(self, clock: Clock, end: float, **kwargs: Any) -> None:
        self.clock, self.start, self.end = clock, clock.value, end
        kwargs.setdefault("rate_func", linear)
        super().__init__(Group(*clock.parts), **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: every moment is sought, none is reached from the first."""
        self.start = self.clock.value
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the moment that `alpha` stands for."""
        share = self.rate_func(alpha)
        self.clock.seek(self.end if share == 1 else self.start + share * (self.end - self.start))
