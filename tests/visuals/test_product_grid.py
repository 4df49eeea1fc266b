from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from manim import RIGHT, ManimColor

from cnnviz.compute import conv2d
from cnnviz.script.numerals import as_digits
from cnnviz.visuals import (
    ProductGrid,
    SumRow,
    gather,
    input_grid,
    kernel_grid,
    pair_up,
    sum_text,
)
from cnnviz.visuals.theme import diverging, hex_colour

IMAGE = [[1, 2, 3, 0], [0, 1, 2, 3], [1, 0, 1, 2]]
KERNEL = [[1, 0, -1], [2, 0, -2]]
TRACE = conv2d(IMAGE, KERNEL)
WINDOW = TRACE.window(1, 1)
PIXELS = [[1, 2, 3], [0, 1, 2]]
PRODUCTS = [1, 0, -3, 0, 0, -4]
PLACES = [(i, j) for i in range(2) for j in range(3)]


def carried(texts) -> list[float]:
    return [text.numbers[0].value for text in texts]


def test_every_card_shows_pixel_times_weight_and_their_product():
    grid = ProductGrid(WINDOW)
    written = [
        [part.original_text for part in (pixel, *sign, weight)]
        for pixel, sign, weight in grid.factors
    ]
    assert written == [[as_digits(PIXELS[i][j]), "×", as_digits(KERNEL[i][j])] for i, j in PLACES]
    assert carried(grid.results) == PRODUCTS
    assert [result.original_text for result in grid.results] == [as_digits(p) for p in PRODUCTS]
    assert {result.numbers[0].op for result in grid.results} == {"product"}


def test_factors_carry_the_numbers_of_picture_and_kernel():
    grid = ProductGrid(WINDOW)
    assert carried(pixel for pixel, _, _ in grid.factors) == [PIXELS[i][j] for i, j in PLACES]
    assert carried(weight for _, _, weight in grid.factors) == [KERNEL[i][j] for i, j in PLACES]


def test_weights_are_those_of_the_windows_own_map():
    trace = conv2d(IMAGE, [[KERNEL], [[[5, 0, 5], [0, 5, 0]]]])
    grid = ProductGrid(trace.window(0, 0, channel=1))
    assert carried(weight for _, _, weight in grid.factors) == [5, 0, 5, 0, 5, 0]
    assert carried(grid.results) == [5, 0, 15, 0, 5, 0]


@pytest.mark.parametrize("cell", [1.0, 1.12, 1.4])
def test_texts_stay_on_their_cards(cell):
    grid = ProductGrid(WINDOW, cell=cell)
    for card, factors, result in zip(grid.cards, grid.factors, grid.results, strict=True):
        for text in (factors, result):
            assert text.get_left()[0] > card.get_left()[0]
            assert text.get_right()[0] < card.get_right()[0]
            assert text.get_bottom()[1] > card.get_bottom()[1]
            assert text.get_top()[1] < card.get_top()[1]
        assert factors.get_bottom()[1] > result.get_top()[1]


def test_cards_lie_like_the_window_and_are_tinted_by_their_product():
    grid = ProductGrid(WINDOW)
    centres = [card.get_center() for card in grid.cards]
    for index, (i, j) in enumerate(PLACES):
        step = grid.cards[0].width + 0.08
        assert centres[index][:2] == pytest.approx(centres[0][:2] + np.array([j * step, -i * step]))
    tints = [ManimColor(card.get_fill_color()).to_hex() for card in grid.cards]
    assert tints == [hex_colour(diverging(product, 4)) for product in PRODUCTS]


def test_a_window_of_zeros_can_be_shown():
    window = conv2d([[0, 0], [0, 0]], [[1, 2], [3, 4]]).window(0, 0)
    assert carried(ProductGrid(window).results) == [0, 0, 0, 0]


def test_pixels_and_weights_end_as_the_factors_of_their_card():
    grid = ProductGrid(WINDOW)
    pixels = input_grid(TRACE).block_digits(1, 1, 2, 3)
    weights = kernel_grid(TRACE).digits
    pairs = pair_up(grid, pixels, weights).animations
    assert len(pairs) == len(PLACES)
    for pair, factors in zip(pairs, grid.factors, strict=True):
        _, pixel, weight, _ = pair.animations
        assert pixel.target_mobject is factors[0]
        assert weight.target_mobject is factors[2]
        assert pixel.mobject.numbers == factors[0].numbers
        assert weight.mobject.numbers == factors[2].numbers


def test_a_sum_is_written_with_negative_terms_in_brackets():
    row = SumRow(WINDOW)
    assert carried(row.terms) == PRODUCTS
    parts = sorted([*row.terms, *(sign[0] for sign in row.signs)], key=lambda part: part.get_x())
    line = "".join(part.original_text for part in parts)
    assert line == "1+0+(−3)+0+0+(−4)="


def test_the_parts_of_a_sum_do_not_touch():
    row = SumRow(WINDOW)
    parts = sorted([*row.terms, *row.signs], key=lambda part: part.get_x())
    for left, right in pairwise(parts):
        assert left.get_right()[0] < right.get_left()[0]


def test_the_sum_is_the_windows_own():
    total = sum_text(WINDOW)
    assert total.original_text == "−6"
    assert total.numbers == (WINDOW.sum_number,)


def test_gathering_leaves_the_row_to_be_read_and_ends_in_the_sum():
    row, total = SumRow(WINDOW), sum_text(WINDOW)
    total.next_to(row, RIGHT)
    places = [term.get_center().tolist() for term in row.terms]
    animation = gather(row, total)
    animation.begin()
    animation.interpolate(1)
    animation.finish()
    *leaps, appearing = animation.animations
    assert [term.get_center().tolist() for term in row.terms] == places
    assert all(term.get_fill_opacity() == 1 for term in row.terms.family_members_with_points())
    assert appearing.mobject is total
    assert [leap.mobject.numbers for leap in leaps] == [term.numbers for term in row.terms]
    for leap in leaps:
        assert leap.mobject.get_center() == pytest.approx(total.get_center(), abs=1e-3)
        assert leap.is_remover(), "what has arrived is gone"


def test_products_leap_above_the_row_and_vanish_on_arrival():
    row, total = SumRow(WINDOW), sum_text(WINDOW)
    total.next_to(row, RIGHT)
    leap = gather(row, total).animations[0]
    leap.begin()
    leap.interpolate(0.5)
    assert leap.mobject.get_bottom()[1] > row.get_top()[1]
    assert leap.mobject[0].get_fill_opacity() == 1
    leap.interpolate(1)
    assert leap.mobject[0].get_fill_opacity() == 0
