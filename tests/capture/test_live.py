from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from sights import SomethingSeen, StillCamera

from cnnviz.capture import live as live_module
from cnnviz.capture.captured import CapturedCamera
from cnnviz.capture.framecode import read_number
from cnnviz.capture.live import LiveSession, Takes, until_interrupted
from cnnviz.capture.provenance import Provenance
from cnnviz.capture.shown import Shown
from cnnviz.capture.sidecar import read_capture
from cnnviz.capture.simulated import SHOT_FRAMES, SimulatedCamera
from cnnviz.capture.window import Window
from cnnviz.errors import StudioError, UserError
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.weights import WEIGHTS

SCRIPT = Path(__file__).with_name("real_window.py")


class ListedKeys(Window):
    """A window without a screen: it hears the listed keys, one a picture, and notes everything."""

    def __init__(self, keys: Sequence[str | None] = (), closes_at: int | None = None) -> None:
        self.keys = list(keys)
        self.closes_at = closes_at
        self.pictures: list[Picture] = []
        self.events: list[str] = []
        self.painted = 0
        self.closed = False

    def open(self) -> None:
        self.events.append("open")

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture.copy())
        self.events.append("show")

    def key(self, milliseconds: int = 0) -> str | None:
        self.painted += 1
        self.events.append("paint")
        return self.keys.pop(0) if self.keys else None

    @property
    def is_open(self) -> bool:
        return self.closes_at is None or self.painted < self.closes_at

    def close(self) -> None:
        self.closed = True


class Run:
    """A finished session and all that it did."""

    def __init__(
        self,
        folder: Path,
        keys: Sequence[str | None] = (),
        *,
        frames: int = 3,
        closes_at: int | None = None,
        stop: Callable[[], bool] = lambda: False,
        **options: Any,
    ) -> None:
        self.camera = options.pop("camera", None) or StillCamera(frames)
        self.recognizer = SomethingSeen()
        self.window = ListedKeys(keys, closes_at)
        self.shown: list[Shown] = []
        self.session = LiveSession(
            self.camera,
            self.recognizer,
            on_shown=self._note,
            snapshots=folder / "snapshots",
            window=self.window,
            **options,
        )
        self.session.run(stop)

    def _note(self, shown: Shown) -> None:
        self.window.events.append("shown")
        self.shown.append(shown)

    @property
    def numbers(self) -> list[int]:
        return [shown.number for shown in self.shown]


def test_every_frame_is_shown_until_the_files_end(tmp_path: Path) -> None:
    run = Run(tmp_path, frames=4)
    assert run.numbers == [1, 2, 3, 4]
    assert [int(shown.frame.max()) for shown in run.shown] == [1, 2, 3, 4]
    assert run.window.closed


def test_a_picture_is_told_only_after_it_was_painted(tmp_path: Path) -> None:
    events = Run(tmp_path, frames=2).window.events
    assert events == ["open", "show", "paint", "shown", "show", "paint", "shown"]


def test_every_picture_bears_its_number(tmp_path: Path) -> None:
    run = Run(tmp_path, frames=3)
    assert [read_number(picture) for picture in run.window.pictures] == [1, 2, 3]


def test_the_times_of_pictures_go_on(tmp_path: Path) -> None:
    times = [shown.at for shown in Run(tmp_path, frames=3).shown]
    assert times == sorted(times)


@pytest.mark.parametrize("key", ["q", "\x1b"])
def test_q_and_escape_quit(tmp_path: Path, key: str) -> None:
    run = Run(tmp_path, [None, key], frames=9)
    assert run.camera.given == 2
    assert run.window.closed


def test_other_keys_do_nothing(tmp_path: Path) -> None:
    assert Run(tmp_path, ["x", "Q", "\r"], frames=5).numbers == [1, 2, 3, 4, 5]


def test_m_goes_through_the_modes(tmp_path: Path) -> None:
    run = Run(tmp_path, ["m", None, "m"], frames=4)
    assert [shown.sight.mode for shown in run.shown] == [
        "auto-detect",
        "full-frame",
        "full-frame",
        "auto-detect",
    ]


def test_space_freezes_the_picture_with_its_number_and_lets_go_again(tmp_path: Path) -> None:
    run = Run(tmp_path, [None, " ", None, None, None, " ", None], frames=3)
    assert run.numbers == [1, 2, 2, 3]
    frozen, before = run.window.pictures[2], run.window.pictures[1]
    assert read_number(frozen) == 2
    assert not np.array_equal(frozen, before), "it says that it is frozen"
    assert run.shown[1].frame is run.shown[2].frame


def test_a_frozen_camera_is_not_read(tmp_path: Path) -> None:
    run = Run(tmp_path, [" ", None, None, None, "q"], frames=9)
    assert run.camera.given == 1
    assert len(run.recognizer.looked_at) == 1


def test_a_frozen_picture_is_looked_at_again_in_the_other_mode(tmp_path: Path) -> None:
    run = Run(tmp_path, [" ", None, "m", None, "q"], frames=9)
    assert run.camera.given == 1
    assert [shown.sight.mode for shown in run.shown] == ["auto-detect", "auto-detect", "full-frame"]
    assert run.numbers == [1, 1, 2]


def test_a_frozen_session_can_be_stopped_from_outside(tmp_path: Path) -> None:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 20

    assert Run(tmp_path, [" "], frames=99, stop=stop).camera.given == 1


def test_stop_ends_the_session(tmp_path: Path) -> None:
    camera = StillCamera(99)
    run = Run(tmp_path, camera=camera, stop=lambda: camera.given >= 5)
    assert run.numbers == [1, 2, 3, 4, 5]


def test_a_closed_window_ends_the_session_and_what_nobody_saw_is_not_told(tmp_path: Path) -> None:
    assert Run(tmp_path, frames=9, closes_at=3).numbers == [1, 2]


def test_a_window_closed_while_frozen_ends_the_session(tmp_path: Path) -> None:
    assert Run(tmp_path, [" "], frames=9, closes_at=6).camera.given == 1


def test_a_snapshot_is_the_shown_picture_with_the_time_in_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(tmp_path, [None, "s"], frames=3)
    (path,) = (tmp_path / "snapshots").iterdir()
    assert path.match("snapshot-20??-??-??-??????-???.png")
    assert np.array_equal(cv2.imread(str(path)), run.window.pictures[1])
    assert path.name in capsys.readouterr().out


def test_two_snapshots_are_two_files(tmp_path: Path) -> None:
    Run(tmp_path, ["s", "s", "s"], frames=3)
    assert len(list((tmp_path / "snapshots").iterdir())) == 3


def test_a_snapshot_that_cannot_be_written_is_said_and_the_window_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "snapshots").write_text("in the way")
    assert Run(tmp_path, ["s"], frames=3).numbers == [1, 2, 3]
    assert capsys.readouterr().err.startswith("error: ")


def test_r_begins_and_ends_a_recording_and_pictures_say_so(tmp_path: Path) -> None:
    answers = [True, False]
    with_key = Run(tmp_path, ["r", None, "r", None], frames=4, on_record_key=lambda: answers.pop(0))
    without = Run(tmp_path, [], frames=4)
    badge = np.s_[50:90, 10:90]
    differs = [
        not np.array_equal(one[badge], other[badge])
        for one, other in zip(with_key.window.pictures, without.window.pictures, strict=True)
    ]
    assert differs == [False, True, True, False]
    assert answers == []


def test_a_recording_that_begins_while_frozen_is_told_the_picture(tmp_path: Path) -> None:
    run = Run(tmp_path, [" ", None, "r", None, "q"], frames=9, on_record_key=lambda: True)
    assert run.numbers == [1, 1, 1]
    assert run.session.recording


def test_without_a_recorder_the_record_key_does_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path, ["r"], frames=2)
    assert not run.session.recording


class LostCamera(StillCamera):
    def read(self) -> Picture | None:
        if self.given == 2:
            raise StudioError("camera 0 was lost")
        return super().read()


def test_the_window_closes_when_the_camera_is_lost(tmp_path: Path) -> None:
    window = ListedKeys()
    session = LiveSession(LostCamera(9), SomethingSeen(), snapshots=tmp_path, window=window)
    with pytest.raises(StudioError, match="camera 0 was lost"):
        session.run(lambda: False)
    assert window.closed


def test_the_shown_rate_is_that_of_the_last_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = live_module._Rate()
    assert rate.value == 0
    times = iter([*(0.1 * step for step in range(40)), *(4 + 0.02 * step for step in range(40))])
    monkeypatch.setattr(live_module.time, "monotonic", lambda: next(times))
    for _ in range(40):
        rate.count()
    assert rate.value == pytest.approx(10)
    for _ in range(40):
        rate.count()
    assert rate.value == pytest.approx(50)
    rate.restart()
    assert rate.value == 0


def provenance() -> Provenance:
    return Provenance(CapturedCamera("stand-in", True, None), "auto-detect", "5" * 64)


def test_a_recording_that_cannot_begin_is_said_and_the_window_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").write_text("in the way")
    assert Takes(tmp_path / "folder", provenance).toggle() is False
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")


def test_a_recording_without_a_picture_is_said_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen)
    recordings = Takes(tmp_path, provenance)
    assert recordings.toggle() is True
    assert recordings.toggle() is False
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_an_answer_once_and_an_interruption_the_second_time() -> None:
    before = signal.getsignal(signal.SIGINT)
    with until_interrupted() as interrupted:
        assert not interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_closed_terminal_is_an_answer_however_often_it_is_told() -> None:
    with until_interrupted() as interrupted:
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGHUP)
        assert interrupted()


def test_under_nohup_a_closed_terminal_is_none() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with until_interrupted() as interrupted:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupted()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("camera", "mode", "weights", "said"),
    [
        ("simulated", "by-eye", None, "no mode “by-eye”"),
        ("webcam", "auto-detect", None, "there is no camera or file “webcam”"),
        ("webcam", "by-eye", Path("none.safetensors"), "no mode “by-eye”"),
        ("simulated", "auto-detect", Path("none.safetensors"), "none.safetensors"),
        ("simulated", "auto-detect", None, "no screen"),
    ],
)
def test_a_mistake_is_said_before_a_lack_of_screen(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    camera: str,
    mode: str,
    weights: Path | None,
    said: str,
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("there is always a screen")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(UserError, match=said):
        live_module.live(camera, mode, weights, tmp_path)


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """A virtual screen, as the value for DISPLAY."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        ready, _, _ = select.select([answer], [], [], 30)
        assert ready, "Xvfb does not start"
        yield f":{answer.readline().strip()}"
    server.terminate()
    server.wait()


def python(*words: str, folder: Path, screen: str | None) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own that has `screen`, or none."""
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, *words],
        env=environment | ({"DISPLAY": screen} if screen else {}),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def done_in_the_window(folder: Path, screen: str, *deeds: str) -> dict[str, Any]:
    """What came of deeds in `real_window.py`, each by its name; nothing else may have been said."""
    done = python(str(SCRIPT), str(folder), *deeds, folder=folder, screen=screen)
    assert (done.returncode, done.stderr) == (0, "")
    return {"said": done.stdout, **json.loads(done.stdout.splitlines()[-1])}


@pytest.fixture(scope="module")
def deeds(screen: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("window")
    found = done_in_the_window(folder, screen, "painted", "keys", "closing")
    return {**found, "snapshots": list(folder.glob("snapshot-*.png"))}


def test_the_real_window_shows_each_picture_when_it_is_told(deeds: dict[str, Any]) -> None:
    found = deeds["painted"]
    assert found["read"] == [[number, number] for number in range(1, 13)]
    assert found["same"]
    assert found["size"] == [720, 960, 3]


def test_the_real_window_hears_keys(deeds: dict[str, Any]) -> None:
    found = deeds["keys"]
    assert found["mode"] == "full-frame"
    assert found["frames"] < 600
    assert not found["open"]
    assert len(deeds["snapshots"]) == 1


def test_the_real_window_s_button_ends_the_session(deeds: dict[str, Any]) -> None:
    assert 3 <= deeds["closing"]["frames"] < 600


def test_ctrl_c_ends_window_camera_and_recording(screen: str, tmp_path: Path) -> None:
    found = done_in_the_window(tmp_path, screen, "interrupted")
    assert found["interrupted"]["closed"]
    assert not found["interrupted"]["open"]
    assert found["interrupted"]["frames"] < 600
    (video,) = tmp_path.glob("demo-*.mp4")
    capture = read_capture(video)
    assert capture.seconds >= 0.5
    assert found["said"].count(video.name) == 2


def test_without_a_screen_there_is_one_clear_line_and_no_abort(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from cnnviz.capture.live import live\n"
        "from cnnviz.errors import UserError\n"
        "try:\n    live('simulated', 'auto-detect', None, Path())\n"
        "except UserError as error:\n    print(error)\n"
    )
    done = python("-c", program, folder=tmp_path, screen=None)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no screen" in done.stdout
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.skipif(not WEIGHTS.is_file(), reason="the recognizer's weights are not here")
def test_cards_before_the_simulated_camera_are_recognized() -> None:
    from cnnviz.recognizer.classifier import Classifier
    from cnnviz.recognizer.recognizer import Recognizer

    camera = SimulatedCamera(paced=False)
    recognizer = Recognizer(Classifier())
    named = right = 0
    for shot in range(8):
        for step in range(SHOT_FRAMES - 12, SHOT_FRAMES):
            number = shot * SHOT_FRAMES + step
            seen = recognizer.look(camera.frame(number)).cards
        there = {CLASSES[box.target] for box in camera.photograph_at(number).boxes}
        labels = [card.label for card in seen if card.label is not None]
        named += len(labels)
        right += sum(label in there for label in labels)
    assert named >= 10
    assert right / named >= 0.9
