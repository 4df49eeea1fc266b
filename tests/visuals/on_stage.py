"""A scene of a few beats on which a building block plays, drawn or skipped."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.media.quality import Quality
from cnnviz.script.timeline import Slot
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber

__all__ = ["FRAMES", "last_picture", "ledger", "played"]

FRAMES = 12
"""Of each beat."""
BEATS = ("before", "moving", "after")


def played(
    move: Callable[[Lesson], None], draw: Collection[str] = BEATS
) -> tuple[dict[str, NDArray[np.uint8]], dict[str, list[ShownNumber]]]:
    """Last picture and ledger of each beat; `move` plays in the one in the middle.

    It is called before the first beat as well: what it returns then is done in the middle.
    """

    class Watched(Lesson):
        titled = False

        def construct(self) -> None:
            steps: Any = move(self)
            for name in BEATS:
                with self.beat(name) as beat:
                    if name == "moving":
                        for step in steps:
                            self.play(step(), run_time=beat.whole / (2 * len(steps)))

    slots = tuple(
        Slot("tried", name, at * FRAMES, 0, FRAMES - 2, 2) for at, name in enumerate(BEATS)
    )
    plan = ScenePlan("tried", "", {}, slots, 10, False, frozenset(draw))
    pictures: dict[str, NDArray[np.uint8]] = {}
    numbers: dict[str, list[ShownNumber]] = {}

    def sink(beat: str, frame: NDArray[np.uint8], repeat: int) -> None:
        pictures[beat] = frame[..., :3].copy()

    def done(beat: str, shown: list[ShownNumber], asked: Collection[str]) -> None:
        numbers[beat] = shown

    play_scene(Watched, plan, Quality("small", 640, 360, 10), sink, done)
    return pictures, numbers


def last_picture(move: Callable[[Lesson], Any], draw: Collection[str]) -> NDArray[np.uint8]:
    """What is seen at the end, where only the beats `draw` are drawn."""
    return played(move, draw)[0]["after"]


def ledger(move: Callable[[Lesson], Any]) -> dict[str, set[str]]:
    """The numbers of each beat as they are written."""
    return {beat: {one.shown for one in shown} for beat, shown in played(move)[1].items()}
