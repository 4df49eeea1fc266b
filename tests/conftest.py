"""What every test stands on: a cache of its own, no way out to the network, a tiny project."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tiny")

from tiny import (  # noqa: E402
    Command,
    Done,
    Project,
    run_command,
    run_jobs_here,
    write_tiny_project,
)


@pytest.fixture(scope="session", autouse=True)
def _at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing touches the person's own cache, and nothing reaches a voice service."""
    with pytest.MonkeyPatch.context() as patch, socket.socket() as closed:
        # Bound and never listening: whoever connects is refused, and nobody else gets the port.
        closed.bind(("127.0.0.1", 0))
        patch.setenv("CNNVIZ_GTTS_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        patch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        # Two versions of a scene within one second, of one length, would share their byte code.
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        patch.setattr(sys, "dont_write_bytecode", True)
        yield


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


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes are asked and drawn in the test's own process."""
    for module in ("production", "build", "bundle"):
        monkeypatch.setattr(f"cnnviz.studio.{module}.run_jobs", run_jobs_here)


@pytest.fixture
def start() -> Iterator[Callable[..., Command]]:
    """A function that starts a command as a process; what is left of it is ended afterwards."""
    commands: list[Command] = []

    def begin(project: Project, *words: str, **environment: str) -> Command:
        commands.append(Command(project, *words, **environment))
        return commands[-1]

    yield begin
    for command in commands:
        with suppress(ProcessLookupError):
            os.killpg(command.process.pid, signal.SIGKILL)
        command.process.communicate()
