"""Trainings that films show: run again, compared, and what is said where they will not do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnviz.commands.command_line import main
from cnnviz.episode.evidence import read_evidence
from cnnviz.episode.lesson_training import differences, train_lesson
from cnnviz.errors import StudioError, UserError

TRAINING = """\
import torch

TOLERANCE = 1e-6


def train(report):
    report(1, 1)
    drawn = torch.rand(3, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    return {"weights": drawn.tolist(), "labels": ["O", "X"], "steps": [0, 1]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project with one episode that has a training."""
    scenes = tmp_path / "scenes" / "lesson"
    scenes.mkdir(parents=True)
    for folder in (scenes, scenes.parent):
        (folder / "__init__.py").touch()
    (scenes / "_training.py").write_text(TRAINING)
    kept = {name: sys.modules.pop(name) for name in [*sys.modules] if _of_scenes(name)}
    yield tmp_path
    for name in [*sys.modules]:
        if _of_scenes(name):
            del sys.modules[name]
    sys.modules |= kept
    sys.path[:] = [path for path in sys.path if path != str(tmp_path)]


def _of_scenes(name: str) -> bool:
    return name == "scenes" or name.startswith("scenes.")


def evidence(root: Path) -> Path:
    return root / "recordings" / "lesson.json"


def spoil(root: Path, **facts: Any) -> None:
    told = json.loads(evidence(root).read_text())
    evidence(root).write_text(json.dumps(told | facts))


def test_it_is_written_as_evidence_and_says_what_made_it(root: Path) -> None:
    assert train_lesson(root, "lesson") == ["wrote recordings/lesson.json"]
    told = json.loads(evidence(root).read_text())
    assert set(told["made_with"]) == {"python", "torch", "numpy", "machine"}
    assert told["tolerance"] == 1e-6
    assert told["labels"] == ["O", "X"]
    found = read_evidence(evidence(root))
    assert (found.kind, found.command) == ("training", "render.py train-lesson lesson")


def test_made_again_it_says_that_all_is_as_before(root: Path) -> None:
    train_lesson(root, "lesson")
    assert train_lesson(root, "lesson")[0] == "every number is as before, to 1e-06"
    assert train_lesson(root, "lesson", compare=True) == ["every number is as before, to 1e-06"]


def test_another_machine_in_the_head_is_no_difference(root: Path) -> None:
    train_lesson(root, "lesson")
    spoil(root, made_with={"torch": "1.0"}, tolerance=0.1, command="by hand")
    train_lesson(root, "lesson", compare=True)


def test_comparing_finds_a_number_that_is_off_and_leaves_the_file(root: Path) -> None:
    train_lesson(root, "lesson")
    weights = json.loads(evidence(root).read_text())["weights"]
    spoil(root, weights=[weights[0], weights[1] + 2e-6, weights[2]])
    before = evidence(root).read_bytes()
    with pytest.raises(
        StudioError, match=r"lesson\.json: what is trained here differs in /weights/1 is "
    ):
        train_lesson(root, "lesson", compare=True)
    assert evidence(root).read_bytes() == before


def test_nothing_to_compare_with_is_said(root: Path) -> None:
    with pytest.raises(UserError, match="nothing to compare with"):
        train_lesson(root, "lesson", compare=True)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def train(report): return {}", "there is no TOLERANCE in it"),
        ("TOLERANCE = 0", "there is no train in it"),
        ("import nothing_like_this", "ModuleNotFoundError"),
        ("TOLERANCE = 0\ndef train(report):\n    return {'a': 1 / 0}", "ZeroDivisionError"),
        ("TOLERANCE = 0\ndef train(report):\n    return {'a': float('nan')}", "ValueError"),
        (
            "TOLERANCE = 0\ndef train(report):\n    return {'kind': 'film'}",
            "may not be called kind",
        ),
    ],
)
def test_a_training_that_will_not_do_is_one_line_with_its_file(
    root: Path, code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "scenes" / "lesson" / "_training.py").write_text(code)
    assert main(["train-lesson", "lesson"], root) in (1, 2)
    [line] = capsys.readouterr().err.splitlines()
    assert "_training.py" in line
    assert said in line
    assert not evidence(root).exists()


def test_an_episode_without_one_is_told_who_has_one(root: Path) -> None:
    with pytest.raises(UserError, match=r"'other'.*there is one of: lesson"):
        train_lesson(root, "other")


def test_differences_are_json_pointers() -> None:
    one = {"kind": "x", "a": [1.0, 2.0], "b": {"kind": 3, "labels": ["O"]}}
    other = {"kind": "y", "a": [1.0, 2.5], "b": {"kind": 4, "labels": ["X"]}, "c": 1}
    assert [line.split()[0] for line in differences(one, other, 0.1)] == [
        "/a/1",
        "/b/kind",
        "/b/labels/0",
        "/c",
    ]
    assert list(differences({"a": [1.0]}, {"a": [1.0, 1.0]}, 1.0))
    assert list(differences({"a": 1}, {"a": 2}, 5.0)), "whole numbers are counts: never off"
