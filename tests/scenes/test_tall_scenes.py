"""Three scenes of `convolution` played in the tall format, in both languages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from manim import tempconfig
from pictures import check_pictures
from staging import LANGUAGES, STILL, Played, play_watched, scene_class, steady_plan

from cnnviz.review.layout_rules import scene_problems
from cnnviz.review.looking import look_at_scene
from cnnviz.stage_format import TALL

SCENES = ("relu", "stride", "pooling")
each_scene = pytest.mark.parametrize("scene", SCENES)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def tall_plan(scene: str, language: str):
    return replace(steady_plan(scene_class(scene), scene, language, STILL.fps), format=TALL)


@cache
def played_tall(scene: str, language: str) -> Played:
    return play_watched(scene_class(scene), tall_plan(scene, language), STILL.in_format(TALL))


@each_scene
def test_pictures_of_every_beat_look_as_stored_in_the_tall_format(scene):
    check_pictures(f"convolution/tall/{scene}", played_tall(scene, "bn").stills)


@each_language
@each_scene
def test_no_layout_rule_is_broken_in_the_tall_format(scene, language):
    plan, seen = tall_plan(scene, language), {}

    def keep(beat, facts, picture, asked):
        seen[beat] = facts
        assert picture.shape == (640, 360, 3)

    look_at_scene(scene_class(scene), plan, keep)
    facts = [seen[slot.beat] for slot in plan.slots]
    problems = scene_problems(plan.slots, facts, plan.title, plan.fps, TALL)
    # How long a text stands depends on the voice; here nobody speaks.
    told = [(beat, one.message) for beat, one in problems if one.rule != "too-quick-to-read"]
    assert told == []


@each_language
@each_scene
def test_a_tall_scene_is_drawn_to_the_frame_of_the_wide_one(scene, language):
    watched = played_tall(scene, language)
    assert watched.frames == {slot.beat: slot.frames for slot in watched.plan.slots}
    assert {still.shape for still in watched.stills.values()} == {(320, 180, 3)}
    wrong = {problem for glimpse in watched.glimpses for problem in glimpse.problems(TALL)}
    assert wrong == set()
