"""A project of two short scenes, ways to spoil it, and ways to run commands on it."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnnviz.commands.command_line import main
from cnnviz.voices.audio import write_wav

HOUSE = Path(__file__).resolve().parents[1]
RATE = 48_000

EXAMPLE = """\
from __future__ import annotations

from cnnviz.compute import conv2d, literal, matrix_size

TRACE = conv2d([[1, 2, 3], [0, 1, 2], [1, 0, 1]], [[1, -1], [2, -2]], padding=0)
STRIDE = literal(TRACE.stride[0], of="stride")
SIZE = matrix_size(TRACE.output[0].tolist())
"""

FIRST = """\
from __future__ import annotations

from manim import DOWN, FadeIn

from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import output_grid
from scenes.tiny._example import SIZE, TRACE


class First(Lesson):
    @classmethod
    def numbers(cls):
        return {"first.sum": TRACE.window(0, 0).sum_number, "output.size": SIZE}

    def setup_stage(self):
        self.grid = output_grid(TRACE, cell=1.2)

    def construct(self):
        with self.beat("shown") as beat:
            self.play(FadeIn(self.grid), run_time=beat.part(0.5))

        with self.beat("summed") as beat:
            size = self.label("size").next_to(self.grid, DOWN)
            self.play(FadeIn(size), run_time=beat.part(0.5))

        with self.beat("moved") as beat:
            self.play(self.grid.animate.shift(DOWN * 0.5), size.animate.shift(DOWN * 0.5),
                      run_time=beat.duration)
"""

SECOND = """\
from __future__ import annotations

from manim import RIGHT, UP, Create, Rotate, Square

from cnnviz.stage.lesson import Lesson


class Second(Lesson):
    card = False
    titled = False

    def setup_stage(self):
        self.square = Square(2)
        self.add(self.label("name").to_edge(UP))

    def construct(self):
        with self.beat("drawn") as beat:
            self.play(Create(self.square), run_time=beat.duration)
            self.wait(0.1)

        with self.beat("turned") as beat:
            self.play(Rotate(self.square, 1.0), run_time=beat.part(0.4))
            self.play(self.square.animate.shift(RIGHT), run_time=beat.remaining)
"""

BENGALI = """\
title: ছোট ছবি
description: |-
  দুই দৃশ্যের একটা ছোট ছবি।
tags: [ছোট, tiny]
scenes:
  - id: first
    title: প্রথম দৃশ্য
    labels:
      size: "মাপ: {output.size}"
    beats:
      shown: এই হলো ফিচার ম্যাপ।
      summed: প্রথম যোগফল {first.sum}, মাপ {output.size}।
      moved: এবার একটু নিচে নামাই।
  - id: second
    title: দ্বিতীয় দৃশ্য
    labels:
      name: চৌকো
    beats:
      drawn: একটা চৌকো আঁকি।
      turned: এবার সেটাকে ঘোরাই।
"""

ENGLISH = """\
title: A tiny film
description: |-
  A small film of two scenes.
tags: [tiny]
scenes:
  - id: first
    title: The first scene
    labels:
      size: "Size: {output.size}"
    beats:
      shown: This is the feature map.
      summed: The first sum is {first.sum}, the size {output.size}.
      moved: Now let us move it down a little.
  - id: second
    title: The second scene
    labels:
      name: A square
    beats:
      drawn: Let us draw a square.
      turned: Now let us turn it.
"""

OPTIONS = ("--quality", "draft", "--voice", "recorded", "--workers", "2")
BUILD = ("episode", "tiny", *OPTIONS)

SECONDS = {
    "first.shown": 0.5,
    "first.summed": 0.8,
    "first.moved": 0.4,
    "second.drawn": 0.5,
    "second.turned": 0.7,
}


def tone(seconds: float, hertz: float = 220.0) -> Any:
    """A tone that is heard from its first sample to its last."""
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype("f4")


@dataclass(frozen=True)
class Project:
    """A project on disk, and ways to spoil it."""

    root: Path

    @property
    def script(self) -> Path:
        return self.root / "narration" / "tiny" / "bn.yaml"

    @property
    def english(self) -> Path:
        return self.script.with_name("en.yaml")

    def scene(self, name: str) -> Path:
        return self.root / "scenes" / "tiny" / f"{name}.py"

    @property
    def bundle(self) -> Path:
        return self.root / "build" / "tiny" / "bn"

    @property
    def film(self) -> bytes:
        return (self.bundle / "episode.mp4").read_bytes()

    @property
    def facts(self) -> dict[str, Any]:
        """What `bundle.json` says."""
        said: dict[str, Any] = json.loads((self.bundle / "bundle.json").read_text("utf-8"))
        return said

    @property
    def segments(self) -> dict[str, str]:
        """`scene.beat` → digest of its segment."""
        return {f"{beat['scene']}.{beat['beat']}": beat["segment"] for beat in self.facts["beats"]}

    def record(self, beat: str, seconds: float) -> None:
        """A recording for one beat, named `scene.beat`."""
        pitch = 150.0 + 40.0 * list(SECONDS).index(beat) if beat in SECONDS else 400.0
        recordings = self.script.parent / "recordings" / "bn"
        write_wav(recordings / f"{beat}.wav", tone(seconds, pitch))

    def recording(self, beat: str) -> Path:
        return self.script.parent / "recordings" / "bn" / f"{beat}.wav"


@dataclass(frozen=True)
class Edit:
    """Where something was changed in a file, for messages that must name the place."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: "


def replace_in(path: Path, old: str, new: str) -> Edit:
    """Replace the one place where `old` stands in the file; tells its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return Edit(path, text[: text.index(old)].count("\n") + 1)


def write_tiny_project(root: Path) -> Project:
    files = {
        "scenes/__init__.py": "",
        "scenes/tiny/__init__.py": "",
        "scenes/tiny/_example.py": EXAMPLE,
        "scenes/tiny/first.py": FIRST,
        "scenes/tiny/second.py": SECOND,
        "narration/tiny/bn.yaml": BENGALI,
        "narration/tiny/en.yaml": ENGLISH,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    project = Project(root)
    for beat, seconds in SECONDS.items():
        project.record(beat, seconds)
    return project


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that says what is wrong, without its `error: `."""
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err, self.err
        assert self.err.rstrip().endswith(lines[0]), "something is said after the error"
        return lines[0].removeprefix("error: ")


def run_command(root: Path, *words: str) -> Done:
    """`render.py WORDS` in this process, on the project in `root`."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words, root=root)
        except SystemExit as left:
            code = int(left.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def let_think(project: Project, seconds: float) -> None:
    """Give the viewer time to think after the beat `drawn` of the scene `second`."""
    path = project.scene("second")
    replace_in(
        path, "    titled = False", f'    titled = False\n    thinking = {{"drawn": {seconds}}}'
    )
    replace_in(path, "self.wait(0.1)", "self.think(beat)")


@contextmanager
def without_scenes() -> Iterator[None]:
    """No scene is loaded, as in a new process; afterwards all is as it was."""

    def take_out() -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.split(".")[0] == "scenes"]
        return {name: sys.modules.pop(name) for name in names}

    path, modules = list(sys.path), take_out()
    importlib.invalidate_caches()
    try:
        yield
    finally:
        take_out()
        sys.modules.update(modules)
        sys.path[:] = path


def run_jobs_here(
    function: Callable[[Any], Any],
    jobs: Sequence[Any],
    workers: int,
    tick: Callable[[], None] = lambda: None,
    preload: Sequence[str] = (),
) -> list[Any]:
    """Stands in for the worker processes, which take seconds to start."""
    results = []
    for job in jobs:
        with without_scenes():
            results.append(function(job))
        tick()
    return results


# A command line on another project than the checkout's own; the guard is for spawned workers.
COMMAND = """\
import sys
from pathlib import Path
from cnnviz.commands.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], root=Path(sys.argv[1])))
"""


class Command:
    """`render.py` as a process of its own, in a process group of its own, as a shell starts it."""

    def __init__(
        self, project: Project, *words: str, before: Sequence[str] = (), **environment: str
    ) -> None:
        program = project.root / "command.py"
        program.write_text(COMMAND, encoding="utf-8")
        self.process = subprocess.Popen(
            [*before, sys.executable, str(program), str(project.root), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(HOUSE)} | environment,
        )

    def signal(self, number: int, *, group: bool = True) -> None:
        """Ctrl-C on a terminal goes to the group; `kill` goes to the process alone."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def finish(self) -> Done:
        out, err = self.process.communicate(timeout=120)
        return Done(self.process.returncode, out, err)

    def members(self) -> list[int]:
        """The processes of its group that are alive."""
        alive = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = status.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(group) == self.process.pid and state != "Z":
                alive.append(int(status.parent.name))
        return alive


def drawn(done: Done) -> int:
    """How many beats a command that went well has drawn."""
    assert done.code == 0, done.err
    found = re.search(r"(\d+) drawn now", done.err)
    assert found, done.err
    return int(found[1])


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The beats whose digests differ."""
    return {beat for beat in after if before.get(beat) != after[beat]}


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
