"""Films drawn by a real scheduler and workers, each with a checkout and a cache of its own."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from captures import write_recording
from continuing import add_continuing_scenes
from tiny import (
    BUILD,
    HOUSE,
    Done,
    Project,
    files_below,
    replace_in,
    run_jobs_here,
    write_tiny_project,
)

from cnnviz.episode.episode import find_episode
from cnnviz.errors import StudioError, UserError
from cnnviz.ingredients.record import Asked
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.studio.cluster import client as cluster_client
from cnnviz.studio.cluster import drawing as cluster
from cnnviz.studio.cluster.drawing import draw_on_cluster
from cnnviz.studio.cluster.fingerprint import Fingerprint, difference, fingerprint
from cnnviz.studio.cluster.outgoing import errand_for, pictures_of, scenes_of
from cnnviz.studio.production import prepare
from cnnviz.studio.scene_jobs import Role, SceneJob
from cnnviz.studio.segments import find_segment

distributed = pytest.importorskip("distributed")

PATIENCE = 120.0


def patiently(what: Callable[[], object]) -> None:
    """Wait until `what` holds."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


@dataclass
class Machine:
    """A worker process, its checkout and its cache."""

    process: subprocess.Popen[bytes]
    project: Project
    cache: Path
    log: Path
    address: str = ""

    def drawn(self) -> set[str]:
        return {path.stem for path in (self.cache / "segments").rglob("*.json")}

    def begun(self) -> list[Path]:
        return list((self.cache / "segments").rglob(".part-*.mp4"))

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def drawing(self) -> list[int]:
        """The processes that it started."""
        children = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, parent = status.read_text().rpartition(")")[2].split()[:2]
                if int(parent) == self.process.pid and state != "Z":
                    children.append(int(status.parent.name))
        return children


class Cluster:
    """A scheduler over loopback, and machines that draw for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.machines: list[Machine] = []
        folder.mkdir()
        there = folder / "there.json"
        # Its dashboard's port would be the same for everybody.
        self.scheduler = self.start(
            *("scheduler", "--port", "0", "--no-dashboard", "--dashboard-address", ":0"),
            *("--scheduler-file", str(there)),
        )
        patiently(lambda: there.exists() and there.read_text().endswith("}"))
        self.address: str = json.loads(there.read_text())["address"]

    def start(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen:
        with (self.folder / f"{words[0]}-{len(self.machines)}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "dask", *words, "--host", "127.0.0.1"],
                cwd=cwd or self.folder,
                env=os.environ | {"PYTHONPATH": str(HOUSE)} | environment,
                stdout=log,
                stderr=log,
            )

    def add(self, *words: str) -> Machine:
        """One more worker, with the tiny project, which has joined when this returns."""
        name = f"worker-{len(self.machines)}"
        place = self.folder / name
        project = write_tiny_project(place / "project")
        process = self.start(
            *("worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard"),
            *("--local-directory", str(place / "dask"), *words),
            cwd=project.root,
            CNNVIZ_CACHE_DIR=str(place / "cache"),
        )
        log = self.folder / f"{name}.log"
        machine = Machine(process, project, place / "cache", log)
        self.machines.append(machine)
        patiently(lambda: "Registered to:" in log.read_text())
        machine.address = next(
            line.split()[-1] for line in log.read_text().splitlines() if "Start worker at:" in line
        )
        return machine

    def two(self) -> tuple[Machine, Machine]:
        """Two workers with empty caches and the tiny project as it is written, and no others."""
        alive = [machine for machine in self.machines if machine.is_alive]
        while len(alive) < 2:
            alive.append(self.add())
        for machine in alive:
            shutil.rmtree(machine.cache, ignore_errors=True)
            write_tiny_project(machine.project.root)
        first, second = alive
        return first, second

    def end(self) -> None:
        for process in (*(machine.process for machine in self.machines), self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler that has no worker yet."""
    started = Cluster(tmp_path_factory.mktemp("cluster") / "cluster")
    yield started
    started.end()


@pytest.fixture
def said() -> list[str]:
    return []


def nothing() -> None:
    """Stands in for a progress bar."""


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of the machine that the film is made on, empty."""
    home = tmp_path / "home"
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(home))
    return home / "segments"


def jobs_of(project: Project, *scenes: str, recording: Path | None = None) -> list[SceneJob]:
    """The jobs that a film of `project` needs, or those of some scenes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnviz.studio.gathering.run_jobs", run_jobs_here)
        film = prepare(
            find_episode(project.root, "tiny"),
            "bn",
            quality("draft"),
            "recorded",
            Reporter(io.StringIO()),
            recording=recording,
        )
    jobs = []
    for scene in scenes or film.sources:
        records = {slot.beat: film.records[slot] for slot in film.slots_of(scene)}
        source, plan = film.sources[scene], film.plan(scene, records)
        jobs.append(
            SceneJob(
                root=project.root,
                path=source.path,
                class_name=source.class_name,
                plan=plan,
                quality=film.quality,
                code=film.code[scene],
                records=records,
                evidence=film.cast.other_evidence(scene),
                before=film.cast.roles_before(scene),
            )
        )
    return jobs


def keys_of(*jobs: SceneJob) -> set[str]:
    return {job.records[beat].now().key for job in jobs for beat in job.plan.draw}


def only(job: SceneJob, *beats: str) -> SceneJob:
    return replace(job, plan=replace(job.plan, draw=frozenset(beats)))


def whole(*jobs: SceneJob) -> bool:
    return all(find_segment(key) is not None for key in keys_of(*jobs))


# --- drawing --------------------------------------------------------------------------------


def test_two_workers_draw_what_one_machine_draws(
    dask: Cluster, built: Project, run: Callable[..., Done], said: list[str], at_home: Path
) -> None:
    alone = files_below(built.root.parent / "cache" / "segments")
    jobs = jobs_of(built)
    first, second = dask.two()
    assert cluster_client.cluster_threads(dask.address) == 2
    ticks: list[None] = []
    draw_on_cluster(dask.address, jobs, lambda: ticks.append(None), said.append)
    assert files_below(at_home) == alone
    assert first.drawn() | second.drawn() == keys_of(*jobs)
    assert ticks
    assert said == []

    # Again, and twice at once: the workers give back what they have.
    before = {path: path.stat().st_ino for path in dask.folder.rglob("segments/*/*.json")}
    shutil.rmtree(at_home)
    draw_on_cluster(dask.address, [*jobs, *jobs, only(jobs[1], "drawn")], nothing, said.append)
    assert files_below(at_home) == alone
    after = {path: path.stat().st_ino for path in dask.folder.rglob("segments/*/*.json")}
    assert all(after[path] == before[path] for path in before)

    # And by the command: the film does not show who drew it.
    film = built.film
    shutil.rmtree(at_home)
    (built.bundle / "episode.mp4").unlink()
    done = run(built, *BUILD, "--cluster", dask.address)
    assert done.code == 0, done.err
    assert "5 drawn now" in done.err
    assert built.film == film


def test_a_recording_is_sent_to_a_worker_once(
    dask: Cluster, tiny_project: Project, said: list[str], at_home: Path, tmp_path: Path
) -> None:
    for project in (tiny_project, *(machine.project for machine in dask.two())):
        scene = project.scene("second")
        replace_in(scene, "    titled = False\n", '    titled = False\n    recording = "demo"\n')
        replace_in(scene, "Square(2)", "Square(len(self.recorded().read_bytes()) % 3 + 1)")
    recording = write_recording(tmp_path, "mine", seconds=6, weights=weights())
    jobs = jobs_of(tiny_project, "second", recording=recording)
    jobs = [only(jobs[0], "drawn"), only(jobs[0], "turned")]
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    kept = list(dask.folder.rglob("sent/*/*"))
    assert {path.name for path in kept} == {"mine.json", "mine.mp4"}
    assert {path.read_bytes() for path in kept} == {
        recording.read_bytes(),
        recording.with_suffix(".mp4").read_bytes(),
    }
    written = {path: path.stat().st_mtime_ns for path in kept}
    shutil.rmtree(at_home)
    draw_on_cluster(dask.address, jobs[:1], nothing, said.append)
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert said == []


def test_a_scene_that_goes_on_is_drawn_after_the_one_before_with_its_recording(
    dask: Cluster, tiny_project: Project, said: list[str], at_home: Path, tmp_path: Path
) -> None:
    right, wrong = dask.two()
    for project in (tiny_project, right.project, wrong.project):
        scene = project.scene("second")
        replace_in(scene, "    titled = False\n", '    titled = False\n    recording = "demo"\n')
        replace_in(scene, "Square(2)", "Square(len(self.recorded().read_bytes()) % 3 + 1)")
        add_continuing_scenes(project)
    replace_in(wrong.project.scene("second"), "RIGHT)", "RIGHT * 2)")
    recording = write_recording(tmp_path, "mine", seconds=6, weights=weights())
    jobs = jobs_of(tiny_project, "fourth", recording=recording)
    assert jobs[0].recordings == (None, None, recording)
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    assert right.drawn() == keys_of(*jobs)
    assert wrong.drawn() == set()
    assert "scenes/tiny/fourth.py, or what it imports or reads, is another one there" in said[0]


def weights() -> str:
    described = HOUSE / "cnnviz" / "recognizer" / "weights" / "card_network.json"
    return str(json.loads(described.read_text(encoding="utf-8"))["sha256"])


def test_a_scene_that_raises_names_its_line_in_this_checkout(
    dask: Cluster, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    for project in (*(machine.project for machine in dask.two()), tiny_project):
        edit = replace_in(project.scene("second"), "Rotate(self.square, 1.0)", "Rotate(None, 1.0)")
    jobs = jobs_of(tiny_project, "second")
    with pytest.raises(StudioError, match="AttributeError: 'NoneType'") as raised:
        draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert (raised.value.file, raised.value.line) == (edit.path, edit.line)
    assert said == []


# --- who may draw ---------------------------------------------------------------------------


def test_a_worker_with_another_scene_is_left_out_and_named(
    dask: Cluster, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    jobs = [only(job, "drawn") for job in jobs_of(tiny_project, "second")]
    right, wrong = dask.two()
    replace_in(wrong.project.scene("second"), "Square(2)", "Square(3)")
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    assert right.drawn() == keys_of(*jobs)
    assert wrong.drawn() == set()
    line = (
        f"worker {wrong.address} draws nothing: scenes/tiny/second.py, or what it imports or "
        "reads, is another one there — bring its checkout to the same commit"
    )
    assert said == [line]

    right.project.scene("second").unlink()
    with pytest.raises(UserError, match=f"no worker at {dask.address} draws what this machine"):
        draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert sorted(said[1:]) == sorted(
        [
            line,
            f"worker {right.address} draws nothing: it has no scenes/tiny/second.py"
            " — bring its checkout to the same commit",
        ]
    )


def test_a_worker_whose_checkout_changes_in_between_refuses_and_another_one_draws(
    dask: Cluster,
    tiny_project: Project,
    said: list[str],
    fresh_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = [only(job, "drawn") for job in jobs_of(tiny_project, "second")]
    right, wrong = dask.two()
    hand_out = cluster._Drawing._hand_out

    def only_to_the_wrong_one(drawing: cluster._Drawing) -> None:
        if drawing.refused:
            hand_out(drawing)
        elif wrong.address in drawing.crew:
            replace_in(wrong.project.scene("second"), "Square(2)", "Square(3)")
            drawing.crew = {wrong.address: 1}
            hand_out(drawing)
            drawing.crew = {}

    monkeypatch.setattr(cluster._Drawing, "_hand_out", only_to_the_wrong_one)
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    assert right.drawn() == keys_of(*jobs)
    assert wrong.drawn() == set()
    assert len(said) == 1
    assert said[0].startswith(f"worker {wrong.address} draws nothing: scenes/tiny/second.py")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"versions": {"manim": "0.21.0", "av": "18.1.0"}},
            "manim 0.21.0 there, 0.22.0 here; typst absent there, 0.15 here"
            " — install the same versions on both",
        ),
        ({"fonts": {"a.ttf": "2"}}, "its files of the font Hind Siliguri are other ones"),
        ({"fonts": {}}, "its files of the font Hind Siliguri are other ones"),
        (
            {"places": {"cnnviz": "2", "scenes/a.py": "1"}},
            "cnnviz, or what it imports or reads",
        ),
        ({"places": {"cnnviz": "1", "scenes/a.py": "absent"}}, "it has no scenes/a.py"),
        ({"places": {"cnnviz": "1"}}, "it has no scenes/a.py"),
        ({"places": {"cnnviz": "1", "scenes/a.py": "1", "scenes/b.py": "3"}}, None),
    ],
)
def test_what_differs_is_named(changes: dict[str, dict[str, str]], line: str | None) -> None:
    here = Fingerprint(
        places={"cnnviz": "1", "scenes/a.py": "1"},
        versions={"manim": "0.22.0", "av": "18.1.0", "typst": "0.15"},
        fonts={"a.ttf": "1"},
    )
    found = difference(here, replace(here, **changes))
    assert (found is None) == (line is None)
    assert found is None or line is None or found.startswith(line)


def test_a_change_in_what_a_scene_imports_or_reads_changes_its_fingerprint(
    tiny_project: Project,
) -> None:
    scenes = ["scenes/tiny/first.py", "scenes/tiny/second.py"]

    def places() -> dict[str, str]:
        return dict(fingerprint(tiny_project.root, scenes, ["recordings/run.json"]).places)

    def differ(before: dict[str, str]) -> set[str]:
        return {place for place, digest in places().items() if digest != before[place]}

    before = places()
    assert before["recordings/run.json"] == "absent"
    example = tiny_project.root / "scenes" / "tiny" / "_example.py"
    example.write_text(example.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert differ(before) == set()
    example.write_text(example.read_text(encoding="utf-8") + "MORE = 1\n", encoding="utf-8")
    assert differ(before) == {"scenes/tiny/first.py"}
    before = places()
    (tiny_project.root / "scenes" / "tiny" / "card.png").write_bytes(b"card")
    assert differ(before) == set(scenes)
    before = places()
    (tiny_project.root / "recordings").mkdir()
    (tiny_project.root / "recordings" / "run.json").write_text("{}")
    assert differ(before) == {"recordings/run.json"}


def test_a_worker_with_other_evidence_is_left_out_and_named(
    dask: Cluster, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    right, wrong = dask.two()
    for project in (tiny_project, right.project, wrong.project):
        scene = project.scene("second")
        replace_in(scene, "    titled = False\n", '    titled = False\n    evidence = ("run",)\n')
        (project.root / "recordings").mkdir(exist_ok=True)
        (project.root / "recordings" / "run.json").write_text(
            '{"kind": "training", "command": "train"}'
        )
    (wrong.project.root / "recordings" / "run.json").write_text(
        '{"kind": "training", "command": "train more"}'
    )
    jobs = [only(job, "drawn") for job in jobs_of(tiny_project, "second")]
    assert [path.name for path in jobs[0].evidence] == ["run.json"]
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    assert right.drawn() == keys_of(*jobs)
    assert wrong.drawn() == set()
    assert len(said) == 1
    assert said[0].startswith(f"worker {wrong.address} draws nothing: recordings/run.json, or")


def test_a_worker_without_the_photograph_that_a_script_chooses_or_with_another_is_left_out(
    dask: Cluster, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    right, wrong = dask.two()
    for project in (tiny_project, right.project, wrong.project):
        scene = project.scene("second")
        knob = "    titled = False\n    photograph = None\n"
        replace_in(scene, "    titled = False\n", knob)
        replace_in(scene, "Square(2)", "Square(len(self.seen()) % 3 + 1)")
        replace_in(
            scene,
            "    def setup_stage",
            "    def seen(self):\n"
            '        path = __file__.replace("scenes/tiny/second.py", self.photograph["file"])\n'
            '        return open(path, "rb").read()\n\n'
            "    def setup_stage",
        )
    replace_in(tiny_project.script, "  - id: second\n", CAT)
    for project, shade in ((tiny_project, 90), (right.project, 90), (wrong.project, 91)):
        write_png(project.script.with_name("cat.png"), shade)
    jobs = [only(job, "drawn") for job in jobs_of(tiny_project, "second")]
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    assert whole(*jobs)
    assert right.drawn() == keys_of(*jobs)
    assert wrong.drawn() == set()
    assert len(said) == 1
    assert said[0].startswith(f"worker {wrong.address} draws nothing: narration/tiny/cat.png, or")

    right.project.script.with_name("cat.png").unlink()
    with pytest.raises(UserError, match="no worker at"):
        draw_on_cluster(dask.address, jobs, nothing, said.append)
    line = f"worker {right.address} draws nothing: it has no narration/tiny/cat.png"
    assert any(each.startswith(line) for each in said)


CAT = """\
  - id: second
    inputs:
      photograph: cat.png
"""


def write_png(path: Path, shade: int) -> None:
    assert cv2.imwrite(str(path), np.full((4, 6, 3), shade, np.uint8))


def test_a_scene_that_goes_on_names_the_photograph_of_the_one_before(
    tiny_project: Project, fresh_cache: Path
) -> None:
    job = jobs_of(tiny_project, "second")[0]
    cat, dog = ({"file": f"narration/tiny/{name}.png", "digest": ""} for name in ("cat", "dog"))
    before = Role(tiny_project.scene("first"), "First", inputs={"photograph": cat})
    rows = {"image": [[1, 2], [3, 4]], "photograph": dog}  # rows travel: no file is read for them
    job = replace(job, plan=replace(job.plan, inputs=rows), before=(before,))
    assert pictures_of(job) == ("narration/tiny/dog.png", "narration/tiny/cat.png")
    expected = fingerprint(tiny_project.root, scenes_of(job), pictures_of(job))
    errand = errand_for(job, expected, {})
    assert errand.files == pictures_of(job)
    assert set(errand.files) < set(errand.expected.places)


def test_what_a_scene_asks_of_other_beats_comes_home_with_its_segments(
    dask: Cluster, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    for project in (tiny_project, *(machine.project for machine in dask.two())):
        replace_in(
            project.scene("second"),
            "Rotate(self.square, 1.0)",
            'Rotate(self.square, self.slot("drawn").frames / 50)',
        )
    jobs = [only(job, "turned") for job in jobs_of(tiny_project, "second")]
    before = keys_of(*jobs)
    draw_on_cluster(dask.address, jobs, nothing, said.append)
    record = jobs[0].records["turned"]
    assert record.now() == record.asking(Asked(frozenset({"drawn"})))
    assert keys_of(*jobs) != before
    assert whole(*jobs)
    assert said == []


# --- who is not there -----------------------------------------------------------------------


def test_nothing_to_draw_needs_no_cluster(said: list[str]) -> None:
    draw_on_cluster("tcp://127.0.0.1:1", [], nothing, said.append)


@pytest.mark.parametrize("address", ["nonsense://127.0.0.1:1", "127.0.0.1", "tls://127.0.0.1:1"])
def test_an_address_that_is_none_is_said_in_one_line(
    address: str, tiny_project: Project, said: list[str], fresh_cache: Path
) -> None:
    jobs = jobs_of(tiny_project, "second")
    with pytest.raises(UserError, match=re.escape(address)) as raised:
        draw_on_cluster(address, jobs, nothing, said.append)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("listens", [False, True], ids=["nobody", "somebody else"])
def test_a_scheduler_that_is_not_there_is_said_in_one_line(
    listens: bool,
    tiny_project: Project,
    said: list[str],
    fresh_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cluster_client, "ANSWER_WITHIN", 1.0)
    jobs = jobs_of(tiny_project, "second")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        capfd.readouterr()
        with pytest.raises(UserError, match=f"no Dask scheduler answers at {address} — start one"):
            draw_on_cluster(address, jobs, nothing, said.append)
    assert capfd.readouterr() == ("", "")


def test_without_dask_its_installation_is_named(
    tiny_project: Project, said: list[str], fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of(tiny_project, "second")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"not installed — .*'\.\[cluster\]'"):
        draw_on_cluster("tcp://127.0.0.1:1", jobs, nothing, said.append)


# --- who goes away; these come last, they take the cluster apart ----------------------------


def in_the_middle(machines: Sequence[Machine], do: Callable[[Machine], None]) -> Callable[[], None]:
    """A tick that calls `do` once, with a machine that is encoding a beat just then."""
    done: list[Machine] = []

    def tick() -> None:
        end = time.monotonic() + cluster.TICK
        while not done and time.monotonic() < end:
            for machine in machines:
                if not done and machine.begun():
                    done.append(machine)
                    do(machine)

    return tick


def test_a_worker_that_is_killed_in_the_middle_loses_nothing_but_time(
    dask: Cluster, built: Project, said: list[str], at_home: Path
) -> None:
    jobs = jobs_of(built)
    killed: list[Machine] = []

    def kill(machine: Machine) -> None:
        killed.append(machine)
        drawing = machine.drawing()
        assert drawing
        machine.kill()
        patiently(lambda: not any(Path(f"/proc/{number}").exists() for number in drawing))
        assert machine.begun() == [], "its drawing process left half a segment"

    machines = dask.two()
    draw_on_cluster(dask.address, jobs, in_the_middle(machines, kill), said.append)
    assert len(killed) == 1
    assert files_below(at_home) == files_below(built.root.parent / "cache" / "segments")
    assert said == []


def test_without_any_worker_left_finished_beats_stay(
    dask: Cluster,
    tiny_project: Project,
    said: list[str],
    fresh_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    one = next(machine for machine in dask.machines if machine.is_alive)
    write_tiny_project(one.project.root)
    shutil.rmtree(one.cache, ignore_errors=True)
    jobs = jobs_of(tiny_project)
    jobs = [only(jobs[1], "drawn"), only(jobs[0], "shown")]

    def tick() -> None:
        if whole(jobs[0]) and one.is_alive:
            one.kill()

    with pytest.raises(StudioError, match="has no worker left that draws — what was drawn is kept"):
        draw_on_cluster(dask.address, jobs, tick, said.append)
    assert whole(jobs[0])
    assert not whole(jobs[1])

    with pytest.raises(UserError, match=f"scheduler at {dask.address} has no worker — start one"):
        draw_on_cluster(dask.address, jobs, nothing, said.append)


def test_a_scheduler_that_goes_away_is_said_in_one_line(
    dask: Cluster,
    tiny_project: Project,
    said: list[str],
    fresh_cache: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    dask.add()
    jobs = jobs_of(tiny_project, "second")
    capfd.readouterr()
    with pytest.raises(StudioError, match="does not answer any more — what was drawn is kept"):
        draw_on_cluster(dask.address, jobs, dask.scheduler.kill, said.append)
    assert capfd.readouterr() == ("", "")
