"""Killed with `kill -9` at any point and run again: one video, and nothing missing."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from channel import Channel, assert_complete, write_film
from fake_youtube import DROP, Reply, Request
from tiny import HOUSE

STEPS = [
    "channels.list",
    "videos.insert",
    "upload",
    "upload",
    "upload",
    "thumbnails.set",
    "captions.list",
    "captions.insert",
    "captions.list",
    "captions.insert",
    "playlists.list",
    "playlists.insert",
    "playlistItems.list",
    "playlistItems.insert",
]

KILLED = -signal.SIGKILL


class Driver:
    """Runs of `publish`, each a process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, channel: Channel, kill_when: Callable[[Request, bool], bool]) -> int:
        """One run, killed when `kill_when(request, done)` says so; its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pids: queue.Queue[int] = queue.Queue()

        def intruder(done: bool) -> Callable[[Request], Reply | None]:
            def intrude(request: Request) -> Reply | None:
                if not kill_when(request, done):
                    return None
                os.kill(pids.get(timeout=60), signal.SIGKILL)
                return DROP

            return intrude

        channel.fake.before, channel.fake.after = intruder(False), intruder(True)
        order = {
            "root": channel.fake.root,
            "bundle": str(channel.bundle.folder),
            "journals": str(channel.journals),
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        pids.put(int(self.process.stdout.readline()))
        return int(self.process.stdout.readline())


def never(request: Request, done: bool) -> bool:
    return False


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    here = Path(__file__).parent
    path = os.pathsep.join([str(HOUSE), str(here), str(here.parent)])
    process = subprocess.Popen(
        [sys.executable, str(here / "publish_driver.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    with process:
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()


def test_a_run_that_nobody_kills_takes_these_steps(channel: Channel, driver: Driver) -> None:
    assert driver.run(channel, never) == 0
    assert channel.fake.names == STEPS
    assert_complete(channel.fake, channel.bundle)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "number", range(len(STEPS)), ids=lambda number: f"{number}-{STEPS[number]}"
)
def test_killed_once(channel: Channel, driver: Driver, number: int, done: bool) -> None:
    def kill_when(request: Request, is_done: bool) -> bool:
        return request.number == number and is_done == done

    assert driver.run(channel, kill_when) == KILLED
    assert channel.fake.names == STEPS[: number + 1]
    assert driver.run(channel, never) == 0
    assert_complete(channel.fake, channel.bundle)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_again_and_again(channel: Channel, driver: Driver, done: bool) -> None:
    """Each run is killed a little later than the one before."""
    statuses: list[int] = []
    while not statuses or (statuses[-1] == KILLED and len(statuses) < 20):
        last = len(channel.fake.log) + 2 + len(statuses)

        def kill_when(request: Request, is_done: bool, last: int = last) -> bool:
            return request.number == last and is_done == done

        statuses.append(driver.run(channel, kill_when))
    assert statuses[-1] == 0
    assert len(statuses) >= 4
    assert_complete(channel.fake, channel.bundle)


def test_killed_at_the_last_byte_and_the_upload_is_forgotten(
    channel: Channel, driver: Driver
) -> None:
    def kill_when(request: Request, done: bool) -> bool:
        return done and bool(channel.fake.videos)

    assert driver.run(channel, kill_when) == KILLED
    channel.fake.uploads.clear()
    assert driver.run(channel, never) == 0
    assert channel.fake.names.count("videos.insert") == 1
    assert_complete(channel.fake, channel.bundle)


def test_a_short_film_killed_at_its_only_piece(channel: Channel, driver: Driver) -> None:
    write_film(channel.bundle.folder, b"short")

    def kill_when(request: Request, done: bool) -> bool:
        return done and request.name == "upload"

    assert driver.run(channel, kill_when) == KILLED
    channel.fake.uploads.clear()
    assert driver.run(channel, never) == 0
    assert_complete(channel.fake, channel.bundle)
