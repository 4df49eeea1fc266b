from __future__ import annotations

import itertools

import numpy as np
import pytest
from drawn_frames import Quad, apart, quad

from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES
from cnnviz.recognizer.classifier import Prediction
from cnnviz.recognizer.tracking import CERTAIN, SeenCard, Tracker

ACE, KING = "ace of spades", "king of spades"


def says(label: str, confidence: float) -> Prediction:
    """`label` with this probability, the rest spread over all other classes."""
    probabilities = np.full(len(CLASSES), (1 - confidence) / (len(CLASSES) - 1), np.float32)
    probabilities[CLASS_INDEX[label]] = confidence
    return Prediction(probabilities)


def shown(tracker: Tracker, *cards: tuple[Quad, Prediction]) -> list[SeenCard]:
    return tracker.update([corners for corners, _ in cards], [said for _, said in cards])


def only(cards: list[SeenCard]) -> SeenCard:
    (card,) = cards
    return card


def test_a_moving_card_keeps_its_number() -> None:
    tracker = Tracker()
    numbers = {
        only(shown(tracker, (quad(100 + 12 * step, 240, degrees=2 * step), says(ACE, 0.9)))).number
        for step in range(30)
    }
    assert numbers == {1}


def test_cards_keep_their_numbers_in_whatever_order_they_are_found() -> None:
    tracker = Tracker()
    labels = [ACE, KING, "joker"]
    middles = [150, 300, 450]
    first = shown(
        tracker,
        *((quad(x, 240), says(label, 0.9)) for x, label in zip(middles, labels, strict=True)),
    )
    numbers = {card.label: card.number for card in first}
    assert sorted(numbers.values()) == [1, 2, 3]
    for step, order in enumerate(itertools.permutations(range(3))):
        cards = shown(
            tracker,
            *((quad(middles[i] + 5 * step, 240), says(labels[i], 0.9)) for i in order),
        )
        assert {card.label: card.number for card in cards} == numbers
        assert [card.label for card in cards] == [labels[i] for i in order]


def test_a_card_elsewhere_is_another_one() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240), says(ACE, 0.9)))
    new, old = shown(tracker, (quad(500, 240), says(ACE, 0.9)))
    assert (new.number, old.number) == (2, 1)


def test_a_card_that_is_missed_for_some_frames_stays_itself() -> None:
    tracker = Tracker()
    before = only(shown(tracker, (quad(100, 240), says(ACE, 0.9))))
    for _ in range(3):
        missed = only(shown(tracker))
        assert (missed.number, missed.label) == (before.number, ACE)
        assert np.array_equal(missed.corners, before.corners)
    assert only(shown(tracker, (quad(104, 240), says(ACE, 0.9)))).number == before.number


def test_a_card_that_is_gone_goes() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240), says(ACE, 0.9)))
    counts = [len(shown(tracker)) for _ in range(10)]
    assert counts[0] == 1
    assert counts[-1] == 0
    assert counts == sorted(counts, reverse=True)
    assert only(shown(tracker, (quad(100, 240), says(ACE, 0.9)))).number == 2


def test_a_missed_card_makes_room_for_one_that_lies_there_now() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240, 80), says(ACE, 0.9)))
    # Far larger and farther off than the card could have moved to, yet over its middle.
    cards = shown(tracker, (quad(200, 240, 460), says(KING, 0.9)))
    assert [card.label for card in cards] == [KING]


@pytest.mark.parametrize("confidence", [0.3, 0.69])
def test_below_the_limit_a_card_is_unknown_in_place_of_a_guess(confidence: float) -> None:
    tracker = Tracker()
    for _ in range(20):
        card = only(shown(tracker, (quad(100, 240), says(ACE, confidence))))
        assert card.label is None
        assert card.confidence == pytest.approx(confidence, abs=1e-5)
        assert card.top[0][0] == ACE


def test_a_sure_card_is_named_at_once_with_its_five_best() -> None:
    probabilities = says(ACE, 0.8).probabilities.copy()
    probabilities[CLASS_INDEX[KING]] = 0.1
    card = only(shown(Tracker(), (quad(100, 240), Prediction(probabilities))))
    assert card.label == ACE
    assert card.confidence == pytest.approx(0.8)
    assert len(card.top) == 5
    assert [name for name, _ in card.top[:2]] == [ACE, KING]
    assert [value for _, value in card.top] == sorted((v for _, v in card.top), reverse=True)


def test_one_wrong_look_changes_no_label() -> None:
    tracker = Tracker()
    for step in range(60):
        said = says(KING, 0.95) if step % 10 == 9 else says(ACE, 0.95)
        assert only(shown(tracker, (quad(100, 240), said))).label == ACE


def test_a_label_that_hovers_about_the_limit_does_not_flicker() -> None:
    rng = np.random.default_rng(2)
    tracker = Tracker()
    labels = [
        only(shown(tracker, (quad(100, 240), says(ACE, CERTAIN + rng.normal(0, 0.1))))).label
        for _ in range(200)
    ]
    changes = sum(one != other for one, other in itertools.pairwise(labels))
    plain = np.random.default_rng(2)
    guesses = [plain.normal(0, 0.1) > 0 for _ in range(200)]
    flickers = sum(one != other for one, other in itertools.pairwise(guesses))
    assert flickers > 60
    assert changes <= 10


def test_another_card_put_in_its_place_is_named_after_two_looks() -> None:
    tracker = Tracker()
    for _ in range(20):
        shown(tracker, (quad(100, 240), says(ACE, 0.98)))
    labels = [only(shown(tracker, (quad(100, 240), says(KING, 0.98)))).label for _ in range(12)]
    assert labels == [ACE] + 11 * [KING]


def test_another_card_seen_less_clearly_is_unknown_before_it_is_named() -> None:
    tracker = Tracker()
    for _ in range(20):
        shown(tracker, (quad(100, 240), says(ACE, 0.98)))
    unsure = [only(shown(tracker, (quad(100, 240), says(KING, 0.6)))).label for _ in range(12)]
    assert [label for label, _ in itertools.groupby(unsure)] == [ACE, None]
    sure = [only(shown(tracker, (quad(100, 240), says(KING, 0.9)))).label for _ in range(12)]
    assert [label for label, _ in itertools.groupby(sure)] == [None, KING]


def test_confidence_is_smoothed() -> None:
    tracker = Tracker()
    for _ in range(20):
        shown(tracker, (quad(100, 240), says(ACE, 0.9)))
    after = only(shown(tracker, (quad(100, 240), says(ACE, 0.5))))
    assert 0.7 < after.confidence < 0.9


def test_a_card_without_a_new_prediction_keeps_what_was_known() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240), says(ACE, 0.9)))
    card = only(tracker.update([quad(105, 240)], [None]))
    assert card.label == ACE
    assert card.confidence == pytest.approx(0.9)


def test_a_card_not_yet_looked_at_is_unknown() -> None:
    card = only(Tracker().update([quad(100, 240)], [None]))
    assert (card.label, card.confidence, card.top) == (None, 0.0, ())


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_corners_stay_in_order_when_they_are_found_in_another(turn: int) -> None:
    tracker = Tracker()
    still = quad(200, 240, 180, 44)
    for step in range(12):
        found = np.roll(still, turn, axis=0) if step % 3 == 2 else still
        card = only(shown(tracker, (found, says(ACE, 0.9))))
        assert apart(card.corners, still) < 1e-3


def test_a_card_turned_all_the_way_round_carries_its_corners_with_it() -> None:
    tracker = Tracker()
    for degrees in range(0, 181, 5):
        corners = quad(320, 240, 180, degrees)
        # As the finder gives them: the end that is higher in the frame first.
        if corners[:2, 1].sum() > corners[2:, 1].sum():
            corners = np.roll(corners, 2, axis=0)
        card = only(shown(tracker, (corners, says(ACE, 0.9))))
    assert apart(card.corners, quad(320, 240, 180, 180)) < 8


def test_a_side_taken_wrongly_for_the_long_one_is_put_right() -> None:
    tracker = Tracker()
    right = quad(200, 240, 180)
    shown(tracker, (np.roll(right, 1, axis=0), says(ACE, 0.9)))
    cards = [only(shown(tracker, (right, says(ACE, 0.9)))) for _ in range(15)]
    assert apart(cards[0].corners, right) > 50
    assert apart(cards[-1].corners, right) < 1e-3


def test_trembling_corners_are_calmed() -> None:
    rng = np.random.default_rng(6)
    still = quad(200, 240, 180, 10)
    tracker = Tracker()
    seen = [
        only(
            shown(
                tracker,
                ((still + rng.normal(0, 0.5, (4, 2))).astype(np.float32), says(ACE, 0.9)),
            )
        ).corners
        for _ in range(100)
    ]
    steps = np.abs(np.diff(np.stack(seen[20:]), axis=0)).mean()
    raw = np.abs(np.diff(rng.normal(0, 0.5, (80, 4, 2)), axis=0)).mean()
    assert steps < 0.6 * raw


@pytest.mark.parametrize("speed", [1, 5, 20])
def test_corners_of_a_moving_card_do_not_lag(speed: float) -> None:
    tracker = Tracker()
    for step in range(20):
        corners = quad(100 + speed * step, 240)
        card = only(shown(tracker, (corners, says(ACE, 0.9))))
    assert apart(card.corners, corners) < 2


def test_what_comes_after_forgetting_is_new() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240), says(ACE, 0.9)))
    tracker.forget()
    assert shown(tracker) == []
    card = only(tracker.update([quad(100, 240)], [None]))
    assert (card.number, card.label) == (2, None)


def test_reset_forgets_all_cards_and_counts_anew() -> None:
    tracker = Tracker()
    shown(tracker, (quad(100, 240), says(ACE, 0.9)), (quad(400, 240), says(KING, 0.9)))
    tracker.reset()
    assert shown(tracker) == []
    assert only(shown(tracker, (quad(400, 240), says(KING, 0.9)))).number == 1
