from __future__ import annotations

import numpy as np

from cnnviz.capture.captured import CapturedCard
from cnnviz.capture.moments import MomentFinder
from cnnviz.pixels import Picture

KEPT = 3
MODE = "auto-detect"
TOP = tuple((name, 0.2) for name in ("joker", "ace of clubs", "two of clubs", "six of clubs"))
CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
K, Q = "king of hearts", "queen of hearts"


def card(number: int, label: str | None) -> CapturedCard:
    return CapturedCard(number, CORNERS, label, 0.5, TOP)


def cut_out(level: int) -> Picture:
    return np.full((224, 224, 3), level, np.uint8)


def moments(*labels: str | None) -> list[tuple[int, str]]:
    """Frames and names of the moments of one card that is called so, frame after frame."""
    finder = MomentFinder(KEPT)
    for label in labels:
        finder.add(MODE, [card(1, label)], [cut_out(0)])
    return [(moment.frame, moment.label) for moment in finder.moments]


def test_a_name_that_stays_is_a_moment_at_its_first_frame() -> None:
    assert moments(None, None, K, K, K, K) == [(2, K)]


def test_a_name_that_does_not_stay_long_enough_is_none() -> None:
    assert moments(K, K, None, K, K, Q) == []


def test_a_name_that_is_lost_begins_anew() -> None:
    assert moments(K, K, None, K, K, K) == [(3, K)]


def test_a_name_that_was_corrected_counts_from_the_correction() -> None:
    assert moments(Q, Q, K, K, K) == [(2, K)]


def test_a_card_has_one_moment() -> None:
    assert moments(K, K, K, None, K, K, K, Q, Q, Q) == [(0, K)]


def test_the_end_comes_too_early_for_a_young_name() -> None:
    assert moments(None, K, K) == []


def test_a_card_that_was_out_of_sight_begins_anew() -> None:
    finder = MomentFinder(KEPT)
    for cards in ([card(1, K)], [card(1, K)], [], [card(1, K)], [card(1, K)], [card(1, K)]):
        finder.add(MODE, cards, [cut_out(0)] * len(cards))
    assert [moment.frame for moment in finder.moments] == [3]


def test_cards_are_followed_side_by_side_in_any_order() -> None:
    finder = MomentFinder(KEPT)
    for frame in range(6):
        cards = [card(1, K if frame >= 2 else None), card(2, Q)]
        pictures = [cut_out(10 + frame), cut_out(20 + frame)]
        turn = 1 if frame % 2 else -1
        finder.add(MODE, cards[::turn], pictures[::turn])
    found = [(m.frame, m.number, m.label, int(m.cut_out()[0, 0, 0])) for m in finder.moments]
    assert found == [(0, 2, Q, 20), (2, 1, K, 12)]


def test_another_mode_numbers_the_cards_anew() -> None:
    finder = MomentFinder(KEPT)
    for mode, label in [(MODE, K)] * 5 + [("full-frame", K)] * 2 + [(MODE, Q)] * 3:
        finder.add(mode, [card(1, label)], [cut_out(0)])
    assert [(moment.frame, moment.label) for moment in finder.moments] == [(0, K), (7, Q)]
