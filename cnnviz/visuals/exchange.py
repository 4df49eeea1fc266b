"""Written numbers that give way to others on the same place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import Animation, VGroup, VMobject

__all__ = ["Exchange"]

HALF = 0.5
"""Of the time, the share in which what goes fades; then what comes appears."""


class Exchange(Animation):
    """In a `group`, let what stands there go and `coming` take its place; never both at once.

    Parameters
    ----------
    moved
        What is on stage, of which `group` is a part.
    coming
        Stands where it belongs already.
    """

    def __init__(
        self, moved: VMobject, group: VGroup, coming: Sequence[VMobject], **kwargs: Any
    ) -> None:
        self.group, self.coming = group, list(coming)
        super().__init__(moved, **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: what is seen follows from the time alone."""
        self.going = list(self.group.submobjects)
        self.group.submobjects = [*self.going, *self.coming]
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Let the one fade, then the other appear."""
        share = self.rate_func(alpha)
        for one in self.going:
            one.set_opacity(max(0.0, 1 - share / HALF))
        for one in self.coming:
            one.set_opacity(max(0.0, (share - HALF) / (1 - HALF)))

    def finish(self) -> None:
        """Only what has come stays."""
        super().finish()
        self.group.submobjects = list(self.coming)
