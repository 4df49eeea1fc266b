from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from manim import Group, ManimColor, Square

from cnnviz.compute import conv2d
from cnnviz.errors import StudioError
from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import (
    SideBySide,
    SweepPicture,
    feature_picture,
    framed,
    load_picture,
    map_limit,
    picture,
    sign_legend,
    stack,
    to_grey,
)
from cnnviz.visuals.arrange import in_format
from cnnviz.visuals.theme import LINE, Role, diverging

RNG = np.random.default_rng(5)
COLOUR = RNG.integers(0, 256, (12, 20, 3), dtype=np.uint8)


def test_a_picture_is_read_as_red_green_blue(tmp_path):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), COLOUR[..., ::-1])
    assert np.array_equal(load_picture(path), COLOUR)


def test_a_missing_or_broken_picture_is_named(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    for path in (broken, tmp_path / "missing.png"):
        with pytest.raises(StudioError, match=path.name):
            load_picture(path)


def test_brightness_follows_bt_601():
    weights = COLOUR @ [0.299, 0.587, 0.114]
    assert np.abs(to_grey(COLOUR) - weights).max() <= 0.51
    assert to_grey(COLOUR).dtype == np.int64


def test_a_picture_has_the_height_it_is_asked_for():
    image = picture(COLOUR, 4.2)
    assert image.height == pytest.approx(4.2)
    assert image.width == pytest.approx(4.2 * 20 / 12)


def test_a_feature_map_is_coloured_by_sign_up_to_its_limit():
    trace = conv2d(COLOUR[..., 0], [[1, -1]])
    shades = feature_picture(trace, 3.0, limit=50).pixel_array[..., :3]
    assert np.array_equal(shades, diverging(trace.output[0], 50, vivid=True))
    brightest = shades[np.unravel_index(trace.output[0].argmax(), trace.output[0].shape)]
    darkest = shades[np.unravel_index(trace.output[0].argmin(), trace.output[0].shape)]
    assert int(brightest[0]) > int(brightest[2]), "orange above zero"
    assert int(darkest[2]) > int(darkest[0]), "blue below zero"


def test_few_extreme_values_do_not_darken_the_whole_map():
    values = np.ones((40, 40))
    values[0, 0] = 1e6
    assert map_limit(conv2d(values, [[1]])) == 1


def test_a_frame_lies_exactly_round_its_picture_in_the_colour_of_its_role():
    image, border = framed(picture(COLOUR, 3.0), Role.OUTPUT)
    assert (border.width, border.height) == pytest.approx((image.width, image.height))
    assert ManimColor(border.get_stroke_color()).to_hex() == Role.OUTPUT.value
    assert ManimColor(framed(picture(COLOUR, 3.0))[1].get_stroke_color()).to_hex() == LINE


def opaque(image) -> np.ndarray:
    return image.pixel_array[..., 3] > 0


@pytest.mark.parametrize("bands", [1, 3, 10])
def test_a_sweep_uncovers_a_picture_in_reading_order_until_it_is_whole(bands):
    image = picture(COLOUR, 3.0)
    sweep = SweepPicture(image, bands=bands)
    sweep.begin()
    assert not opaque(image).any()
    before = opaque(image)
    for alpha in (0.2, 0.45, 0.8, 1.0):
        sweep.interpolate(alpha)
        now = opaque(image)
        assert (now | before == now).all(), "what was uncovered stays"
        assert abs(now.mean() - alpha) < 0.11
        before = now
    sweep.finish()
    assert opaque(image).all()


def test_a_sweep_keeps_the_opacity_that_the_picture_had():
    image = picture(COLOUR, 3.0).set_opacity(0.4)
    sweep = SweepPicture(image)
    sweep.begin()
    sweep.interpolate(1)
    assert set(np.unique(image.pixel_array[..., 3])) == {102}


def test_the_cursor_stays_over_the_picture_that_is_seen():
    image, seen, cursor = picture(COLOUR, 3.0), picture(COLOUR, 2.0).shift([4, 1, 0]), Square(0.2)
    sweep = SweepPicture(image, seen=seen, cursor=cursor, bands=4)
    sweep.begin()
    heights = []
    for alpha in np.linspace(0, 1, 23):
        sweep.interpolate(alpha)
        assert abs(cursor.get_x() - seen.get_x()) <= (seen.width - cursor.width) / 2 + 1e-6
        assert abs(cursor.get_y() - seen.get_y()) <= (seen.height - cursor.height) / 2 + 1e-6
        heights.append(round(cursor.get_y(), 6))
    assert heights == sorted(heights, reverse=True), "from the top down"
    assert cursor.get_right()[0] == pytest.approx(seen.get_right()[0])


def test_the_first_layer_of_a_stack_lies_in_front_and_none_is_hidden():
    layers = [Square(2) for _ in range(3)]
    pile = stack(layers, step=0.5)
    assert isinstance(pile, Group)
    assert list(pile) == layers[::-1], "painted from back to front"
    places = [layer.get_center() for layer in layers]
    assert places[0] == pytest.approx([0, 0, 0])
    assert all(b[0] > a[0] and b[1] > a[1] for a, b in pairwise(places))


def test_a_legend_names_both_ends_and_the_middle_of_its_bar():
    bar, *names = sign_legend("মাইনাস", "শূন্য", "প্লাস", width=6.0)
    assert bar.width == pytest.approx(6.0)
    assert [name[0].original_text for name in names] == ["মাইনাস", "শূন্য", "প্লাস"]
    left = bar.get_left()[0]
    assert [name.get_x() - left for name in names] == pytest.approx([0, 3, 6], abs=1e-6)
    shades = bar.pixel_array[0, :, :3].astype(int)
    assert shades[0][2] > shades[0][0]
    assert shades[-1][0] > shades[-1][2]
    assert np.array_equal(bar.pixel_array[:, :, :3], bar.pixel_array[:1, :, :3].repeat(6, axis=0))


def test_two_columns_stand_on_common_lines():
    table = SideBySide(("মানুষ", "সিএনএন"), [("চোখ", "কার্নেল"), ("মানে বোঝে", "প্যাটার্ন ধরে")], step=1.0)
    for left, right in (table.heads, *table.rows):
        assert left.get_x() == pytest.approx(-right.get_x(), abs=1e-6)
        baselines = [text[0].get_bottom()[1] + text[0].descent for text in (left, right)]
        assert baselines[0] == pytest.approx(baselines[1])
    lines = [row[0][0].get_bottom()[1] + row[0][0].descent for row in table.rows]
    assert lines[0] - lines[1] == pytest.approx(1.0)


@pytest.mark.parametrize(("format", "width"), [(WIDE, 11.0), (TALL, TALL.safe_width)])
def test_a_table_is_as_wide_as_the_format_lets_it_be_read(format, width):
    with in_format(format):
        assert two_columns().rule.width == pytest.approx(width)
    larger = replace(format, **{side: 2 * getattr(format, side) for side in SIDES})
    with in_format(larger):
        assert two_columns().rule.width == pytest.approx(2 * width)


SIDES = ("width", "height", "left", "right", "top", "bottom")


def two_columns():
    return SideBySide(("মানুষ", "সিএনএন"), [("চোখ", "কার্নেল")])
