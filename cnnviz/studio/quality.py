"""The picture formats that a film can be made in."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.errors import UserError

__all__ = ["QUALITIES", "Quality", "quality"]


@dataclass(frozen=True)
class Quality:
    """A picture format.

    Parameters
    ----------
    name
        What the command line calls it.
    width, height
        Pixels; both even, because chroma is stored at half the resolution.
    fps
        Frames a second.
    """

    name: str
    width: int
    height: int
    fps: int

    @property
    def gop(self) -> int:
        """Frames from one keyframe to the next: half a second, as YouTube asks."""
        return self.fps // 2


QUALITIES: dict[str, Quality] = {
    each.name: each
    for each in (
        Quality("draft", 854, 480, 15),
        Quality("preview", 1280, 720, 30),
        Quality("full", 1920, 1080, 60),
        Quality("4k", 3840, 2160, 60),
    )
}


def quality(name: str) -> Quality:
    """The quality called `name`.

    Raises
    ------
    UserError
        There is none of that name.
    """
    try:
        return QUALITIES[name]
    except KeyError:
        known = ", ".join(QUALITIES)
        raise UserError(f"unknown quality “{name}”", hint=f"choose one of {known}") from None
