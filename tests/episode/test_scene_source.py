"""What is read out of a scene's file, and out of those that it is based on."""

from __future__ import annotations

import pytest

from cnnviz.episode.scene_source import read_source
from cnnviz.errors import UserError

BASE = """\
from cnnviz.stage.lesson import Lesson

class Walk(Lesson):
    recording = "demo"
    stride = 1
    kernel: object = None

    def setup_stage(self):
        self.label("input")

    def construct(self):
        self.end()
        with self.beat("middle"):
            self.show(*(self.note for _ in range(2)))

    def note(self):
        self.label("remark")

    def end(self):
        with self.beat("end"):
            pass
"""


@pytest.fixture
def project(tmp_path):
    def write(name: str, text: str):
        path = tmp_path / "scenes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    write("shared/walk.py", BASE)
    return write


def read(project, text: str, name: str = "film/stroll.py"):
    path = project(name, text)
    return read_source(path, path.parents[2])


@pytest.mark.parametrize(
    "start",
    [
        "from scenes.shared.walk import Walk\nclass Stroll(Walk):",
        "from scenes.shared import walk\nclass Stroll(walk.Walk):",
        "from scenes.shared import walk as other\nclass Stroll(other.Walk):",
        "import scenes.shared.walk\nclass Stroll(scenes.shared.walk.Walk):",
        "from ..shared.walk import Walk as Base\nclass Stroll(Base):",
        "from scenes.shared.walk import Walk\nclass Part(Walk):\n    pass\nclass Stroll(Part):",
    ],
)
def test_beats_and_labels_are_found_in_the_class_that_a_scene_is_based_on(project, start):
    source = read(project, f"{start}\n    stride = 2\n")
    assert list(source.beats) == ["end", "middle"], "in the order in which they play"
    assert list(source.labels) == ["input", "remark"]
    assert (source.recording, source.class_name) == ("demo", "Stroll")
    assert {"stride", "kernel"} <= source.knobs
    assert str(source.beats["middle"]) == "walk.py:13"


def test_a_class_may_come_through_a_facade(project):
    project("shared/__init__.py", "from scenes.shared.walk import Walk\n")
    source = read(project, "from scenes.shared import Walk\nclass Stroll(Walk):\n    pass\n")
    assert list(source.beats) == ["end", "middle"]


def test_what_a_scene_puts_in_the_place_of_its_base_counts(project):
    own = "    def construct(self):\n        with self.beat('mine'):\n            pass\n"
    source = read(project, "from scenes.shared.walk import Walk\nclass Stroll(Walk):\n" + own)
    assert list(source.beats) == ["mine"]
    own = (
        "    recording = None\n    def end(self):\n        super().end()\n        self.label('x')\n"
    )
    source = read(project, "from scenes.shared.walk import Walk\nclass Stroll(Walk):\n" + own)
    assert list(source.beats) == ["end", "middle"]
    assert list(source.labels) == ["input", "x", "remark"]
    assert source.recording is None


def test_a_beat_that_scene_and_base_both_play_is_named_with_its_place(project):
    own = (
        "    def construct(self):\n        super().construct()\n"
        "        with self.beat('end'):\n            pass\n"
    )
    with pytest.raises(UserError, match="beat 'end' is played twice") as error:
        read(project, "from scenes.shared.walk import Walk\nclass Stroll(Walk):\n" + own)
    assert (error.value.file.name, error.value.line) == ("stroll.py", 5)


def test_a_base_that_is_no_scene_of_the_project_says_nothing(project):
    text = "from elsewhere import Thing\nimport other\nclass Stroll(Thing, other.Part, Stroll):\n"
    assert read(project, text + "    pass\n").beats == {}
