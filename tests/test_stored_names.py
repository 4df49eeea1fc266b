"""Names: hidden files are nobody's, and the same letters are the same name however stored."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny import BUILD, OPTIONS, Done, Project

from cnnviz.evidence_files import RECORDINGS, evidence_path
from cnnviz.files import write_json
from cnnviz.ingredients.code import code_of
from cnnviz.ingredients.data import data_files
from cnnviz.names import as_stored
from cnnviz.script.reader import read_script

Run = Callable[..., Done]

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "


@pytest.fixture
def littered(tiny_project: Project) -> Project:
    """Beside every file what Emacs and macOS leave there: links to nowhere, and bytes of theirs."""
    for path in [path for path in tiny_project.root.rglob("*") if path.is_file()]:
        path.with_name(f".#{path.name}").symlink_to("somebody@somewhere.1234")
        path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)
    hidden = tiny_project.root / "narration" / "._tiny"
    hidden.mkdir()
    (hidden / "bn.yaml").write_bytes(APPLE_DOUBLE)
    return tiny_project


def test_hidden_files_make_no_episode(littered: Project, run: Run) -> None:
    listed = run(littered, "list")
    assert listed.code == 0, listed.err
    assert "._" not in listed.out


@pytest.mark.usefixtures("one_process", "fresh_cache")
def test_a_film_is_made_and_looked_at_with_hidden_files_everywhere(
    littered: Project, run: Run
) -> None:
    for words in (BUILD, ("storyboard", "tiny", *OPTIONS)):
        done = run(littered, *words)
        assert done.code == 0, done.err
    shown = littered.bundle / RECORDINGS
    shown.mkdir(exist_ok=True)
    (shown / ".#one.json").symlink_to("nowhere")
    done = run(littered, "check", "tiny")
    assert "Traceback" not in done.err
    assert "._" not in done.out + done.err
    assert ".#" not in done.out + done.err


def test_what_a_pattern_would_find_hidden_is_left_out_of_data_too(tmp_path: Path) -> None:
    scene = tmp_path / "scenes" / "one.py"
    pictures = scene.parent / "pictures"
    pictures.mkdir(parents=True)
    scene.write_text("")
    (pictures / "cat.png").write_bytes(b"cat")
    (pictures / "._notes.py").write_bytes(APPLE_DOUBLE)
    (pictures / "dog.png").symlink_to("nowhere")
    found = data_files(code_of([scene], tmp_path))
    assert found == [pictures / "cat.png"]


# --- the same letters ----------------------------------------------------------------------------

HILL = "পাহা\u09dc"
"""A hill, its last letter as one sign, which no normal form leaves as it is."""
APART = unicodedata.normalize("NFD", HILL)


@pytest.fixture
def bengali_names(tiny_project: Project) -> Project:
    """Scene, class, beat, label and number are called a hill: in one sign in the code only."""
    assert HILL != APART
    old, root = tiny_project.scene("first"), tiny_project.root
    text = old.read_text("utf-8").replace("class First", f"class {HILL}")
    for name in ("shown", "size", "first.sum"):
        text = text.replace(f'"{name}"', f'"{HILL}"')
    old.unlink()
    tiny_project.scene(HILL).write_text(text, encoding="utf-8")
    for script in (tiny_project.script, tiny_project.english):
        text = script.read_text("utf-8").replace("id: first", f"id: {APART}")
        text = text.replace("shown:", f"{APART}:").replace("size:", f"{APART}:")
        script.write_text(text.replace("{first.sum}", f"{{{APART}}}"), encoding="utf-8")
    for recording in (root / "narration" / "tiny" / "recordings" / "bn").glob("first.*"):
        name = recording.name.replace("first.", f"{HILL}.").replace(".shown", f".{HILL}")
        recording.rename(recording.with_name(name))
    for folder in ("scenes", "narration"):
        (root / folder / "tiny").rename(root / folder / APART)
    example = root / "scenes" / APART / "_example.py"
    scene = root / "scenes" / APART / f"{HILL}.py"
    scene.write_text(
        scene.read_text("utf-8").replace("from scenes.tiny._example", "from ._example"),
        encoding="utf-8",
    )
    assert example.is_file()
    return tiny_project


@pytest.mark.usefixtures("one_process", "fresh_cache")
def test_the_same_letters_are_the_same_name_however_they_are_stored(
    bengali_names: Project, run: Run
) -> None:
    done = run(bengali_names, "episode", HILL, *OPTIONS)
    assert done.code == 0, done.err
    assert "5 drawn now" in done.err
    bundle = bengali_names.root / "build" / APART / "bn" / "bundle.json"
    beats = {(beat["scene"], beat["beat"]) for beat in json.loads(bundle.read_text())["beats"]}
    assert (APART, APART) in beats
    done = run(bengali_names, "scene", f"{HILL}/{HILL}", *OPTIONS)
    assert done.code == 0, done.err


def test_two_files_under_one_name_are_refused(bengali_names: Project, run: Run) -> None:
    scene = bengali_names.root / "scenes" / APART / f"{HILL}.py"
    scene.with_name(f"{APART}.py").write_bytes(scene.read_bytes())
    done = run(bengali_names, "episode", HILL, *OPTIONS)
    assert done.code == 2
    assert "both scenes of one name" in done.error
    assert ascii(scene.name) in done.error


def test_a_picture_and_a_recording_are_found_by_their_letters(tmp_path: Path) -> None:
    stored = tmp_path / RECORDINGS / f"{HILL}.json"
    stored.parent.mkdir()
    stored.write_text("{}")
    for name in (HILL, APART):
        assert evidence_path(tmp_path, name) == stored
    assert as_stored(tmp_path / "cat.png") == tmp_path / "cat.png"


@pytest.mark.parametrize("knob", ["image", "photograph"])
def test_a_picture_of_a_script_is_found_by_its_letters(tmp_path: Path, knob: str) -> None:
    folder = tmp_path / "narration" / "film"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "cat.png"), np.full((4, 4), 9, np.uint8))
    (folder / "cat.png").rename(folder / f"{HILL}.png")
    script = folder / "bn.yaml"
    script.write_text(
        f"title: t\ndescription: d\ntags: []\ninputs:\n  {knob}: {APART}.png\n"
        "scenes:\n  - id: one\n    title: t\n    beats:\n      said: s\n",
        encoding="utf-8",
    )
    given = read_script(script).inputs[knob]
    assert given.picture == folder / f"{HILL}.png"
    if knob == "photograph":
        assert (tmp_path / given.value["file"]).is_file()


# --- names that are no text ----------------------------------------------------------------------


def test_a_files_name_that_is_not_utf_8_survives_the_way_through_json(tmp_path: Path) -> None:
    value = {"recording": "clip-\udcff.mp4", "title": "ছবি"}
    write_json(tmp_path / "bundle.json", value)
    assert json.loads((tmp_path / "bundle.json").read_text("utf-8")) == value


@pytest.mark.parametrize(
    "words", [("new", "film", "--title", "a\udcff"), ("list\udcff",), ("check", "\udcff")]
)
def test_a_word_that_is_not_utf_8_is_refused_in_one_line(
    tiny_project: Project, run: Run, words: tuple[str, ...]
) -> None:
    done = run(tiny_project, *words)
    assert done.code == 2
    assert done.error.count("\n") == 0
    assert not (tiny_project.root / "narration" / "film").exists()


def test_a_mistake_in_a_name_with_a_line_break_is_one_line(tiny_project: Project, run: Run) -> None:
    assert run(tiny_project, "check", "a\nb").error.startswith("no episode")
    odd = tiny_project.root / "a\nb.mp4"
    done = run(tiny_project, "episode", "tiny", *OPTIONS, "--recording", str(odd))
    assert done.code == 2
    assert done.error
