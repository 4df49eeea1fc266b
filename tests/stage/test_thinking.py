"""A scene leaves the viewer time to think, whose sign comes after the words and goes in the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from manim import RIGHT, UP, FadeIn, Square
from test_lesson import Frames, Ledger, lengths_by_beat, lesson_of, plan_of, play

from cnnviz.compute import literal
from cnnviz.errors import StudioError
from cnnviz.stage.beat import BeatOverrunError
from cnnviz.stage.plan import ScenePlan
from cnnviz.stage_format import TALL, WIDE, Format
from cnnviz.visuals.arrange import in_format
from cnnviz.visuals.text import number_text
from cnnviz.visuals.thinking import SIZE, ThinkingRing

LEAD, SPEECH, REST, THINKING = 5, 20, 6, 30
WORDS_END = LEAD + SPEECH
BEAT = WORDS_END + THINKING + REST
WIDE_SIZE, TALL_SIZE = (320, 180), (180, 320)


def plan(**settings: Any) -> ScenePlan:
    """Beat "a" has time to think, "b" has none."""
    made = plan_of((LEAD, SPEECH, THINKING + REST), (0, 15, REST), **settings)
    return replace(made, slots=(replace(made.slots[0], thinking=THINKING), made.slots[1]))


def asks(self: Any) -> None:
    with self.beat("a") as beat:
        self.play(FadeIn(Square().shift(3 * UP)), run_time=beat.part(0.5))
        self.think(beat)
    with self.beat("b") as beat:
        self.play(FadeIn(Square()), run_time=beat.part(0.5))


def pictures(frames: Frames) -> list[np.ndarray]:
    """Frame by frame, those that are held as often as they are seen."""
    return [picture.astype(int) for _, picture, repeat in frames for _ in range(repeat)]


def drawn(construct: Any, size: tuple[int, int] = WIDE_SIZE, **settings: Any) -> list[np.ndarray]:
    return pictures(play(lesson_of(construct), plan(**settings), size)[0])


def box(one: np.ndarray, other: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs, in pixels."""
    rows, columns = np.nonzero(np.abs(one - other).max(axis=2) > 8)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_a_beat_with_time_to_think_has_exactly_its_frames(fps: int) -> None:
    frames, _ = play(lesson_of(asks), plan(fps=fps))
    assert lengths_by_beat(frames) == {"a": BEAT, "b": 15 + REST}


def test_the_sign_is_seen_after_the_words_for_as_long_as_the_scene_says_and_not_after() -> None:
    film = drawn(asks)
    words = film[WORDS_END - 1]
    seen = [not np.array_equal(words, picture) for picture in film[WORDS_END:BEAT]]
    # In its very first frame it is still transparent.
    assert seen == [False] + [True] * (THINKING - 1) + [False] * REST


@pytest.mark.parametrize(("format", "size"), [(WIDE, WIDE_SIZE), (TALL, TALL_SIZE)])
def test_the_sign_is_small_and_in_the_lower_right_of_the_safe_area(
    format: Format, size: tuple[int, int]
) -> None:
    film = drawn(asks, size, format=format)
    left, top, right, bottom = box(film[WORDS_END], film[WORDS_END + THINKING // 2])
    a_unit = size[0] / format.width
    assert max(right - left, bottom - top) <= SIZE * a_unit + 1
    assert right == pytest.approx((format.safe[2] + format.width / 2) * a_unit, abs=1.5)
    assert bottom == pytest.approx((format.height / 2 - format.safe[1]) * a_unit, abs=1.5)


def test_the_sign_stands_where_it_is_told_to() -> None:
    def construct(self: Any) -> None:
        with self.beat("a") as beat:
            self.think(beat, at=2 * RIGHT + UP)
        with self.beat("b"):
            pass

    film = drawn(construct)
    left, top, right, bottom = box(film[0], film[WORDS_END + THINKING // 2])
    a_unit = WIDE_SIZE[0] / WIDE.width
    middle = ((left + right + 1) / 2, (top + bottom + 1) / 2)
    assert middle == pytest.approx((160 + 2 * a_unit, 90 - a_unit), abs=1)


def test_a_zoomed_frame_does_not_move_the_sign() -> None:
    def closer(self: Any) -> None:
        with self.beat("a") as beat:
            self.play(self.frame.animate.scale(0.4).shift(RIGHT), run_time=beat.part(0.5))
            self.think(beat)
        with self.beat("b"):
            pass

    far, near = drawn(asks), drawn(closer)
    moment = WORDS_END + THINKING // 2
    assert box(far[WORDS_END], far[moment]) == box(near[WORDS_END], near[moment])
    assert np.array_equal(near[WORDS_END], near[BEAT - 1])


def test_what_plays_longer_than_the_words_is_waited_for() -> None:
    late = 4

    def construct(self: Any) -> None:
        with self.beat("a") as beat:
            self.wait((WORDS_END - beat.played + late) / beat.fps)
            self.think(beat)
        with self.beat("b"):
            pass

    film = drawn(construct)
    seen = [not np.array_equal(film[0], picture) for picture in film[:BEAT]]
    assert seen.index(True) == WORDS_END + late + 1
    assert sum(seen) == THINKING - 1
    assert len(film) == BEAT + 15 + REST


def test_what_plays_so_long_that_no_time_to_think_is_left_overruns() -> None:
    def construct(self: Any) -> None:
        with self.beat("a") as beat:
            self.wait(beat.whole)
            self.think(beat)

    with pytest.raises(BeatOverrunError, match=f"take {BEAT + THINKING} frames"):
        play(lesson_of(construct), plan())


def test_to_think_in_a_beat_without_time_for_it_is_an_error() -> None:
    def construct(self: Any) -> None:
        with self.beat("a"):
            pass
        with self.beat("b") as beat:
            self.think(beat)

    with pytest.raises(StudioError, match="beat 'b' has no time to think") as caught:
        play(lesson_of(construct), plan())
    assert caught.value.hint == "write thinking = {'b': 2.5} into the scene's class"


def test_thinking_leaves_the_ledger_as_it_is() -> None:
    def without(self: Any) -> None:
        for name in "ab":
            with self.beat(name):
                pass

    def ledger(construct: Any) -> Ledger:
        setup = {"setup_stage": lambda self: self.add(number_text(literal(7)))}
        return play(lesson_of(construct, **setup), plan())[1]

    assert [len(shown) for shown in ledger(asks).values()] == [1, 1]
    assert ledger(asks) == ledger(without)


def test_a_beat_after_one_that_thinks_is_the_same_to_the_bit_when_drawn_alone() -> None:
    both, _ = play(lesson_of(asks), plan())
    alone, _ = play(lesson_of(asks), plan(draw=frozenset("b")))
    wanted = pictures([frame for frame in both if frame[0] == "b"])
    assert np.array_equal(wanted, pictures(alone))


@pytest.mark.parametrize("format", [WIDE, TALL])
def test_a_ring_runs_down_round_with_the_clock(format: Format) -> None:
    with in_format(format):
        ring = ThinkingRing()
        lengths = [ring.at(share).left.get_arc_length() for share in (0.1, 0.5, 0.9)]
        assert np.array(lengths) / lengths[1] == pytest.approx([1.8, 1.0, 0.2], rel=0.01)
        middle = ring.disc.get_center()
        begins = [ring.at(share).left.get_start() - middle for share in (0.25, 0.5, 0.75)]
        radius = np.linalg.norm(begins[0])
        assert np.allclose(
            np.array(begins) / radius, [[1, 0, 0], [0, -1, 0], [-1, 0, 0]], atol=1e-3
        )
