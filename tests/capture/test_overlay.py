from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sights import StillCamera, card, grey_frame, sight

from cnnviz.capture import overlay, plates
from cnnviz.capture.framecode import STRIP_HEIGHT
from cnnviz.capture.overlay import draw_sight
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.tracking import SeenCard
from cnnviz.visuals import theme

MINT, AMBER = (0x7F, 0xE3, 0xB0), (0xFF, 0xB4, 0x54)
CREDIT = "Photographs: Somebody, CC BY 4.0"
REAL, SIMULATED = StillCamera(1), StillCamera(1, simulated=True, credit=CREDIT)


def drawn(cards: Sequence[SeenCard] = (), **options: Any) -> Picture:
    usual = {"rate": 30.0, "camera": REAL, "frozen": False, "recording": False}
    mode = options.pop("mode", "auto-detect")
    return draw_sight(grey_frame(), sight(cards, mode), **{**usual, **options})


class Marks:
    """The words and plates that were drawn."""

    def __init__(self) -> None:
        self.words: list[tuple[str, int, int, int]] = []
        self.plates: list[tuple[int, int, int, int]] = []

    @property
    def texts(self) -> list[str]:
        return [words[0] for words in self.words]


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> Marks:
    return watch(monkeypatch)


def watch(patch: pytest.MonkeyPatch) -> Marks:
    marks, write, darken = Marks(), plates.write, plates.darken

    def noted_words(picture: Picture, words: Any, left: int, baseline: int) -> None:
        marks.words.append((words.text, left, baseline, words.width))
        write(picture, words, left, baseline)

    def noted_plate(picture: Picture, place: Any) -> None:
        marks.plates.append(tuple(place))
        darken(picture, place)

    for module in (overlay, plates):
        patch.setattr(module, "write", noted_words)
        patch.setattr(module, "darken", noted_plate)
    return marks


def has_colour(picture: Picture, colour: tuple[int, int, int]) -> bool:
    return bool(np.any(np.all(np.abs(picture[..., ::-1].astype(int) - colour) <= 2, axis=2)))


def around(picture: Picture, x: float, y: float) -> Picture:
    """The picture about a point of the camera's frame."""
    column, row = round(x * 1.5), round(y * 1.5)
    return picture[row - 4 : row + 5, column - 4 : column + 5]


def test_the_picture_is_the_frame_half_as_large_again_and_the_frame_stays() -> None:
    frame = grey_frame()
    picture = draw_sight(
        frame, sight([card(320, 240)]), rate=30, camera=REAL, frozen=True, recording=True
    )
    assert picture.shape == (720, 960, 3)
    assert np.array_equal(frame, grey_frame())


def test_where_nothing_is_drawn_the_frame_shows_unchanged() -> None:
    assert np.all(drawn()[100:600] == 90)


def test_a_known_card_is_framed_along_its_edges() -> None:
    picture = drawn([card(320, 240, width=100, height=150)])
    for x, y in ((270, 240), (370, 240), (320, 165), (320, 315)):
        assert has_colour(around(picture, x, y), MINT)
    assert np.all(around(picture, 320, 240) == 90)


def test_an_unknown_card_is_framed_in_another_colour_and_called_so(marks: Marks) -> None:
    picture = drawn([card(320, 240, None)])
    assert has_colour(around(picture, 270, 240), AMBER)
    assert not has_colour(around(picture, 270, 240), MINT)
    assert "unknown" in marks.texts


def test_a_known_card_is_called_by_its_name_with_its_confidence(marks: Marks) -> None:
    drawn([card(320, 240, "king of hearts", top=(("king of hearts", 0.876), ("joker", 0.1)))])
    assert {"king of hearts", "88 %"} <= set(marks.texts)
    assert "unknown" not in marks.texts


def test_the_panel_lists_the_three_best_classes(marks: Marks) -> None:
    drawn([card(320, 240, None)])
    panel = [text for text, left, baseline, _ in marks.words if left < 350 and baseline > 600]
    assert panel == ["king of hearts", "90 %", "queen of hearts", "5 %", "jack of hearts", "3 %"]


def test_a_bar_is_as_long_as_its_class_is_probable() -> None:
    def bar(share: float) -> int:
        picture = drawn([card(500, 200, top=(("ace of clubs", share), ("joker", 0.0)))])
        bars = picture[600:, 185:290, ::-1].astype(int)  # between the names and the percentages
        return int(np.all(np.abs(bars - MINT) <= 2, axis=2).sum(axis=1).max())

    whole, half = bar(1.0), bar(0.5)
    assert 80 <= whole <= 100
    assert half == pytest.approx(whole / 2, abs=1)


def test_the_panel_is_about_the_most_central_card_that_is_known(marks: Marks) -> None:
    cards = [
        card(310, 250, None, top=(("two of clubs", 0.5), ("joker", 0.1))),
        card(600, 60, "ace of spades", top=(("ace of spades", 1.0), ("joker", 0.0))),
        card(420, 240, "six of spades", top=(("six of spades", 0.8), ("joker", 0.0))),
    ]
    drawn(cards)
    assert "six of spades" in [text for text, left, y, _ in marks.words if left < 100 and y > 600]


def test_a_card_that_was_not_looked_at_has_no_confidence(marks: Marks) -> None:
    drawn([SeenCard(1, card(320, 240).corners, None, 0.0, ())])
    assert "unknown" in marks.texts
    assert not [text for text in marks.texts if "%" in text]


def test_the_panel_is_rather_about_a_card_that_was_looked_at(marks: Marks) -> None:
    drawn([SeenCard(1, card(320, 240).corners, None, 0.0, ()), card(100, 100, None)])
    assert "queen of hearts" in marks.texts


def test_without_a_card_the_panel_says_so(marks: Marks) -> None:
    drawn()
    assert "no card in view" in marks.texts


def test_mode_rate_and_keys_are_told(marks: Marks) -> None:
    drawn(mode="full-frame", rate=29.6)
    assert {"full-frame", "30 frames/s"} <= set(marks.texts)
    (keys,) = (text for text in marks.texts if "quit" in text)
    for key in ("q quit", "m mode", "space freeze", "s snapshot", "r record"):
        assert key in keys


def test_a_rate_that_is_not_yet_known_is_not_made_up(marks: Marks) -> None:
    drawn(rate=0.0)
    assert "– frames/s" in marks.texts


def test_a_simulated_camera_is_said_to_be_one_and_its_photographs_are_credited(
    marks: Marks,
) -> None:
    drawn(camera=SIMULATED)
    assert {"SIMULATED CAMERA", CREDIT} <= set(marks.texts)


def test_a_real_camera_is_not_called_simulated(marks: Marks) -> None:
    drawn(camera=REAL)
    assert "SIMULATED CAMERA" not in marks.texts


@pytest.mark.parametrize("recording", [True, False])
@pytest.mark.parametrize("frozen", [True, False])
def test_recording_and_freezing_are_told_while_they_last(
    marks: Marks, recording: bool, frozen: bool
) -> None:
    drawn(recording=recording, frozen=frozen)
    assert ("● REC" in marks.texts, "FROZEN" in marks.texts) == (recording, frozen)


COORDINATES = st.tuples(
    st.floats(-40, 680), st.floats(-40, 520), st.floats(20, 400), st.floats(20, 400)
)


@settings(max_examples=60)
@given(places=st.lists(COORDINATES, max_size=6), simulated=st.booleans())
def test_no_word_leaves_its_plate_and_no_plate_the_picture(
    places: list[tuple[float, float, float, float]], simulated: bool
) -> None:
    longest = max(CLASSES, key=len)
    cards = [
        card(x, y, longest if index % 2 else None, width=width, height=height)
        for index, (x, y, width, height) in enumerate(places)
    ]
    with pytest.MonkeyPatch.context() as patch:
        marks = watch(patch)
        drawn(cards, camera=SIMULATED if simulated else REAL, recording=True, frozen=True)
    for left, top, width, height in marks.plates:
        assert left >= 0
        assert top >= 0
        assert left + width <= 960
        assert top + height <= 720 - STRIP_HEIGHT
    for _, left, baseline, width in marks.words:
        assert any(
            x <= left and left + width <= x + across and y < baseline < y + down
            for x, y, across, down in marks.plates
        )


def overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


@pytest.mark.parametrize(
    "cards",
    [
        [card(90 + 130 * index, 240, "queen of diamonds") for index in range(4)],
        [card(200 + 20 * index, 200 + 15 * index, "seven of diamonds") for index in range(3)],
        [card(100, 50, "ten of clubs"), card(560, 60), card(90, 430), card(580, 440)],
    ],
    ids=["in a row", "on a heap", "in the corners"],
)
def test_plates_do_not_cover_each_other(marks: Marks, cards: list[SeenCard]) -> None:
    drawn(cards, camera=SIMULATED, recording=True)
    assert not [pair for pair in combinations(marks.plates, 2) if overlap(*pair)]


def test_the_colours_are_the_films() -> None:
    def bgr(colour: str) -> tuple[int, ...]:
        return tuple(bytes.fromhex(colour[1:]))[::-1]

    assert bgr(theme.GROUND) == plates.GROUND
    assert bgr(theme.LINE) == plates.LINE
    assert bgr(theme.TEXT) == plates.TEXT
    assert bgr(theme.MUTED) == plates.MUTED
    assert bgr(theme.ACCENT) == overlay._KNOWN
    assert bgr(theme.Role.INPUT) == overlay._SIMULATED


def test_every_class_is_legible_in_the_panel_beside_its_bar() -> None:
    widest = max(plates._text_width(name, 20, False) for name in CLASSES)
    assert widest <= overlay._NAME_WIDTH - 4
