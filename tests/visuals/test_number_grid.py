from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ManimColor

from cnnviz.compute import conv2d, literal, matrix_size, max_pool2d, mean_pool2d, relu
from cnnviz.script.numerals import as_digits
from cnnviz.visuals import (
    NumberGrid,
    input_grid,
    kernel_grid,
    output_grid,
    padded_grid,
    pooled_grid,
    relu_grid,
    size_text,
    with_title,
    words,
)
from cnnviz.visuals.theme import GROUND, Role, diverging, grey, hex_colour, readable_on

IMAGE = [[1, 2, 3, 0, 1], [0, 1, 2, 3, 1], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2]]
KERNEL = [[1, 0, -1], [2, 0, -2]]
TRACE = conv2d(IMAGE, KERNEL)
TWO_DEEP = conv2d(
    [IMAGE, (10 * np.array(IMAGE)).tolist()], [[KERNEL] * 2, [[[1, 1, 1], [0, 0, 0]]] * 2]
)


def values(grid: NumberGrid) -> list[list[float]]:
    """The values that its digits carry, in rows."""
    row = range(grid.columns)
    return [[grid.digit(r, c).numbers[0].value for c in row] for r in range(grid.rows)]


def texts(grid: NumberGrid) -> list[list[str]]:
    row = range(grid.columns)
    return [[grid.digit(r, c).original_text for c in row] for r in range(grid.rows)]


def fill(square: object) -> str:
    return ManimColor(square.get_fill_color()).to_hex()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("make", "matrix", "role"),
    [
        (lambda: input_grid(TRACE), IMAGE, Role.INPUT),
        (lambda: input_grid(TWO_DEEP, channel=1), TWO_DEEP.input[1].tolist(), Role.INPUT),
        (lambda: kernel_grid(TRACE), KERNEL, Role.KERNEL),
        (lambda: output_grid(TRACE), TRACE.output[0].tolist(), Role.OUTPUT),
        (lambda: output_grid(TWO_DEEP, channel=1), TWO_DEEP.output[1].tolist(), Role.OUTPUT),
        (
            lambda: relu_grid(relu(TRACE.output[0])),
            relu(TRACE.output[0]).output[0].tolist(),
            Role.OUTPUT,
        ),
        (lambda: pooled_grid(max_pool2d(IMAGE)), max_pool2d(IMAGE).output[0].tolist(), Role.OUTPUT),
        (
            lambda: pooled_grid(mean_pool2d(IMAGE)),
            mean_pool2d(IMAGE).output[0].tolist(),
            Role.OUTPUT,
        ),
    ],
    ids=["input", "channel", "kernel", "output", "second map", "relu", "max", "mean"],
)
def test_every_cell_carries_and_shows_the_number_of_its_trace(make, matrix, role):
    grid = make()
    assert values(grid) == matrix
    assert texts(grid) == [[as_digits(value) for value in row] for row in matrix]
    assert grid.role is role


def test_digits_know_how_their_numbers_were_computed():
    assert {digit.numbers[0].op for digit in output_grid(TRACE).digits} == {"conv2d"}
    assert {digit.numbers[0].op for digit in input_grid(TRACE).digits} == {"literal"}
    assert output_grid(TRACE).digit(1, 2).numbers == (TRACE.number(1, 2),)


@given(rows=st.integers(1, 4), columns=st.integers(1, 4), cell=st.sampled_from([0.5, 0.86, 1.3]))
@settings(max_examples=15, deadline=None)
def test_cells_lie_side_by_side_in_reading_order(rows, columns, cell):
    grid = NumberGrid(
        [[literal(r * columns + c) for c in range(columns)] for r in range(rows)],
        role=Role.INPUT,
        cell=cell,
    ).shift([1.5, -0.5, 0])
    origin = grid.square(0, 0).get_center()
    for r in range(rows):
        for c in range(columns):
            there = origin + cell * np.array([c, -r, 0])
            assert grid.square(r, c).get_center() == pytest.approx(there)
            assert grid.digit(r, c).get_center() == pytest.approx(there)
            assert grid.point(r, c) == pytest.approx(there)
            assert grid.square(r, c).width == pytest.approx(cell)
    assert grid.point(-0.5, 2.5) == pytest.approx(origin + cell * np.array([2.5, 0.5, 0]))


def test_points_follow_a_grid_that_was_scaled():
    grid = input_grid(TRACE, cell=0.7).scale(1.7)
    assert grid.point(2, 3) == pytest.approx(grid.square(2, 3).get_center())


@pytest.mark.parametrize(
    ("cell", "value"),
    [(cell, value) for cell in (0.5, 0.62, 0.86, 1.2) for value in (-8, 11, 0.5)]
    + [(cell, 194) for cell in (0.66, 0.86)],
)
def test_digits_stay_inside_their_cells(cell, value):
    grid = NumberGrid([[literal(value), literal(0)]], role=Role.OUTPUT, cell=cell)
    square, digit = grid.square(0, 0), grid.digit(0, 0)
    assert digit.get_left()[0] > square.get_left()[0]
    assert digit.get_right()[0] < square.get_right()[0]
    assert digit.get_top()[1] < square.get_top()[1]


def test_digits_of_a_grid_have_one_size():
    sizes = {round(digit.font_size, 6) for digit in output_grid(TRACE, cell=0.9).digits}
    assert len(sizes) == 1


def test_a_block_holds_the_cells_of_a_window_in_reading_order():
    grid = input_grid(TRACE)
    places = [(1, 2), (1, 3), (1, 4), (2, 2), (2, 3), (2, 4)]
    assert list(grid.block(1, 2, 2, 3)) == [grid.square(r, c) for r, c in places]
    assert list(grid.block_digits(1, 2, 2, 3)) == [grid.digit(r, c) for r, c in places]
    assert list(grid.at(1, 2)) == [grid.square(1, 2), grid.digit(1, 2)]


def test_an_input_is_shaded_by_brightness_and_a_map_by_sign():
    pixels, weights = input_grid(TRACE), output_grid(TRACE)
    assert fill(pixels.square(0, 2)) == hex_colour(grey(3, 3))
    assert fill(pixels.square(0, 3)) == hex_colour(grey(0, 3))
    strongest = float(np.abs(TRACE.output).max())
    for r, row in enumerate(TRACE.output[0].tolist()):
        for c, value in enumerate(row):
            assert fill(weights.square(r, c)) == hex_colour(diverging(value, strongest))


def test_the_limit_sets_which_value_gets_the_full_colour():
    assert fill(output_grid(TRACE, limit=100).square(0, 0)) == hex_colour(
        diverging(TRACE.output[0, 0, 0], 100)
    )


def test_digits_have_the_colour_that_reads_best_on_their_cell():
    grid = input_grid(TRACE)
    for square, digit in zip(grid.squares, grid.digits, strict=True):
        assert ManimColor(digit.get_color()).to_hex() == readable_on(fill(square))
    assert len({ManimColor(digit.get_color()).to_hex() for digit in grid.digits}) == 2


def test_an_empty_grid_shows_lines_only_and_reveals_one_cell_at_a_time():
    grid = output_grid(TRACE).empty()
    full = output_grid(TRACE)
    assert all(digit.get_fill_opacity() == 0 for digit in grid.digits.family_members_with_points())
    assert {fill(square) for square in grid.squares} == {GROUND}
    assert all(square.get_stroke_opacity() > 0 for square in grid.squares)

    assert grid.reveal(1, 1) is grid
    for index, (square, digit) in enumerate(zip(grid.squares, grid.digits, strict=True)):
        shown_now = index == grid.columns + 1
        assert digit[0].get_fill_opacity() == (1 if shown_now else 0)
        assert fill(square) == (fill(full.squares[index]) if shown_now else GROUND)


def test_a_grid_keeps_its_numbers_while_it_is_empty_and_when_it_is_copied():
    assert values(output_grid(TRACE).empty()) == TRACE.output[0].tolist()
    assert values(output_grid(TRACE).copy()) == TRACE.output[0].tolist()


@given(
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    size=st.tuples(st.integers(2, 3), st.integers(2, 3)),
)
@settings(max_examples=8, deadline=None)
def test_a_padded_grid_parts_the_border_of_zeros_from_the_picture(padding, size):
    picture = np.arange(1, size[0] * size[1] + 1).reshape(size)
    grid = padded_grid(conv2d(picture, [[1, 1], [1, 1]], padding=padding))
    down, across = padding
    inside = {(r + down, c + across) for r in range(size[0]) for c in range(size[1])}
    everywhere = {(r, c) for r in range(grid.rows) for c in range(grid.columns)}

    assert (grid.rows, grid.columns) == (size[0] + 2 * down, size[1] + 2 * across)
    inner = {cell[1] for cell in grid.inner}
    border = {cell[1] for cell in grid.border}
    assert inner == {grid.digit(*place) for place in inside}
    assert border == {grid.digit(*place) for place in everywhere - inside}
    assert [cell[1].numbers[0].value for cell in grid.inner] == picture.ravel().tolist()
    assert all(cell[1].numbers[0].value == 0 for cell in grid.border)


def test_border_cells_look_different_from_zeros_of_the_picture():
    grid = padded_grid(conv2d([[0, 1], [2, 3]], [[1, 1], [1, 1]], padding=1))
    zero, border = grid.square(1, 1), grid.square(0, 0)
    assert fill(border) == GROUND != fill(zero)
    assert border.get_stroke_opacity() == 0 < zero.get_stroke_opacity()
    assert len(border.submobjects) == 1, "the dashes move and fade with their cell"


def test_a_title_stands_above_its_grid_in_the_colour_of_its_role():
    grid = kernel_grid(TRACE)
    title = with_title(grid, "কার্নেল")[1]
    assert title.get_bottom()[1] > grid.get_top()[1]
    assert title.get_x() == pytest.approx(grid.get_x())
    assert ManimColor(title[0].get_color()).to_hex() == Role.KERNEL.value


def test_a_title_that_is_text_already_is_kept_as_it_is():
    title = words("কার্নেল", colour="#FF0000")
    assert with_title(kernel_grid(TRACE), title)[1] is title
    assert ManimColor(title[0].get_color()).to_hex() == "#FF0000"


def test_a_size_is_made_of_two_counted_numbers():
    rows, columns = matrix_size(IMAGE)
    text = size_text(rows, columns)
    assert [part.original_text for part in text] == ["4", "×", "5"]
    assert text[0].numbers == (rows,)
    assert text[2].numbers == (columns,)
