"""One beat while it plays, and the slots of a plan that tell who looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnnviz.errors import StudioError
from cnnviz.script.timeline import Slot

__all__ = ["AskedSlots", "Beat", "BeatOverrunError"]


class BeatOverrunError(StudioError):
    """A beat's animations last longer than its words."""


class Beat:
    """One beat while it plays; lengths in seconds, always whole frames."""

    def __init__(self, slot: Slot, fps: int) -> None:
        self._slot, self.fps = slot, fps
        self.played = 0
        self.is_over = False

    @property
    def slot(self) -> Slot:
        """Its lengths in frames.

        Raises
        ------
        StudioError
            It is over: what plays now would depend on its length, and nobody would know.
        """
        if self.is_over:
            beat = self._slot.beat
            raise StudioError(
                f"scene {self._slot.scene!r}: beat {beat!r} is over, its length is asked for later",
                hint=f"ask for it with self.slot({beat!r})",
            )
        return self._slot

    @property
    def duration(self) -> float:
        """How long the voice speaks."""
        return self.slot.speech / self.fps

    @property
    def remaining(self) -> float:
        """What is left of the words."""
        return max(0, self.slot.lead + self.slot.speech - self.played) / self.fps

    @property
    def whole(self) -> float:
        """What is left of the beat, the pause after the words included."""
        return (self.slot.frames - self.played) / self.fps

    def part(self, share: float) -> float:
        """A `share` (0 to 1) of the words."""
        return max(1, round(self.slot.speech * share)) / self.fps


class AskedSlots(tuple[Slot, ...]):
    """The slots of a plan, which tell whoever made them which ones are looked at."""

    ask: Callable[[Slot], Slot]

    def __iter__(self) -> Iterator[Slot]:
        return map(self.ask, super().__iter__())

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return tuple(map(self.ask, found)) if isinstance(index, slice) else self.ask(found)
