from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.compute import Number, conv2d, literal, matrix_size
from cnnviz.script.placeholders import captioned, names_in, nearest, numbers_in, said

TRACE = conv2d([[1, 2, 3], [0, 1, 2], [1, 0, 1]], [[1, -1], [2, -2]])
VALUES = {
    "first.sum": TRACE.window(0, 0).sum_number,
    "half": literal(0.5),
    "size": matrix_size([[1, 2, 3], [4, 5, 6]]),
}
NAMES = st.text(st.characters(blacklist_characters="{}"), min_size=1)
PROSE = st.text(st.characters(blacklist_characters="{}"))


def test_a_caption_has_digits_and_the_voice_has_words() -> None:
    text = "যোগফল {first.sum}, অর্ধেক {half}, মাপ {size}।"
    assert captioned(text, VALUES) == "যোগফল −3, অর্ধেক 0.5, মাপ 2×3।"
    assert said(text, VALUES, "bn") == ("যোগফল মাইনাস তিন, অর্ধেক শূন্য দশমিক পাঁচ, মাপ দুই বাই তিন।")
    assert said("{size}", VALUES, "en") == "two by three"


def test_a_number_may_be_said_twice_and_a_size_is_two_numbers() -> None:
    assert numbers_in("{half} {size} {half}", VALUES) == [
        VALUES["half"],
        *VALUES["size"],
        VALUES["half"],
    ]


@given(st.lists(st.tuples(PROSE, NAMES)), PROSE)
def test_filling_changes_the_placeholders_and_nothing_else(
    parts: list[tuple[str, str]], rest: str
) -> None:
    text = "".join(f"{prose}{{{name}}}" for prose, name in parts) + rest
    assert names_in(text) == [name for _, name in parts]
    values: dict[str, Number | tuple[Number, Number]] = {
        name: literal(index) for index, (_, name) in enumerate(parts)
    }
    filled = "".join(f"{prose}{values[name].value:,}" for prose, name in parts) + rest
    assert captioned(text, values) == filled


@given(PROSE)
def test_text_without_placeholders_stays_as_it_is(text: str) -> None:
    assert captioned(text, {}) == said(text, {}, "bn") == text
    assert numbers_in(text, {}) == []


def test_a_wrong_name_gets_the_nearest_one_as_a_hint() -> None:
    assert nearest("frist.sum", ["size", "first.sum"]) == "did you mean 'first.sum'?"
    assert nearest("xyz", ["size", "first.sum"]) == "there are: size, first.sum"
    assert nearest("xyz", []) == "there are none here"
