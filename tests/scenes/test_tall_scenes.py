"""Scenes played in the tall format, in all their languages: those that an episode names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from manim import tempconfig
from pictures import check_pictures
from staging import (
    EPISODES,
    STILL,
    Played,
    expected,
    main_script,
    play_watched,
    scene_class,
    scripts,
    steady_plan,
)

from cnnviz.review.layout_rules import scene_problems
from cnnviz.review.looking import look_at_scene
from cnnviz.stage_format import TALL

SCENES = [(episode, scene) for episode in EPISODES for scene in expected(episode).get("tall", ())]
DRAWINGS = [(*place, language) for place in SCENES for language in scripts(place[0])]
each_scene = pytest.mark.parametrize(("episode", "scene"), SCENES)
each_drawing = pytest.mark.parametrize(("episode", "scene", "language"), DRAWINGS)


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def tall_plan(episode: str, scene: str, language: str):
    lesson = scene_class(scene, episode)
    return replace(steady_plan(lesson, scene, language, STILL.fps, episode), format=TALL)


@cache
def played_tall(episode: str, scene: str, language: str) -> Played:
    plan = tall_plan(episode, scene, language)
    return play_watched(scene_class(scene, episode), plan, STILL.in_format(TALL))


@each_scene
def test_pictures_of_every_beat_look_as_stored_in_the_tall_format(episode, scene):
    language = main_script(episode).language
    check_pictures(f"{episode}/tall/{scene}", played_tall(episode, scene, language).stills)


@each_drawing
def test_no_layout_rule_is_broken_in_the_tall_format(episode, scene, language):
    plan, seen = tall_plan(episode, scene, language), {}

    def keep(beat, facts, picture, asked):
        seen[beat] = facts
        assert picture.shape == (640, 360, 3)

    look_at_scene(scene_class(scene, episode), plan, keep)
    facts = [seen[slot.beat] for slot in plan.slots]
    problems = scene_problems(plan.slots, facts, plan.title, plan.fps, TALL)
    # How long a text stands depends on the voice; here nobody speaks.
    told = [(beat, one.message) for beat, one in problems if one.rule != "too-quick-to-read"]
    assert told == []


@each_drawing
def test_a_tall_scene_is_drawn_to_the_frame_of_the_wide_one(episode, scene, language):
    watched = played_tall(episode, scene, language)
    assert watched.frames == {slot.beat: slot.frames for slot in watched.plan.slots}
    assert {still.shape for still in watched.stills.values()} == {(320, 180, 3)}
    wrong = {problem for glimpse in watched.glimpses for problem in glimpse.problems(TALL)}
    assert wrong == set()
