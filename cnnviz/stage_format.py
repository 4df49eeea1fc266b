"""The format of a film as a value: how large its frame is, what of it stays free, how parts flow.

Lengths are Manim units from the frame's middle. A unit is larger in `TALL` than in `WIDE`: a
telephone held upright shows a narrow frame, and the same font sizes have to be read on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["FORMATS", "TALL", "WIDE", "Format"]


@dataclass(frozen=True)
class Format:
    """What building blocks, scenes and the review must know of the frame.

    Parameters
    ----------
    name
        What it is called.
    ratio
        Width to height, in whole numbers.
    width, height
        Of the frame, in Manim units.
    left, right, top, bottom
        The margins that stay free, in Manim units.
    header
        Of the safe area, the height at its top that the chapter's title has for itself.
    flow
        Where the next part goes: `right` of the one before, or `down` below it.
    least_text
        The smallest font size that may be shown.
    """

    name: str
    ratio: tuple[int, int]
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    header: float
    flow: Literal["right", "down"]
    least_text: float

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the frame."""
        return -self.width / 2, -self.height / 2, self.width / 2, self.height / 2

    @property
    def safe(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the safe area."""
        left, bottom, right, top = self.frame
        return left + self.left, bottom + self.bottom, right - self.right, top - self.top

    @property
    def safe_width(self) -> float:
        """Of the safe area."""
        return self.width - self.left - self.right

    @property
    def safe_height(self) -> float:
        """Of the safe area."""
        return self.height - self.top - self.bottom

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of what parts may fill: the safe area below the chapter's title."""
        return self.safe_width, self.safe_height - self.header

    @property
    def center(self) -> tuple[float, float, float]:
        """The middle of what parts may fill; that of the frame in `WIDE`."""
        left, bottom, right, top = self.safe
        return (left + right) / 2, (bottom + top - self.header) / 2, 0.0

    def pixels(self, short: int, long: int) -> tuple[int, int]:
        """Width and height of a picture with sides of `short` and `long` pixels."""
        return (long, short) if self.ratio[0] > self.ratio[1] else (short, long)

    def as_json(self) -> dict[str, Any]:
        """All its values, as JSON gives them back."""
        return asdict(self) | {"ratio": list(self.ratio)}


# Of 16:9, 5 % on each side stay empty, which no screen cuts away. At 1080 lines a unit has
# 135 pixels, and digits of size 22.2 are 28 px high.
WIDE = Format(
    name="wide",
    ratio=(16, 9),
    width=128 / 9,
    height=8.0,
    left=64 / 9 - 6.399,
    right=64 / 9 - 6.399,
    top=0.4,
    bottom=0.4,
    header=0.0,
    flow="right",
    least_text=22.2,
)

# Of 9:16, YouTube lays its buttons over the right edge, and the film's title over the lower part.
# At 1920 lines a unit has 196 pixels, and digits of size 24 are 44 px high.
TALL = Format(
    name="tall",
    ratio=(9, 16),
    width=5.5,
    height=88 / 9,
    left=0.25,
    right=0.7,
    top=0.65,
    bottom=1.75,
    header=0.5,
    flow="down",
    least_text=24.0,
)

FORMATS: Mapping[str, Format] = {each.name: each for each in (WIDE, TALL)}
"""Name → format."""
