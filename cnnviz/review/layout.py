"""What a viewer sees of the mobjects on a stage: lines that can be read, shapes, groups.

Judged from the mobjects, not from pixels: the same answer at every resolution and with every
version of the libraries that draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from manim import Mobject, Text, Typst
from manim.utils.family import extract_mobject_family_members
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from cnnviz.review.lines import Line, Owners
from cnnviz.review.paint import box_around, is_panel, look, opacity_of, outline_box
from cnnviz.review.stage import FAINT, Box, Reading, Shape, frame_of, safe_of
from cnnviz.visuals.arrange import current_format
from cnnviz.visuals.frame import Frame, Plate, View, is_pinned
from cnnviz.visuals.photograph import PixelNumbers
from cnnviz.visuals.text import Words

__all__ = ["Stage", "readings"]

INVISIBLE = 0.02
"""Opacity; what is fainter cannot be seen."""
GONE = 0.98
"""Of a text, the covered share from which on nothing of it is left to be read."""
NEAR = 0.45
"""Manim units between things that a viewer takes for one."""
BACKDROP = 0.5
"""Of the frame, the share from which on a shape is what others stand on."""


class Stage:
    """What is painted when `mobjects` are drawn, from back to front; not what a card hides.

    Its frame is that of the format that is on stage while it is made.

    Parameters
    ----------
    mobjects
        What stands on stage.
    owners
        Glyph → text or formula, of those that were seen before; what is new is added. When a part
        of a formula is animated, Manim takes the formula off the stage and leaves its glyphs.
    view
        What of it is seen; everything where it is None. What is outside is not there.
    """

    def __init__(
        self,
        mobjects: Iterable[Mobject],
        owners: Owners | None = None,
        view: View | None = None,
    ) -> None:
        self.mobjects = list(mobjects)
        self.view = None if view == View.home() else view
        self.format = current_format()
        self.frame = frame_of(self.format)
        members = extract_mobject_family_members(self.mobjects, use_z_index=True)
        painted = [one for one in dict.fromkeys(members) if not isinstance(one, Frame)]
        grounds = [index for index, one in enumerate(painted) if self._hides_all(one)]
        self.painted = painted[max(grounds, default=0) :]
        self.owners = {} if owners is None else owners
        for one in painted:
            if isinstance(one, Text | Typst) and one not in self.owners:
                self.owners |= dict.fromkeys(one.get_family(), one)

    def box(self, *members: Mobject) -> Box:
        """Where on the screen something is, in units of the whole stage."""
        return outline_box([self._seen(one) for one in members])

    def _seen(self, member: Mobject) -> NDArray[np.float64]:
        if self.view is None or is_pinned(member):
            return member.points
        return self.view.seen(member.points)

    def _hides_all(self, member: Mobject) -> bool:
        return bool(len(member.points)) and is_panel(member) and self.frame.within(self.box(member))

    def _is_outside(self, member: Mobject) -> bool:
        return self.view is not None and not self.box(member).meets(self.frame)

    def _is_cut(self, box: Box) -> bool:
        """Whether the screen's edge cuts off what a zoom has brought there."""
        return self.view is not None and not box.within(self.frame)

    @cached_property
    def visible(self) -> dict[Mobject, float]:
        """All that has an outline and can be seen → how opaque it is."""
        outlined = (one for one in self.painted if len(one.points) and not self._is_outside(one))
        opacities = {one: opacity_of(one) for one in outlined}
        return {one: opacity for one, opacity in opacities.items() if opacity > INVISIBLE}

    @cached_property
    def lines(self) -> list[Line]:
        """Its visible texts and formulas."""
        glyphs: dict[Text | Typst, list[Mobject]] = {}
        for one in self.visible:
            if one in self.owners:
                glyphs.setdefault(self.owners[one], []).append(one)
        return [
            Line(
                owner,
                parts,
                max(self.visible[part] for part in parts),
                self.box(*parts),
                1.0 if self.view is None or is_pinned(parts[0]) else self.view.scale,
            )
            for owner, parts in glyphs.items()
        ]

    @cached_property
    def shapes(self) -> list[Mobject]:
        """All else that is visible."""
        return [one for one in self.visible if one not in self.owners]

    @cached_property
    def boxes(self) -> dict[Mobject, Box]:
        """Where its shapes are, without those that others stand on."""
        places = {one: self.box(one) for one in self.shapes if self.visible[one] > FAINT}
        return {
            one: box
            for one, box in places.items()
            if box.common(self.frame).area <= BACKDROP * self.frame.area
        }

    @cached_property
    def read(self) -> list[tuple[Line, float]]:
        """The lines of which something can be read, and the share of each that is covered."""
        found = []
        for line in self.lines:
            front = self.front(line)
            shares = (_share(line.box, panel) for at, panel in self.panels if at > front)
            covered = max(shares, default=0.0)
            if covered <= GONE:
                found.append((line, covered))
        return found

    @cached_property
    def order(self) -> dict[Mobject, int]:
        """How far in front everything is."""
        return {one: index for index, one in enumerate(self.painted)}

    def front(self, line: Line) -> int:
        """How far in front the last of its glyphs is."""
        return max(self.order[glyph] for glyph in line.glyphs)

    @cached_property
    def panels(self) -> list[tuple[int, Box]]:
        """How far in front what hides something is, and where, from back to front."""
        return [(self.order[one], self.box(one)) for one in self.shapes if is_panel(one)]

    def readings(self, contrasts: Mapping[object, float] | None = None) -> list[Reading]:
        """What can be read on it; `contrasts` are those that are known, by lines' identities."""
        paragraphs = {
            line: id(words) for words in self.painted if isinstance(words, Words) for line in words
        }
        return [
            Reading(
                text=line.text,
                box=line.box,
                size=round(float(line.mobject.font_size) * line.scale, 2),
                opacity=round(line.opacity, 3),
                paragraph=paragraphs.get(line.mobject, id(line.mobject)),
                covered=round(covered, 3),
                straddles=_straddles(
                    line.box, [box for at, box in self.panels if at < self.front(line)]
                ),
                signs=line.signs,
                contrast=contrasts.get(line.identity) if contrasts else None,
                missing=line.missing,
                numbers=getattr(line.mobject, "numbers", ()),
            )
            for line, covered in self.read
        ]

    def outside(self) -> list[Shape]:
        """Shapes that leave the safe area, by what stands on stage as one.

        Not what a zoom lets reach beyond the screen: of that, a part is seen.
        """
        found, safe = [], safe_of(self.format)
        for mobject in self.mobjects:
            # What something pinned stands on is a little larger than that.
            family = (one for one in mobject.get_family() if not isinstance(one, Plate))
            boxes = [self.boxes[one] for one in family if one in self.boxes]
            boxes = [box for box in boxes if not self._is_cut(box)]
            if not all(box.within(safe) for box in boxes):
                found.append(Shape(type(mobject).__name__, box_around(boxes)))
        return found

    def groups(self) -> int:
        """How many things a viewer would count.

        What touches or nearly touches is one thing: a grid of cells, a picture and the name above
        it, two grids with a line between them. What is faint or fills the frame is not counted.
        """
        boxes = [*self._text_boxes(), *self.boxes.values()]
        if not boxes:
            return 0
        left, bottom, right, top = np.array([[b.left, b.bottom, b.right, b.top] for b in boxes]).T
        meets = (left[:, None] < right + NEAR) & (bottom[:, None] < top + NEAR)
        count, _ = connected_components(meets & meets.T, directed=False)
        return int(count)

    def _text_boxes(self) -> list[Box]:
        """Where texts are, without faint ones; the numbers of a picture's pixels are one thing."""
        within: dict[Mobject, int] = {}
        for one in self.painted:
            if isinstance(one, PixelNumbers):
                within |= dict.fromkeys(one.submobjects, id(one))
        together: dict[int, list[Box]] = {}
        for line in self.lines:
            if line.opacity > FAINT:
                together.setdefault(within.get(line.mobject, id(line)), []).append(line.box)
        return [box_around(boxes) for boxes in together.values()]

    def fingerprint(self) -> int:
        """A number that is another one when anything visible has changed."""
        looks = tuple(look(one) for one in self.visible)
        return hash(looks if self.view is None else (self.view, looks))


def readings(mobjects: Iterable[Mobject], view: View | None = None) -> list[Reading]:
    """What can be read when `mobjects` are drawn; what is covered altogether cannot."""
    return Stage(mobjects, view=view).readings()


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
