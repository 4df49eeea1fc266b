from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from drawn_frames import drawn_face, lay, quad, table

from cnnviz.recognizer.reading import read, straightened


class Upright:
    """A classifier that knows one picture, one way up, and is unsure of all others.

    It says class 0 of that picture, and class 1, hesitantly, of everything else.
    """

    def __init__(self, known: np.ndarray) -> None:
        self.known = known
        self.looks = 0

    def prepare(self, cards: Sequence[np.ndarray]) -> torch.Tensor:
        self.looks += len(cards)
        same = [card.shape == self.known.shape and (card == self.known).all() for card in cards]
        return torch.tensor(same)

    def predict(self, batch: torch.Tensor) -> list[SimpleNamespace]:
        return [SimpleNamespace(probabilities=probabilities(same)) for same in batch.tolist()]


def probabilities(same: bool) -> np.ndarray:
    found = np.full(53, (0.04 if same else 0.6) / 52, np.float32)
    found[0 if same else 1] = 0.96 if same else 0.4
    return found / found.sum()


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    square = np.random.default_rng(3).integers(0, 255, (64, 64, 3), np.uint8)
    return np.asarray(square, np.uint8)


@pytest.mark.parametrize("quarters", range(4))
def test_it_does_not_matter_how_the_card_lies(picture: np.ndarray, quarters: int) -> None:
    lying = np.ascontiguousarray(np.rot90(picture, quarters))
    upright, turned = (read(Upright(picture), [view])[0] for view in (picture, lying))
    assert turned.prediction.probabilities == pytest.approx(upright.prediction.probabilities)
    assert turned.prediction.label == upright.prediction.label


def test_the_first_look_is_at_the_picture_as_it_is(picture: np.ndarray) -> None:
    lying = np.ascontiguousarray(np.rot90(picture))
    readings = read(Upright(picture), [picture, lying])
    assert readings[0].first.confidence == pytest.approx(0.96, abs=0.01)
    assert readings[1].first.confidence == pytest.approx(0.4, abs=0.01)


def test_joined_probabilities_sum_to_one(picture: np.ndarray) -> None:
    assert read(Upright(picture), [picture])[0].prediction.probabilities.sum() == pytest.approx(1)


def test_no_picture_needs_no_look(picture: np.ndarray) -> None:
    classifier = Upright(picture)
    assert read(classifier, []) == []
    assert classifier.looks == 0


def test_where_no_outline_is_found_there_are_four_looks(picture: np.ndarray) -> None:
    classifier = Upright(picture)
    read(classifier, [picture])
    assert classifier.looks == 4


def test_a_tilted_card_is_straightened() -> None:
    """The drawn card has red pips in its upper half and black ones in its lower half."""
    frame = lay(table(), quad(320, 240, 300, degrees=25))
    card = straightened(frame[50:430, 130:510])
    assert card is not None
    assert card.shape == (224, 224, 3)
    face = drawn_face()[0]
    expected = np.asarray(cv2.resize(face, (224, 224), interpolation=cv2.INTER_AREA), np.int16)
    upright, *others = (np.abs(np.rot90(card, turn) - expected).mean() for turn in range(4))
    assert upright < 25
    assert all(other > 1.5 * upright for other in others)


def test_a_picture_without_an_outline_is_not_straightened(picture: np.ndarray) -> None:
    assert straightened(picture) is None
