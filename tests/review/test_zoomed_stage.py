"""A stage that is seen through a frame: judged as it is seen, and what is outside is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import LEFT, RIGHT, UP, Mobject, Square, VGroup, tempconfig

from cnnviz.review.layout import Stage
from cnnviz.review.layout_rules import scene_problems
from cnnviz.review.looking import look_at_scene
from cnnviz.review.stage import StageFacts
from cnnviz.script.timeline import Slot
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan
from cnnviz.visuals.frame import Frame, pin
from cnnviz.visuals.photograph import Photograph
from cnnviz.visuals.text import words

FPS = 15


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def through(frame: Frame, *mobjects: Mobject) -> Stage:
    return Stage(mobjects, view=frame.view)


def test_texts_are_as_large_and_lie_where_they_are_seen() -> None:
    text = words("ছবি", 30).scale(0.1).move_to([2, 1, 0])
    (read,) = through(Frame().scale(0.1).move_to([2.1, 1, 0]), text).readings()
    assert read.size == pytest.approx(30, abs=0.1)
    assert (read.box.left + read.box.right) / 2 == pytest.approx(-1, abs=0.01)
    assert (read.box.bottom + read.box.top) / 2 == pytest.approx(0, abs=0.01)


def test_what_is_outside_the_frame_is_not_seen() -> None:
    inside, outside = words("ভেতরে").scale(0.2), words("বাইরে").shift(3 * RIGHT)
    stage = through(Frame().scale(0.2), inside, outside, Square(0.2).shift(4 * LEFT))
    assert [read.text for read in stage.readings()] == ["ভেতরে"]
    assert stage.shapes == []
    assert stage.groups() == 1


def test_what_is_pinned_is_seen_where_it_stands() -> None:
    text = words("কোণে").move_to([-5, 3, 0])
    at_home = Stage([text]).readings()
    pin(text)
    assert through(Frame().scale(0.1), text).readings() == [
        reading.__class__(**{**vars(reading), "paragraph": id(text)}) for reading in at_home
    ]


def test_a_shape_may_reach_beyond_a_zoomed_frame_but_not_into_its_margin() -> None:
    frame = Frame().scale(0.5)
    beyond, margin = Square(1).shift(3.5 * RIGHT), Square(0.3).shift(3.35 * LEFT)
    assert through(frame, beyond).outside() == []
    assert [shape.kind for shape in through(frame, margin).outside()] == ["Square"]
    assert Stage([Square(2).shift(7 * RIGHT)]).outside(), "at home it is a mistake"


def test_another_view_is_another_picture() -> None:
    text = words("ছবি")
    looks = [through(Frame().scale(by), text).fingerprint() for by in (1, 0.5, 0.5, 0.25)]
    assert looks[0] == Stage([text]).fingerprint()
    assert looks[1] == looks[2]
    assert len(set(looks)) == 3


Act = Callable[[Any], None]


def looked_at(act: Act, *, over: bool = False) -> tuple[list[tuple[str, str]], StageFacts]:
    """Rule and message of all that is wrong in a scene of one beat, and what was seen of it."""
    slots = (Slot("tried", "a", 0, 0, 6 * FPS, 0),)
    plan = ScenePlan("tried", "ছবির ভেতরে", {}, slots, FPS, card=False, draw=frozenset("a"))

    class Tried(Lesson):
        title_over, titled, card = over, over, False

        def construct(self) -> None:
            with self.beat("a"):
                act(self)

    facts: list[StageFacts] = []
    look_at_scene(Tried, plan, lambda beat, seen, picture, asked: facts.append(seen))
    found = scene_problems(slots, facts, plan.title, FPS)
    return [(problem.rule, problem.message) for _, problem in found], facts[0]


def picture() -> Photograph:
    values = np.random.default_rng(2).integers(0, 256, (60, 80))
    return Photograph(values, 5.0, name="noise")


def go_closer(lesson: Any) -> None:
    photo = picture()
    lesson.add(photo, photo.numbers(range(25, 36), range(32, 49)), words("নাম").shift(3 * UP))
    lesson.play(lesson.frame.animate.zoom_to(photo.block(30, 40, 3, 3), fill=0.5), run_time=3)
    lesson.wait(1)


def test_a_zoom_down_to_pixels_breaks_no_rule() -> None:
    problems, facts = looked_at(go_closer)
    assert problems == []
    last = facts.glimpses[-1]
    assert last.zoomed
    assert not facts.glimpses[0].zoomed
    assert len(last.texts) >= 15, "its numbers are read"
    assert all(
        read.size > 22.2 and read.contrast >= 4.5 for read in last.texts if read.opacity > 0.3
    )
    assert {entry["args"]["of"] for entry in facts.ledger} == {"noise"}


def test_a_text_that_is_cut_where_the_frame_rests_is_named() -> None:
    def act(lesson: Any) -> None:
        lesson.add(words("একটি নাম").shift(2 * RIGHT))
        lesson.play(lesson.frame.animate.scale(0.3), run_time=1)
        lesson.wait(1)

    problems, _ = looked_at(act)
    assert [rule for rule, _ in problems] == ["outside-safe-margin"]


def test_a_text_that_is_too_small_until_one_goes_closer_is_named_only_where_it_is() -> None:
    def act(lesson: Any) -> None:
        lesson.add(VGroup(*words("ছোট", 30)).scale(0.5))
        lesson.frame.scale(0.5)
        lesson.wait(1)
        if lesson.far:
            lesson.play(lesson.frame.animate.zoom_out(), run_time=1)

    for far, expected in ((False, []), (True, ["text-too-small"])):
        problems, _ = looked_at(lambda lesson, far=far: (setattr(lesson, "far", far), act(lesson)))
        assert [rule for rule, _ in problems] == expected


def test_what_stands_pinned_over_a_bright_picture_can_be_read() -> None:
    def act(lesson: Any) -> None:
        photo = Photograph(np.full((60, 80), 250), 5.0, name="bright")
        lesson.add(photo, lesson.pin(words("স্থির").move_to([5.2, -3, 0])))
        lesson.play(lesson.frame.animate.scale(0.2), run_time=1)
        lesson.wait(2)

    problems, facts = looked_at(act)
    assert problems == []
    assert [read.text for read in facts.glimpses[-1].texts] == ["স্থির"]


def test_a_title_over_a_bright_picture_can_be_read() -> None:
    def act(lesson: Any) -> None:
        bright = Square(20, fill_color="#FFFFFF", fill_opacity=1, stroke_width=0)
        lesson.add(bright)
        lesson.wait(3)
        lesson.remove(bright)
        lesson.add(Square(1))
        lesson.wait(1)

    problems, facts = looked_at(act, over=True)
    assert problems == []
    assert any(read.size > 60 for glimpse in facts.glimpses for read in glimpse.texts)
