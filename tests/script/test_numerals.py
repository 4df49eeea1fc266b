from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cnnviz.script.numerals import as_digits, size_in_digits, spoken, spoken_size

WHOLE = st.integers(-(10**12), 10**12)
DECIMALS = st.decimals(-(10**6), 10**6, places=4).map(float)
DIGITS = {
    "bn": ["শূন্য", "এক", "দুই", "তিন", "চার", "পাঁচ", "ছয়", "সাত", "আট", "নয়"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}
MINUS = {"bn": "মাইনাস", "en": "minus"}
POINT = {"bn": "দশমিক", "en": "point"}


def read_back(digits: str) -> float:
    return float(digits.replace("−", "-").replace(",", ""))


@given(WHOLE | DECIMALS)
@example(-4)
@example(43_352_064)
def test_digits_read_back_give_the_number(value: float) -> None:
    assert read_back(as_digits(value)) == value


@given(st.floats(-1e9, 1e9))
def test_digits_are_true_to_four_places(value: float) -> None:
    assert abs(read_back(as_digits(value)) - value) <= 0.5e-4 + abs(value) * 1e-15


@given(st.floats(-1e9, 1e9))
@example(-0.0)
@example(-0.00001)
def test_no_number_has_a_hyphen_for_a_minus_or_a_sign_on_zero(value: float) -> None:
    digits = as_digits(value)
    assert "-" not in digits
    assert digits.strip("−0,.") or digits == "0"
    assert not digits.endswith(".")


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (-4, "−4"),
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (43_352_064, "43,352,064"),
        (-0.0, "0"),
        (3.0, "3"),
    ],
)
def test_what_the_eye_sees(value: float, digits: str) -> None:
    assert as_digits(value) == digits


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-4, "মাইনাস চার"),
        (0, "শূন্য"),
        (0.5, "শূন্য দশমিক পাঁচ"),
        (0.05, "শূন্য দশমিক শূন্য পাঁচ"),
        (-1.203, "মাইনাস এক দশমিক দুই শূন্য তিন"),
        (71_000, "একাত্তর হাজার"),
        (105, "একশত পাঁচ"),
    ],
)
def test_what_a_bengali_voice_says(value: float, words: str) -> None:
    assert spoken(value, "bn") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(-4, "minus four"), (0.05, "zero point zero five"), (21, "twenty one"), (-0.0, "zero")],
)
def test_what_an_english_voice_says(value: float, words: str) -> None:
    assert spoken(value, "en") == words


@given(DECIMALS, st.sampled_from(["bn", "en"]))
@example(0.0001, "bn")
@example(10.203, "bn")
def test_the_places_behind_the_point_are_said_one_by_one(value: float, language: str) -> None:
    _, point, places = as_digits(value).partition(".")
    assume(point)
    words = spoken(value, language).split()
    said = words[words.index(POINT[language]) + 1 :]
    assert [DIGITS[language].index(word) for word in said] == [int(place) for place in places]


@given(WHOLE | DECIMALS, st.sampled_from(["bn", "en"]))
def test_a_negative_number_is_the_positive_one_after_a_minus(value: float, language: str) -> None:
    assume(value)
    assert spoken(-abs(value), language) == f"{MINUS[language]} {spoken(abs(value), language)}"


@given(WHOLE | DECIMALS, WHOLE | DECIMALS, st.sampled_from(["bn", "en"]))
def test_different_numbers_sound_different(one: float, other: float, language: str) -> None:
    assume(one != other)
    assert spoken(one, language) != spoken(other, language)


@given(st.floats(-1e9, 1e9), st.sampled_from(["bn", "en"]))
def test_what_is_said_is_what_is_shown(value: float, language: str) -> None:
    assert spoken(value, language) == spoken(read_back(as_digits(value)), language)


@given(WHOLE | DECIMALS, st.sampled_from(["bn", "en"]))
def test_words_are_words_with_single_blanks(value: float, language: str) -> None:
    words = spoken(value, language)
    assert " ".join(words.split()) == words
    assert not set(words) & set("0123456789-−,.")


def test_a_size_is_rows_by_columns() -> None:
    assert size_in_digits(3, 5) == "3×5"
    assert spoken_size(3, 5, "bn") == "তিন বাই পাঁচ"
    assert spoken_size(3, 5, "en") == "three by five"
