"""What is read off a stage, and what the layout rules find wrong with it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Group, ImageMobject, Rectangle, Square, VGroup, tempconfig

from cnnviz.compute import conv2d, literal
from cnnviz.review.layout import readings
from cnnviz.review.layout_rules import at_rest, in_motion
from cnnviz.visuals import formula, input_grid, number_text, output_grid, words
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.theme import BODY, LABEL, SMALL


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def problems(*mobjects) -> list[str]:
    return [problem.message for problem in at_rest(readings(mobjects))]


def on_its_way(*mobjects) -> list[str]:
    return [problem.message for problem in in_motion(readings(mobjects))]


def picture(height: float, opacity: float = 1.0):
    image = ImageMobject(np.full((20, 40, 3), 200, np.uint8))
    image.height = height
    return image.set_opacity(opacity)


def stage():
    trace = conv2d(np.eye(5), np.eye(3))
    seen, output = input_grid(trace, cell=0.8), output_grid(trace, cell=0.5)
    VGroup(seen, output).arrange(RIGHT, buff=2)
    note = words("এক লাইন\nদুই লাইন", BODY).to_edge(DOWN, buff=0.5)
    return header("স্ট্রাইড"), seen, output, note


def test_a_tidy_stage_has_no_problems():
    assert problems(*stage()) == []
    assert problems(*stage(), chapter_card("স্ট্রাইড")) == []
    assert on_its_way(*stage()) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("😀", "“😀” (GRINNING FACE)"),
        ("ছবি 👍🏽", "“👍” (THUMBS UP SIGN), “🏽” (EMOJI MODIFIER FITZPATRICK TYPE-4)"),
        ("漢", "“漢” (CJK UNIFIED IDEOGRAPH-6F22)"),
        ("हिन्दी", "(DEVANAGARI LETTER HA)"),
        ("\ue000", "(U+E000)"),
    ],
)
def test_a_sign_that_the_films_font_lacks_is_found_by_its_name(text, names):
    (problem,) = problems(words(text, BODY))
    assert "no font of the film has" in problem
    assert names in problem


def test_texts_are_read_with_their_words_sizes_and_numbers():
    label, number = words("ছোট কার্নেল", LABEL), number_text(literal(-4), BODY).shift(UP)
    line, digits = readings([Group(label, number)])
    assert (line.text, digits.text) == ("ছোট কার্নেল", "−4")
    assert (line.size, digits.size) == pytest.approx((LABEL, BODY))
    assert digits.numbers == (literal(-4),)
    assert line.box.right - line.box.left == pytest.approx(label.width, abs=0.002)


@pytest.mark.parametrize(
    ("direction", "distance"), [(LEFT, 6.2), (RIGHT, 6.2), (UP, 3.65), (DOWN, 3.65)]
)
def test_text_outside_the_safe_area_is_found(direction, distance):
    text = words("কার্নেল").shift(direction * distance)
    assert problems(text) == ["“কার্নেল” leaves the safe area"]
    assert on_its_way(text) == []


def test_text_off_the_frame_is_found_even_on_its_way():
    assert on_its_way(words("কার্নেল").shift(RIGHT * 7)) == ["“কার্নেল” leaves the frame"]


def test_a_formula_off_the_frame_is_found():
    assert on_its_way(formula("x + y").shift(UP * 4)) == ["“x + y” leaves the frame"]


def test_text_that_a_scene_made_small_is_found():
    note = words("কার্নেল", SMALL)
    assert problems(note) == []
    assert problems(VGroup(note).scale(0.8)) == ["“কার্নেল” is as small as size 20"]
    assert problems(formula("x + y", SMALL).scale(0.8)) == ["“x + y” is as small as size 20"]
    assert problems(number_text(literal(1), BODY).scale(0.5)) == ["“1” is as small as size 18"]


def test_texts_on_top_of_each_other_are_found():
    one, other = words("কার্নেল"), words("ম্যাপ").shift(DOWN * 0.2)
    assert problems(one, other) == ["“কার্নেল” overlaps “ম্যাপ”"]
    assert problems(one, other.shift(DOWN * 0.6)) == []


def test_lines_of_one_paragraph_may_come_close():
    assert problems(words("স্ত্রী\nর্কি", LABEL)) == []


def test_what_cannot_be_seen_does_not_count():
    label, hidden = words("কার্নেল"), words("ম্যাপ").set_opacity(0)
    assert problems(label, hidden) == []
    assert len(readings([label, hidden])) == 1
    assert problems(label, words("ম্যাপ").set_opacity(0.25)) == [], "a ghost is not there to be read"


def test_only_the_visible_part_of_a_formula_counts():
    line = formula("x + y").shift(RIGHT * 5.9)
    assert problems(line) == []
    line.shift(RIGHT * 0.6)
    assert problems(line) == ["“x + y” leaves the safe area"]
    VGroup(*line.submobjects[1:]).set_opacity(0)
    assert problems(line) == []


@pytest.mark.parametrize("cover", [lambda: Square(4, fill_opacity=1), lambda: picture(4)])
def test_text_behind_something_opaque_is_gone_or_cut(cover):
    text = words("কার্নেল")
    assert readings([text, cover()]) == []
    edge = text.get_right()[0]
    half = cover()
    half.shift(RIGHT * (edge + half.width / 2 - 0.3))
    assert problems(text, half) == ["“কার্নেল” is partly covered"]
    assert problems(half, text) == ["“কার্নেল” lies across an edge"]


def test_backdrops_and_outlines_do_not_disturb_text():
    text = words("কার্নেল").shift(RIGHT * 2)
    assert problems(picture(2, opacity=0.3), text) == []
    assert problems(Square(4), text) == []
    assert problems(Rectangle(width=2, height=2, fill_opacity=0.2), text) == []


def test_a_digit_too_wide_for_its_cell_is_found():
    grid = output_grid(conv2d([[1000, 2]], [[1]]), cell=0.5)
    assert "“1,000” lies across an edge" in problems(grid)


def test_edges_behind_an_opaque_ground_do_not_count():
    text = words("কার্নেল").shift(RIGHT * 2)
    ground = Rectangle(width=14, height=8, fill_opacity=1)
    assert problems(picture(2), ground, text) == []


def test_z_index_decides_what_lies_in_front():
    text, panel = words("কার্নেল"), Square(4, fill_opacity=1)
    assert readings([text, panel]) == []
    panel.set_z_index(-1)
    assert problems(text, panel) == []
    assert len(readings([text, panel])) == 1
