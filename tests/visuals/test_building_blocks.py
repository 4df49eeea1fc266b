"""Each building block drawn alone, compared with a stored picture."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Group, Square, VGroup
from pictures import SIZE, check_pictures, compare, draw

from cnnviz import visuals
from cnnviz.compute import conv2d, literal, matrix_size, max_pool2d, mean_pool2d, relu
from cnnviz.review.layout import Stage
from cnnviz.review.layout_rules import at_rest
from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import (
    Bars,
    Clock,
    DotPlot,
    LinePlot,
    MoveWindow,
    MovingWeights,
    NetworkView,
    Photograph,
    Playback,
    ProductGrid,
    Ring,
    Roll,
    RunDown,
    Screen,
    SideBySide,
    SumRow,
    SweepPicture,
    SweepReplace,
    SweepWindow,
    ThinkingRing,
    WindowView,
    across,
    against,
    at_edge,
    current_format,
    draw_windows,
    feature_picture,
    fit,
    formula,
    framed,
    gather,
    input_grid,
    keep_winners,
    kernel_colours,
    kernel_grid,
    merge_windows,
    number_text,
    output_grid,
    padded_grid,
    pair_up,
    picture,
    pooled_grid,
    pooling_windows,
    pulse,
    relu_grid,
    sign_legend,
    size_text,
    stack,
    sum_text,
    tile_center,
    tiled,
    with_title,
    words,
    zoom_rays,
)
from cnnviz.visuals.arrange import in_format
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


def all_of(animations, alpha: float):
    """All that a group of animations moves and brings, so far on its way."""

    def parts(animation):
        return (
            [part for one in animation.animations for part in parts(one)]
            if hasattr(animation, "animations")
            else [animation.mobject]
        )

    at(animations, alpha)
    return Group(*parts(animations))


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
    return [across(*titled, buff=1.2)]


def padding():
    seen, output = padded_grid(PADDED, cell=0.8), output_grid(PADDED, cell=0.8).empty()
    across(seen, output, buff=2.0)
    window = WindowView(PADDED, seen, output)
    places = [(view.row, view.column) for view in PADDED.windows()]
    output.reveal(0, 0)
    at(SweepWindow(window, places[1:]), 0.52)
    return [seen, output, window]


def moving_window():
    seen, output = input_grid(TRACE, cell=0.9), output_grid(TRACE, cell=0.9)
    across(seen, output, buff=2.5)
    window = WindowView(TRACE, seen, output)
    at(MoveWindow(window, 2, 1), 0.4)
    return [seen, output, window]


def products():
    grid = ProductGrid(TRACE.window(0, 0), cell=1.3).shift(UP * 0.8)
    row, total = SumRow(TRACE.window(0, 0)), sum_text(TRACE.window(0, 0))
    written = at_edge(across(row, total, buff=0.3), DOWN, buff=0.1)
    if current_format() is TALL:
        across(grid, written)
    return [grid, written]


def pooling():
    grid = relu_grid(RECTIFIED, cell=0.9)
    trace = max_pool2d(RECTIFIED.output[0])
    largest, mean = pooled_grid(trace), pooled_grid(mean_pool2d(RECTIFIED.output[0]))
    across(grid, largest, mean, buff=1.0)
    return [grid, pooling_windows(trace, grid), mean, at(keep_winners(trace, grid, largest), 0.5)]


def pairing():
    seen, kernel = input_grid(TRACE, cell=0.6), kernel_grid(TRACE, cell=0.6)
    pair = against(seen, kernel, buff=0.4).to_edge(LEFT)
    cell = 1.3 if current_format() is WIDE else 1.15
    grid = ProductGrid(TRACE.window(0, 0), cell=cell).to_edge(RIGHT)
    if current_format() is TALL:
        across(fit(pair), grid)
    moving = all_of(pair_up(grid, seen.block_digits(0, 0, 3, 3), kernel.digits), 0.5)
    return [seen, kernel, moving]


def gathering():
    row, total = SumRow(TRACE.window(0, 0)), sum_text(TRACE.window(0, 0))
    across(row, total, buff=0.3)
    return [row, all_of(gather(row, total), 0.5)]


def merging():
    trace = mean_pool2d(RECTIFIED.output[0])
    grid, mean = relu_grid(RECTIFIED, cell=0.9), pooled_grid(trace)
    across(grid, mean, buff=1.5)
    frames = all_of(draw_windows(pooling_windows(trace, grid)), 0.6)
    return [grid, frames, all_of(merge_windows(trace, grid, mean), 0.5)]


def relu_sweep():
    before, after = output_grid(TRACE, cell=1.2), relu_grid(relu(TRACE.output[0]), cell=1.2)
    across(before)
    return [at(SweepReplace(before, after), 0.5)]


def feature_maps():
    trace = conv2d(waves(), TRACE.kernel[0, 0])
    image = framed(picture(waves(), 3.0), Role.INPUT).shift([-4, 0.5, 0])
    half = framed(feature_picture(trace, 3.0), Role.OUTPUT).shift([0.5, 0.5, 0])
    pile = stack([framed(feature_picture(trace, 1.8), Role.OUTPUT) for _ in range(3)])
    pile.shift([4.3, 0, 0])
    legend = sign_legend("মাইনাস", "শূন্য", "প্লাস").to_edge(DOWN)
    if current_format() is TALL:
        at_edge(legend, DOWN)
        across(image, half, pile, footroom=1.0)
    at(SweepPicture(half[0]), 0.55)
    return [image, half, pile, legend]


def watching():
    frames = [np.full((90, 160, 3), level, np.uint8) for level in (40, 90)]
    screen = Screen(lambda index: frames[index // 10], 10, height=4).to_edge(LEFT)
    names = [words(name) for name in ("এক", "দুই", "তিন")]
    lines = Group(*names).arrange(DOWN, buff=0.4).to_edge(RIGHT, buff=2)
    if current_format() is TALL:
        across(fit(screen), lines)
    ring = Ring(
        *(screen.at(*share) for share in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.8), (0.2, 0.8))),
        at=1.0,
        screen=screen,
    )
    roll = Roll(names, [0.2, 0.8, 1.2], 2)
    return [at(Playback(screen, roll, ring, run_time=2), 0.65)]


def tiles():
    kernels = np.linspace(-1, 1, 6 * 27).reshape(6, 3, 3, 3)
    sheet = tiled(kernel_colours(kernels), 3, 4)
    across(sheet)
    center, side = tile_center(sheet, 4, 3)
    return [sheet, Square(side, color=ACCENT).move_to(center)]


def numbers():
    size = size_text(*matrix_size([[1, 2, 3], [4, 5, 6]]), HEADING)
    large = number_text(literal(-12.5), TITLE)
    return [
        across(size, large, buff=1),
        at(pulse(large.copy().shift(UP * (2 if current_format() is WIDE else 3.5))).build(), 0.5),
    ]


def table():
    return [SideBySide(("মানুষ", "সিএনএন"), [("চোখ", "কার্নেল"), ("মানে বোঝে", "প্যাটার্ন ধরে")])]


def card():
    return [chapter_card("ফিচার ম্যাপ কী বলে")]


def formulas():
    line = formula("{{ F(i, j) : output }} =\nsum_(m, n) X(i + m, j + n)\ndot K(m, n) + b", HEADING)
    line.select("output").set_color(Role.OUTPUT.value)
    rule = formula('"ReLU"(x) = max(0, x)', HEADING, colour=ACCENT)
    lines = VGroup(fit(line), fit(rule)).arrange(DOWN, buff=0.8)
    return [lines.move_to(current_format().center), header("এক লাইনের সূত্র")]


def photograph():
    photo = fit(Photograph(waves(), 4.2, name="waves"))
    spot = photo.block(43, 58, 3, 3).set_stroke(Role.KERNEL.value, 5)
    return [Group(photo, spot).move_to(current_format().center), header("ছবি থেকে পিক্সেল")]


def rays():
    whole = fit(framed(picture(waves(), 3.4), Role.INPUT))
    part = kernel_grid(TRACE, cell=0.9)
    across(whole, part, buff=1.6)
    spot = Square(0.22, color=Role.KERNEL.value, stroke_width=5).move_to(whole)
    return [whole, part, spot, zoom_rays(spot, part)]


def bars():
    shown = Bars(("গোল্লা", "কাটা"), [literal(40.5), literal(59.5)], full=100, unit="%")
    return [at(shown.change_to([literal(0), literal(100)]), 0.8)]


def learning():
    steps = list(range(0, 1001, 50))
    losses = [0.7 * 0.5 ** (step / 200) for step in steps]
    kernels = np.stack([TRACE.kernel[0, 0] * (1 + 0.01 * step) / 7.3 for step in steps])
    plot = LinePlot(
        list(zip(steps, losses, strict=True)),
        x_ticks=[literal(value) for value in (0, 500, 1000)],
        y_ticks=[literal(value) for value in (0, 0.25, 0.5, 0.75)],
        x_title="ধাপ",
        y_title="লস",
        marks=[(3, "প্রথম ঠিক উত্তর"), (19, "শেষ")],
        number=lambda index: literal(round(losses[index], 2)),
    )
    weights = MovingWeights(
        kernels, steps, lambda at, row, column: literal(round(kernels[at, row, column], 2))
    )
    across(plot, weights)
    return [at(Clock(plot, weights).to(1000), 0.63)]


def orders_of_magnitude():
    ticks = [literal(value) for value in (0.001, 0.01, 0.1, 1)]
    points = [(step, 0.5 ** (step / 10)) for step in range(0, 91, 10)]
    return [LinePlot(points, x_ticks=[literal(0), literal(90)], y_ticks=ticks, log=True).seek(90)]


def dots():
    right = [[i * i * 7 % 15 + 1 for i in range(40)], [i * 5 % 9 + i % 3 for i in range(40)]]
    shares = [[100 * one / 16 for one in group] for group in right]
    plot = DotPlot(
        [("সিএনএন", shares[0]), ("পারসেপট্রন", shares[1])],
        ticks=[literal(value) for value in (0, 25, 50, 75, 100)],
        means=[literal(49.5), literal(31.1)],
        coin=literal(50),
        coin_name="পয়সা ছুড়ে",
        title="ঠিক উত্তর, শতাংশ",
    )
    return [plot, at(plot.fall(1), 0.6), at(plot.show_mean(0), 0.8)]


def network():
    layers = [[literal(value) for value in (1.2, 0, -0.35)], 3, [literal(0.62), literal(0.38)]]
    matrices = (
        np.array([[2, -1, 0.5], [-2, 0.1, 1], [1, 1, -1]]),
        np.array([[1, -1, 2], [0.5, 2, 0]]),
    )
    drawn = NetworkView(layers, matrices)
    lit = drawn.light([(0, 0, 1), (0, 2, 1), (1, 1, 0)])
    at(lit, 0.8)
    return [drawn]


def blame():
    drawn = NetworkView([3, 3, 2])
    lines = [(1, 0, 0), (1, 1, 0), (0, 0, 0), (0, 1, 0), (0, 0, 1), (0, 2, 1)]
    back = drawn.blame(
        {line: literal(round(0.7 - index / 4, 2)) for index, line in enumerate(lines)}
    )
    at(back, 0.85)
    return [drawn]


def thinking():
    shares = (0.05, 0.25, 0.5, 0.85)
    rings = [at(RunDown(ThinkingRing()), share).scale(3.5) for share in shares]
    return [
        VGroup(*rings).arrange_in_grid(2, 2).move_to(current_format().center),
        ThinkingRing().at(0.4),
    ]


BLOCKS = [
    three_grids,
    padding,
    moving_window,
    products,
    pairing,
    gathering,
    pooling,
    merging,
    relu_sweep,
    feature_maps,
    watching,
    tiles,
    numbers,
    table,
    card,
    formulas,
    photograph,
    rays,
    bars,
    learning,
    orders_of_magnitude,
    dots,
    network,
    blame,
    thinking,
]


each_block = pytest.mark.parametrize("block", BLOCKS, ids=[block.__name__ for block in BLOCKS])


@each_block
def test_building_blocks_look_like_their_pictures(block):
    check_pictures(f"blocks/{block.__name__}", {block.__name__: draw(block())})


@each_block
def test_building_blocks_look_like_their_pictures_in_the_tall_format(block):
    with in_format(TALL):
        drawn = draw(block(), TALL.pixels(*sorted(SIZE)))
    check_pictures(f"blocks/tall/{block.__name__}", {block.__name__: drawn})


@each_block
def test_building_blocks_stay_in_the_tall_safe_area_with_text_that_can_be_read(block):
    with in_format(TALL):
        stage = Stage(block())
        assert stage.outside() == []
        flaws = {problem.rule for problem in at_rest(stage.readings(), TALL)}
    assert flaws & {"outside-safe-margin", "text-too-small"} == set()


NOT_DRAWN = {"NumberGrid", "load_picture", "map_limit", "to_grey"}
"""What is drawn only as part of something else."""


def test_every_building_block_has_a_picture():
    assert set(visuals.__all__) - NOT_DRAWN <= globals().keys(), "draw it here, or say what it is"


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
