"""What is known of a film before its first frame is drawn."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import SECONDS, Project, replace_in, run_jobs_here

from cnnviz.compute import Number, every, largest, not_, zero
from cnnviz.episode.episode import check_scenes, episode_names, find_episode
from cnnviz.errors import UserError
from cnnviz.media.quality import QUALITIES, quality
from cnnviz.progress import Reporter
from cnnviz.samples import SAMPLE_RATE
from cnnviz.studio.facts import SceneFacts, facts_from_json
from cnnviz.studio.production import Production, prepare

needs_espeak = pytest.mark.skipif(
    # Looked for and not imported: nothing but espeak's own process may load it.
    find_spec("espeakng_loader") is None,
    reason="espeak-ng is not installed",
)


def planned(
    project: Project, size: str = "draft", language: str = "bn", voice: str = "recorded"
) -> Production:
    report = Reporter(io.StringIO())
    return prepare(find_episode(project.root, "tiny"), language, quality(size), voice, report)


def keys(production: Production) -> dict[str, str]:
    return {f"{slot.scene}.{slot.beat}": production.key(slot) for slot in production.slots}


def changed(before: Production, after: Production) -> set[str]:
    old, new = keys(before), keys(after)
    return {beat for beat in new if new[beat] != old.get(beat)}


# --- the clock ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["draft", "preview", "full"])
def test_every_beat_is_as_long_as_its_recording(built: Project, size: str) -> None:
    production = planned(built, size)
    fps = production.quality.fps
    assert [f"{slot.scene}.{slot.beat}" for slot in production.slots] == list(SECONDS)
    for slot, seconds in zip(production.slots, SECONDS.values(), strict=True):
        samples = production.spoken[slot.scene, slot.beat].samples
        assert samples == pytest.approx(seconds * SAMPLE_RATE, abs=0.05 * SAMPLE_RATE)
        assert 0 <= slot.speech * SAMPLE_RATE // fps - samples < SAMPLE_RATE // fps
    assert production.frames == sum(slot.frames for slot in production.slots)


def test_a_card_and_a_crossfade_take_their_time(built: Project) -> None:
    production = planned(built, "full")
    leads = {f"{slot.scene}.{slot.beat}": slot.lead / 60 for slot in production.slots}
    assert leads == dict.fromkeys(SECONDS, 0.0) | {"first.shown": 2.2, "second.drawn": 0.8}


def test_a_scene_may_ask_for_a_longer_beat(built: Project) -> None:
    replace_in(
        built.scene("second"),
        "    titled = False",
        '    titled = False\n    minimum_seconds = {"turned": 9.0}',
    )
    slots = planned(built).slots
    assert [slot.frames for slot in slots if slot.beat == "turned"] == [9 * 15]


def test_a_scene_may_give_time_to_think_after_a_beat(built: Project) -> None:
    plain = {slot.beat: slot for slot in planned(built).slots}
    replace_in(
        built.scene("second"),
        "    titled = False",
        '    titled = False\n    thinking = {"drawn": 2}',
    )
    slots = {slot.beat: slot for slot in planned(built).slots}
    assert slots["drawn"] == replace(
        plain["drawn"], rest=plain["drawn"].rest + 2 * 15, thinking=2 * 15
    )
    assert slots["turned"] == replace(plain["turned"], start=plain["turned"].start + 2 * 15)


# --- what a beat's picture depends on -------------------------------------------------------

EDITS: dict[str, tuple[Callable[[Project], object], set[str]]] = {
    "a longer recording": (
        lambda project: project.record("first.summed", 1.2),
        {"first.summed"},
    ),
    "other words": (
        lambda project: replace_in(project.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।"),
        set(),
    ),
    "another translation": (
        lambda project: replace_in(project.english, "A square", "A box"),
        set(),
    ),
    "another title of the film": (
        lambda project: replace_in(project.script, "title: ছোট ছবি", "title: বড় ছবি"),
        set(),
    ),
    "a label": (
        lambda project: replace_in(project.script, "name: চৌকো", "name: বর্গ"),
        {"second.drawn", "second.turned"},
    ),
    "a chapter's title": (
        lambda project: replace_in(project.script, "দ্বিতীয় দৃশ্য", "শেষ দৃশ্য"),
        {"second.drawn", "second.turned"},
    ),
    "a scene's source": (
        lambda project: replace_in(project.scene("second"), "Square(2)", "Square(3)"),
        {"second.drawn", "second.turned"},
    ),
    "a picture beside the scenes": (
        lambda project: (project.root / "scenes" / "tiny" / "card.png").write_bytes(b"card"),
        set(SECONDS),
    ),
    "a chapter card": (
        lambda project: replace_in(project.scene("second"), "card = False", "card = True"),
        {"second.drawn", "second.turned"},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_picture_is_new_when_what_it_shows_is_new(built: Project, edit: str) -> None:
    change, beats = EDITS[edit]
    before = planned(built)
    change(built)
    assert changed(before, planned(built)) == beats


def test_every_quality_has_pictures_of_its_own(built: Project) -> None:
    films = [set(keys(planned(built, size)).values()) for size in QUALITIES]
    assert len(set.union(*films)) == len(QUALITIES) * len(SECONDS)


def test_no_two_beats_share_a_picture_however_alike_their_lengths(built: Project) -> None:
    production = planned(built)
    alike = tuple(replace(slot, start=0, lead=0, speech=9, rest=1) for slot in production.slots)
    assert len(set(keys(replace(production, slots=alike)).values())) == len(SECONDS)


def test_where_in_the_film_a_beat_stands_does_not_matter_to_its_picture(built: Project) -> None:
    production = planned(built)
    later = replace(
        production,
        slots=tuple(replace(slot, start=slot.start + 1000) for slot in production.slots),
    )
    assert keys(later) == keys(production)
    # Nor is a scene told of it, or it might draw something that nobody knows it depends on.
    for scene in production.sources:
        assert later.plan(scene, []) == production.plan(scene, [])


# --- words ----------------------------------------------------------------------------------


def test_a_voice_says_words_and_a_caption_shows_digits(built: Project) -> None:
    production = planned(built)
    slot = production.slots[1]
    assert production.words(slot) == "প্রথম যোগফল মাইনাস তিন, মাপ দুই বাই দুই।"
    assert production.text(slot, "bn") == "প্রথম যোগফল −3, মাপ 2×2।"
    assert production.text(slot, "en") == "The first sum is −3, the size 2×2."
    spoken = production.spoken_numbers(slot)
    assert [entry.shown for entry in spoken] == ["−3", "2", "2"]
    assert {(entry.scene, entry.beat) for entry in spoken} == {("first", "summed")}


def test_an_english_film_speaks_and_shows_english(built: Project) -> None:
    recordings = built.script.parent / "recordings"
    (recordings / "bn").rename(recordings / "en")
    production = planned(built, language="en")
    assert production.words(production.slots[1]) == (
        "The first sum is minus three, the size two by two."
    )
    assert list(production.scripts) == ["en", "bn"]
    plan = production.plan("second", ["drawn"])
    assert (plan.title, plan.labels) == ("The second scene", {"name": "A square"})


@needs_espeak
def test_a_lexicon_is_for_the_voice_alone(built: Project) -> None:
    plain = planned(built, voice="espeak")
    lexicon = built.script.parent.parent / "lexicon.bn.yaml"
    lexicon.write_text("espeak:\n  চৌকো: একটা অনেক অনেক লম্বা শব্দ\n", encoding="utf-8")
    respelled = planned(built, voice="espeak")
    assert respelled.spoken["second", "drawn"].samples > plain.spoken["second", "drawn"].samples
    assert respelled.spoken["first", "moved"] == plain.spoken["first", "moved"]
    assert [respelled.words(slot) for slot in plain.slots] == [
        plain.words(slot) for slot in plain.slots
    ]


# --- what scenes tell of themselves ---------------------------------------------------------


def test_scenes_are_imported_once(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(function: Any, jobs: Any, *rest: Any, **options: Any) -> list[Any]:
        asked.extend(job.class_name for job in jobs)
        return run_jobs_here(function, jobs, *rest, **options)

    monkeypatch.setattr("cnnviz.studio.gathering.run_jobs", counted)
    before = planned(built)
    assert asked == []
    replace_in(built.scene("second"), "Square(2)", "Square(3)")
    planned(built)
    assert asked == ["Second"]
    assert planned(built).facts == before.facts
    assert asked == ["Second"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"numbers": 3}'])
def test_damaged_facts_are_asked_again(built: Project, tmp_path: Path, content: str) -> None:
    before = planned(built)
    notes = list((tmp_path / "cache" / "facts").rglob("*.json"))
    assert len(notes) == 2
    for path in notes:
        path.write_text(content)
    assert planned(built).facts == before.facts
    assert all(json.loads(path.read_text())["facts"] for path in notes)


NUMBERS = st.builds(
    Number,
    st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["sum", "count", "literal"]),
    st.dictionaries(st.text(), st.lists(st.integers()) | st.text()),
)


CLAIMS = st.recursive(
    st.builds(zero, NUMBERS) | st.builds(largest, NUMBERS, st.lists(NUMBERS, min_size=1)),
    lambda claims: st.builds(every, claims, claims) | st.builds(not_, claims),
    max_leaves=4,
)


@given(
    st.builds(
        SceneFacts,
        st.dictionaries(st.text(), NUMBERS | st.tuples(NUMBERS, NUMBERS)),
        st.booleans(),
        st.dictionaries(st.text(), st.floats(0, 60)),
        st.dictionaries(st.text(), CLAIMS),
        st.dictionaries(st.text(), st.floats(0.1, 10)),
    )
)
def test_facts_survive_the_cache(facts: SceneFacts) -> None:
    assert facts_from_json(json.loads(json.dumps(facts.as_json()))) == facts


# --- episodes -------------------------------------------------------------------------------


def test_a_folder_is_an_episode_if_it_has_a_script(tiny_project: Project) -> None:
    narration, scenes = tiny_project.root / "narration", tiny_project.root / "scenes"
    (narration / "unwritten").mkdir()
    (scenes / "unwritten").mkdir()
    (narration / "borrowing").mkdir()
    (narration / "borrowing" / "bn.yaml").write_text("title: x")  # it may play ready scenes
    (narration / "lexicon.bn.yaml").touch()
    assert episode_names(tiny_project.root) == ["borrowing", "tiny"]
    with pytest.raises(UserError, match="no episode 'unwritten' — there are: borrowing, tiny"):
        find_episode(tiny_project.root, "unwritten")


def test_a_project_without_episodes_says_so(tmp_path: Path) -> None:
    assert episode_names(tmp_path) == []
    with pytest.raises(UserError, match="no episode 'tiny' — there are none here"):
        find_episode(tmp_path, "tiny")


def test_files_with_an_underscore_are_parts_and_not_scenes(tiny_project: Project) -> None:
    episode = find_episode(tiny_project.root, "tiny")
    assert list(episode.scene_files) == ["first", "second"]


def test_a_scene_is_read_without_running_it(tiny_project: Project) -> None:
    scene = tiny_project.scene("second")
    scene.write_text("1 / 0\n" + scene.read_text(encoding="utf-8"), encoding="utf-8")
    episode = find_episode(tiny_project.root, "tiny")
    source = check_scenes(episode, episode.script("bn"))["second"]
    assert (source.class_name, list(source.beats)) == ("Second", ["drawn", "turned"])
    lines = scene.read_text(encoding="utf-8").split("\n")
    assert 'self.beat("turned")' in lines[source.beats["turned"].line - 1]
    assert 'self.label("name")' in lines[source.labels["name"].line - 1]
