"""Why a beat is drawn again, as `--explain` tells it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import BUILD, OPTIONS, Done, Project, replace_in

from cnnviz.ingredients import record as ingredients

Run = Callable[..., Done]
BEATS = ["first/shown", "first/summed", "first/moved", "second/drawn", "second/turned"]


def fates(done: Done) -> dict[str, str]:
    """What was said of each beat, and that each was spoken of once and in order."""
    assert done.code == 0, done.err
    said = [line.split(": ", 1) for line in done.err.splitlines() if line.split(": ")[0] in BEATS]
    assert [beat for beat, _ in said] == BEATS
    return dict(said)


def explained(project: Project, run: Run) -> dict[str, str]:
    return fates(run(project, *BUILD, "--explain"))


def test_the_first_time_every_beat_is_new_and_then_every_one_is_reused(
    tiny_project: Project, run: Run, fresh_cache: Path, one_process: None
) -> None:
    first = explained(tiny_project, run)
    assert set(first.values()) == {
        "drawn — the scene was not drawn before in this language and quality"
    }
    assert set(explained(tiny_project, run).values()) == {"reused"}


def test_nobody_is_told_who_did_not_ask(built: Project, run: Run) -> None:
    assert "reused" not in run(built, *BUILD).err


def test_a_changed_sentence_is_named_with_its_line(built: Project, run: Run) -> None:
    edit = replace_in(built.script, "এবার একটু নিচে নামাই।", "এবার এটাকে একটুখানি নিচে নামাই।")
    built.record("first.moved", 0.9)
    said = explained(built, run)
    assert said.pop("first/moved") == f"drawn — text changed, bn.yaml:{edit.line}"
    assert set(said.values()) == {"reused"}


def test_words_that_take_as_long_are_told_and_cost_nothing(built: Project, run: Run) -> None:
    replace_in(built.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    assert explained(built, run)["second/drawn"] == "reused, its words changed but not its length"


def test_another_recording_of_the_same_words_is_told_by_its_length(
    built: Project, run: Run
) -> None:
    built.record("first.moved", 0.9)
    said = explained(built, run)["first/moved"]
    assert said.startswith("drawn — length changed, ")
    assert " s became " in said


def test_a_changed_label_and_title_are_named_with_their_lines(built: Project, run: Run) -> None:
    label = replace_in(built.script, "name: চৌকো", "name: বর্গ")
    title = replace_in(built.script, "title: প্রথম দৃশ্য", "title: শুরুর দৃশ্য")
    said = explained(built, run)
    assert said["second/turned"] == f"drawn — label 'name' changed, bn.yaml:{label.line}"
    # A scene stands in the script where its id does, a line above its title.
    assert said["first/shown"] == f"drawn — title changed, bn.yaml:{title.line - 1}"


def test_a_changed_scene_is_told_from_a_part_that_scenes_share(built: Project, run: Run) -> None:
    replace_in(built.scene("second"), "shift(RIGHT)", "shift(RIGHT * 2)")
    replace_in(built.scene("_example"), "[[1, 2, 3],", "[[4, 2, 3],")
    said = explained(built, run)
    assert said["second/drawn"] == "drawn — scene source changed, scenes/tiny/second.py"
    assert said["first/summed"] == "drawn — code changed, scenes/tiny/_example.py"


def test_another_version_of_a_library_is_named(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {**ingredients.versions(), "manim": "0.99"}
    monkeypatch.setattr(ingredients, "versions", lambda: others)
    said = explained(built, run)
    assert all(fate.startswith("drawn — manim 0.22") for fate in said.values())
    assert all(fate.endswith("became 0.99") for fate in said.values())


def test_a_damaged_entry_is_told(built: Project, run: Run) -> None:
    cache = built.root.parent / "cache"
    next((cache / "segments").rglob("*.mp4")).write_bytes(b"damaged")
    said = explained(built, run)
    assert sorted(said.values())[0] == "drawn — its entry in the cache is gone or was damaged"
    assert sorted(said.values())[1:] == ["reused"] * 4


def test_a_scene_that_was_asked_for_is_told_so(built: Project, run: Run) -> None:
    said = run(built, "scene", "tiny/second", *OPTIONS, "--explain").err
    assert "second/drawn: drawn — this scene was asked for anew" in said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"beats": 1}'])
def test_a_damaged_history_is_as_good_as_none(built: Project, run: Run, content: str) -> None:
    notes = list((built.root.parent / "cache" / "history").rglob("*.json"))
    assert len(notes) == 2
    for file in notes:
        file.write_text(content)
    built.record("first.moved", 0.9)
    said = explained(built, run)["first/moved"]
    assert said == "drawn — the scene was not drawn before in this language and quality"
