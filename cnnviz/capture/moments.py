"""The moments of a capture at which a card gets its name, found while it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.capture.captured import CapturedCard, Moment, picture_url
from cnnviz.pixels import Picture

__all__ = ["MomentFinder"]


@dataclass
class _Run:
    """Frames, one after another, in which a card had one name."""

    start: int
    frames: int
    card: CapturedCard
    cut_out: Picture


class MomentFinder:
    """Takes the cards of one frame of the video after another.

    A moment is the first frame in which a followed card had a name that it then kept for `kept`
    frames. Each card has one at most. Only cut-outs of names that are younger are remembered.
    When the mode changes, cards are numbered anew, and nothing from before is continued.

    Parameters
    ----------
    kept
        For how many frames, the first one counted, a name has to stay.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._frame = 0
        self._mode: str | None = None
        self._runs: dict[int, _Run] = {}
        self._known: set[int] = set()
        self._found: list[Moment] = []

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All that were found so far, in order of time."""
        return tuple(self._found)

    def add(self, mode: str, cards: Sequence[CapturedCard], cut_outs: Sequence[Picture]) -> None:
        """The cards of the next frame, with the cut-out of each that the network was given."""
        if mode != self._mode:
            self._mode, self._runs, self._known = mode, {}, set()
        runs = {}
        for card, cut_out in zip(cards, cut_outs, strict=True):
            if card.label is None or card.number in self._known:
                continue
            run = self._runs.get(card.number)
            if run is None or run.card.label != card.label:
                run = _Run(self._frame, 0, card, cut_out)
            run.frames += 1
            if run.frames < self._kept:
                runs[card.number] = run
            else:
                self._known.add(card.number)
                self._found.append(_moment(run))
        self._runs = runs
        self._frame += 1


def _moment(run: _Run) -> Moment:
    card = run.card
    assert card.label is not None
    return Moment(
        frame=run.start,
        number=card.number,
        label=card.label,
        confidence=card.confidence,
        top=card.top,
        corners=card.corners,
        picture=picture_url(run.cut_out),
    )
