"""What passes between a lesson and the film around it; plain data, free of Manim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cnnviz.compute.claim import Claim
from cnnviz.compute.number import Number
from cnnviz.languages import DEFAULT
from cnnviz.script.timeline import Slot
from cnnviz.stage_format import WIDE, Format

__all__ = [
    "SaidClaim",
    "ScenePlan",
    "ShownNumber",
]


@dataclass(frozen=True)
class ShownNumber:
    """A ledger entry: which number was seen in which beat, and how it reads."""

    scene: str
    beat: str
    shown: str
    number: Number

    def as_json(self) -> dict[str, Any]:
        """The entry as it stands in `numbers.json`."""
        return {
            "scene": self.scene,
            "beat": self.beat,
            "shown": self.shown,
            "value": self.number.value,
            "op": self.number.op,
            "args": dict(self.number.args),
        }


@dataclass(frozen=True)
class SaidClaim:
    """A ledger entry: which claim a beat makes, and what it is called."""

    scene: str
    beat: str
    name: str
    claim: Claim

    def as_json(self) -> dict[str, Any]:
        """The entry as it stands in `numbers.json`."""
        entry = {"scene": self.scene, "beat": self.beat, "shown": self.name}
        return entry | self.claim.as_json()


@dataclass(frozen=True)
class ScenePlan:
    """What a lesson must know of the film around it.

    Parameters
    ----------
    scene
        Its id in the script.
    title
        Its chapter.
    labels
        Texts on screen; may hold placeholders.
    slots
        Its beats on the film's clock, in order.
    fps
        Frames a second of that clock.
    card
        Whether the first beat's lead shows the chapter card.
    draw
        The beats whose frames are wanted; the others are played without drawing.
    language
        In which it is shown, for names that no label holds.
    script
        Where the scene stands in the script, for messages: file and line.
    recording
        The recording that it shows, where it shows one.
    format
        Of the frame that it is shown in.
    inputs
        Knob → what the script turns it to, plain JSON.
    before
        Of the scene that it goes on from, where it goes on from one; nothing of that is drawn.
    """

    scene: str
    title: str
    labels: Mapping[str, str]
    slots: tuple[Slot, ...]
    fps: int
    card: bool
    draw: frozenset[str]
    language: str = DEFAULT
    script: tuple[Path, int] | None = None
    recording: Path | None = None
    format: Format = WIDE
    inputs: Mapping[str, Any] = field(default_factory=dict)
    before: ScenePlan | None = None

    def with_script_at(self, place: Callable[[Path], Path]) -> ScenePlan:
        """The same for a script, and those of the scenes before, that lie at another `place`."""
        script = self.script and (place(self.script[0]), self.script[1])
        before = self.before and self.before.with_script_at(place)
        return replace(self, script=script, before=before)
