"""How finely a film is drawn: its size in pixels, which its format gives a shape, and its rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnviz.errors import UserError
from cnnviz.stage_format import WIDE, Format

__all__ = ["QUALITIES", "Quality", "quality"]


@dataclass(frozen=True)
class Quality:
    """Size and rate of a film's pictures.

    Parameters
    ----------
    name
        What the command line calls it.
    width, height
        Pixels; both even, because chroma is stored at half the resolution.
    fps
        Frames a second.
    format
        The shape that the size belongs to.
    """

    name: str
    width: int
    height: int
    fps: int
    format: Format = WIDE

    @property
    def gop(self) -> int:
        """Frames from one keyframe to the next: half a second, as YouTube asks."""
        return self.fps // 2

    def in_format(self, format: Format) -> Quality:
        """The same fineness in another format."""
        width, height = format.pixels(*sorted((self.width, self.height)))
        return replace(self, width=width, height=height, format=format)


QUALITIES: dict[str, Quality] = {
    each.name: each
    for each in (
        Quality("draft", 854, 480, 15),
        Quality("preview", 1280, 720, 30),
        Quality("full", 1920, 1080, 60),
        Quality("4k", 3840, 2160, 60),
    )
}


def quality(name: str, format: Format = WIDE) -> Quality:
    """The quality called `name`, in `format`.

    Raises
    ------
    UserError
        There is none of that name.
    """
    try:
        return QUALITIES[name].in_format(format)
    except KeyError:
        known = ", ".join(QUALITIES)
        raise UserError(f"unknown quality “{name}”", hint=f"choose one of {known}") from None
