"""A video plays on stage at its own speed; lines and rings appear at their moments."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, RIGHT, Group, Square, tempconfig

from cnnviz.compute import literal
from cnnviz.media.quality import Quality
from cnnviz.script.timeline import Slot
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan
from cnnviz.visuals import Playback, Ring, Roll, Screen, number_text, picture

FPS = 30
LENGTH = 100


def frame(index):
    """A frame whose brightness tells its number; the last one for all that follow."""
    return np.full((30, 40, 3), 2 * min(index, LENGTH - 1), np.uint8)


@pytest.fixture(autouse=True)
def _no_manim_files(tmp_path):
    with tempconfig({"media_dir": str(tmp_path), "verbosity": "WARNING"}):
        yield


def shown(film_fps, frames, start=0.0):
    """The number of the video's frame on each frame of a film."""

    class Watching(Lesson):
        titled = False

        def construct(self):
            with self.beat("a") as beat:
                screen = Screen(frame, FPS, height=8)
                self.add(screen)
                self.play(Playback(screen, start=start), run_time=beat.whole)

    plan = ScenePlan(
        "tried", "", {}, (Slot("tried", "a", 0, 0, frames - 2, 2),), film_fps, False, frozenset("a")
    )
    numbers: list[int] = []
    play_scene(
        Watching,
        plan,
        Quality("tiny", 64, 36, film_fps),
        lambda beat, drawn, repeat: numbers.extend([int(drawn[18, 32, 0]) // 2] * repeat),
    )
    return numbers


@pytest.mark.parametrize("film_fps", [15, 30, 60])
def test_a_film_shows_the_frame_that_the_video_has_at_that_time(film_fps):
    numbers = shown(film_fps, 2 * film_fps)
    assert numbers == [index * FPS // film_fps for index in range(2 * film_fps)]


def test_a_part_begins_where_it_is_told_to():
    assert shown(30, 20, start=1.5) == list(range(45, 65))


def test_after_the_video_its_last_frame_stays():
    assert shown(30, 12, start=3.2) == [96, 97, 98, *[99] * 9]


def line():
    """A line of a roll: a picture and a number."""
    number = number_text(literal(7, of="test")).shift(RIGHT)
    return Group(picture(np.full((4, 4, 3), 255), 0.5), number)


def roll_of(*moments, rows=3):
    lines = Group(*(line() for _ in moments)).arrange(DOWN, buff=0.5)
    return Roll(list(lines), moments, rows)


def opacity(one):
    """How much can be seen of a line; its picture and its number must agree."""
    image, number = one
    share = float(number.get_fill_opacity())
    assert int(image.pixel_array[..., 3].max()) == pytest.approx(255 * share, abs=1)
    return share


def visible(roll):
    return [index for index, one in enumerate(roll.lines) if one in roll and opacity(one) > 0.99]


def test_everything_keeps_time_with_the_video():
    roll, ring = roll_of(1.0, 6.0), ring_at(5.0)
    screen = Screen(frame, FPS, height=2)
    playback = Playback(screen, roll, ring, start=2.0, run_time=6)
    for alpha, expected in ((0, 60), (0.1, 78), (1, LENGTH - 1)):
        playback.interpolate_mobject(alpha)
        assert int(screen.pixel_array[0, 0, 0]) // 2 == expected
    playback.interpolate_mobject(0.5)
    assert visible(roll) == [0]
    assert ring.get_stroke_opacity() == 1


def test_what_is_to_come_is_hidden_and_what_is_over_stays():
    roll = roll_of(1.0, 4.0)
    assert visible(roll.seek(0.99)) == []
    assert visible(roll.seek(3.0)) == [0]
    assert roll.lines[1] not in roll
    assert visible(roll.seek(9.0)) == [0, 1]


def test_a_line_appears_at_its_moment():
    roll = roll_of(2.0)
    assert len(roll.seek(1.99)) == 0
    assert 0 < opacity(roll.seek(2.2)[0]) < 1
    assert opacity(roll.seek(2.5)[0]) == 1


def test_a_full_roll_moves_up_by_a_line():
    roll = roll_of(1, 2, 3, 4, 5)
    before = [one.get_y() for one in roll.lines]
    roll.seek(3.9)
    assert [one.get_y() for one in roll] == before[:3]
    assert visible(roll) == [0, 1, 2]
    roll.seek(4.9)
    assert [one.get_y() for one in roll] == pytest.approx(before[:3])
    assert visible(roll) == [1, 2, 3]
    assert roll.lines[0] not in roll
    roll.seek(9)
    assert visible(roll) == [2, 3, 4]


def test_a_line_that_leaves_is_gone_before_it_reaches_what_is_above():
    roll = roll_of(1, 1, 1, 2)
    top = roll[0].get_y()
    for seconds in np.linspace(2, 2.4, 21):
        first = roll.seek(seconds).lines[0]
        if roll.offset > 0.31:
            assert first not in roll
        else:
            assert first.get_y() <= top + 0.31 * roll.step


def test_a_roll_can_be_sought_back():
    roll = roll_of(1, 2, 3, 4, 5)
    before = [one.get_y() for one in roll.lines]
    assert visible(roll.seek(9).seek(1.5)) == [0]
    assert [one.get_y() for one in roll] == pytest.approx(before[:1])


def test_a_line_that_leaves_during_an_animation_leaves_no_trace():
    roll = roll_of(0, 0, 0, 1.0, 1.1)
    stages: list[np.ndarray] = []
    frames: list[np.ndarray] = []

    class Watching(Lesson):
        titled = False

        def construct(self):
            with self.beat("a") as beat:
                self.play(Playback(roll, start=0.7), run_time=beat.whole)
                self.camera.reset()
                self.camera.capture_mobjects(self.mobjects)
                stages.append(self.camera.pixel_array.copy())

    plan = ScenePlan("tried", "", {}, (Slot("tried", "a", 0, 0, 60, 0),), 30, False, frozenset("a"))
    play_scene(
        Watching,
        plan,
        Quality("tiny", 320, 180, 30),
        lambda beat, drawn, repeat: frames.append(drawn.copy()),
    )
    assert visible(roll) == [2, 3, 4], "the first two have left meanwhile"
    assert np.array_equal(frames[-1], stages[0])


def test_a_roll_rewinds_to_its_first_line():
    roll = roll_of(1, 2, 3, 4, 5)
    before = [one.get_y() for one in roll.lines]
    back = roll.seek(9).offset
    assert visible(roll.rewind(0, back)) == [2, 3, 4]
    assert visible(roll.rewind(0.5, back)) == [1, 2, 3]
    assert visible(roll.rewind(1, back)) == [0, 1, 2]
    assert [one.get_y() for one in roll] == pytest.approx(before[:3])


def test_a_roll_of_one_line_or_none_will_do():
    assert visible(roll_of(1.0).seek(5).rewind(1, 0)) == [0]
    assert len(Roll([], [], 3).seek(5).rewind(1, 0)) == 0


def ring_at(moment):
    return Ring([0, 0, 0], [1, 0, 0], [1, 1, 0], at=moment, screen=Square(6))


def test_a_ring_closes_in_at_the_moment_and_fades():
    ring = ring_at(2.0)

    def look(seconds):
        ring.seek(seconds)
        return ring.width, float(ring.get_stroke_opacity())

    assert look(1.9)[1] == 0
    wide, bright = look(2.0)
    assert (wide, bright) == (pytest.approx(1.25), 1)
    narrower, paler = look(2.4)
    assert 1 < narrower < wide
    assert 0 < paler < 1
    assert look(3.5) == (pytest.approx(1.0), 0)


def test_a_ring_stays_on_its_screen():
    screen = Square(4)
    ring = Ring([1, -1, 0], [3, -1, 0], [3, 1.9, 0], [1, 1.9, 0], at=2.0, screen=screen)
    for seconds in (2.0, 2.3, 2.8):
        ring.seek(seconds)
        assert ring.get_right()[0] == pytest.approx(2)
        assert ring.get_top()[1] <= 2 + 1e-9
    assert ring.get_left()[0] == pytest.approx(1, abs=0.05), "the rest of it is whole"


def test_a_place_on_the_screen_is_told_by_shares():
    screen = Screen(frame, FPS, height=3).shift([1, 2, 0])
    assert screen.at(0.5, 0.5) == pytest.approx(screen.get_center())
    assert screen.at(0, 1) == pytest.approx(screen.get_corner([-1, -1, 0]))
    mark = Square(1).move_to(screen.at(0.25, 0.5))
    assert mark.get_x() == pytest.approx(0)
