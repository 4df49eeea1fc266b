"""A clock and what follows it: a measured curve, and weights as they were recorded."""

from __future__ import annotations

import numpy as np
import pytest
from manim import RIGHT, FadeIn
from on_stage import last_picture, ledger

from cnnviz.compute import literal
from cnnviz.visuals import Clock, LinePlot, MovingWeights
from cnnviz.visuals.theme import diverging, hex_colour

STEPS = [0, 10, 40, 100]
LOSSES = [0.8, 0.5, 0.4, 0.1]
WEIGHTS = np.array([[[0.1, -0.2]], [[0.3, -0.2]], [[-1.25, 0.75]], [[2.0, -0.004]]])


def ticks(*values):
    return [literal(value, of="axis") for value in values]


def curve(**options):
    points = list(zip(STEPS, LOSSES, strict=True))
    options = {"x_ticks": ticks(0, 50, 100), "y_ticks": ticks(0, 0.5, 1), **options}
    return LinePlot(points, **options)


def kernel(**options):
    return MovingWeights(
        WEIGHTS,
        STEPS,
        lambda at, row, column: literal(round(float(WEIGHTS[at, row, column]), 2), of=f"step {at}"),
        **options,
    )


def written(grid):
    return [digit.original_text for digit in grid.digits]


def opacity(mobject):
    return mobject.family_members_with_points()[0].get_fill_opacity()


def test_all_parts_of_a_clock_show_one_moment():
    plot, weights = curve(), kernel()
    clock = Clock(plot, weights)
    run = clock.to(100)
    run.begin()
    run.interpolate(0.4)
    assert clock.value == 40
    assert plot.tip.get_center() == pytest.approx(plot.axes.point(0.4, 40))
    assert weights.snapshot == 2


def test_a_second_run_begins_where_the_first_one_ended():
    clock = Clock(curve())
    first, second = clock.to(40), clock.to(60)  # both made before either plays
    first.begin()
    first.finish()
    second.begin()
    assert clock.value == 40
    second.interpolate(0.5)
    assert clock.value == 50


def test_a_clock_ends_at_the_very_moment():
    clock = Clock(curve(), at=0.1)
    run = clock.to(0.3)
    run.begin()
    run.finish()
    assert clock.value == 0.3


@pytest.mark.parametrize("step", [0, 3, 10, 77, 100])
def test_the_curve_leads_through_the_measured_points_up_to_the_moment(step):
    plot = curve().shift(RIGHT).seek(step)
    reached = [at for at in STEPS if at <= step]
    corners = np.array(plot.curve.get_anchors())
    for at, loss in zip(reached, LOSSES, strict=False):
        place = plot.axes.point(loss, at)
        assert np.linalg.norm(corners - place, axis=1).min() < 1e-6
    loss = float(np.interp(step, STEPS, LOSSES))
    assert plot.tip.get_center() == pytest.approx(plot.axes.point(loss, step))
    assert corners[:, 0].max() == pytest.approx(plot.tip.get_center()[0])


def test_a_plot_looks_the_same_however_it_came_to_its_moment():
    there, back = curve().seek(60), curve().seek(100).seek(60)
    assert np.allclose(there.curve.points, back.curve.points)


def test_before_and_after_its_points_it_stands_at_its_ends():
    plot = curve().seek(-5)
    assert plot.tip.get_center() == pytest.approx(plot.axes.point(0.8, 0))
    assert plot.seek(1e6).tip.get_center() == pytest.approx(plot.axes.point(0.1, 100))


def test_on_a_logarithmic_axis_equal_factors_are_equally_long():
    axes = curve(y_ticks=ticks(0.01, 0.1, 1), log=True).axes
    heights = [axes.point(value)[1] for value in (0.01, 0.1, 1)]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1])


def test_a_mark_appears_when_the_curve_reaches_it_and_goes_with_it():
    plot = curve(marks=[(2, "প্রথম ঠিক")])
    line, label = plot.marks[0]
    seen = []
    for step in (0, 39, 40, 100, 20):
        plot.seek(step)
        assert opacity(label) == line[0].get_stroke_opacity()
        seen.append(opacity(label))
    assert seen == [0, 0, 1, 1, 0]
    assert line.get_x() == pytest.approx(plot.axes.point(0, 40)[0])


def test_the_words_of_a_mark_stay_beside_the_numbers_of_the_axis():
    plot = curve(marks=[(0, "প্রথম ঠিক উত্তর"), (3, "শেষের কথা")])
    first, last = (label for _, label in plot.marks)
    assert first.get_left()[0] >= plot.axes.upright.get_x() - 1e-6
    assert last.get_right()[0] <= plot.axes.bottom.get_right()[0] + 1e-6


def test_the_number_is_that_of_the_last_measured_point():
    plot = curve(number=lambda index: literal(LOSSES[index], of="loss"))
    for step, value in ((0, 0.8), (9.9, 0.8), (10, 0.5), (100, 0.1), (50, 0.4)):
        plot.seek(step)
        assert [text.numbers[0].value for text in plot.value] == [value]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([(0, 0.1)], "x rises"),
        ([(0, 0.1), (0, 0.2)], "x rises"),
        ([(0, 0.1), (50, 1.2)], "1.2 is beyond the axis from 0 to 1"),
        ([(0, 0.1), (101, 0.2)], "101 is beyond the axis from 0 to 100"),
    ],
)
def test_points_that_cannot_be_drawn_are_named(points, message):
    with pytest.raises(ValueError, match=message):
        LinePlot(points, x_ticks=ticks(0, 100), y_ticks=ticks(0, 1))


@pytest.mark.parametrize("values", [(1,), (1, 1), (2, 1)])
def test_an_axis_needs_ticks_that_rise(values):
    with pytest.raises(ValueError, match="no ticks"):
        curve(x_ticks=ticks(*values))


@pytest.mark.parametrize(
    ("step", "snapshot"), [(-1, 0), (0, 0), (9.99, 0), (10, 1), (99, 2), (500, 3)]
)
def test_weights_are_those_of_the_last_snapshot_and_never_in_between(step, snapshot):
    grid = kernel().seek(step)
    assert grid.snapshot == snapshot
    full = np.abs(WEIGHTS).max()
    colours = [square.get_fill_color().to_hex() for square in grid.squares]
    assert colours == [hex_colour(diverging(one, full)) for one in WEIGHTS[snapshot].ravel()]
    values = [digit.numbers[0].value for digit in grid.digits]
    assert values == WEIGHTS[snapshot].ravel().round(2).tolist()


def test_digits_are_exchanged_only_where_they_are_written_otherwise():
    grid = kernel()
    before = list(grid.digits)
    grid.seek(10)
    assert grid.digits[0] is not before[0]
    assert opacity(before[0]) == 0
    assert grid.digits[1] is before[1]
    assert grid.digits[1].numbers[0].args["of"] == "step 1"


def test_new_digits_are_as_large_and_as_faint_as_the_old_ones_where_these_were():
    grid = kernel(cell=1.2).scale(0.5).shift(2 * RIGHT)
    grid.set_opacity(0.25)
    height = grid.digits[1].height
    grid.seek(40)
    assert written(grid) == ["−1.25", "0.75"]
    assert grid.digits[1].height == pytest.approx(height, rel=0.05)
    assert grid.digits[1].get_center() == pytest.approx(grid.square(0, 1).get_center())
    assert opacity(grid.digits[1]) == 0.25


@pytest.mark.parametrize("steps", [[0, 10, 40], [0, 10, 10, 100], []])
def test_snapshots_must_go_with_rising_steps(steps):
    with pytest.raises(ValueError, match="steps"):
        MovingWeights(WEIGHTS, steps, lambda *place: literal(0))


def learn(scene):
    plot = curve(number=lambda index: literal(LOSSES[index], of="loss"), marks=[(1, "এখানে")])
    grid = kernel().shift(4 * RIGHT)
    plot.shift(2 * -RIGHT)
    scene.add(plot, grid)
    clock = Clock(plot, grid)
    return [lambda: clock.to(40), lambda: clock.to(100)]


def test_a_beat_that_is_skipped_leaves_them_as_one_that_was_drawn():
    drawn = last_picture(learn, ("before", "moving", "after"))
    skipped = last_picture(learn, ("after",))
    assert drawn.std() > 5
    assert np.array_equal(drawn, skipped)


def test_the_ledger_holds_what_was_seen_at_rest_and_not_what_rushed_by():
    axes = {"0", "50", "100", "0.5", "1"}
    shown = ledger(learn)
    assert shown["before"] - axes == {"0.8", "0.1", "−0.2"}
    assert shown["moving"] - axes == {"0.8", "0.1", "−0.2", "0.4", "−1.25", "0.75", "2"}
    assert "0.3" not in shown["moving"], "the second snapshot is only passed through"
    assert shown["after"] - axes == {"0.1", "2"}


def fade_in(scene):
    plot = curve(marks=[(1, "এখানে")], number=lambda index: literal(LOSSES[index], of="loss"))
    clock = Clock(plot, kernel())
    return [lambda: FadeIn(*clock.parts), lambda: clock.to(100)]


def test_what_fades_in_first_can_follow_its_clock_afterwards():
    shown = ledger(fade_in)
    assert {"0.1", "2"} <= shown["after"]
    assert "0.8" not in shown["after"]
