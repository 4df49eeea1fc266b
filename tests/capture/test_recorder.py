from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_session import (
    HEIGHT,
    PROVENANCE,
    UNKNOWN_BELOW,
    WIDTH,
    colour,
    corners,
    cut_out,
    picture,
    shown,
)

from cnnviz.capture import recorder as recorder_module
from cnnviz.capture import told as told_module
from cnnviz.capture.captured import Capture
from cnnviz.capture.framecode import read_number
from cnnviz.capture.recorder import FPS, Recorder
from cnnviz.capture.screen import Region, window_region
from cnnviz.capture.sidecar import read_capture
from cnnviz.capture.window import WINDOW
from cnnviz.errors import StudioError, UserError
from cnnviz.media.decode import frame_count, read_frames
from cnnviz.media.inspect_film import inspect_film
from cnnviz.pixels import Picture

SESSION = Path(__file__).with_name("fake_session.py")

needs_xvfb = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("Xvfb") is None, reason="needs Xvfb"
)


def start(out: Path, seconds: float = 0, kind: str = "usual") -> subprocess.Popen[str]:
    """A process that opens a real window on a virtual screen and records it."""
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    return subprocess.Popen(
        [sys.executable, str(SESSION), str(out), str(seconds), kind],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, errors


def failed(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate()
    assert process.returncode == 1
    assert len(errors.splitlines()) == 1, errors
    return errors


def wait_until_it_writes(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait until part of the video is written under its temporary name."""
    assert process.stdout is not None
    if process.stdout.readline() != "recording\n":
        pytest.fail(process.communicate()[1])
    assert list(folder.glob(".part-*.mp4"))


def numbers(capture: Capture) -> list[int]:
    return [frame.shown for frame in capture.frames]


def assert_true_to_its_video(capture: Capture) -> None:
    """Every frame of the video is the picture that the sidecar says it is."""
    pictures = read_frames(capture.video)
    for index, (frame, seen) in enumerate(zip(capture.frames, pictures, strict=True)):
        assert read_number(seen) == frame.shown, index
        blue, green, red = colour(frame.shown)
        # Below, the encoder lets the strip's black and white shine through.
        assert np.abs(seen[:-48].astype(int) - (red, green, blue)).max() <= 12, index
        (card,) = frame.cards
        assert card.corners == corners(frame.shown)
        assert card.label == (None if frame.shown < UNKNOWN_BELOW else "ace of clubs")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """Two and a half seconds of a real window."""
    out = tmp_path_factory.mktemp("recorded") / "new" / "demo.mp4"
    finished(start(out, 2.5))
    return read_capture(out)


@needs_xvfb
def test_each_frame_of_the_video_is_what_the_sidecar_says(recorded: Capture) -> None:
    assert_true_to_its_video(recorded)


@needs_xvfb
def test_a_recording_has_the_length_that_was_asked_for(recorded: Capture) -> None:
    assert len(recorded.frames) == frame_count(recorded.video) == 75
    assert recorded.seconds == 2.5


@needs_xvfb
def test_a_recording_goes_on_with_the_window(recorded: Capture) -> None:
    there = numbers(recorded)
    assert there == sorted(there)
    assert len(set(there)) > 1
    assert recorded.rates.shown > 0
    assert recorded.rates.grabbed == pytest.approx(len(set(there)) / 2.5, abs=0.01)


@needs_xvfb
def test_a_recording_knows_its_origin(recorded: Capture) -> None:
    assert recorded.camera == PROVENANCE.camera
    assert (recorded.mode, recorded.weights_sha256) == ("auto-detect", "5" * 64)
    assert (recorded.size, recorded.scale, recorded.fps) == ((WIDTH, HEIGHT), 1.5, FPS)
    assert recorded.recorded_at.endswith("Z")
    assert {"cnnviz", "torch", "opencv", "numpy"} == set(recorded.versions)


@needs_xvfb
def test_the_moment_is_where_the_card_gets_its_name(recorded: Capture) -> None:
    (moment,) = recorded.moments
    first = next(i for i, number in enumerate(numbers(recorded)) if number >= UNKNOWN_BELOW)
    assert (moment.frame, moment.number, moment.label) == (first, 1, "ace of clubs")
    assert np.array_equal(moment.cut_out(), cut_out(recorded.frames[first].shown))


@needs_xvfb
def test_the_video_is_one_that_everything_plays(recorded: Capture) -> None:
    facts = inspect_film(recorded.video)
    film = facts.picture
    assert (film.codec, film.profile, film.pixel_format) == ("h264", "High", "yuv420p")
    assert film.bt709
    assert film.closed_gops
    assert film.constant_rate
    assert set(film.gops) == {15}
    assert film.start == 0
    assert facts.moov_first
    assert facts.sound is None


@needs_xvfb
def test_nothing_else_is_left_beside_a_recording(recorded: Capture) -> None:
    names = sorted(path.name for path in recorded.video.parent.iterdir())
    assert names == ["demo.json", "demo.mp4"]


@needs_xvfb
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_end_in_a_playable_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "demo.mp4"
    process = start(out)
    wait_until_it_writes(process, tmp_path)
    os.killpg(process.pid, number)
    finished(process)
    assert_true_to_its_video(read_capture(out))


@needs_xvfb
def test_a_kill_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    out = tmp_path / "demo.mp4"
    process = start(out)
    wait_until_it_writes(process, tmp_path)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not out.exists()
    assert not out.with_suffix(".json").exists()


@needs_xvfb
def test_a_kill_leaves_an_older_recording(recorded: Capture, tmp_path: Path) -> None:
    out = tmp_path / "demo.mp4"
    for suffix in (".mp4", ".json"):
        shutil.copy(recorded.video.with_suffix(suffix), tmp_path)
    process = start(out)
    wait_until_it_writes(process, tmp_path)
    process.kill()
    process.communicate()
    assert numbers(read_capture(out)) == numbers(recorded)


@needs_xvfb
def test_a_window_that_shows_nothing_is_said(tmp_path: Path) -> None:
    error = failed(start(tmp_path / "demo.mp4", kind="silent"))
    assert "closed before its first picture" in error
    assert not list(tmp_path.iterdir())


@needs_xvfb
def test_a_window_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    error = failed(start(tmp_path / "demo.mp4", kind="unreadable"))
    assert f"“{WINDOW}” cannot be read from the screen" in error
    assert not list(tmp_path.iterdir())


# From here on the screen is a stand-in, which does what a real one does only by chance.


Script = Callable[[int], Picture | None]


class StandInScreen:
    """Shows what `script`, called with how often it was asked, gives; None for a covered window."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._times = itertools.count()
        self.asked = threading.Semaphore(0)

    def __call__(self, size: tuple[int, int]) -> StandInScreen:
        assert size == (WIDTH, HEIGHT)
        return self

    def grab(self, region: Region) -> Picture | None:
        self.asked.release()
        return self._script(next(self._times))

    def __enter__(self) -> StandInScreen:
        return self

    def __exit__(self, *_: object) -> None:
        pass


PutScreen = Callable[[Script], StandInScreen]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> PutScreen:
    def put(script: Script) -> StandInScreen:
        screen = StandInScreen(script)
        monkeypatch.setattr(recorder_module, "Screen", screen)
        monkeypatch.setattr(
            told_module,
            "window_region",
            lambda window: {"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT},
        )
        return screen

    return put


NOISE = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def record(out: Path, screen: StandInScreen, told: Iterable[int], seconds: float = 1) -> Capture:
    with Recorder(out, WINDOW, PROVENANCE, seconds=seconds) as recorder:
        for number in told:
            recorder.shown(shown(number))
        while not recorder.done:
            screen.asked.acquire(timeout=0.1)
    return recorder.capture


def interrupted(out: Path, screen: StandInScreen, error: BaseException) -> Recorder:
    """Record about a second until `error` comes up in the session."""
    recorder = Recorder(out, WINDOW, PROVENANCE)
    with suppress(type(error)), recorder:
        recorder.shown(shown(30))
        for _ in range(30):
            screen.asked.acquire()
        raise error
    return recorder


def test_a_picture_that_cannot_be_read_is_not_taken(stand_in: PutScreen, tmp_path: Path) -> None:
    def script(time: int) -> Picture | None:
        torn = picture(time % 40 + 20)
        torn[-6:, 650:] = picture(time % 40 + 21)[-6:, 650:]
        return (torn, None, NOISE, picture(min(20 + time // 4, 59)))[time % 4]

    capture = record(tmp_path / "demo.mp4", stand_in(script), range(20, 60))
    assert_true_to_its_video(capture)
    assert len(set(numbers(capture))) > 1


def test_a_covered_window_stands_still_and_time_goes_on(
    stand_in: PutScreen, tmp_path: Path
) -> None:
    screen = stand_in(lambda time: picture(30) if time == 0 else NOISE)
    capture = record(tmp_path / "demo.mp4", screen, range(20, 60))
    assert numbers(capture) == [30] * 30
    assert_true_to_its_video(capture)


def test_a_picture_on_the_screen_waits_until_it_is_told(
    stand_in: PutScreen, tmp_path: Path
) -> None:
    screen = stand_in(lambda time: picture(30))
    with Recorder(tmp_path / "demo.mp4", WINDOW, PROVENANCE, seconds=0.2) as recorder:
        recorder.shown(shown(29))
        screen.asked.acquire()
        recorder.shown(shown(30))
        while not recorder.done:
            screen.asked.acquire(timeout=0.1)
    assert numbers(recorder.capture) == [30] * 6


def test_a_picture_from_before_the_recording_is_not_taken(
    stand_in: PutScreen, tmp_path: Path
) -> None:
    screen = stand_in(lambda time: picture(3 if time < 5 else 30))
    capture = record(tmp_path / "demo.mp4", screen, range(20, 60), 0.2)
    assert numbers(capture) == [30] * 6


def test_a_writer_that_is_behind_repeats_pictures(
    stand_in: PutScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grabbed = threading.Semaphore(0)

    def script(time: int) -> Picture:
        grabbed.release()
        return picture(20 + time)

    append = Recorder._append

    def at_first_late(self: Recorder, *arguments: Any) -> None:
        if not self.seconds:
            for _ in range(30):
                grabbed.acquire()
        append(self, *arguments)

    monkeypatch.setattr(Recorder, "_append", at_first_late)
    monkeypatch.setattr(told_module, "_REMEMBERED", 999)
    capture = record(tmp_path / "demo.mp4", stand_in(script), range(20, 500), 2)
    there = numbers(capture)
    assert len(there) == 60
    assert there == sorted(there)
    assert 8 < len(set(there)) < 45
    assert_true_to_its_video(capture)


def test_memory_does_not_grow_with_what_was_shown(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "demo.mp4", WINDOW, PROVENANCE)
    for number in range(1000):
        recorder.shown(shown(number))
    assert len(recorder._told._sights) < 100


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StudioError("the camera was lost")])
def test_what_was_recorded_before_an_interruption_is_kept(
    stand_in: PutScreen, tmp_path: Path, error: BaseException
) -> None:
    out = tmp_path / "demo.mp4"
    recorder = interrupted(out, stand_in(lambda time: picture(30)), error)
    assert read_capture(out).frames == recorder.capture.frames
    assert len(recorder.capture.frames) >= 15


def test_an_interruption_before_the_first_picture_is_itself_the_error(tmp_path: Path) -> None:
    with (
        pytest.raises(StudioError, match="the camera was lost"),
        Recorder(tmp_path / "demo.mp4", WINDOW, PROVENANCE),
    ):
        raise StudioError("the camera was lost")
    assert not list(tmp_path.iterdir())


def test_a_bug_leaves_nothing(stand_in: PutScreen, tmp_path: Path) -> None:
    screen = stand_in(lambda time: picture(30))
    recorder = interrupted(tmp_path / "demo.mp4", screen, ZeroDivisionError())
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="not finished"):
        _ = recorder.capture


def test_a_folder_that_cannot_be_written_to_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="a file is in the way"):
        Recorder(tmp_path / "file" / "demo.mp4", WINDOW, PROVENANCE).start()


def test_a_full_disk_ends_the_recording(
    stand_in: PutScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    screen = stand_in(lambda time: picture(30))
    monkeypatch.setattr(recorder_module.CaptureFilm, "write", full)
    with pytest.raises(StudioError, match="no space left"):
        record(tmp_path / "demo.mp4", screen, [30])
    assert not list(tmp_path.iterdir())


def test_a_window_that_is_not_there_has_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> None:
        raise cv2.error("no such window")

    monkeypatch.setattr(cv2, "getWindowImageRect", gone)
    assert window_region(WINDOW) is None
    monkeypatch.setattr(cv2, "getWindowImageRect", lambda _: (-1, -1, -1, -1))
    assert window_region(WINDOW) is None
