"""Bars for shares of one whole."""

from __future__ import annotations

import numpy as np
import pytest
from manim import RIGHT
from on_stage import last_picture, ledger

from cnnviz.compute import literal
from cnnviz.stage_format import TALL
from cnnviz.visuals import Bars, words
from cnnviz.visuals.arrange import in_format


def numbers(*values):
    return [literal(value, of="test") for value in values]


def lengths(bars):
    """Of each bar, its share of a full one."""
    pairs = zip(bars.bars, bars.tracks, strict=True)
    return [bar.width / track.width for bar, track in pairs]


def written(bars):
    return [value[0].numbers[0].value for value in bars.values]


def test_a_bar_is_as_long_as_its_number_and_begins_where_the_others_do():
    bars = Bars(("O", "X", "?"), numbers(0.25, 0.75, 0))
    assert lengths(bars) == pytest.approx([0.25, 0.75, 0], abs=1e-3)
    left = [bar.get_left()[0] for bar in bars.bars]
    assert left == pytest.approx([bars.tracks.get_left()[0]] * 3)
    assert written(bars) == [0.25, 0.75, 0]


def test_percent_are_shares_of_a_hundred_and_carry_their_sign():
    bars = Bars(("O", "X"), numbers(40, 60), full=100, unit="%")
    assert lengths(bars) == pytest.approx([0.4, 0.6])
    assert [value[1][0].original_text for value in bars.values] == ["%", "%"]


def test_where_it_is_narrow_names_and_numbers_stand_above_bars_of_full_length():
    wide = Bars(("একটা লম্বা নাম", "X"), numbers(0.4, 0.6))
    assert wide.names[0].get_right()[0] < wide.tracks[0].get_left()[0]
    with in_format(TALL):
        narrow = Bars(("একটা লম্বা নাম", "X"), numbers(0.4, 0.6))
    assert narrow.tracks.width == pytest.approx(TALL.safe_width)
    for name, value, track in zip(narrow.names, narrow.values, narrow.tracks, strict=True):
        assert min(name.get_bottom()[1], value.get_bottom()[1]) > track.get_top()[1]
        assert name.get_right()[0] < value.get_left()[0]


def test_a_name_may_be_any_mobject():
    name = words("কাটা", colour="#FFD166")
    bars = Bars((name, "O"), numbers(0.5, 0.5))
    assert bars.row(0)[2] is name


def test_lengths_glide_and_never_are_two_numbers_seen_on_one_place():
    bars = Bars(("O", "X"), numbers(0.2, 0.8))
    change = bars.change_to(numbers(0.6, 0.4))
    change.begin()
    before, coming = list(bars.values[:2]), list(bars.values[2:])
    for alpha in np.linspace(0, 1, 9):
        change.interpolate(alpha)
        share = change.rate_func(alpha)
        assert lengths(bars) == pytest.approx([0.2 + 0.4 * share, 0.8 - 0.4 * share])
        for old, new in zip(before, coming, strict=True):
            assert min(old[0][0].get_fill_opacity(), new[0][0].get_fill_opacity()) == 0
    change.finish()
    assert written(bars) == [0.6, 0.4]


def test_a_change_begins_where_the_bars_are_when_it_plays():
    bars = Bars(("O", "X"), numbers(0.2, 0.8))
    first, second = bars.change_to(numbers(1, 0)), bars.change_to(numbers(0.5, 0.5))
    bars.scale(0.5).shift(RIGHT)
    for change in (first, second):
        change.begin()
        change.finish()
    assert lengths(bars) == pytest.approx([0.5, 0.5])
    assert len(bars.values) == 2
    beside = bars.values[0].get_left()[0] - bars.tracks[0].get_right()[0]
    assert 0 < beside < 0.2
    assert bars.values[0].get_y() == pytest.approx(bars.tracks[0].get_y(), abs=0.02)


@pytest.mark.parametrize("values", [(0.5,), (0.5, 1.1), (-0.1, 0.5)])
def test_numbers_that_bars_cannot_show_are_refused(values):
    with pytest.raises(ValueError, match="2 bars from 0 to 1"):
        Bars(("O", "X"), numbers(*values))
    bars = Bars(("O", "X"), numbers(0, 1))
    with pytest.raises(ValueError, match="2 bars from 0 to 1"):
        bars.change_to(numbers(*values))


def change_twice(scene):
    bars = Bars(("O", "X"), numbers(0.2, 0.8))
    scene.add(bars)
    return [
        lambda: bars.change_to(numbers(0.6, 0.4)),
        lambda: bars.change_to(numbers(0.9, 0.1)),
    ]


def test_the_ledger_holds_each_number_while_it_is_shown():
    shown = ledger(change_twice)
    assert shown == {
        "before": {"0.2", "0.8"},
        "moving": {"0.2", "0.8", "0.6", "0.4", "0.9", "0.1"},
        "after": {"0.9", "0.1"},
    }


def test_a_beat_that_is_skipped_leaves_them_as_one_that_was_drawn():
    drawn = last_picture(change_twice, ("before", "moving", "after"))
    assert np.array_equal(drawn, last_picture(change_twice, ("after",)))
