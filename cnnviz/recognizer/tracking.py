"""Following cards from frame to frame, so that what is shown about them is steady."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cnnviz.recognizer.candidates import Quad
from cnnviz.recognizer.classifier import Prediction

__all__ = ["CERTAIN", "FollowedCard", "SeenCard", "Tracker"]

CERTAIN = 0.70  # the confidence below which a card is unknown
_CERTAIN_AGAIN = 0.75  # what a card needs that was known and then was not
_NEWEST = 0.2  # the weight of a new prediction in the mean: one that errs hides no label
_PATIENCE = 4  # frames in a row in which a card may be missed
_REACH = 0.6  # how far a card may move between frames, in its own sizes
_TURNED = 10  # frames in a row after which a card is believed to lie the other way
_TURNS = (np.arange(4)[:, None] + np.arange(4)) % 4
_STILL = 6.0  # pixels: a card that moves by as much or more is drawn where it is found


@dataclass(frozen=True, eq=False)
class SeenCard:
    """One card as it is shown, steady over time.

    Attributes
    ----------
    number
        Its identity, counted from 1; it stays while the card is followed.
    corners
        (4, 2), x and y in pixels of the frame, clockwise from the top left one.
    label
        Its class; None: unknown, because `confidence` is below `CERTAIN`.
    confidence
        The probability of the most probable class, smoothed over time.
    top
        The five most probable classes with their probabilities, smoothed, best first.
    """

    number: int
    corners: Quad
    label: str | None
    confidence: float
    top: tuple[tuple[str, float], ...]


@dataclass(eq=False)
class FollowedCard:
    """A card while it is followed: all that is remembered of it.

    Attributes
    ----------
    number, corners, label
        As in `SeenCard`.
    found
        (4, 2), the corners as they were found last, in the same order.
    looks
        How often the network has looked at it.
    waited
        Frames since the last look, or since the card appeared.
    doubtful
        Whether the last look was sure of something else than the label.
    mean
        The smoothed prediction; None before the first look.
    missed
        In how many frames it was missed, up to now.
    """

    number: int
    corners: Quad
    found: Quad
    label: str | None = None
    looks: int = 0
    waited: int = 0
    doubtful: bool = False
    mean: Prediction | None = None
    missed: int = 0
    _turned: int = 0
    _was_known: bool = False
    _last: Prediction | None = None

    def move(self, quad: Quad) -> None:
        """Take `quad`, found in a new frame, as the card's corners, beginning with the same one.

        Which of its ends is up, and in a slanted view which of its sides is the long one, is found
        for each frame anew and may flip. Here it stays; but a side taken wrongly for the long one
        at first is put right when it is found the other way for some frames.
        """
        self.missed = 0
        turns = quad[_TURNS]
        best = int(np.abs(turns - self.found).sum(axis=(1, 2)).argmin())
        self._turned = self._turned + 1 if best % 2 else 0
        if self._turned >= _TURNED:
            self._turned = 0
            self.found = self.corners = quad
            return
        self.found = turns[best]
        moved = float(np.abs(self.found - self.corners).max())
        share = np.float32(min(1.0, 0.3 + moved / _STILL))
        self.corners = self.corners + share * (self.found - self.corners)

    def learn(self, prediction: Prediction) -> None:
        """Take in what the network says about this card now.

        It enters the mean; but two sure looks in a row that agree with each other and not with the
        mean are the beginning of a new one: another card lies here now.
        """
        last, self._last = self._last, prediction
        self.looks += 1
        self.waited = 0
        if self.mean is None or last is None:
            self.mean = prediction
        elif prediction.label != self.mean.label and _agree(prediction, last):
            self.mean = _between(last, prediction, 0.5)
        else:
            self.mean = _between(self.mean, prediction, max(_NEWEST, 1 / self.looks))
        known = self.label == self.mean.label or not self._was_known
        certain = self.mean.confidence >= (CERTAIN if known else _CERTAIN_AGAIN)
        self.label = self.mean.label if certain else None
        self._was_known |= certain
        self.doubtful = prediction.confidence >= CERTAIN and prediction.label != self.label

    def seen(self) -> SeenCard:
        if self.mean is None:
            return SeenCard(self.number, self.corners, None, 0.0, ())
        top = tuple(self.mean.top(5))
        return SeenCard(self.number, self.corners, self.label, self.mean.confidence, top)


def _agree(prediction: Prediction, other: Prediction) -> bool:
    sure = min(prediction.confidence, other.confidence) >= CERTAIN
    return sure and prediction.label == other.label


def _between(old: Prediction, new: Prediction, weight: float) -> Prediction:
    step = np.float32(weight) * (new.probabilities - old.probabilities)
    return Prediction(old.probabilities + step)


class Tracker:
    """Follows cards: gives each a number, and keeps its corners and its label from flickering.

    A card's probabilities are an exponential mean over time. Its label is that mean's best class
    if it has at least `CERTAIN`; a card that fell below that needs a little more to be known
    again. A card that is missed for a few frames stays where it was.
    """

    def __init__(self) -> None:
        self._cards: list[FollowedCard] = []
        self._count = 0

    @property
    def cards(self) -> list[FollowedCard]:
        """All that are followed now."""
        return list(self._cards)

    def forget(self) -> None:
        """Follow none any more; what comes is new, and gets new numbers."""
        self._cards = []

    def reset(self) -> None:
        """Forget all cards, and count from 1 again."""
        self.forget()
        self._count = 0

    def follow(self, quads: Sequence[Quad]) -> list[FollowedCard]:
        """The cards that are at `quads` in a new frame, in this order, then the ones missed."""
        pairs = self._matched(quads)
        found = []
        for index, quad in enumerate(quads):
            card = pairs.get(index)
            if card is None:
                self._count += 1
                card = FollowedCard(self._count, corners=quad, found=quad)
            else:
                card.move(quad)
                card.waited += 1
            found.append(card)
        missed = [card for card in self._cards if card not in found]
        for card in missed:
            card.missed += 1
            card.waited += 1
        self._cards = found + [card for card in missed if _still_there(card, quads)]
        return self.cards

    def update(
        self, quads: Sequence[Quad], predictions: Sequence[Prediction | None]
    ) -> list[SeenCard]:
        """The cards to show for a new frame.

        Parameters
        ----------
        quads
            The cards that were found in it.
        predictions
            What the network says about each; None where it did not look this time.
        """
        cards = self.follow(quads)
        for card, prediction in zip(cards, predictions, strict=False):
            if prediction is not None:
                card.learn(prediction)
        return [card.seen() for card in cards]

    def _matched(self, quads: Sequence[Quad]) -> dict[int, FollowedCard]:
        """Which followed card is at which of `quads`: the pairing with the shortest ways in all."""
        if not self._cards or not quads:
            return {}
        known = np.array([card.found for card in self._cards])
        middles = np.array(quads).mean(axis=1)
        ways = np.linalg.norm(known.mean(axis=1)[:, None] - middles, axis=2)
        ways /= _sizes(known)[:, None]
        rows, columns = linear_sum_assignment(np.minimum(ways, 10 * _REACH))
        return {
            int(column): self._cards[row]
            for row, column in zip(rows, columns, strict=True)
            if ways[row, column] < _REACH
        }


def _still_there(card: FollowedCard, quads: Sequence[Quad]) -> bool:
    """Whether a missed card is shown for the time being: unless another one lies there now."""
    x, y = card.found.mean(axis=0).tolist()
    hidden = (cv2.pointPolygonTest(quad, (x, y), False) > 0 for quad in quads)
    return card.missed <= _PATIENCE and not any(hidden)


def _sizes(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half the sum of each quadrangle's diagonals over √2: about the side of a like square."""
    first = np.linalg.norm(quads[:, 0] - quads[:, 2], axis=1)
    second = np.linalg.norm(quads[:, 1] - quads[:, 3], axis=1)
    return np.asarray((first + second) / np.sqrt(8), np.float32)
