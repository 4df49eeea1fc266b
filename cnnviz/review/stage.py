"""What a pass over a scene has seen of its beats: plain data, free of Manim, as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cnnviz.compute.number import Number
from cnnviz.stage_format import Format

__all__ = [
    "FAINT",
    "SLACK",
    "Box",
    "Glimpse",
    "Reading",
    "Shape",
    "StageFacts",
    "frame_of",
    "safe_of",
]

FAINT = 0.3
"""Opacity; what is fainter is not there to be read, nor to be counted."""
SLACK = 0.03
"""Manim units that nobody sees; 4 px at 1080p."""


@dataclass(frozen=True)
class Box:
    """A rectangle in Manim units."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """In square units; 0 where the box is turned inside out."""
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


def frame_of(format: Format) -> Box:
    """All that is seen."""
    return Box(*format.frame)


def safe_of(format: Format) -> Box:
    """What no screen cuts away and nothing is laid over."""
    return Box(*format.safe)


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
    signs
        How many signs have to be read.
    contrast
        Of its faintest colour with what is behind it, from 1 to 21; None while it moves.
    missing
        Its signs that no packaged font has, each once.
    numbers
        The computed numbers that it carries; they are not written down.
    """

    text: str
    box: Box
    size: float
    opacity: float
    paragraph: int
    covered: float
    straddles: bool
    signs: int
    contrast: float | None = None
    missing: str = ""
    numbers: tuple[Number, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"“{self.text}”"


@dataclass(frozen=True)
class Shape:
    """Something visible that is not text: what Manim calls it, and where it is."""

    kind: str
    box: Box


@dataclass(frozen=True)
class Glimpse:
    """What was on stage at one moment.

    Parameters
    ----------
    at
        Seconds from the beat's beginning; it stayed like this until the next glimpse.
    texts
        What could be read.
    outside
        Shapes that left the safe area.
    groups
        How many things a viewer would count.
    zoomed
        Whether it was seen through a frame that did not show the whole stage.
    """

    at: float
    texts: tuple[Reading, ...]
    outside: tuple[Shape, ...] = ()
    groups: int = 0
    zoomed: bool = False

    def shows_the_same_as(self, other: Glimpse) -> bool:
        """Whether nothing that is noted has changed between the two."""
        return replace(self, at=other.at) == other


@dataclass(frozen=True)
class StageFacts:
    """What was seen in one beat.

    Parameters
    ----------
    seconds
        How long it lasts.
    glimpses
        In order of time, the first at 0; none where nothing that is judged was different.
    still
        Stretches in which the picture did not change, (from, to) in seconds.
    as_before
        Whether the beat opens with the last picture of the beat before.
    ledger
        The numbers that it shows, as entries of `numbers.json`.
    """

    seconds: float
    glimpses: tuple[Glimpse, ...]
    still: tuple[tuple[float, float], ...]
    as_before: bool
    ledger: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON that `from_json` reads; each text stands in it once."""
        texts = {text: None for glimpse in self.glimpses for text in glimpse.texts}
        places = {text: place for place, text in enumerate(texts)}
        return {
            "seconds": self.seconds,
            "texts": [_text_json(text) for text in texts],
            "glimpses": [
                {
                    "at": glimpse.at,
                    "texts": [places[text] for text in glimpse.texts],
                    "outside": [asdict(shape) for shape in glimpse.outside],
                    "groups": glimpse.groups,
                    "zoomed": glimpse.zoomed,
                }
                for glimpse in self.glimpses
            ],
            "still": [list(stretch) for stretch in self.still],
            "as_before": self.as_before,
            "ledger": list(self.ledger),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StageFacts:
        """What `as_json` wrote."""
        texts = [Reading(**{**text, "box": Box(**text["box"])}) for text in data["texts"]]
        return cls(
            seconds=data["seconds"],
            glimpses=tuple(
                Glimpse(
                    at=glimpse["at"],
                    texts=tuple(texts[place] for place in glimpse["texts"]),
                    outside=tuple(
                        Shape(shape["kind"], Box(**shape["box"])) for shape in glimpse["outside"]
                    ),
                    groups=glimpse["groups"],
                    zoomed=glimpse["zoomed"],
                )
                for glimpse in data["glimpses"]
            ),
            still=tuple((start, end) for start, end in data["still"]),
            as_before=data["as_before"],
            ledger=tuple(data["ledger"]),
        )


def _text_json(text: Reading) -> dict[str, Any]:
    # Not by asdict, which would copy every number's arrays.
    plain = {name: value for name, value in vars(text).items() if name != "numbers"}
    return plain | {"box": asdict(text.box)}
