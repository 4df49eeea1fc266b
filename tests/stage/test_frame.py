"""What the frame shows: smooth moves, sharp pictures, and the same beats whoever draws them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Camera, FadeIn, FadeOut, Restore, Square, Text, tempconfig
from pictures import check_pictures

from cnnviz.media.quality import Quality
from cnnviz.script.timeline import Slot
from cnnviz.stage.camera import FilmCamera
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.visuals.frame import Frame, View, glide, pin
from cnnviz.visuals.photograph import Photograph
from cnnviz.visuals.text import words

FPS = 15


def hills(rows: int = 96, columns: int = 128) -> np.ndarray:
    down, across = np.mgrid[:rows, :columns]
    return np.rint(128 + 70 * np.sin(down / 7) + 50 * np.cos(across / 9)).astype(int)


class Closer(Lesson):
    """From a photograph to its pixels, along a row, and out again."""

    card = False

    def setup_stage(self) -> None:
        self.photo = Photograph(hills(), 6.0, name="hills")
        self.mark = self.photo.block(40, 60, 3, 5)
        self.add(self.photo, self.photo.numbers(range(38, 42), range(57, 71)), self.mark)
        self.note = self.pin(words("ছবি").move_to([5.6, -3.2, 0]))
        self.add(self.note)

    def construct(self) -> None:
        with self.beat("a") as beat:
            self.play(self.mark.animate.set_stroke(opacity=0.5), run_time=beat.part(0.5))
        with self.beat("b") as beat:
            self.play(self.frame.animate.zoom_to(self.mark, fill=0.5), run_time=beat.duration)
        with self.beat("c") as beat:
            along = 4 * self.photo.side * RIGHT
            self.play(self.frame.animate.shift(along), FadeOut(self.note), run_time=beat.part(0.5))
            self.play(self.mark.animate.shift(along), run_time=beat.remaining)
        with self.beat("d") as beat:
            self.play(self.frame.animate.zoom_out(), run_time=beat.duration)


def plan_of(draw: str = "abcd", *, lead: int = 0, seconds: float = 1.0) -> ScenePlan:
    frames, slots = round(seconds * FPS), []
    for name in "abcd":
        start = slots[-1].end if slots else 0
        slots.append(Slot("tried", name, start, lead if name == "a" else 0, frames, 3))
    return ScenePlan("tried", "ছবির ভেতরে", {}, tuple(slots), FPS, card=False, draw=frozenset(draw))


Frames = list[tuple[str, np.ndarray, int]]
Told = dict[str, tuple[list[ShownNumber], set[str]]]


def play(
    lesson: type[Lesson], plan: ScenePlan, size: tuple[int, int] = (320, 180)
) -> tuple[Frames, Told]:
    frames: Frames = []
    told: Told = {}
    play_scene(
        lesson,
        plan,
        Quality("tiny", *size, FPS),
        lambda beat, frame, repeat: frames.append((beat, frame[..., :3].copy(), repeat)),
        lambda beat, shown, asked: told.update({beat: (list(shown), set(asked))}),
    )
    return frames, told


def seen(mobject: Any, frame: Frame | None, size: tuple[int, int] = (320, 180)) -> np.ndarray:
    with tempconfig({"pixel_width": size[0], "pixel_height": size[1]}):
        camera = FilmCamera(background_color="#203040")
        camera.frame = frame
        camera.capture_mobjects([mobject])
        return camera.pixel_array[..., :3].astype(int)


# --- how it moves -----------------------------------------------------------------------------


def test_a_glide_begins_and_ends_at_rest_and_never_turns_back() -> None:
    way = np.array([glide(share) for share in np.linspace(0, 1, 1001)])
    speed = np.diff(way) * 1000
    assert (way[0], way[500], way[-1]) == pytest.approx((0, 0.5, 1))
    assert speed.min() >= 0
    assert speed[[0, -1]].max() < 0.01
    assert speed[320:680] == pytest.approx(1 / 0.7), "it keeps its speed in the middle"
    assert np.abs(np.diff(speed)).max() < 0.02, "without a jerk"


def test_a_zoom_grows_by_the_same_factor_at_each_step_around_one_point() -> None:
    start, end = Frame(), Frame().scale(0.01).shift([3, 1.5, 0])
    views = [Frame().interpolate(start, end, share).view for share in np.linspace(0, 1, 21)]
    growth = [after.scale / before.scale for before, after in pairwise(views)]
    assert growth == pytest.approx([100 ** (1 / 20)] * 20)
    # The point that both show in one place: seen there all the way.
    still = np.array([[3 / 0.99, 1.5 / 0.99, 0]])
    places = np.array([view.seen(still)[0] for view in views])
    assert np.ptp(places, axis=0).max() < 1e-6


def test_a_pan_goes_straight_and_evenly() -> None:
    start, end = Frame().scale(0.1), Frame().scale(0.1).shift(2 * RIGHT)
    views = [Frame().interpolate(start, end, share).view for share in (0.25, 0.5)]
    assert [view.x for view in views] == pytest.approx([0.5, 1.0])
    assert {round(view.width, 9) for view in views} == {round(start.view.width, 9)}


@pytest.mark.parametrize("shape", [(2.0, 1.0), (1.0, 2.0), (0.01, 0.01)])
def test_zooming_to_something_fills_the_share_that_is_asked_for(shape: tuple[float, float]) -> None:
    square = Square().stretch_to_fit_width(shape[0]).stretch_to_fit_height(shape[1])
    square.shift([1, 2, 0])
    view = Frame().zoom_to(square, fill=0.6).view
    assert (view.x, view.y) == pytest.approx((1, 2))
    assert max(shape[0] / view.width, shape[1] / view.height) == pytest.approx(0.6)


def test_what_the_scene_says_of_the_rate_counts() -> None:
    frame = Frame()
    assert frame.animate.scale(2).build().rate_func is glide
    asked = frame.animate(run_time=3).scale(2).build()
    assert (asked.rate_func, asked.run_time) == (glide, 3)
    assert frame.animate(rate_func=abs).scale(2).build().rate_func is abs


# --- what is drawn ----------------------------------------------------------------------------


def test_a_frame_at_home_draws_the_same_as_none_to_the_bit() -> None:
    stage = Square(3, fill_opacity=0.5, stroke_width=7).add(Text("B8@").shift(2 * UP))
    assert np.array_equal(seen(stage, None), seen(stage, Frame()))
    there_and_back = Frame().scale(0.1).shift(LEFT).zoom_out()
    assert np.array_equal(seen(stage, None), seen(stage, there_and_back))


@pytest.mark.parametrize("zoom", [0.3, 0.05, 2.5])
def test_a_zoomed_frame_shows_what_a_larger_stage_would(zoom: float) -> None:
    frame = Frame().scale(zoom).shift([0.7, 0.4, 0])
    stage = Text("B8@ %", font_size=90, stroke_width=0)
    larger = stage.copy().shift([-0.7, -0.4, 0]).scale(1 / zoom, about_point=[0, 0, 0])
    difference = np.abs(seen(stage, frame) - seen(larger, None))
    assert difference.max() <= 3, "outlines are drawn anew, not enlarged"


def test_lines_are_as_thick_on_the_screen_at_any_zoom() -> None:
    def thickness(zoom: float) -> int:
        line = Square(2 * zoom, stroke_width=10, color="#FFFFFF")
        column = seen(line, Frame().scale(zoom))[:, 160]
        return int((column > 200).all(axis=1).sum())

    assert thickness(1.0) == thickness(0.1) == thickness(0.003) > 0


def test_what_is_outside_the_frame_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(
        FilmCamera, "display_vectorized", lambda self, mobject, context: drawn.append(mobject)
    )
    inside, across, beside = Square(0.1), Square(5), Square(0.1).shift(2 * RIGHT)
    stage = Square(0.2).add(inside, across, beside)
    seen(stage, Frame().scale(0.1))
    assert drawn == [stage, inside, across], "an outline around the frame may be filled"


def test_what_is_pinned_stays_and_the_next_thing_does_not() -> None:
    def stage() -> Square:
        shown = Square(0.5, fill_opacity=1).shift(3 * LEFT)
        beside = Square(0.5, fill_opacity=1, color="#FF0000").shift(0.2 * RIGHT)
        return Square(0.01).add(shown, beside)

    free, held = stage(), stage()
    pin(held.submobjects[0])
    frame = Frame().scale(0.5)
    at_home, zoomed = seen(free, None), seen(held, frame)
    assert np.array_equal(zoomed[:, :120], at_home[:, :120])
    assert np.array_equal(zoomed[:, 120:], seen(free, frame)[:, 120:])


# --- the scene --------------------------------------------------------------------------------


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("wanted", ["a", "b", "c", "d", "bd"])
def test_beats_drawn_alone_are_the_same_to_the_bit(wanted: str, over: bool) -> None:
    lesson = type("Tried", (Closer,), {"title_over": over})
    whole, told = play(lesson, plan_of(lead=4))
    some, told_of_some = play(lesson, plan_of(wanted, lead=4))
    expected = [one for one in whole if one[0] in wanted]
    assert [(beat, repeat) for beat, _, repeat in some] == [(b, r) for b, _, r in expected]
    for (_, one, _), (_, other, _) in zip(some, expected, strict=True):
        assert np.array_equal(one, other)
    assert told_of_some == told


def test_after_zooming_out_the_picture_is_as_it_was() -> None:
    def construct(self: Any) -> None:
        with self.beat("a"):
            self.wait(0.5)
        with self.beat("b") as beat:
            self.play(self.frame.animate.zoom_to(self.mark), run_time=beat.duration)
        with self.beat("c") as beat:
            self.frame.save_state()
            self.play(self.frame.animate.shift(UP), run_time=beat.part(0.5))
            self.play(Restore(self.frame), run_time=beat.remaining)
        with self.beat("d") as beat:
            self.play(self.frame.animate.zoom_out(), run_time=beat.duration)

    frames, _ = play(type("Tried", (Closer,), {"construct": construct}), plan_of())
    last = {beat: frame for beat, frame, _ in frames}
    assert np.array_equal(last["d"], frames[0][1])
    assert np.array_equal(last["c"], last["b"])
    assert not np.array_equal(last["b"], last["d"])


def test_the_frame_may_follow_something() -> None:
    def construct(self: Any) -> None:
        with self.beat("a"):
            self.frame.scale(0.2)
            self.frame.add_updater(lambda frame: frame.move_to(self.mark))
            self.play(self.mark.animate.move_to([1, 1, 0]), run_time=0.5)
        assert self.frame.get_center() == pytest.approx([1, 1, 0])
        for name in "bcd":
            with self.beat(name):
                pass

    lesson = type("Tried", (Closer,), {"construct": construct})
    whole, _ = play(lesson, plan_of())
    alone, _ = play(lesson, plan_of("c"))
    assert np.array_equal(alone[0][1], next(frame for beat, frame, _ in whole if beat == "c"))


def test_the_frame_is_not_on_stage() -> None:
    class Looked(Closer):
        def tear_down(self) -> None:
            super().tear_down()
            members = [one for mobject in self.mobjects for one in mobject.get_family()]
            assert not any(isinstance(one, Frame) for one in members)
            assert self.view == View.home()

    play(Looked, plan_of())


def test_numbers_are_noted_only_where_they_can_be_seen() -> None:
    _, told = play(Closer, plan_of())
    noted = {beat: {entry.number.args["column"] for entry in told[beat][0]} for beat in "abcd"}
    assert noted["a"] == set()
    assert min(noted["b"]) == 58
    assert max(noted["b"]) == 66
    assert max(noted["c"]) == 70, "the pan brings others"
    assert {entry.number.args["of"] for entry in told["b"][0]} == {"hills"}
    for entry in told["c"][0]:
        assert entry.number.value == hills()[entry.number.args["row"], entry.number.args["column"]]


def test_a_zoom_looks_as_stored() -> None:
    frames, _ = play(Closer, plan_of())
    of_beat = {name: [frame for beat, frame, _ in frames if beat == name] for name in "abcd"}
    check_pictures(
        "frame/closer",
        {
            "whole": of_beat["a"][-1],
            "half in": of_beat["b"][7],
            "nearly in": of_beat["b"][10],
            "in": of_beat["b"][-1],
            "along": of_beat["c"][-1],
            "half out": of_beat["d"][7],
        },
    )


def test_manim_alone_draws_a_lesson_that_uses_the_frame() -> None:
    with tempconfig({"pixel_width": 64, "pixel_height": 36, "dry_run": True}):
        scene = Closer(plan=plan_of())
        assert type(scene.camera) is Camera
        assert scene.frame.is_home
        assert isinstance(scene.camera, FilmCamera)
        assert scene.camera.frame is scene.frame


# --- the title over the picture ---------------------------------------------------------------


class Titled(Lesson):
    title_over = True

    def setup_stage(self) -> None:
        self.add(Square(30, fill_color="#FFFFFF", fill_opacity=1, stroke_width=0))
        self.dot = Square(0.5, fill_color="#000000", fill_opacity=1).shift(2 * DOWN)

    def construct(self) -> None:
        with self.beat("a") as beat:
            self.play(FadeIn(self.dot), run_time=beat.part(0.2))
            self.play(self.dot.animate.shift(RIGHT), run_time=beat.part(0.2))
        for name in "bcd":
            with self.beat(name):
                self.wait(0.4)


def titled(**plan: Any) -> tuple[Frames, Told]:
    return play(Titled, plan_of(**plan))


def one_by_one(frames: Frames) -> list[np.ndarray]:
    return [frame for _, frame, repeat in frames for _ in range(repeat)]


def test_a_title_over_the_picture_takes_the_place_of_the_card() -> None:
    assert not Titled.card
    assert Lesson.card


def test_the_title_comes_stands_and_goes_while_the_scene_plays() -> None:
    frames = one_by_one(titled(lead=4, seconds=2.0)[0])
    plate = [frame[26:34, 20:60].mean() for frame in frames]
    assert len(frames) == 4 + 4 * 33
    assert plate[4] == 255, "nothing stands over the picture before the first word"
    shown = slice(4 + round(0.4 * FPS), 4 + round(2.9 * FPS))
    assert max(plate[shown]) < 120
    assert plate[4 + round(3.5 * FPS) + 1] == 255
    # Meanwhile the dot appears and moves.
    assert not np.array_equal(frames[4][100:], frames[9][100:])
    assert not np.array_equal(frames[10][100:], frames[15][100:])


def test_the_title_ends_as_the_small_one_in_the_corner() -> None:
    over = one_by_one(titled(lead=4, seconds=2.0)[0])[-1]

    class Plain(Titled):
        title_over = False

        def setup_stage(self) -> None:
            super().setup_stage()
            self.bring_to_front(self.mobjects[0])

    corner = one_by_one(play(Plain, plan_of(lead=4, seconds=2.0))[0])[-1]
    assert np.array_equal(over, corner)


def test_beats_in_which_the_title_stands_depend_on_the_lengths_before_them() -> None:
    _, told = titled(lead=4, seconds=1.0)
    assert told["b"][1] == {"a"}
    _, told = titled(lead=4, seconds=5.0)
    assert told["b"][1] == told["d"][1] == set(), "it has gone before"


def test_the_title_over_the_picture_looks_as_stored() -> None:
    frames = one_by_one(titled(lead=4, seconds=2.0)[0])
    chosen = {"appears": 6, "stands": 25, "goes": 4 + round(3.15 * FPS), "gone": 70}
    check_pictures("frame/title_over", {name: frames[at] for name, at in chosen.items()})
