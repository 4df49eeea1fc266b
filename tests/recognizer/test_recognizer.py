from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from drawn_frames import Picture, apart, lay, quad, table
from torch import Tensor

from cnnviz.capture.simulated import PHOTOGRAPHS, SHOT_FRAMES, SimulatedCamera
from cnnviz.errors import UserError
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.classifier import Classifier, Prediction
from cnnviz.recognizer.finding import cut_out
from cnnviz.recognizer.frames import WIDTH, fitted
from cnnviz.recognizer.recognizer import STAGES, Recognizer
from cnnviz.recognizer.training.dataset import read_photographs, read_picture


class Teller:
    """A classifier that is sure of one class, and counts what it is shown."""

    digest = "none"

    def __init__(self, index: int = 7, confidence: float = 0.95) -> None:
        self.index = index
        self.confidence = confidence
        self.batches: list[int] = []

    def prepare(self, cards: Sequence[Picture]) -> Tensor:
        return torch.zeros((len(cards), 3, 224, 224))

    def predict(self, batch: Tensor) -> list[Prediction]:
        self.batches.append(len(batch))
        probabilities = np.full(53, (1 - self.confidence) / 52, np.float32)
        probabilities[self.index] = self.confidence
        return [Prediction(probabilities) for _ in batch]


def recognizer(teller: Teller, mode: str = "auto-detect") -> Recognizer:
    return Recognizer(teller, mode)  # type: ignore[arg-type]


def frame_of(*quads: np.ndarray) -> Picture:
    frame = table()
    for each in quads:
        frame = lay(frame, each)
    return frame


FIVE = [quad(x, y, 150) for x, y in ((90, 120), (240, 120), (400, 120), (150, 350), (350, 350))]


def test_a_sight_has_each_card_with_its_cut_out_and_times() -> None:
    wanted = [quad(180, 240, 180, 10), quad(440, 240, 200, -20)]
    frame = frame_of(*wanted)
    sight = recognizer(Teller()).look(frame)
    assert len(sight.cards) == len(sight.cut_outs) == 2
    for card, cut in zip(sight.cards, sight.cut_outs, strict=True):
        assert card.label == CLASSES[7]
        assert min(apart(card.corners, each) for each in wanted) < 0.5
        assert np.array_equal(cut, cut_out(frame, card.corners))
    assert sight.mode == "auto-detect"
    assert tuple(sight.milliseconds) == STAGES[:3]
    assert all(value >= 0 for value in sight.milliseconds.values())


def test_an_empty_table_is_an_empty_sight_and_no_work_for_the_network() -> None:
    teller = Teller()
    sight = recognizer(teller).look(table())
    assert (sight.cards, sight.cut_outs) == ((), ())
    assert teller.batches == [0]


def test_below_the_limit_cards_are_unknown() -> None:
    sight = recognizer(Teller(confidence=0.6)).look(frame_of(quad(320, 240, 200)))
    assert [card.label for card in sight.cards] == [None]


def test_all_new_cards_are_looked_at_at_once_and_later_few_a_frame() -> None:
    teller = Teller()
    seeing = recognizer(teller)
    frame = frame_of(*FIVE)
    for _ in range(40):
        assert len(seeing.look(frame).cards) == 5
    assert teller.batches[0] == 5
    assert max(teller.batches[1:]) == 2
    assert max(teller.batches[20:]) == 1
    assert sum(teller.batches[20:]) <= 20 * 5 / 6 + 1


@pytest.mark.parametrize("confidence", [0.95, 0.4])
def test_no_card_is_forgotten_by_the_network(confidence: float) -> None:
    teller = Teller(confidence=confidence)
    seeing = recognizer(teller)
    frame = frame_of(*FIVE)
    for _ in range(15):
        seeing.look(frame)
    # Other cards in the same places: as soon as each was looked at often enough, all are these.
    teller.index = 11
    for _ in range(15 if confidence > 0.7 else 60):
        sight = seeing.look(frame)
    assert {card.top[0][0] for card in sight.cards} == {CLASSES[11]}


def test_a_card_that_comes_later_is_seen_within_three_frames() -> None:
    seeing = recognizer(Teller())
    before, after = frame_of(FIVE[0]), frame_of(*FIVE[:2])
    for _ in range(4):
        seeing.look(before)
    counts = [len(seeing.look(after).cards) for _ in range(3)]
    assert counts[-1] == 2


def test_a_moving_card_stays_the_same_one() -> None:
    seeing = recognizer(Teller())
    for step in range(12):
        wanted = quad(120 + 25 * step, 200 + 6 * step, 180, 5 * step)
        (card,) = seeing.look(frame_of(wanted)).cards
        assert card.number == 1
        assert apart(card.corners, wanted) < 2.5


def test_when_the_whole_picture_changes_all_cards_are_new() -> None:
    teller = Teller()
    seeing = recognizer(teller)
    place = quad(320, 240, 200)
    for _ in range(10):
        (before,) = seeing.look(frame_of(place)).cards
    teller.index = 11
    elsewhere = lay(np.full_like(table(), 150), place)
    (after,) = seeing.look(elsewhere).cards
    assert (before.number, before.label) == (1, CLASSES[7])
    assert (after.number, after.label) == (2, CLASSES[11])


@pytest.mark.parametrize("mode", ["auto-detect", "full-frame"])
def test_after_a_cut_nothing_is_left_of_the_photograph_before(mode: str) -> None:
    camera = SimulatedCamera(paced=False)
    teller = Teller()
    seeing = recognizer(teller, mode)
    before = after = 0
    for shot in (1, 2, 3, 9):  # which begin with a cut
        for step in range(-6, 5):
            teller.index = shot if step < 0 else 20 + shot
            sight = seeing.look(camera.frame(shot * SHOT_FRAMES + step))
            labels = {card.label for card in sight.cards}
            assert labels <= {CLASSES[teller.index]}
            before += step < 0 and len(sight.cards)
            after += step >= 0 and len(sight.cards)
    assert before > 0
    assert after > 0


def test_the_full_frame_box_is_looked_at_whatever_is_in_it() -> None:
    seeing = recognizer(Teller(), "full-frame")
    (card,) = seeing.look(table()).cards
    assert card.label == CLASSES[7]
    assert card.corners.mean(axis=0).tolist() == pytest.approx([320, 240])


def test_another_mode_forgets_all_cards() -> None:
    seeing = recognizer(Teller())
    for x in (200, 420):
        sight = seeing.look(frame_of(quad(x, 240, 200)))
    assert sight.cards[0].number == 2
    seeing.mode = "full-frame"
    assert seeing.mode == "full-frame"
    sight = seeing.look(frame_of(quad(420, 240, 200)))
    assert sight.mode == "full-frame"
    assert [card.number for card in sight.cards] == [1]


def test_an_unknown_mode_is_refused_and_the_old_one_stays() -> None:
    with pytest.raises(UserError, match="choose auto-detect or full-frame"):
        recognizer(Teller(), "guess")
    seeing = recognizer(Teller())
    with pytest.raises(UserError, match="choose"):
        seeing.mode = "guess"
    assert seeing.mode == "auto-detect"


def test_real_cards_in_photographs_are_found_and_named() -> None:
    seeing = Recognizer(Classifier())
    clear, named = 0, 0
    for photograph in read_photographs(PHOTOGRAPHS):
        picture = read_picture(photograph.path)
        seeing.mode = "auto-detect"
        cards = seeing.look(fitted(picture)).cards
        middles = [card.corners.mean(axis=0) * picture.shape[1] / WIDTH for card in cards]
        for box in photograph.boxes:
            middle = np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2
            here = [
                card.label
                for card, place in zip(cards, middles, strict=True)
                if np.linalg.norm(place - middle) < 25
            ]
            # Nothing or "unknown" is allowed, another card is not.
            assert set(here) <= {CLASSES[box.target], None}
            clear += box.clear
            named += box.clear and CLASSES[box.target] in here
    assert clear >= 10
    assert named >= 0.9 * clear
