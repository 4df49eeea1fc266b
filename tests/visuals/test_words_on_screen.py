from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ManimColor

from cnnviz.compute import literal
from cnnviz.stage_format import WIDE
from cnnviz.visuals import formula, number_text, words
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.text import put_on_baseline
from cnnviz.visuals.theme import (
    BODY,
    HEADING,
    LABEL,
    MUTED,
    SMALL,
    TITLE,
)

SENTENCE = "অল্প জায়গায় লুকিয়ে থাকা প্যাটার্ন খুঁজে বের করে"
PIXELS_A_UNIT = 1080 / 8


def lines(text) -> list[str]:
    return [line.original_text for line in text]


def outline(text: str, size: float = BODY) -> list[int]:
    """How many points each glyph's outline has: the glyphs' fingerprints."""
    return [len(glyph.points) for glyph in words(text, size)[0]]


def test_text_that_a_telephone_cannot_show_is_refused():
    with pytest.raises(ValueError, match="too small to read; the least is 25"):
        words("ছোট", SMALL - 0.1)
    assert words("ছোট", SMALL).height > 0


@pytest.mark.parametrize("digit", range(10))
def test_the_smallest_digits_are_28_pixels_high_at_1080p(digit):
    assert number_text(literal(digit), SMALL).height * PIXELS_A_UNIT >= 28


@pytest.mark.parametrize("size", [SMALL, LABEL, BODY, HEADING, TITLE])
def test_larger_sizes_are_larger_in_proportion(size):
    ratio = number_text(literal(8), size).height / number_text(literal(8), SMALL).height
    assert ratio == pytest.approx(size / SMALL, rel=0.02)


@given(width=st.floats(1.0, 9.0))
@settings(max_examples=12, deadline=None)
def test_lines_break_between_words_and_only_where_they_must(width):
    broken = words(SENTENCE, BODY, width=width)
    said = lines(broken)
    assert " ".join(said) == SENTENCE, "no word is cut, lost or moved"
    for index, line in enumerate(broken):
        assert line.width <= width or " " not in said[index]
    for line, following in pairwise(said):
        first_word = following.split()[0]
        assert words(f"{line} {first_word}", BODY)[0].width > width, "it would have fitted"


def test_without_a_width_there_is_one_line():
    assert lines(words(SENTENCE)) == [SENTENCE]


def test_a_line_feed_starts_a_line():
    assert lines(words("এক\nদুই")) == ["এক", "দুই"]


def baseline(line) -> float:
    return line.get_bottom()[1] + line.descent


def test_lines_stand_at_equal_distances_whatever_reaches_above_and_below():
    # No ascender, deep conjunct, high vowel sign, Latin without descender.
    stack = words("এক\nস্ত্রী\nর্কি\nnoon\ngjpq")
    steps = [baseline(above) - baseline(below) for above, below in pairwise(stack)]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert steps[0] > words("H", BODY).height


def test_lines_are_centred_below_each_other():
    stack = words("দীর্ঘ একটা লাইন\nছোট")
    assert stack[0].get_x() == pytest.approx(stack[1].get_x())
    assert stack.get_center() == pytest.approx([0, 0, 0], abs=1e-6)


@pytest.mark.parametrize("text", ["H", "কখন", "স্ত্রী", "gjp", "−4"])
def test_every_text_can_be_put_on_a_baseline(text):
    line = words(text)
    put_on_baseline(line, 1.25)
    assert baseline(line[0]) == pytest.approx(1.25)
    beside = words("H")
    put_on_baseline(beside, 1.25)
    assert beside.get_bottom()[1] == pytest.approx(1.25, abs=0.01)


def test_what_reaches_below_the_line_is_known():
    assert words("H")[0].descent == pytest.approx(0, abs=0.01)
    assert words("g")[0].descent > 0.05
    assert words("স্ত্রী")[0].descent > 0.03


@pytest.mark.parametrize(
    ("value", "text"),
    [(-4, "−4"), (0, "0"), (-0.0, "0"), (0.5, "0.5"), (-1.25, "−1.25"), (43352064, "43,352,064")],
)
def test_numbers_have_a_true_minus_sign_and_plain_digits(value, text):
    shown = number_text(literal(value))
    assert shown.original_text == text
    assert len(shown.family_members_with_points()) >= len(text) - text.count(",") - text.count(".")
    assert shown.numbers[0].value == value


def test_a_minus_sign_is_as_wide_as_a_plus_and_no_hyphen():
    minus, plus, hyphen = (words(sign)[0].width for sign in "−+-")
    assert minus == pytest.approx(plus, rel=0.15)
    assert minus > 1.3 * hyphen


@pytest.mark.parametrize(
    ("conjunct", "parts"),
    [
        ("ক্ষ", "কষ"),
        ("ত্র", "তর"),
        ("ন্ত্র", "নতর"),
        ("স্ত্র", "সতর"),
        ("ষ্ট্র", "ষটর"),
        ("ঙ্ক", "ঙক"),
        ("ম্প", "মপ"),
        ("জ্ঞ", "জঞ"),
    ],
)
def test_conjuncts_are_one_glyph_of_their_own(conjunct, parts):
    whole = words(conjunct)[0]
    letters = words("\N{ZERO WIDTH NON-JOINER}".join(parts))[0]
    visible = words(conjunct.replace("্", "্\N{ZERO WIDTH NON-JOINER}"))[0]
    assert len(whole) == 1
    assert len(letters) == len(parts)
    assert whole.width < 0.9 * letters.width
    assert outline(conjunct)[0] not in outline(parts)
    assert len(visible) > len(whole), "kept apart, the virama is drawn"


def test_vowel_signs_stand_where_bengali_writes_them():
    letter = words("ক")[0].width
    assert outline("কি")[1] == outline("ক")[0], "ি is drawn before its consonant"
    assert outline("কে")[1] == outline("ক")[0], "ে is drawn before its consonant"
    assert len(outline("কো")) == 3, "ো embraces its consonant"
    assert words("র্ক")[0].width == pytest.approx(letter, rel=0.05), "reph is drawn above"


def test_laid_out_text_is_copied_and_never_shared():
    first, second = words("কার্নেল", colour="#FF0000"), words("কার্নেল", colour="#00FF00")
    first.shift([3, 0, 0])
    assert second.get_x() == pytest.approx(0, abs=1e-6)
    assert ManimColor(first[0][0].get_color()).to_hex() == "#FF0000"
    assert ManimColor(second[0][0].get_color()).to_hex() == "#00FF00"
    number_text(literal(3)).numbers += (literal(4),)
    assert number_text(literal(3)).numbers == (literal(3),)


def test_numbers_inside_words_are_remembered_for_the_ledger():
    assert words("স্ট্রাইড 2", numbers=(literal(2),)).numbers == (literal(2),)
    assert words("স্ট্রাইড").numbers == ()


def test_a_header_lies_in_the_upper_left_corner_of_the_safe_area():
    title = header("স্ট্রাইড")
    assert title.get_left()[0] == pytest.approx(WIDE.safe[0])
    assert title.get_top()[1] == pytest.approx(WIDE.safe[3])
    assert ManimColor(title[0][0].get_color()).to_hex() == MUTED


def test_a_chapter_card_covers_the_frame_and_keeps_long_titles_within_the_safe_area():
    ground, (text, _) = chapter_card("এক লাইনের সূত্র, আর তার ভেতরে যত রকমের প্যাঁচ লুকিয়ে আছে সব একসাথে")
    assert ground.width > 8 * 16 / 9
    assert ground.height > 8
    assert ground.get_fill_opacity() == 1
    assert len(text) > 1
    assert text.width <= WIDE.safe_width


def test_a_formulas_parts_can_be_found_by_name():
    line = formula("{{ F : output }} = {{ K : kernel }} + 1", HEADING)
    assert len(line.select("output").family_members_with_points()) == 1
    assert line.select("kernel").get_x() > line.select("output").get_x()
    assert formula("x", TITLE).height == pytest.approx(formula("x", TITLE / 2).height * 2, rel=0.01)
