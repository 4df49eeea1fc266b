"""One camera frame in, the cards in it out: finding, following and classifying together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

from cnnviz.pixels import Picture
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.cuts import Cuts
from cnnviz.recognizer.finding import check_mode, cut_out, find_cards
from cnnviz.recognizer.tracking import FollowedCard, SeenCard, Tracker

__all__ = ["STAGES", "Recognizer", "Sight"]

STAGES = ("image work", "preparation", "network", "drawing")

_MOST = 2  # cards that the network looks at in one frame, unless more are new
_KEEN = 3  # looks that a new card gets before it has to wait between them
_SEARCH = 3  # frames from one search for new cards to the next
_REST_UNKNOWN = 3  # frames between looks at a card that is unknown,
_REST_KNOWN = 6  # and at one that is known


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen in one camera frame.

    Attributes
    ----------
    cards
        The cards as they are shown.
    mode
        The way in which they were found.
    milliseconds
        What the first three of `STAGES` took.
    cut_outs
        One for each card: (224, 224, 3), BGR, as the network gets it.
    """

    cards: tuple[SeenCard, ...]
    mode: str
    milliseconds: dict[str, float]
    cut_outs: tuple[Picture, ...]


class Recognizer:
    """Sees cards in the frames of a camera.

    The network takes longer than all the rest, and for several cards in each frame there is no
    time at 60 frames a second. There is also no need: the label is a mean over many looks, and a
    card that is followed is still the same card. So the network looks at each new card at once,
    and again soon, at most at two a frame; so it does where a look contradicts the label. Apart
    from these it looks at one card a frame, which has waited longest: at one that it knows in case
    another was put in its place, and at one that it does not know, which may be no card at all.

    Nor is every frame searched: where the cards are that were there a moment ago is found far
    faster, and a new one may wait for two frames.

    When the whole picture changes at once, the cards that lie where others lay are new ones: all
    that was known is forgotten.

    Parameters
    ----------
    classifier
        The network.
    mode
        How cards are found, one of `finding.MODES`.

    Raises
    ------
    UserError
        An unknown mode.
    """

    def __init__(self, classifier: Classifier, mode: str = "auto-detect") -> None:
        check_mode(mode)
        self._classifier = classifier
        self._mode = mode
        self._tracker = Tracker()
        self._cuts = Cuts()
        self._frames = 0

    @property
    def mode(self) -> str:
        """How cards are found; setting it forgets all cards."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        check_mode(mode)
        self._mode = mode
        self._tracker.reset()

    def look(self, frame: Picture) -> Sight:
        """What is seen in the camera's next frame, BGR, (H, W, 3)."""
        start = perf_counter()
        if self._cuts.next(frame):
            self._tracker.forget()
        near = [card.found for card in self._tracker.cards]
        search = not near or self._frames % _SEARCH == 0
        self._frames += 1
        cards = self._tracker.follow(find_cards(frame, self._mode, near, search))
        cut_outs = tuple(cut_out(frame, card.found) for card in cards)
        found = perf_counter()
        due = _due(cards)
        batch = self._classifier.prepare([cut_outs[index] for index in due])
        prepared = perf_counter()
        for index, prediction in zip(due, self._classifier.predict(batch), strict=True):
            cards[index].learn(prediction)
        times = (start, found, prepared, perf_counter())
        spans = (1000 * (end - begin) for begin, end in pairwise(times))
        return Sight(
            cards=tuple(card.seen() for card in cards),
            mode=self._mode,
            milliseconds=dict(zip(STAGES, spans, strict=False)),
            cut_outs=cut_outs,
        )


def _due(cards: list[FollowedCard]) -> list[int]:
    """Which cards the network should look at now, by their place in `cards`."""
    new = [index for index, card in enumerate(cards) if not card.looks]
    waiting = [index for index, card in enumerate(cards) if card.looks and not card.missed]
    waiting.sort(key=lambda index: -cards[index].waited)
    urgent = [index for index in waiting if cards[index].doubtful or cards[index].looks < _KEEN]
    if new or urgent:
        return new + urgent[: max(0, _MOST - len(new))]
    return [index for index in waiting if _rested(cards[index])][:1]


def _rested(card: FollowedCard) -> bool:
    return card.waited >= (_REST_UNKNOWN if card.label is None else _REST_KNOWN)
