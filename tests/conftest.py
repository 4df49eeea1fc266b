"""What every test stands on: a cache of its own, no way out to the network, a tiny project."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tiny")

from tiny import (  # noqa: E402
    BUILD,
    Command,
    Done,
    Project,
    run_command,
    run_jobs_here,
    write_tiny_project,
)

# A busy machine is no reason to fail.
# A person's runs look for new examples; an automatic check must not fail by chance.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing touches the person's own cache, and nothing reaches a voice service."""
    with pytest.MonkeyPatch.context() as patch, socket.socket() as closed:
        # Bound and never listening: whoever connects is refused, and nobody else gets the port.
        closed.bind(("127.0.0.1", 0))
        patch.setenv("CNNVIZ_GTTS_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        patch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _hears_ctrl_c() -> Iterator[None]:
    """Tests of Ctrl-C work in the background too, where a shell lets it be ignored from birth.

    A program that is started hears it again when the one that starts it does.
    """
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for one test."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(cache))
    return cache


@pytest.fixture
def tiny_project(tmp_path: Path) -> Project:
    """Two scenes of three and two beats, in Bengali and English, with recordings in Bengali."""
    return write_tiny_project(tmp_path / "project")


@pytest.fixture
def run() -> Callable[..., Done]:
    """A function that runs one command: `run(project, "episode", "tiny", …)`."""
    return lambda project, *words: run_command(project.root, *words)


def stay_in_one_process(patch: pytest.MonkeyPatch) -> None:
    for module in ("gathering", "build", "bundle"):
        patch.setattr(f"cnnviz.studio.{module}.run_jobs", run_jobs_here)


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes are asked and drawn in the test's own process."""
    stay_in_one_process(monkeypatch)


@pytest.fixture(scope="session")
def _finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny project, built, and the cache that it was built with."""
    folder = tmp_path_factory.mktemp("finished")
    project = write_tiny_project(folder / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_CACHE_DIR", str(folder / "cache"))
        # A new process: what this one has laid out and read, it would not lay into the cache.
        done = Command(project, *BUILD).finish()
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def built(
    _finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_process: None
) -> Project:
    """The tiny project after a first build, with a cache of its own; scenes play in one process."""
    shutil.copytree(_finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path / "cache"))
    return Project(tmp_path / "project")


@pytest.fixture
def start() -> Iterator[Callable[..., Command]]:
    """A function that starts a command as a process; what is left of it is ended afterwards."""
    commands: list[Command] = []

    def begin(project: Project, *words: str, **options: Any) -> Command:
        commands.append(Command(project, *words, **options))
        return commands[-1]

    yield begin
    for command in commands:
        with suppress(ProcessLookupError):
            os.killpg(command.process.pid, signal.SIGKILL)
        command.process.communicate()
