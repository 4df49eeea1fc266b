"""Scenes of the worked example with pictures and kernels that somebody else chose."""

from __future__ import annotations

import pytest
from manim import tempconfig
from staging import STILL, play_watched, scene_class, steady_plan

T = [
    [0, 0, 7, 7, 0, 0],
    [0, 0, 7, 7, 0, 0],
    [0, 0, 7, 7, 0, 0],
    [0, 3, 7, 7, 3, 0],
    [0, 7, 7, 7, 7, 0],
    [0, 7, 0, 0, 7, 0],
]
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_maps_of_three_kernels_of_four_rows_can_be_read(language):
    chosen = {"image": T, "kernel": SOBEL}
    lesson = scene_class("feature_map", "convolution").given(chosen)
    plan = steady_plan(lesson, "feature_map", language, STILL.fps, "convolution")
    glimpses = play_watched(lesson, plan, STILL).glimpses
    last = [glimpse for glimpse in glimpses if glimpse.beat == "one_each"]
    assert {problem for glimpse in last for problem in glimpse.problems()} == set()
