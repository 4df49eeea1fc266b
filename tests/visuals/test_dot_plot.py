"""Every value a dot; none covers another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from on_stage import last_picture, ledger

from cnnviz.compute import literal
from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import DotPlot
from cnnviz.visuals.arrange import in_format
from cnnviz.visuals.swarm import swarm

MANY = np.random.default_rng(7)
LEVELS = [np.round(MANY.binomial(14, share, 200) / 14, 4) for share in (0.62, 0.46)]
SPREAD_OUT = [MANY.normal(0.6, 0.08, 200).clip(0, 1), MANY.normal(0.45, 0.05, 200).clip(0, 1)]
FEW = [[0.5, 0.5, 0.5, 0.9], [0.25, 0.5, 0.75]]


def ticks(*values):
    return [literal(value, of="axis") for value in values]


def plot_of(groups, **options):
    names = ("সিএনএন", "পারসেপট্রন")
    options = {"ticks": ticks(0, 0.5, 1), **options}
    return DotPlot(list(zip(names, groups, strict=True)), **options)


def gaps(places, size):
    """Of each two dots, how far apart their edges are."""
    pairs = combinations(range(len(places)), 2)
    return [float(np.linalg.norm(places[i] - places[j])) - size for i, j in pairs]


@pytest.mark.parametrize("heights", [*LEVELS, *SPREAD_OUT, [1, 1.05, 1.1, 1.05], [3] * 50])
def test_no_dot_covers_another_and_all_are_within_the_room(heights):
    places, size = swarm(np.asarray(heights) * 5, 1.6, 0.2)
    assert min(gaps(places, size)) >= -1e-6
    assert np.abs(places[:, 0]).max() + size / 2 <= 0.8 + 1e-6


@pytest.mark.parametrize("heights", [*SPREAD_OUT, FEW[0], [0.5] * 10])
def test_a_dot_stands_at_the_height_of_its_value(heights):
    places, _ = swarm(heights, 2.0, 0.1)
    assert places[:, 1] == pytest.approx(np.asarray(heights))


def test_dots_of_one_height_stand_beside_each_other_around_the_middle():
    places, size = swarm([2.0] * 4, 2.0, 0.2)
    assert size == 0.2
    assert sorted(places[:, 0]) == pytest.approx([-0.3, -0.1, 0.1, 0.3])


@pytest.mark.parametrize("heights", LEVELS)
def test_many_dots_of_one_value_stand_nearer_to_it_than_to_any_other(heights):
    heights = 5 * np.asarray(heights)
    places, size = swarm(heights, 1.2, 0.2)
    levels = np.unique(heights)
    nearest = levels[np.abs(places[:, 1][:, None] - levels).argmin(axis=1)]
    assert np.array_equal(nearest, heights)
    assert size > 1.2 / max(np.unique(heights, return_counts=True)[1])
    for level in levels:  # and on the whole at it
        assert places[heights == level, 1].mean() == pytest.approx(level, abs=size / 2)


def test_dots_that_nobody_could_see_are_refused():
    with pytest.raises(ValueError, match="400 dots do not fit"):
        swarm([1.0] * 400, 0.3, 0.2)


@pytest.mark.parametrize("format", [WIDE, TALL], ids=["wide", "tall"])
def test_two_hundred_dots_a_group_can_be_told_apart(format):
    with in_format(format):
        plot = plot_of(LEVELS, means=ticks(0.62, 0.46))
    pixels = {"wide": 1080 / WIDE.height, "tall": 1920 / TALL.height}[format.name]
    sizes = {round(dot.width, 6) for column in plot.columns for dot in column}
    assert len(sizes) == 1, "dots of both groups are equally large"
    assert sizes.pop() * pixels >= 8


def test_dots_are_counted_and_lie_at_their_values():
    plot = plot_of(FEW)
    assert [len(column) for column in plot.columns] == [4, 3]
    heights = [dot.get_y() for dot in plot.columns[1]]
    assert heights == pytest.approx([plot.axes.point(value)[1] for value in FEW[1]])


def test_groups_stay_in_their_columns_with_their_names_below():
    plot = plot_of(LEVELS, means=ticks(0.6, 0.4))
    middle = plot.axes.bottom.get_center()[0]
    first, second = plot.columns
    assert first.get_right()[0] < middle < second.get_left()[0]
    assert plot.means[0][2].get_right()[0] < second.get_left()[0]
    for name, column in zip(plot.names, plot.columns, strict=True):
        assert name.get_top()[1] < plot.axes.bottom.get_y()
        assert column.get_left()[0] < name.get_x() < column.get_right()[0]


def test_lines_stand_at_their_numbers():
    plot = plot_of(FEW, means=ticks(0.6, 0.4), coin=literal(0.5, of="coin"), coin_name="পয়সা")
    heights = [mean[0].get_y() for mean in plot.means]
    assert heights == pytest.approx([plot.axes.point(value)[1] for value in (0.6, 0.4)])
    line, legend = plot.coin
    assert line.get_y() == pytest.approx(plot.axes.point(0.5)[1])
    assert legend[-1].numbers[0].value == 0.5


@pytest.mark.parametrize("format", [WIDE, TALL], ids=["wide", "tall"])
def test_what_the_coins_line_means_does_not_stand_in_the_title(format):
    with in_format(format):
        plot = plot_of(FEW, coin=literal(0.5), coin_name="পয়সা ছুড়ে পাওয়া", title="ঠিক উত্তরের ভাগ")
    title, legend = plot.axes.title, plot.coin[1]
    beside = title.get_right()[0] < legend.get_left()[0]
    assert beside or title.get_top()[1] < legend.get_bottom()[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"means": ticks(0.5)}, "1 means of 2 groups"),
        ({"ticks": ticks(0.3, 1)}, "beyond the axis"),
        ({"coin": literal(50)}, "50 is beyond the axis"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        plot_of(FEW, **options)


def seen(mobject):
    return [part.get_fill_opacity() for part in mobject.family_members_with_points()]


def test_dots_fall_from_above_in_their_order_and_rest_at_their_places():
    plot = plot_of(FEW)
    places = [dot.get_center() for dot in plot.columns[0]]
    fall = plot.empty().fall(0)
    assert seen(plot.columns) == [0] * 7
    fall.begin()
    fall.interpolate(0.5)
    first, *_, last = plot.columns[0]
    assert first.get_center() == pytest.approx(places[0])
    assert first.get_fill_opacity() == 1
    assert last.get_fill_opacity() == 0
    assert all(
        dot.get_y() >= place[1] - 1e-9 for dot, place in zip(plot.columns[0], places, strict=True)
    )
    fall.finish()
    assert [dot.get_center() for dot in plot.columns[0]] == [pytest.approx(at) for at in places]
    assert seen(plot.columns[0]) == [1] * 4
    assert seen(plot.columns[1]) == [0] * 3


def compare(scene):
    plot = plot_of(FEW, means=ticks(0.6, 0.4)).empty()
    scene.add(plot)
    return [lambda: plot.fall(0), lambda: plot.show_mean(0)]


def test_a_mean_is_in_the_ledger_once_it_is_shown():
    shown = ledger(compare)
    axis = {"0", "0.5", "1"}
    assert shown == {"before": axis, "moving": {*axis, "0.6"}, "after": {*axis, "0.6"}}


def test_a_beat_that_is_skipped_leaves_them_as_one_that_was_drawn():
    drawn = last_picture(compare, ("before", "moving", "after"))
    assert np.array_equal(drawn, last_picture(compare, ("after",)))
