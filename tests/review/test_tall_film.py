"""A film planned in the tall format, as review and storyboard see it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from manim import RIGHT
from planned import planned, silent
from tiny import SECONDS, Project, run_jobs_here

from cnnviz.media.quality import quality
from cnnviz.review import passes
from cnnviz.review.check_episode import check_episode
from cnnviz.review.layout import readings
from cnnviz.review.layout_rules import at_rest, layout_findings
from cnnviz.review.made import as_made
from cnnviz.review.passes import look_at_stages, stills
from cnnviz.review.storyboard.page import Board, page
from cnnviz.review.storyboard.sounds import small_sounds
from cnnviz.stage_format import TALL, WIDE
from cnnviz.studio.make import Order, make_episode
from cnnviz.studio.production import prepare
from cnnviz.studio.site import Site
from cnnviz.visuals import words


def test_a_tall_film_is_planned_looked_at_and_shown_in_its_own_shape(
    tiny_project: Project,
    fresh_cache: Path,
    one_process: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passes, "run_jobs", run_jobs_here)
    wide = planned(tiny_project)
    production = prepare(
        wide.episode, "bn", quality("draft"), "recorded", silent(), workers=1, format=TALL
    )
    assert (production.quality.width, production.quality.height) == (480, 854)
    assert {production.plan(scene.id, []).format for scene in production.script.scenes} == {TALL}
    assert not {wide.key(slot) for slot in wide.slots} & {
        production.key(slot) for slot in production.slots
    }
    site = Site(silent())
    pictures = stills(production, site)
    assert len(pictures) == len(SECONDS)
    assert {cv2.imread(str(path)).shape for path in pictures.values()} == {(640, 360, 3)}
    # One of its scenes stands at typed places, which lie in the wide frame alone.
    outside = {
        film.quality.format.name: {
            one.scene
            for one in layout_findings(film, look_at_stages(film, site))
            if one.rule == "outside-safe-margin"
        }
        for film in (wide, production)
    }
    assert outside == {"wide": set(), "tall": {"second"}}
    html = page(Board(production, pictures, small_sounds(production.spoken)))
    assert set(re.findall(r'width="(\d+)" height="(\d+)"', html)) == {("360", "640")}


def test_a_tall_film_is_checked_as_what_it_was_made(
    tiny_project: Project,
    fresh_cache: Path,
    one_process: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(passes, "run_jobs", run_jobs_here)
    made = Order(tiny_project.root, "tiny", quality="draft", voice="recorded", format=TALL)
    bundle = make_episode(replace(made, workers=1), lambda production, film, folder: None)
    facts = json.loads((bundle / "bundle.json").read_bytes())
    assert facts["format"] == "tall"
    looked_at = as_made(Order(tiny_project.root, "tiny", quality="", voice=""))
    assert replace(looked_at, workers=0) == made
    check_episode(replace(looked_at, workers=1), as_json=True)
    rules = {one["rule"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert "outside-safe-margin" in rules  # in the tall frame alone
    assert not rules & {"picture-format", "stale-picture", "stale-film", "damaged-film"}


def test_the_same_stage_may_fit_in_one_format_and_not_in_the_other() -> None:
    seen = readings([words("স্ট্রাইড").shift(3 * RIGHT)])
    assert [problem.rule for problem in at_rest(seen, WIDE)] == []
    assert [problem.rule for problem in at_rest(seen, TALL)] == ["outside-safe-margin"]
