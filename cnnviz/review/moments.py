"""What passes have seen of a scene on its own clock, and what is wrong with it for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cnnviz.review.stage import Box, Glimpse, StageFacts
from cnnviz.script.timeline import Slot

__all__ = ["Moment", "Problem", "lasting", "moments_of"]


@dataclass(frozen=True)
class Problem:
    """A rule that is broken, by what, and how that stands: what moves gives another problem."""

    rule: str
    message: str
    where: tuple[Box | float, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A glimpse on its scene's clock, and until when it lasts; seconds."""

    beat: str
    start: float
    end: float
    glimpse: Glimpse


def moments_of(slots: Sequence[Slot], facts: Sequence[StageFacts]) -> Iterator[Moment]:
    """The glimpses of all beats, one after another."""
    clock = 0.0
    for slot, seen in zip(slots, facts, strict=True):
        ends = [glimpse.at for glimpse in seen.glimpses[1:]] + [seen.seconds]
        for glimpse, end in zip(seen.glimpses, ends, strict=True):
            yield Moment(slot.beat, clock + glimpse.at, clock + end, glimpse)
        clock += seen.seconds


def lasting(
    moments: Sequence[Moment], judge: Callable[[Glimpse], Iterable[Problem]], seconds: float
) -> Iterator[tuple[str, Problem]]:
    """Problems that last so long without a break, with the beat in which they begin."""
    began: dict[Problem, Moment] = {}
    for moment in moments:
        problems = list(judge(moment.glimpse))
        began = {problem: began.get(problem, moment) for problem in problems}
        for problem, first in began.items():
            if moment.end - first.start >= seconds:
                yield first.beat, problem
