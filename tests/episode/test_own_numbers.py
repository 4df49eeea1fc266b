"""A film's own numbers, from its script into numbers, claims and pictures; ready scenes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tiny import Project, replace_in, run_jobs_here

from cnnviz.episode.episode import find_episode
from cnnviz.errors import UserError
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.studio.production import Production, mismatches, prepare

KNOBBED = """\
from cnnviz.compute import conv2d, negative
from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import output_grid


class Walk(Lesson):
    image = ((1, 2, 3), (0, 1, 2), (1, 0, 1))
    kernel = ((1, -1), (2, -2))
    stride = 1

    @classmethod
    def trace(cls):
        return conv2d(cls.image, cls.kernel, stride=cls.stride)

    @classmethod
    def numbers(cls):
        return {"first.sum": cls.trace().window(0, 0).sum_number}

    @classmethod
    def claims(cls):
        return {"dark": negative(cls.numbers()["first.sum"])}

    def construct(self):
        with self.beat("shown"):
            self.add(output_grid(self.trace()))
"""

SCENE = """\
  - id: {id}
    scene: walk
    title: title
    beats:
      shown: "{{first.sum}}"
    claims:
      shown: [dark]
"""


@pytest.fixture
def project(tiny_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The tiny film with two scenes more, both the ready scene `walk`."""
    monkeypatch.setattr("cnnviz.studio.gathering.run_jobs", run_jobs_here)
    shared = tiny_project.root / "scenes" / "shared"
    shared.mkdir()
    (shared / "__init__.py").write_text("")
    (shared / "walk.py").write_text(KNOBBED)
    for script in (tiny_project.script, tiny_project.english):
        text = script.read_text(encoding="utf-8")
        script.write_text(text + SCENE.format(id="here") + SCENE.format(id="there"))
    for scene in ("here", "there"):
        tiny_project.record(f"{scene}.shown", 0.5)
    return tiny_project


def planned(project: Project) -> Production:
    report, episode = Reporter(io.StringIO()), find_episode(project.root, "tiny")
    return prepare(episode, "bn", quality("draft"), "recorded", report)


def objections(project: Project) -> list[UserError]:
    return mismatches(find_episode(project.root, "tiny"), "bn", Reporter(io.StringIO()))


def sums(production: Production) -> list[float]:
    return [production.facts[scene].numbers["first.sum"].value for scene in ("here", "there")]


def write(script: Path, inputs: str, scene: str | None = None) -> None:
    text = script.read_text(encoding="utf-8")
    if scene is None:
        script.write_text(f"inputs: {inputs}\n{text}", encoding="utf-8")
    else:
        old = f"  - id: {scene}\n"
        script.write_text(text.replace(old, f"{old}    inputs: {inputs}\n"), encoding="utf-8")


def test_a_ready_scene_is_played_by_name(project: Project) -> None:
    production = planned(project)
    assert sums(production) == [-3, -3]
    assert production.sources["here"].path.name == "walk.py"


def test_inputs_of_an_episode_hold_for_all_scenes_that_take_them(project: Project) -> None:
    write(project.script, "{kernel: [[1, -1], [1, -3]]}")
    production = planned(project)
    assert sums(production) == [-4, -4]
    assert production.plan("here", []).inputs == {"kernel": [[1, -1], [1, -3]]}
    assert production.plan("first", []).inputs == {}


def test_inputs_of_a_scene_hold_there_alone(project: Project) -> None:
    write(project.script, "{kernel: [[1, -1], [1, -3]]}")
    write(project.english, "{kernel: [[-1, 0], [0, 0]]}", "there")
    assert sums(planned(project)) == [-4, -1]


def test_a_scene_with_other_numbers_is_another_picture_and_the_others_stay(
    project: Project,
) -> None:
    before = planned(project)
    write(project.script, "{stride: 2}", "there")
    after = planned(project)
    changed = {
        slot.scene
        for slot, other in zip(before.slots, after.slots, strict=True)
        if before.key(slot) != after.key(other)
    }
    assert changed == {"there"}


def test_languages_must_choose_the_same(project: Project) -> None:
    write(project.script, "{stride: 2}")
    write(project.english, "{stride: 2}")
    assert not objections(project)
    replace_in(project.english, "stride: 2", "stride: 1")
    [problem] = objections(project)
    assert str(problem).startswith(f"{project.english}:1: 'stride' in inputs is another one")
    assert "bn.yaml:1" in problem.hint


def test_a_knob_that_no_scene_has_is_said(project: Project) -> None:
    write(project.script, "{bias: 1}")
    write(project.script, "{pool: 2}", "here")
    episode, scene = objections(project)
    assert "no scene of the episode takes 'bias'" in episode.message
    assert "scene 'here' takes no 'pool'" in scene.message


def test_numbers_that_a_scene_refuses_are_said_where_they_were_chosen(project: Project) -> None:
    write(project.script, "{image: [[1]]}")
    with pytest.raises(UserError, match="the kernel covers 2×2 pixels") as error:
        planned(project)
    assert (error.value.file, error.value.line) == (project.script, 1)


def test_a_claim_that_new_numbers_break_names_the_sentence(project: Project) -> None:
    write(project.script, "{kernel: [[1, 1], [1, 1]]}", "there")
    bengali, english = objections(project)
    for problem, script in ((bengali, project.script), (english, project.english)):
        assert "'dark', which does not hold: 4 is not negative" in problem.message
        line = script.read_text(encoding="utf-8").split("\n")[problem.line - 1]
        assert "first.sum" in line
        assert problem.file == script


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("wolk", "no ready scene 'wolk'", "did you mean 'walk'"),
        ("tiny/thurd", "no scene 'tiny/thurd'", "tiny/"),
        ("other/first", "no scene 'other/first'", "tiny/first"),
    ],
)
def test_a_scene_that_is_nowhere_is_said(project: Project, name: str, says: str, hint: str) -> None:
    for script in (project.script, project.english):
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace("scene: walk", f"scene: {name}", 1), encoding="utf-8")
    problem = objections(project)[0]
    assert says in problem.message
    assert hint in problem.hint


def test_a_scene_has_a_file_of_its_own_or_plays_another(project: Project) -> None:
    project.scene("here").write_text("")
    problem = objections(project)[0]
    assert "'here' has a file of its own, and plays 'walk' as well" in problem.message


def test_a_scene_of_another_episode_is_varied_in_three_lines(project: Project) -> None:
    folder = project.root / "scenes" / "other"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "more.py").write_text(
        "from scenes.tiny.second import Second\n\nclass More(Second):\n    titled = True\n"
    )
    for script in (project.script, project.english):
        text = script.read_text(encoding="utf-8").replace("- id: second", "- id: more")
        there = project.root / "narration" / "other" / script.name
        there.parent.mkdir(exist_ok=True)
        head, rest = text.split("scenes:\n")
        scenes = [part for part in rest.split("  - id: ") if part.startswith("more")]
        there.write_text(f"{head}scenes:\n  - id: {scenes[0]}", encoding="utf-8")
    report = Reporter(io.StringIO())
    assert mismatches(find_episode(project.root, "other"), "bn", report) == []


def test_an_episode_may_lack_a_language(project: Project) -> None:
    project.english.unlink()
    production = planned(project)
    assert list(production.scripts) == ["bn"]
