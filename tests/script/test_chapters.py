"""Chapters as YouTube takes them, counted in whole frames."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnviz.script.chapters import SHORTEST_CHAPTER, Chapter, join_short


def chapters(lengths: list[int], fps: int) -> tuple[Chapter, ...]:
    """Those of a film whose scenes have these lengths in frames."""
    *starts, end = accumulate(lengths, initial=0)
    scenes = [(start, f"Scene {number}") for number, start in enumerate(starts)]
    return join_short(scenes, end, fps)


@st.composite
def films(draw: st.DrawFn) -> tuple[list[int], int]:
    """Lengths of scenes in frames, many of them near ten seconds, and frames a second."""
    fps = draw(st.sampled_from([15, 30, 60]))
    near = st.integers(-2, 2).map(lambda frames: SHORTEST_CHAPTER * fps + frames)
    lengths = st.lists(st.integers(1, 40 * fps) | near, min_size=1, max_size=12)
    return draw(lengths), fps


@given(films())
@example(([450, 1172, 300], 30))
@example(([299, 1, 300], 30))
def test_no_chapter_is_shorter_than_ten_seconds_in_frames_or_as_it_is_shown(
    film: tuple[list[int], int],
) -> None:
    lengths, fps = film
    found = chapters(lengths, fps)
    assert found[0].start == found[0].shown == 0
    if len(found) == 1:
        return  # a film may be shorter than a chapter has to be
    end = sum(lengths)
    for before, after in pairwise([*(one.start for one in found), end]):
        assert after - before >= SHORTEST_CHAPTER * fps
    for shown, later in pairwise([*(one.shown for one in found), end // fps]):
        assert later - shown >= SHORTEST_CHAPTER


@given(films())
def test_every_scene_of_ten_seconds_is_a_chapter_of_its_own(film: tuple[list[int], int]) -> None:
    lengths, fps = film
    found = [one.title for one in chapters(lengths, fps)]
    long = [f"Scene {n}" for n, frames in enumerate(lengths) if frames >= SHORTEST_CHAPTER * fps]
    assert [title for title in found if title in long] == long
    assert len(found) - len(long) in (0, 1)  # the beginning, if it is short


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_ten_seconds_are_enough_to_the_frame(fps: int) -> None:
    ten = SHORTEST_CHAPTER * fps
    assert [one.start for one in chapters([ten, ten, ten], fps)] == [0, ten, 2 * ten]
    assert [one.start for one in chapters([ten, ten - 1, ten], fps)] == [0, 2 * ten - 1]
    assert [one.title for one in chapters([ten - 1, ten], fps)] == ["Scene 1"]


def test_what_has_joined_counts_with_the_chapter_that_it_joined() -> None:
    found = chapters([299, 1, 300, 200, 100], 30)
    assert [(one.start, one.title) for one in found] == [(0, "Scene 0"), (300, "Scene 2")]
    assert found[1].seconds == 10.0


def test_lengths_that_are_no_round_number_of_seconds() -> None:
    # 15 s, 39.066… s and ten seconds at 30 frames a second: in seconds, the last one is too short.
    found = chapters([450, 1172, 300], 30)
    assert [one.start for one in found] == [0, 450, 1622]
    assert (450 + 1172 + 300) / 30 - found[2].seconds < SHORTEST_CHAPTER
    assert [one.shown for one in found] == [0, 15, 54]
