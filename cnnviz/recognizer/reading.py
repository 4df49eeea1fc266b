"""Reading a single picture of one card, whichever way up the card lies in it.

The live window straightens a card by its corners and looks at it again and again. A lone picture
gets as much: the network looks at it turned by each quarter, and, where the card's outline can be
found in it, at the straightened card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.pixels import Picture
from cnnviz.recognizer.classifier import Classifier, Prediction
from cnnviz.recognizer.finding import cut_out, find_cards
from cnnviz.recognizer.outline import area

__all__ = ["Reading", "read", "straightened"]

_CARD = 420  # pixels: the longer side of a picture when the card in it is sought
_AROUND = 110  # pixels of border: an outline is sought within a frame, not at its very edge
_LEAST = 0.3  # of the picture, the part that a found card must fill
_TRUST = 8  # power of the confidence with which ways of lying are weighed against each other


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read from one picture.

    Attributes
    ----------
    prediction
        Of all looks together.
    first
        Of the one look at the picture as it is.
    """

    prediction: Prediction
    first: Prediction


def read(classifier: Classifier, pictures: Sequence[Picture]) -> list[Reading]:
    """Read pictures of one card each, BGR, (H, W, 3) of any size.

    A card looks nearly the same upside down, so each look is joined by one at the same view turned
    by 180°, and the two are averaged. Of such pairs there are up to three: as it is, turned by
    90°, straightened. How the card lies is not known; the pair that is surest counts most.
    """
    views = [_views(picture) for picture in pictures]
    batch = classifier.prepare([view for some in views for view in some])
    found = iter(classifier.predict(batch))
    return [_joined([next(found).probabilities for _ in some]) for some in views]


def _views(picture: Picture) -> list[Picture]:
    """The picture and its half turn, then the same for its quarter turn and the straightened."""
    ways = [picture, _turned(picture, 1)]
    card = straightened(picture)
    if card is not None:
        ways.append(card)
    return [view for way in ways for view in (way, _turned(way, 2))]


def _turned(picture: Picture, quarters: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, quarters))


def _joined(looks: list[NDArray[np.float32]]) -> Reading:
    pairs = np.stack(looks).reshape(-1, 2, len(looks[0])).mean(axis=1)
    trust = pairs.max(axis=1, keepdims=True) ** _TRUST
    joined = (trust * pairs).sum(axis=0) / trust.sum()
    return Reading(Prediction(joined.astype(np.float32)), Prediction(looks[0]))


def straightened(picture: Picture) -> Picture | None:
    """The card that fills most of `picture`, upright, (224, 224, 3); None where none is found."""
    scale = _CARD / max(picture.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=method)
    size = sized.shape[0] * sized.shape[1]
    border = (_AROUND // 2, _AROUND // 2, _AROUND, _AROUND)
    frame = np.asarray(cv2.copyMakeBorder(sized, *border, cv2.BORDER_REPLICATE), np.uint8)
    for quad in find_cards(frame, "auto-detect"):
        if area(quad[None])[0] > _LEAST * size:
            return cut_out(frame, quad)
    return None
