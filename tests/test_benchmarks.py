"""The benchmark of whole films, run on the tiny one, and the tools that it measures with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny import HOUSE, Done, Project, files_below, write_tiny_project

from cnnviz.episode.episode import check_scenes
from cnnviz.errors import StudioError

BENCHMARKS = HOUSE / "benchmarks"
MEBIBYTE = 2**20

# A process whose child holds 100 MiB until it hears something.
HOLDING = """\
import subprocess, sys
child = "held = bytearray(100 * 2**20); print('held', flush=True); input()"
subprocess.run([sys.executable, "-c", child])
"""

# A process that leaves behind another one, which has work to do.
LEAVING = """\
import subprocess, sys
work = "import time\\nwhile time.process_time() < 0.5: pass"
subprocess.Popen([sys.executable, "-c", work])
"""


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def bench(project: Project, *words: str) -> Done:
    command = [sys.executable, str(BENCHMARKS / "film.py"), "--root", str(project.root)]
    done = subprocess.run(
        [*command, "--episode", "tiny", "--quality", "draft", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


# All of it ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured_film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, dict[str, Any]]:
    """What the benchmark printed and wrote of the tiny film."""
    folder = tmp_path_factory.mktemp("benchmark")
    project = write_tiny_project(folder / "project")
    before = files_below(project.root)
    done = bench(project, "--out", str(folder / "out.json"))
    assert done.code == 0, done.err
    assert files_below(project.root) == before, "it changed the project"
    return done, json.loads((folder / "out.json").read_text("utf-8"))


@pytest.mark.slow
def test_every_way_is_measured(measured_film: tuple[Done, dict[str, Any]]) -> None:
    done, report = measured_film
    ways = report["ways"]
    assert list(ways) == ["a", "b", "c", "d", "e"]
    assert all(row["wall"] > 0 and row["cpu"] > 0 for row in ways.values())
    assert all(ways[way]["peak_mib"] > 50 for way in "abcd")
    assert report["scenes"] == ["first", "second"]
    for way in ways:
        assert f"\n{way}  " in done.out


@pytest.mark.slow
def test_both_films_are_as_long(measured_film: tuple[Done, dict[str, Any]]) -> None:
    _, report = measured_film
    frames = report["frames"]
    assert report["ways"]["b"]["frames"] == frames
    assert report["ways"]["a"]["scene_frames"] == frames
    # MoviePy takes lengths in hundredths of a second from its files: a frame a scene may be lost.
    assert abs(report["ways"]["a"]["frames"] - frames) <= len(report["scenes"])


@pytest.mark.slow
def test_the_ways_do_what_they_say(measured_film: tuple[Done, dict[str, Any]]) -> None:
    ways = measured_film[1]["ways"]
    assert ways["c"]["changed"] == "second.turned"
    assert ways["c"]["redrawn_beats"] == 1
    assert sorted(ways["d"]["runs"])[1] == ways["d"]["wall"]
    assert 1 < ways["e"]["distinct_frames"] < measured_film[1]["frames"]
    # Five beats are drawn by processes of their own, none where nothing changed.
    assert ways["b"]["cpu"] > ways["d"]["cpu"]


@pytest.mark.slow
def test_the_goals_are_judged(measured_film: tuple[Done, dict[str, Any]]) -> None:
    report = measured_film[1]
    ways = report["ways"]
    values = [goal["value"] for goal in report["goals"]]
    assert values == [
        ways["a"]["wall"] / ways["b"]["wall"],
        ways["b"]["wall"] / ways["e"]["wall"],
        ways["b"]["wall"] / ways["c"]["wall"],
        ways["d"]["wall"],
        max(ways[way]["peak_mib"] for way in "bcd"),
    ]
    least = report["goals"][0]
    assert least["met"] == (least["value"] >= least["bound"])
    most = report["goals"][1]
    assert most["met"] == (most["value"] <= most["bound"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scenes", "secnd"), "no scene 'secnd'"),
        (("--quality", "huge"), "unknown quality"),
        (("--only", "b,z"), "no ways 'b,z'"),
    ],
)
def test_a_wrong_word_is_one_line(tiny_project: Project, words: tuple[str, ...], said: str) -> None:
    done = bench(tiny_project, *words)
    assert done.code == 2
    assert done.out == ""
    assert said in done.error
    assert len(done.err.splitlines()) == 1


# The copy -----------------------------------------------------------------------------------


def test_a_copy_with_one_scene_is_a_whole_project(tiny_project: Project, tmp_path: Path) -> None:
    from copied_project import copy_project

    thumbnail = tiny_project.scene("_thumbnail")
    thumbnail.write_text("# plays a beat of the first scene\n", encoding="utf-8")
    episode = copy_project(tiny_project.root, "tiny", "bn", ["second"], tmp_path / "copy")
    scripts = episode.all_scripts("bn")
    original = tiny_project.script.read_text("utf-8")
    assert [scene.id for scene in scripts["bn"].scenes] == ["second"]
    assert list(check_scenes(episode, scripts["bn"])) == ["second"]
    assert scripts["bn"].scenes[0].beats["drawn"].text in original
    assert not (episode.scenes / "_thumbnail.py").exists()
    assert (episode.scenes / "_example.py").exists()
    assert not (episode.scripts / "recordings").exists()
    assert (episode.root / "render.py").exists()


def test_the_copy_of_a_film_keeps_its_thumbnail_with_its_first_scene(
    tiny_project: Project, tmp_path: Path
) -> None:
    from copied_project import copy_project

    tiny_project.scene("_thumbnail").write_text("", encoding="utf-8")
    episode = copy_project(tiny_project.root, "tiny", "bn", ["first"], tmp_path / "copy")
    assert (episode.scenes / "_thumbnail.py").exists()


@pytest.mark.parametrize("language", ["bn", "en"])
def test_one_sentence_becomes_longer(tiny_project: Project, tmp_path: Path, language: str) -> None:
    from copied_project import copy_project, middle_beat, say_more

    episode = copy_project(tiny_project.root, "tiny", language, [], tmp_path / "copy")
    before = episode.script(language)
    assert middle_beat(before) == ("second", "turned")
    say_more(before, "first", "summed")
    after = episode.script(language)
    for old, new in zip(before.scenes, after.scenes, strict=True):
        for beat, line in old.beats.items():
            longer = (new.id, beat) == ("first", "summed")
            text = new.beats[beat].text
            assert text.startswith(line.text)
            assert (text != line.text) == longer


# The measuring ------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
def test_the_memory_of_children_counts() -> None:
    from processes import memory_of_tree

    command = [sys.executable, "-c", HOLDING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        held = memory_of_tree(process.pid)
        process.communicate(b"\n")
    assert held is not None
    assert 100 * MEBIBYTE < held < 200 * MEBIBYTE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans over")
def test_the_work_of_orphans_counts(tmp_path: Path) -> None:
    from processes import measured

    log = tmp_path / "log.txt"
    spent = measured([sys.executable, "-c", LEAVING], tmp_path, os.environ, log)
    assert spent.cpu > 0.5


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    from processes import measured

    command = [sys.executable, "-c", "import sys; print('first'); sys.exit('error: no ink')"]
    log = tmp_path / "log.txt"
    with pytest.raises(StudioError, match=r"^no ink"):
        # As it is usually: what is printed waits in a buffer until the end.
        measured(command, tmp_path, os.environ | {"PYTHONUNBUFFERED": ""}, log)
    assert log.read_text() == "first\nerror: no ink\n"


def test_a_command_that_only_prints_why_it_fails_is_understood(tmp_path: Path) -> None:
    from processes import measured

    command = [sys.executable, "-c", "import sys; print('no paper'); sys.exit(3)"]
    with pytest.raises(StudioError, match=r"^no paper"):
        measured(command, tmp_path, os.environ, tmp_path / "log.txt")
