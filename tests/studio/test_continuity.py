"""Scenes that go on from what the one before has left on stage."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from continuing import add_continuing_scenes, ask_in_second
from tiny import BUILD, HOUSE, OPTIONS, Done, Project, files_below, replace_in

from cnnviz.media.decode import read_frames

Run = Callable[..., Done]
NOISE = 0.5
"""Levels by which two encodings of one picture differ on the average, at most."""


@pytest.fixture
def continued(built: Project) -> Project:
    """The tiny project, built, and two more scenes that go on from its last one, not yet drawn."""
    add_continuing_scenes(built)
    return built


@pytest.fixture
def film(continued: Project, run: Run) -> Project:
    """The same, built."""
    assert run(continued, *BUILD).code == 0
    return continued


def told(project: Project, run: Run) -> dict[str, str]:
    """Beat → what `--explain` says of it."""
    done = run(project, *BUILD, "--explain")
    assert done.code == 0, done.err
    lines = [line.split(": ", 1) for line in done.err.splitlines()]
    return {line[0]: line[1] for line in lines if "/" in line[0] and len(line) == 2}


def drawn(project: Project, run: Run) -> set[str]:
    return {beat for beat, fate in told(project, run).items() if fate.startswith("drawn")}


def cut_before(project: Project, scene: str) -> int:
    """The film's first frame of `scene`."""
    return next(each["start_frame"] for each in project.facts["beats"] if each["scene"] == scene)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


# --- what is seen ---------------------------------------------------------------------------


def test_no_cut_is_seen_where_a_scene_goes_on(film: Project) -> None:
    path = film.bundle / "episode.mp4"
    for scene in ("third", "fourth"):
        cut = cut_before(film, scene)
        last, first = read_frames(path, cut - 1, 2)
        assert difference(last, first) < NOISE, scene
        # Of two encodings, few pixels differ as much as something that has moved.
        assert (np.abs(last.astype(int) - first.astype(int)) > 30).mean() < 1e-3, scene
        # The stage is not empty, and what was taken over moves on.
        later = next(read_frames(path, cut + 12, 1))
        assert last.std() > 10
        assert (np.abs(later.astype(int) - first.astype(int)) > 30).mean() > 2e-3, scene


def test_where_a_scene_does_not_go_on_the_cut_is_a_crossfade(film: Project) -> None:
    path, cut = film.bundle / "episode.mp4", cut_before(film, "second")
    frames = list(read_frames(path, cut - 1, 10))
    assert difference(frames[0], frames[-1]) > 4 * NOISE
    fades = list((film.root.parent / "cache" / "crossfades").rglob("*.mp4"))
    assert len(fades) == 1, "into the second scene alone"


def test_a_scene_that_goes_on_has_no_card_and_waits_less(film: Project) -> None:
    frames = {(each["scene"], each["beat"]): each["frames"] for each in film.facts["beats"]}
    # At 15 frames a second: 0.3 s before the first word, and 0.8 s where a crossfade comes first.
    assert frames["second", "drawn"] == 12 + 8 + 6
    assert frames["third", "lifted"] == 4 + 8 + 6
    assert frames["fourth", "joined"] == 4 + 8 + 10


def test_the_title_of_the_scene_before_gives_way_to_its_own(film: Project) -> None:
    path, cut = film.bundle / "episode.mp4", cut_before(film, "fourth")
    corner = [frame[:60, :400] for frame in read_frames(path, cut, 8)]
    assert difference(corner[0], corner[-1]) > 0.5, "its title comes"
    assert difference(corner[-2], corner[-1]) < 0.2, "and stays"


def test_it_is_drawn_alike_alone_and_in_the_film(film: Project, run: Run) -> None:
    alone = film.segments
    assert run(film, "scene", "tiny/fourth", *OPTIONS).code == 0
    assert film.segments == alone


def test_manim_renders_such_a_scene_by_itself(film: Project, tmp_path: Path) -> None:
    settings = tmp_path / "manim.cfg"
    settings.write_text("[CLI]\n")
    command = [sys.executable, "-m", "manim", "render", "-r", "640,360", "--fps", "15"]
    command += ["--config_file", str(settings), "--disable_caching", "-v", "ERROR", "-s"]
    command += ["--media_dir", str(tmp_path / "media"), "scenes/tiny/fourth.py", "Fourth"]
    paths = os.pathsep.join([str(HOUSE), str(film.root)])
    subprocess.run(command, cwd=film.root, env={**os.environ, "PYTHONPATH": paths}, check=True)
    [picture] = (tmp_path / "media").rglob("*.png")
    ours = list(read_frames(film.bundle / "episode.mp4"))[-1]
    theirs = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
    small = cv2.resize(ours, (160, 90), interpolation=cv2.INTER_AREA)
    assert difference(small, cv2.resize(theirs, (160, 90), interpolation=cv2.INTER_AREA)) < 4


# --- what it depends on ---------------------------------------------------------------------


def test_a_longer_sentence_before_it_draws_that_beat_alone(film: Project, run: Run) -> None:
    film.record("second.drawn", 0.9)
    assert drawn(film, run) == {"second/drawn"}


def test_a_length_on_which_the_end_of_the_scene_before_depends_draws_it_anew(
    continued: Project, run: Run
) -> None:
    ask_in_second(continued)
    assert run(continued, *BUILD).code == 0
    continued.record("second.drawn", 0.9)
    said = told(continued, run)
    assert said["third/lifted"] == (
        "drawn — it depends on the length of second/drawn, which changed"
    )
    assert {beat for beat, fate in said.items() if fate.startswith("drawn")} == {
        "second/drawn", "second/turned", "third/lifted", "third/held", "fourth/joined",
    }  # fmt: skip


def test_a_changed_label_of_the_scene_before_draws_it_anew(film: Project, run: Run) -> None:
    edit = replace_in(film.script, "name: চৌকো", "name: বর্গ")
    said = told(film, run)
    label = f"label 'name' changed, bn.yaml:{edit.line}"
    assert said["second/turned"] == f"drawn — {label}"
    assert said["third/held"] == f"drawn — what it takes over from second changed: {label}"
    assert said["fourth/joined"] == (
        "drawn — what it takes over from third changed:"
        f" what it takes over from second changed: {label}"
    )
    assert said["first/shown"] == "reused"


def test_changed_code_of_the_scene_before_draws_it_anew(film: Project, run: Run) -> None:
    replace_in(film.scene("second"), "Square(2)", "Square(3)")
    said = told(film, run)
    assert said["fourth/joined"] == "drawn — code changed, scenes/tiny/second.py"


def test_a_change_of_its_own_leaves_the_scene_before_alone(film: Project, run: Run) -> None:
    replace_in(film.scene("fourth"), "Square(0.5)", "Square(0.7)")
    assert drawn(film, run) == {"fourth/joined"}


# --- variations -----------------------------------------------------------------------------


def test_it_goes_on_from_a_variation_of_the_scene_that_it_names(
    continued: Project, run: Run
) -> None:
    """The scene before is three lines in a file of its own, with another knob."""
    plain = continued.scene("second")
    text = plain.read_text("utf-8").replace("Square(2)", "Square(self.side)")
    text = text.replace("    card = False\n", "    card = False\n    side = 2\n")
    base = continued.root / "scenes" / "other" / "second.py"
    base.parent.mkdir()
    base.write_text(text, encoding="utf-8")
    plain.write_text(
        "from scenes.other import second\n\n\nclass Second(second.Second):\n    side = 3\n",
        encoding="utf-8",
    )
    third = continued.scene("third")
    (base.parent / "third.py").write_text(
        third.read_text("utf-8").replace("scenes.tiny.second", "scenes.other.second")
    )
    third.write_text(
        "from scenes.other import third\n\n\nclass Third(third.Third):\n    pass\n", "utf-8"
    )
    assert run(continued, *BUILD).code == 0
    cut = cut_before(continued, "third")
    last, first = read_frames(continued.bundle / "episode.mp4", cut - 1, 2)
    assert difference(last, first) < NOISE
    replace_in(plain, "side = 3", "side = 1")
    assert "third/held" in drawn(continued, run)


# --- what is said against it ----------------------------------------------------------------


def test_a_scene_must_stand_right_after_the_one_that_it_goes_on_from(
    continued: Project, run: Run
) -> None:
    text = continued.english.read_text("utf-8")
    start, fourth = text.index("  - id: third"), text.index("  - id: fourth")
    moved = text[:start] + text[fourth:] + text[start:fourth]
    continued.english.write_text(moved, encoding="utf-8")
    line = moved[: moved.index("- id: fourth")].count("\n") + 1
    done = run(continued, *BUILD)
    assert done.code == 2
    assert done.error.startswith(
        f"{continued.english}:{line}: scene 'fourth' goes on from Third, which does not stand"
        " right before it — put it right after 'third'"
    )


def test_the_first_scene_goes_on_from_nothing(built: Project, run: Run) -> None:
    source = built.scene("first")
    text = source.read_text("utf-8").replace(
        "class First(Lesson):\n", "class First(Lesson):\n    continues = Second\n"
    )
    source.write_text(
        f"from scenes.tiny.second import Second\n{text}".replace(
            "from scenes.tiny.second import Second\nfrom __future__ import annotations\n",
            "from __future__ import annotations\nfrom scenes.tiny.second import Second\n",
        )
    )
    done = run(built, *BUILD)
    assert done.code == 2
    assert "scene 'first' goes on from Second, which does not stand right before it" in done.error
    assert f"{built.script}:" in done.error


def test_what_it_goes_on_from_must_be_a_scene(continued: Project, run: Run) -> None:
    edit = replace_in(continued.scene("third"), "continues = Second", "continues = Lesson")
    done = run(continued, *BUILD)
    assert done.code == 2
    assert done.error.startswith(f"{edit}Lesson under continues is no class of the project's")


# --- nothing stale --------------------------------------------------------------------------


def test_a_film_of_such_scenes_from_nothing_is_the_same_film(
    film: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = files_below(film.bundle)
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path / "empty"))
    assert run(film, *BUILD, "--out", str(tmp_path / "fresh")).code == 0
    assert files_below(tmp_path / "fresh") == kept
