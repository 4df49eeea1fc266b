"""Parts that arrange themselves by the format on stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import DOWN, DR, UL, UP, Rectangle, VGroup, config

from cnnviz.compute import conv2d, literal
from cnnviz.review.stage import Box, safe_of
from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import (
    across,
    against,
    at_edge,
    current_format,
    fit,
    input_grid,
    number_text,
)
from cnnviz.visuals.arrange import in_format
from cnnviz.visuals.theme import SMALL

SIDES = st.lists(st.tuples(st.floats(0.2, 9), st.floats(0.2, 9)), min_size=1, max_size=6)


def boxes(parts):
    """Where parts are."""
    return [
        Box(one.get_left()[0], one.get_bottom()[1], one.get_right()[0], one.get_top()[1])
        for one in parts
    ]


def rectangles(*sides):
    return [Rectangle(width=width, height=height) for width, height in sides]


def test_the_wide_format_is_on_stage_unless_another_one_is_put_there():
    assert current_format() is WIDE
    with in_format(TALL):
        assert current_format() is TALL
        assert (config.frame_width, config.frame_height) == (TALL.width, TALL.height)
    assert current_format() is WIDE
    assert config.frame_height == WIDE.height


@pytest.mark.parametrize("format", [WIDE, TALL], ids=lambda format: format.name)
@given(sides=SIDES)
def test_parts_stay_in_the_safe_area_and_off_each_other(format, sides):
    with in_format(format):
        parts = rectangles(*sides)
        across(*parts, buff=0.5)
    placed = boxes(parts)
    assert all(box.within(safe_of(format)) for box in placed)
    assert not any(
        one.meets(other) for index, one in enumerate(placed) for other in placed[index + 1 :]
    )


def test_parts_flow_right_in_wide_and_down_in_tall():
    for format, axis, sign in ((WIDE, 0, 1), (TALL, 1, -1)):
        with in_format(format):
            first, second = rectangles((2, 1), (2, 1))
            across(first, second)
        apart = second.get_center() - first.get_center()
        assert sign * apart[axis] > 1
        assert apart[1 - axis] == pytest.approx(0)


def test_against_the_flow_is_the_other_way_round():
    for format, axis in ((WIDE, 1), (TALL, 0)):
        with in_format(format):
            first, second = rectangles((1, 1), (1, 1))
            against(first, second)
        assert (first.get_center() - second.get_center())[1 - axis] == pytest.approx(0)


def test_neighbours_share_a_row_where_a_column_would_be_too_high():
    with in_format(TALL):
        large, one, other = rectangles((4, 4), (1.5, 2), (1.5, 2))
        across(large, one, other, level=UP)
    assert one.get_y() == pytest.approx(other.get_y())
    assert one.get_top()[1] < large.get_bottom()[1]
    assert large.width == pytest.approx(4), "and nothing is made smaller"


def test_room_is_left_for_titles_and_notes_in_a_frame_that_flows_down():
    with in_format(TALL):
        first, second = rectangles((3, 2.2), (3, 2.2))
        across(first, second, headroom=0.7, footroom=1.0)
    assert TALL.safe[3] - TALL.header - first.get_top()[1] >= 0.7 - 1e-9
    assert first.get_bottom()[1] - second.get_top()[1] >= 0.7
    assert second.get_bottom()[1] - TALL.safe[1] >= 1.0 - 1e-9


def test_what_fits_is_left_as_it_is():
    (part,) = rectangles((2, 2))
    assert fit(part).width == 2
    assert fit(part, width=0.1).width == pytest.approx(0.1 * WIDE.safe_width)


def test_an_edge_is_that_of_the_safe_area():
    with in_format(TALL):
        (part,) = rectangles((1, 1))
        assert at_edge(part, DOWN, buff=0.2).get_bottom()[1] == pytest.approx(TALL.safe[1] + 0.2)
        assert part.get_x() == pytest.approx(TALL.center[0])
        assert at_edge(part, UL).get_left()[0] == pytest.approx(TALL.safe[0])
        assert at_edge(part, DR).get_right()[0] == pytest.approx(TALL.safe[2])


def test_a_grid_that_was_made_smaller_knows_its_cells():
    grid = input_grid(conv2d([[1, 2], [3, 4]], [[1]]), cell=0.8)
    assert VGroup(grid).scale(0.5)[0].cell == pytest.approx(0.4)
    assert grid.point(0, 1) == pytest.approx(grid.square(0, 1).get_center())


@pytest.mark.parametrize(("format", "lines", "least"), [(WIDE, 1080, 28), (TALL, 1920, 44)])
def test_the_smallest_digits_are_large_enough_in_every_format(format, lines, least):
    pixels = lines / format.height
    assert min(number_text(literal(digit), SMALL).height for digit in range(10)) * pixels >= least
    assert number_text(literal(0), SMALL).height * format.least_text / SMALL * pixels >= least


def test_safe_areas_lie_in_their_frames_and_keep_the_players_controls_free():
    for format in (WIDE, TALL):
        assert format.width / format.height == pytest.approx(format.ratio[0] / format.ratio[1])
        left, bottom, right, top = format.safe
        assert left < 0 < right
        assert bottom < 0 < top
    assert min(WIDE.left, WIDE.right) / WIDE.width == pytest.approx(0.05, abs=1e-3)
    assert min(WIDE.top, WIDE.bottom) / WIDE.height == pytest.approx(0.05)
    assert TALL.right / TALL.width > 0.12, "the column of buttons"
    assert TALL.bottom / TALL.height > 0.17, "title and channel"
