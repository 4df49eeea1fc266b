"""`new`: an episode of ready scenes, or a variation of another one, that fits together at once."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny import HOUSE, Done, Project, files_below, replace_in, run_command, run_jobs_here

from cnnviz.episode.episode import find_episode
from cnnviz.progress import Reporter
from cnnviz.script.reader import read_script
from cnnviz.studio.production import mismatches


@pytest.fixture(autouse=True)
def _jobs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnviz.studio.gathering.run_jobs", run_jobs_here)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project with the ready scenes and nothing else."""
    shared = tmp_path / "scenes" / "shared"
    shutil.copytree(HOUSE / "scenes" / "shared", shared, ignore=shutil.ignore_patterns("*.pyc"))
    (tmp_path / "scenes" / "__init__.py").write_text("")
    return tmp_path


def said(done: Done) -> list[str]:
    assert done.code == 0, done.err
    return done.out.splitlines()


def objections(root: Path, name: str) -> list[str]:
    report = Reporter(io.StringIO())
    return [str(problem) for problem in mismatches(find_episode(root, name), "bn", report)]


def test_a_new_episode_fits_together_without_a_line_of_python(house: Path) -> None:
    wrote = said(run_command(house, "new", "demo"))
    assert wrote[:2] == ["wrote narration/demo/bn.yaml", "wrote narration/demo/en.yaml"]
    assert "render.py episode demo" in wrote[-1]
    assert not (house / "scenes" / "demo").exists()
    assert objections(house, "demo") == []
    bengali, english = (read_script(house / f"narration/demo/{one}.yaml") for one in ("bn", "en"))
    assert len(bengali.scenes) == 5
    assert bengali.title != english.title


def test_it_follows_another_picture_and_kernel(house: Path) -> None:
    said(run_command(house, "new", "demo"))
    script = house / "narration" / "demo" / "bn.yaml"
    text = script.read_text(encoding="utf-8")
    for rows in ("[9, 1, 0, 0]", "[9, 9, 1, 0]"):
        text = text.replace(rows, "[0, 4, 7, 2, 1, 5]")
    script.write_text(text.replace("- [1, -1]", "- [3, 0, -3]"), encoding="utf-8")
    assert objections(house, "demo") == []
    script.write_text(text.replace("- [1, -1]", "- [3, 0, -2]"), encoding="utf-8")
    problems = objections(house, "demo")
    assert len(problems) == 2, "one in each language"
    assert all("'feels_differences_only', which does not hold" in problem for problem in problems)


@pytest.mark.parametrize("title", ['Two: “half” "quoted"', "দুই: '#' \\ আর"])
def test_it_may_have_a_title(house: Path, title: str) -> None:
    said(run_command(house, "new", "demo", "--title", title))
    for language in ("bn", "en"):
        assert read_script(house / "narration" / "demo" / f"{language}.yaml").title == title


def test_a_variation_plays_the_scenes_of_the_other_episode(tiny_project: Project) -> None:
    root = tiny_project.root
    before = files_below(root / "scenes") | files_below(root / "narration")
    said(run_command(root, "new", "again", "--from", "tiny", "--title", "আবার"))
    script = read_script(root / "narration" / "again" / "bn.yaml")
    places = [scene.scene.text if scene.scene else None for scene in script.scenes]
    assert (script.title, places) == ("আবার", ["tiny/first", "tiny/second"])
    assert objections(root, "again") == []
    after = files_below(root / "scenes") | files_below(root / "narration")
    assert {name: after[name] for name in before} == before


def test_a_variation_has_the_thumbnail_of_the_other_episode(tiny_project: Project) -> None:
    thumbnail = tiny_project.scene("_thumbnail")
    thumbnail.write_text(
        "from cnnviz.stage.lesson import Lesson\n\nclass Thumbnail(Lesson):\n    pass\n"
    )
    wrote = said(run_command(tiny_project.root, "new", "again", "--from", "tiny"))
    assert "wrote scenes/again/_thumbnail.py" in wrote
    text = (tiny_project.root / "scenes" / "again" / "_thumbnail.py").read_text(encoding="utf-8")
    assert "class Thumbnail(_thumbnail.Thumbnail)" in text


@pytest.mark.parametrize("thumbnail", [False, True])
def test_a_variation_has_a_package_for_scenes_of_its_own(
    tiny_project: Project, thumbnail: bool
) -> None:
    if thumbnail:
        tiny_project.scene("_thumbnail").write_text("")
    root = tiny_project.root
    wrote = said(run_command(root, "new", "again", "--from", "tiny"))
    assert "wrote scenes/again/__init__.py" in wrote
    about = (root / "scenes" / "again" / "__init__.py").read_text(encoding="utf-8")
    assert about == '"""Scenes of `again` alone; the others are played as in `tiny`."""\n'
    for script in (root / "narration" / "again").glob("*.yaml"):
        replace_in(script, "    scene: tiny/second\n", "")
    own = "from scenes.tiny.second import Second as Other\n\n\nclass Second(Other):\n    pass\n"
    (root / "scenes" / "again" / "second.py").write_text(own, encoding="utf-8")
    assert objections(root, "again") == []


def test_a_variation_lacks_the_language_that_the_other_lacks(tiny_project: Project) -> None:
    tiny_project.english.unlink()
    wrote = said(run_command(tiny_project.root, "new", "again", "--from", "tiny"))
    assert wrote[0] == "wrote narration/again/bn.yaml"
    assert objections(tiny_project.root, "again") == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("tiny",), "there is an episode 'tiny' already"),
        (("Big",), "'Big' cannot be an episode's name"),
        (("a/b",), "cannot be an episode's name"),
        (("shared",), "cannot be an episode's name"),
        (("class",), "cannot be an episode's name"),
        (("again", "--from", "tyny"), "no episode 'tyny' — did you mean 'tiny'?"),
        (("again", "--title", " "), "the title is empty"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(
    tiny_project: Project, words: tuple[str, ...], says: str
) -> None:
    before = files_below(tiny_project.root)
    done = run_command(tiny_project.root, "new", *words)
    assert done.code == 2
    assert says in done.error
    assert files_below(tiny_project.root) == before


# --- a variation of a real film, with numbers of its own -----------------------------------------

OWN_NUMBERS = """\
inputs:
  image: [[0, 5, 5, 0], [0, 5, 5, 0], [0, 0, 5, 5], [0, 0, 5, 5]]
  kernel: [[1, -1], [1, -1]]
"""
# What a teacher changes then: the kernel has no third column, and padding keeps the size with
# three rows and columns alone.
MENDED = {
    "{c.": "{b.",
    "      rest: [middle_is_zero]\n": "",
    "      question: [most_are_negative]\n": "",
    "convolution/padding\n": "convolution/padding\n    inputs: {kernel: vertical_edge}\n",
}


@pytest.fixture
def varied(tmp_path: Path) -> Path:
    """A project with the film about convolution, and a variation of it: a small picture."""
    own = shutil.ignore_patterns("*.pyc", "recordings")
    for folder in ("scenes", "narration", "recordings"):
        shutil.copytree(HOUSE / folder, tmp_path / folder, ignore=own)
    said(run_command(tmp_path, "new", "demo", "--from", "convolution"))
    script = tmp_path / "narration" / "demo" / "bn.yaml"
    script.write_text(OWN_NUMBERS + script.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_other_numbers_in_a_real_film_name_what_no_longer_holds_until_it_is_mended(
    varied: Path,
) -> None:
    problems = objections(varied, "demo")
    told = {
        "no number {c.pixel}",
        "no claim 'middle_is_zero'",
        "'most_are_negative', which does not hold: 4 is not greater than 5",
        "'same_size', which does not hold: 5 is not equal to 4",
    }
    for language in ("bn", "en"):
        script = varied / "narration" / "demo" / f"{language}.yaml"
        here = [problem for problem in problems if problem.startswith(f"{script}:")]
        assert [each for each in told if not any(each in problem for problem in here)] == []
        text = script.read_text(encoding="utf-8")
        for old, new in MENDED.items():
            assert old in text, old
            if language == "bn" or "inputs" not in new:
                text = text.replace(old, new)
        script.write_text(text, encoding="utf-8")
    assert objections(varied, "demo") == []


def test_a_variation_finds_pictures_that_lie_elsewhere_and_leaves_nothing_when_it_fails(
    tiny_project: Project,
) -> None:
    root, script = tiny_project.root, tiny_project.script
    pictures = root / "narration" / "pictures"
    pictures.mkdir()
    (pictures / "dot.png").write_bytes(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1])
    text = script.read_text(encoding="utf-8")
    script.write_text(f"inputs: {{image: ../pictures/dot.png}}\n{text}", encoding="utf-8")
    said(run_command(root, "new", "again", "--from", "tiny"))
    assert {path.name for path in pictures.iterdir()} == {"dot.png"}
    script.write_text(text.replace("  - id: second\n", "  - # here\n    'id': second\n"))
    done = run_command(root, "new", "third", "--from", "tiny", "--title", "নতুন")
    assert done.code == 2
    assert "narration/tiny/bn.yaml:" in done.err
    assert "'second' does not stand on a line of its own" in done.err
    assert not (root / "narration" / "third").exists()
