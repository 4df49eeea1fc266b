"""What a viewer can read on a stage, and what is wrong with where it stands.

Judged from the mobjects, not from pixels: the same answer at every resolution and with every
version of the libraries that draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from manim import ImageMobject, Mobject, Rectangle, Text, Typst, VMobject
from manim.utils.family import extract_mobject_family_members

from cnnviz.compute.number import Number
from cnnviz.visuals.text import Words

__all__ = ["Box", "Reading", "at_rest", "in_motion", "readings"]

FRAME = (8 * 16 / 9, 8.0)  # Manim units
SAFE = (0.9 * FRAME[0], 0.9 * FRAME[1])
SMALLEST = 22.2  # the font size whose digits are 28 px high at 1080p
SLACK = 0.03  # Manim units; 4 px at 1080p
INVISIBLE, FAINT = 0.02, 0.3  # opacities; what is faint is not there to be read


@dataclass(frozen=True)
class Box:
    """A rectangle in Manim units."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)

    def common(self, other: Box) -> Box:
        """Where both are; its area is 0 where they do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def meets(self, other: Box) -> bool:
        """Whether they overlap by more than a hair in both directions."""
        both = self.common(other)
        return both.right - both.left > SLACK and both.top - both.bottom > SLACK

    def within(self, other: Box) -> bool:
        """Whether no more than a hair of it is outside `other`."""
        return (
            self.left > other.left - SLACK
            and self.right < other.right + SLACK
            and self.bottom > other.bottom - SLACK
            and self.top < other.top + SLACK
        )


@dataclass(frozen=True)
class Reading:
    """One visible line of text, or one formula.

    Parameters
    ----------
    text
        What it says.
    box
        Where its visible glyphs are.
    size
        The font size that it would have to be set in to look like this.
    opacity
        Of its most opaque glyph.
    paragraph
        Lines with the same number belong together.
    covered
        The share of it that lies behind something opaque.
    straddles
        Whether it lies across the edge of a picture or a cell behind it.
    numbers
        The computed numbers that it carries.
    """

    text: str
    box: Box
    size: float
    opacity: float
    paragraph: int
    covered: float
    straddles: bool
    numbers: tuple[Number, ...] = ()

    def __str__(self) -> str:
        return f"“{self.text}”"


def readings(mobjects: Iterable[Mobject]) -> list[Reading]:
    """What can be read when `mobjects` are drawn; what is covered altogether cannot."""
    members = extract_mobject_family_members([*mobjects], use_z_index=True)
    painted = list(dict.fromkeys(members))
    order = {member: index for index, member in enumerate(painted)}
    panels = [(order[one], _box([one])) for one in painted if _is_panel(one)]  # back to front
    paragraphs = {
        line: id(words) for words in painted if isinstance(words, Words) for line in words
    }
    found = []
    for text in painted:
        if not isinstance(text, Text | Typst):
            continue
        glyphs = [one for one in text.family_members_with_points() if _opacity(one) > INVISIBLE]
        if not glyphs:
            continue
        box, front = _box(glyphs), max(order[glyph] for glyph in glyphs)
        covered = max((_share(box, panel) for at, panel in panels if at > front), default=0.0)
        if covered > 0.98:
            continue
        found.append(
            Reading(
                text=text.original_text if isinstance(text, Text) else text.typst_code.strip("$ "),
                box=box,
                size=float(text.font_size),
                opacity=max(_opacity(glyph) for glyph in glyphs),
                paragraph=paragraphs.get(text, id(text)),
                covered=covered,
                straddles=_straddles(box, [panel for at, panel in panels if at < front]),
                numbers=getattr(text, "numbers", ()),
            )
        )
    return found


def at_rest(texts: Iterable[Reading]) -> list[str]:
    """What is wrong with texts that stand still."""
    read = [text for text in texts if text.opacity > FAINT]
    return [
        *(f"{one} leaves the safe area" for one in read if not one.box.within(_centred(SAFE))),
        *(f"{one} is as small as size {one.size:.0f}" for one in read if one.size < SMALLEST),
        *(f"{one} is partly covered" for one in read if one.covered > 0.02),
        *(f"{one} lies across an edge" for one in read if one.straddles),
        *(
            f"{one} overlaps {other}"
            for one, other in combinations(read, 2)
            if one.paragraph != other.paragraph and one.box.meets(other.box)
        ),
    ]


def in_motion(texts: Iterable[Reading]) -> list[str]:
    """What is wrong even with texts that are on their way."""
    frame = _centred(FRAME)
    return [f"{one} leaves the frame" for one in texts if not one.box.within(frame)]


def _centred(size: tuple[float, float]) -> Box:
    width, height = size
    return Box(-width / 2, -height / 2, width / 2, height / 2)


def _opacity(member: VMobject) -> float:
    stroke = member.get_stroke_opacity() if member.get_stroke_width() > 0 else 0.0
    return float(max(member.get_fill_opacity(), stroke))


def _is_panel(member: Mobject) -> bool:
    """Whether it hides what lies behind it."""
    if isinstance(member, ImageMobject):
        return bool(member.pixel_array[..., 3].min() > 250)
    return isinstance(member, Rectangle) and member.get_fill_opacity() > 0.95


def _box(members: Sequence[Mobject]) -> Box:
    points = np.concatenate([member.points for member in members])
    (left, bottom, _), (right, top, _) = points.min(axis=0), points.max(axis=0)
    return Box(float(left), float(bottom), float(right), float(top))


def _straddles(box: Box, panels: Sequence[Box]) -> bool:
    """Whether `box` lies across an edge that is to be seen; `panels` from back to front."""
    for panel in reversed(panels):
        if box.within(panel):
            return False
        if box.meets(panel):
            return True
    return False


def _share(box: Box, cover: Box) -> float:
    return box.common(cover).area / box.area if box.area else 0.0
