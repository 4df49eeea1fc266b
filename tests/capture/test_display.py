from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mss
import pytest

from cnnviz.capture.display import check_display, display, has_display
from cnnviz.errors import StudioError, UserError

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is Linux's"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb"),
]

IN_THE_BLOCK = """
import sys
from cnnviz.capture.display import display, has_display
with display() as name:
    try:
        print(name, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print(has_display(), flush=True)
"""


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def socket_of(name: str) -> Path:
    """Where an X server listens as long as it runs."""
    return Path(f"/tmp/.X11-unix/X{name.removeprefix(':')}")


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def one_line(error: StudioError) -> str:
    assert "\n" not in str(error)
    return str(error)


def test_without_a_screen_there_is_none() -> None:
    assert not has_display()
    with pytest.raises(UserError) as caught:
        check_display()
    assert "no screen" in one_line(caught.value)


def test_a_virtual_screen_serves_the_block_and_ends_with_it() -> None:
    with display() as name:
        assert os.environ["DISPLAY"] == name
        assert has_display()
        check_display()
        with mss.MSS() as screen:
            assert screen.monitors[0]["width"] >= 960
            assert screen.monitors[0]["height"] >= 720
        assert socket_of(name).exists()
    assert "DISPLAY" not in os.environ
    assert not has_display()
    assert not socket_of(name).exists()


def test_a_virtual_screen_ends_with_an_error() -> None:
    with pytest.raises(RuntimeError), display() as name:
        raise RuntimeError
    assert not socket_of(name).exists()


def test_two_virtual_screens_do_not_meet() -> None:
    with display() as first:
        del os.environ["DISPLAY"]
        with display() as second:
            assert first != second


def test_the_screen_that_is_there_is_taken() -> None:
    with display() as own, display() as again:
        assert own == again


def test_windows_are_kept_from_other_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with display():
        assert "WAYLAND_DISPLAY" not in os.environ
        assert "QT_QPA_PLATFORM" not in os.environ
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.parametrize("name", [":97531", "nobody.invalid:0", "nonsense"])
def test_a_display_that_nobody_serves_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", name)
    assert not has_display()
    for use in (check_display, lambda: display().__enter__()):
        with pytest.raises(UserError) as caught:
            use()
        assert f"DISPLAY={name}" in one_line(caught.value)


def test_a_missing_xvfb_is_said_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError) as caught, display():
        pass
    assert "apt install xvfb" in one_line(caught.value)


@pytest.mark.parametrize("does", ["exit 1", "echo nonsense >&$2", "echo 97531 >&$2"])
def test_an_xvfb_that_does_not_start_is_said(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "Xvfb"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(StudioError) as caught, display():
        pass
    assert "does not start" in one_line(caught.value)
    assert "DISPLAY" not in os.environ


def in_the_block() -> tuple[subprocess.Popen[str], str]:
    """A process of its own group that has a virtual screen, and the screen's name."""
    process = subprocess.Popen(
        [sys.executable, "-c", IN_THE_BLOCK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_ctrl_c_does_not_reach_the_screen() -> None:
    process, name = in_the_block()
    assert socket_of(name).exists()
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate()
    assert said.strip() == "True"
    assert not socket_of(name).exists()


def test_a_killed_process_leaves_no_screen() -> None:
    process, name = in_the_block()
    assert socket_of(name).exists()
    process.kill()
    process.communicate()
    wait_until(lambda: not socket_of(name).exists())
