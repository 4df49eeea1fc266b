"""Every scene of every episode, played in its languages on a clock that no voice changes.

Each scene is drawn once per process (`staging.played`); all of these tests look at that.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from manim import tempconfig
from pictures import check_pictures
from staging import (
    DRAWINGS,
    HOUSE,
    SCENES,
    main_script,
    played,
    played_thumbnail,
    scene_class,
    scripts,
    sources,
)

from cnnviz.review.layout_rules import at_rest, in_motion
from cnnviz.script.placeholders import names_in

each_scene = pytest.mark.parametrize(
    ("episode", "scene"), SCENES, ids=["-".join(place) for place in SCENES]
)
each_drawing = pytest.mark.parametrize(
    ("episode", "scene", "language"), DRAWINGS, ids=["-".join(drawing) for drawing in DRAWINGS]
)
THUMBNAILS = [
    (path.parent.name, language)
    for path in sorted((HOUSE / "scenes").glob("*/_thumbnail.py"))
    for language in scripts(path.parent.name)
]


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


@each_drawing
def test_every_beat_is_drawn_to_the_frame(episode, scene, language):
    watched = played(episode, scene, language)
    assert watched.frames == {slot.beat: slot.frames for slot in watched.plan.slots}


@each_scene
def test_pictures_of_every_beat_look_as_stored(episode, scene):
    language = main_script(episode).language
    check_pictures(f"{episode}/{scene}", played(episode, scene, language).stills)


@each_scene
def test_something_happens_in_every_beat(episode, scene):
    stills = list(played(episode, scene, main_script(episode).language).stills.values())
    for before, after in pairwise(stills):
        assert np.abs(before.astype(int) - after.astype(int)).max() > 40


@each_drawing
def test_texts_stand_where_they_can_be_read(episode, scene, language):
    wrong = {
        f"{scene}, {glimpse.beat}: {problem}"
        for glimpse in played(episode, scene, language).glimpses
        for problem in glimpse.problems()
    }
    if wrong:
        pytest.fail("\n".join(sorted(wrong)), pytrace=False)


@each_drawing
def test_the_chapter_is_on_its_card_and_then_in_the_corner(episode, scene, language):
    watched, lesson = played(episode, scene, language), scene_class(scene, episode)
    read = [[text.text for text in glimpse.texts] for glimpse in watched.glimpses]
    last = read[-1]
    if lesson.card:
        assert read[0] == [], "bare for as long as the crossfade takes"
        assert " ".join(next(texts for texts in read if texts)) == watched.plan.title
    if lesson.titled:
        assert watched.plan.title in last


@each_drawing
def test_every_label_of_the_script_is_seen(episode, scene, language):
    watched = played(episode, scene, language)
    elsewhere = {"thumbnail"}  # in the picture that stands for the film
    seen = {text.text for glimpse in watched.glimpses for text in glimpse.texts}
    # A label may be broken into lines, and its numbers are filled in.
    words = {word for text in seen for word in text.split()}
    unseen = [
        name
        for name, label in watched.plan.labels.items()
        if name not in elsewhere and not names_in(label) and not set(label.split()) <= words
    ]
    assert unseen == [], "show it, or take it out of the script"


@pytest.mark.parametrize("scene", [scene for episode, scene in SCENES if episode == "ready"])
def test_a_ready_scene_says_before_it_is_played_which_labels_it_wants(scene):
    assert set(sources("ready")[scene].labels) == set(main_script("ready").scene(scene).labels)


def test_every_ready_scene_is_played():
    ready = {path.stem for path in (HOUSE / "scenes" / "shared").glob("[!_]*.py")}
    assert {scene.scene.text for scene in main_script("ready").scenes} == ready


@pytest.mark.parametrize(("episode", "language"), THUMBNAILS)
def test_pictures_that_stand_for_the_film_look_as_stored_and_can_be_read(episode, language):
    watched = played_thumbnail(episode, language)
    check_pictures(f"{episode}/thumbnail-{language}", watched.stills)
    texts = watched.glimpses[-1].texts
    # No screen cuts the edges of a still away, so only the frame counts.
    problems = [problem for problem in at_rest(texts) if problem.rule != "outside-safe-margin"]
    assert problems + in_motion(texts) == []
    assert " ".join(text.text for text in texts if not text.numbers) == " ".join(
        watched.plan.labels["thumbnail"].split()
    )
