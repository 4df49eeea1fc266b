"""What a person is told who lets Manim render a scene by itself that cannot be: one kind line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tiny import HOUSE, Project, replace_in


def rendered(project: Project, path: str, name: str) -> tuple[int, list[str]]:
    """Exit status of `manim render`, and the lines that it has written to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "manim", "render", "-ql", "-s", path, name],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HOUSE), str(project.root)])},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(
    ("name", "says", "does"),
    [
        ("ready", "a ready scene plays in an episode", "render.py scene EPISODE/ID"),
        ("_part", "begins with _", "name a scene's file"),
    ],
)
def test_a_scene_of_no_episode_is_refused_in_one_line_that_says_how_it_is_played(
    tiny_project: Project, name: str, says: str, does: str
) -> None:
    shared = tiny_project.root / "scenes" / "shared"
    shared.mkdir()
    text = tiny_project.scene("second").read_text(encoding="utf-8")
    (shared / f"{name}.py").write_text(text, encoding="utf-8")
    code, [line] = rendered(tiny_project, f"scenes/shared/{name}.py", "Second")
    assert code == 2
    assert line.startswith(f"error: scenes/shared/{name}.py: ")
    assert says in line
    assert does in line


def test_what_is_wrong_in_its_episode_is_said_in_one_line_too(tiny_project: Project) -> None:
    edit = replace_in(tiny_project.script, "  - id: second\n", "  - id: secnd\n")
    code, lines = rendered(tiny_project, "scenes/tiny/second.py", "Second")
    assert (code, len(lines)) == (2, 1), lines
    assert lines[0].startswith("error: ")
    assert edit.path.name in lines[0]
