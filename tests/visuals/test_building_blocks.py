"""Each building block drawn alone, compared with a stored picture."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, RIGHT, UP, VGroup
from pictures import check_pictures, compare, draw

from cnnviz.compute import conv2d, max_pool2d, mean_pool2d, relu
from cnnviz.visuals import (
    MoveWindow,
    ProductGrid,
    SideBySide,
    SumRow,
    SweepPicture,
    SweepReplace,
    SweepWindow,
    WindowView,
    feature_picture,
    formula,
    framed,
    input_grid,
    keep_winners,
    kernel_grid,
    output_grid,
    padded_grid,
    picture,
    pooled_grid,
    pooling_windows,
    relu_grid,
    sign_legend,
    stack,
    sum_text,
    with_title,
    words,
)
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, LABEL, MUTED, SMALL, TITLE, Role

TRACE = conv2d(
    [[1, 2, 3, 0, 1], [0, 1, 2, 3, 1], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [1, 2, 1, 0, 1]],
    [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
)
PADDED = conv2d(TRACE.input[0], TRACE.kernel[0, 0], padding=1)
RECTIFIED = relu(PADDED.output[0])


def at(animation, alpha: float):
    """An animation's mobject, so far on its way."""
    animation.begin()
    animation.interpolate(alpha)
    return animation.mobject


def waves():
    """A picture with edges in every direction."""
    down, across = np.mgrid[0:90, 0:120]
    rings = np.hypot(down - 45, across - 60) // 9 % 2
    return (200 * rings + 27).astype(np.uint8)


def three_grids():
    grids = [input_grid(TRACE), kernel_grid(TRACE), output_grid(TRACE)]
    titled = [
        with_title(grid, name) for grid, name in zip(grids, ("ছবি", "কার্নেল", "ম্যাপ"), strict=True)
    ]
    return [VGroup(*titled).arrange(RIGHT, buff=1.2)]


def padding():
    seen, output = padded_grid(PADDED, cell=0.8), output_grid(PADDED, cell=0.8).empty()
    VGroup(seen, output).arrange(RIGHT, buff=2.0)
    window = WindowView(PADDED, seen, output)
    places = [(view.row, view.column) for view in PADDED.windows()]
    output.reveal(0, 0)
    at(SweepWindow(window, places[1:]), 0.52)
    return [seen, output, window]


def moving_window():
    seen, output = input_grid(TRACE, cell=0.9), output_grid(TRACE, cell=0.9)
    VGroup(seen, output).arrange(RIGHT, buff=2.5)
    window = WindowView(TRACE, seen, output)
    at(MoveWindow(window, 2, 1), 0.4)
    return [seen, output, window]


def products():
    grid = ProductGrid(TRACE.window(0, 0), cell=1.3).shift(UP * 0.8)
    row, total = SumRow(TRACE.window(0, 0)), sum_text(TRACE.window(0, 0))
    return [grid, VGroup(row, total).arrange(RIGHT, buff=0.3).to_edge(DOWN)]


def pooling():
    grid = relu_grid(RECTIFIED, cell=0.9)
    trace = max_pool2d(RECTIFIED.output[0])
    largest, mean = pooled_grid(trace), pooled_grid(mean_pool2d(RECTIFIED.output[0]))
    VGroup(grid, largest, mean).arrange(RIGHT, buff=1.0)
    return [grid, pooling_windows(trace, grid), mean, at(keep_winners(trace, grid, largest), 0.5)]


def relu_sweep():
    before, after = output_grid(TRACE, cell=1.2), relu_grid(relu(TRACE.output[0]), cell=1.2)
    return [at(SweepReplace(before, after), 0.5)]


def feature_maps():
    trace = conv2d(waves(), TRACE.kernel[0, 0])
    image = framed(picture(waves(), 3.0), Role.INPUT).shift([-4, 0.5, 0])
    half = framed(feature_picture(trace, 3.0), Role.OUTPUT).shift([0.5, 0.5, 0])
    at(SweepPicture(half[0]), 0.55)
    pile = stack([framed(feature_picture(trace, 1.8), Role.OUTPUT) for _ in range(3)])
    legend = sign_legend("মাইনাস", "শূন্য", "প্লাস").to_edge(DOWN)
    return [image, half, pile.shift([4.3, 0, 0]), legend]


def table():
    return [SideBySide(("মানুষ", "সিএনএন"), [("চোখ", "কার্নেল"), ("মানে বোঝে", "প্যাটার্ন ধরে")])]


def card():
    return [chapter_card("ফিচার ম্যাপ কী বলে")]


def formulas():
    line = formula("{{ F(i, j) : output }} = sum_(m, n) X(i + m, j + n) dot K(m, n) + b", HEADING)
    line.select("output").set_color(Role.OUTPUT.value)
    rule = formula('"ReLU"(x) = max(0, x)', HEADING, colour=ACCENT)
    return [VGroup(line, rule).arrange(DOWN, buff=0.8), header("এক লাইনের সূত্র")]


BLOCKS = [
    three_grids,
    padding,
    moving_window,
    products,
    pooling,
    relu_sweep,
    feature_maps,
    table,
    card,
    formulas,
]


@pytest.mark.parametrize("block", BLOCKS, ids=[block.__name__ for block in BLOCKS])
def test_building_blocks_look_like_their_pictures(block):
    check_pictures(f"blocks/{block.__name__}", {block.__name__: draw(block())})


CONJUNCTS = ("ক্ষ ত্র জ্ঞ ঞ্চ ঙ্ক ঙ্গ ষ্ট্র স্ত্র ন্ত্র ন্দ্র", "ম্প্র হ্ম ণ্ড দ্ধ ক্ত শ্চ ল্প র্ক র্ষ্য")
VOWELS = ("কি কী কু কূ কৃ কে কৈ কো কৌ", "কং কঃ কাঁ রু রূ শু হু গু ড় ঢ় য় ৎ")
WORDS = "কনভোলিউশন স্ট্রাইড প্যাডিং ম্যাট্রিক্স কার্নেল লুকিয়ে খুঁজে"
DIGITS = "0123456789 −4 0.5 +3 5×5 (−1) ="


def test_conjuncts_and_digits_look_like_their_pictures():
    sheets = {
        name: draw([VGroup(*(words(*line) for line in lines)).arrange(DOWN, buff=0.5)], (640, 360))
        for name, lines in {
            "conjuncts": [*((line, TITLE) for line in CONJUNCTS), (DIGITS, TITLE)],
            "vowels": [*((line, TITLE) for line in VOWELS), (WORDS, BODY)],
        }.items()
    }
    sizes = [words("কার্নেল 0123456789 −4.5", size) for size in (SMALL, LABEL, BODY, HEADING, TITLE)]
    heavy = words("কার্নেল 0123456789 −4.5", BODY, weight=SEMIBOLD, colour=MUTED)
    sheets["sizes"] = draw([VGroup(*sizes, heavy).arrange(DOWN, buff=0.35)], (640, 360))
    check_pictures("blocks/letters", sheets)


def test_a_broken_conjunct_would_be_noticed():
    def sheet(text: str):
        return draw([words(text, TITLE)], (640, 360))

    broken = CONJUNCTS[0].replace("ক্ষ", "ক্\N{ZERO WIDTH NON-JOINER}ষ")
    assert compare(sheet(CONJUNCTS[0]), sheet(broken)).is_seen
    assert not compare(sheet(CONJUNCTS[0]), sheet(CONJUNCTS[0])).is_seen
