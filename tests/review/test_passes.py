"""Looking at the stages of a whole film: once, in the cache, as the film shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from continuing import add_continuing_scenes
from planned import planned, silent
from tiny import SECONDS, Done, Project, replace_in, run_jobs_here

from cnnviz.errors import StudioError
from cnnviz.media.decode import last_frame
from cnnviz.review import passes
from cnnviz.review.passes import look_at_stages, stills
from cnnviz.studio.segments import find_segment
from cnnviz.studio.site import Site

Run = Callable[..., Done]
PLACES = [tuple(name.split(".")) for name in SECONDS]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch, one_process: None, fresh_cache: Path) -> list[str]:
    """The beats that were looked at, in order; scenes play in this process."""
    beats: list[str] = []

    def run(function: Any, jobs: Sequence[Any], *others: Any) -> list[Any]:
        beats.extend(f"{job.plan.scene}.{beat}" for job in jobs for beat in job.records)
        return run_jobs_here(function, jobs, 1)

    monkeypatch.setattr(passes, "run_jobs", run)
    return beats


def site() -> Site:
    return Site(silent())


def picture(path: Path) -> np.ndarray:
    return cv2.imread(str(path)).astype(float)


def test_every_beat_is_looked_at_once(tiny_project: Project, looked: list[str]) -> None:
    production = planned(tiny_project)
    facts = look_at_stages(production, site())
    assert list(facts) == PLACES
    assert sorted(looked) == sorted(SECONDS)
    for slot in production.slots:
        seen = facts[slot.scene, slot.beat]
        assert seen.seconds == pytest.approx(slot.frames / production.quality.fps, abs=0.01)
        assert [glimpse.at for glimpse in seen.glimpses] == sorted(g.at for g in seen.glimpses)
    looked.clear()
    assert look_at_stages(production, site()) == facts
    assert list(stills(production, site())) == PLACES
    assert looked == []


def test_what_can_be_read_and_when_is_seen(tiny_project: Project, looked: list[str]) -> None:
    facts = look_at_stages(planned(tiny_project), site())
    summed = [
        (round(glimpse.at, 2), text.text)
        for glimpse in facts["first", "summed"].glimpses
        for text in glimpse.texts
        if text.text.startswith("মাপ") and text.opacity > 0.9
    ]
    assert summed, "the label that fades in is read"
    assert 0 < summed[0][0] <= 0.4
    assert facts["first", "summed"].as_before
    assert not facts["first", "shown"].as_before
    assert all(text.contrast for text in facts["first", "summed"].glimpses[-1].texts)


def test_stills_are_what_the_film_shows_last(
    tiny_project: Project, looked: list[str], run: Run
) -> None:
    drawn = {place: picture(path) for place, path in stills(planned(tiny_project), site()).items()}
    assert list(drawn) == PLACES
    assert {one.shape for one in drawn.values()} == {(360, 640, 3)}
    assert (
        run(tiny_project, "episode", "tiny", "--quality", "draft", "--voice", "recorded").code == 0
    )
    production = planned(tiny_project)
    for slot in production.slots:
        segment = find_segment(production.key(slot))
        assert segment is not None
        last = cv2.resize(last_frame(segment.path), (640, 360))
        film = cv2.cvtColor(last, cv2.COLOR_RGB2BGR)
        still = drawn[slot.scene, slot.beat]
        difference = np.abs(cv2.blur(film.astype(float), (5, 5)) - cv2.blur(still, (5, 5)))
        assert difference.mean() < 2.0, slot.beat


def test_a_film_that_is_drawn_already_gives_its_own_stills(
    built: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*args: Any) -> None:
        raise AssertionError("nothing is to be looked at")

    monkeypatch.setattr(passes, "run_jobs", nobody)
    found = stills(planned(built), site())
    assert list(found) == PLACES
    assert all(picture(path).shape[1] == 640 for path in found.values())


def test_a_changed_length_lets_one_beat_be_looked_at_anew(
    tiny_project: Project, looked: list[str]
) -> None:
    before = look_at_stages(planned(tiny_project), site())
    looked.clear()
    tiny_project.record("first.summed", 1.4)
    after = look_at_stages(planned(tiny_project), site())
    assert looked == ["first.summed"]
    changed = {place for place in PLACES if before[place] != after[place]}
    assert changed == {("first", "summed")}


@pytest.mark.parametrize("spoil", ["half", "other picture", "no picture", "other json"])
def test_a_damaged_entry_is_looked_at_again(
    tiny_project: Project, looked: list[str], fresh_cache: Path, spoil: str
) -> None:
    facts = look_at_stages(planned(tiny_project), site())
    entry = sorted((fresh_cache / "stages").rglob("*.json"))[0]
    if spoil == "other picture":
        entry.with_suffix(".jpg").write_bytes(b"no picture")
    elif spoil == "no picture":
        entry.with_suffix(".jpg").unlink()
    else:
        entry.write_text(entry.read_text()[:200] if spoil == "half" else "[]")
    looked.clear()
    assert look_at_stages(planned(tiny_project), site()) == facts
    assert len(looked) == 1


def test_a_scene_that_raises_is_named_and_what_was_seen_stays(
    tiny_project: Project, looked: list[str], fresh_cache: Path
) -> None:
    edit = replace_in(
        tiny_project.scene("first"),
        "            self.play(self.grid.animate.shift(DOWN * 0.5)",
        "            self.play(self.gird.animate.shift(DOWN * 0.5)",
    )
    with pytest.raises(StudioError, match="gird") as told:
        look_at_stages(planned(tiny_project), site())
    assert str(told.value).startswith(str(edit).strip())
    assert len(list((fresh_cache / "stages").rglob("*.json"))) >= 2
    assert list((fresh_cache / "stages").rglob(".part-*")) == []


def test_worker_processes_see_the_same(tiny_project: Project, fresh_cache: Path) -> None:
    production = planned(tiny_project)
    facts = look_at_stages(production, Site(silent(), workers=2))
    assert list(facts) == PLACES
    assert {path.suffix for path in (fresh_cache / "stages").glob("*/*")} == {".json", ".jpg"}


def test_a_scene_that_goes_on_is_looked_at_with_what_it_takes_over(
    tiny_project: Project, looked: list[str]
) -> None:
    add_continuing_scenes(tiny_project)
    facts = look_at_stages(planned(tiny_project), site())
    names = {
        place: {text.text for glimpse in seen.glimpses for text in glimpse.texts}
        for place, seen in facts.items()
    }
    assert "চৌকো" in names["second", "drawn"]
    assert "চৌকো" in names["third", "held"]
    assert {"চৌকো", "চতুর্থ দৃশ্য"} <= names["fourth", "joined"]
