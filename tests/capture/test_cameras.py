from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from cnnviz.capture import camera
from cnnviz.capture.camera import open_camera
from cnnviz.errors import StudioError, UserError
from cnnviz.pixels import Picture
from cnnviz.recognizer import frames
from cnnviz.recognizer.frames import Pace, fitted

NO_SUCH_CAMERA = "97"


def grey(level: int, width: int = 320, height: int = 240) -> Picture:
    return np.full((height, width, 3), level, np.uint8)


def write_video(path: Path, count: int, fps: float = 25, code: str = "mp4v") -> Path:
    """A video whose frames grow brighter by four levels each."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), fps, (320, 240))
    for number in range(count):
        writer.write(grey(20 + 4 * number))
    writer.release()
    return path


def levels(source: camera.Camera) -> list[int]:
    found = []
    while (frame := source.read()) is not None:
        found.append(round(float(frame.mean())))
    return found


@pytest.mark.parametrize(
    "size", [(1280, 720), (720, 1280), (320, 240), (641, 480), (640, 481), (1, 7)]
)
def test_a_picture_of_any_size_is_fitted_into_the_frame(size: tuple[int, int]) -> None:
    assert fitted(np.zeros((size[1], size[0], 3), np.uint8)).shape == (480, 640, 3)


def test_a_wide_picture_keeps_its_middle_and_its_proportions() -> None:
    wide = np.zeros((720, 1280, 3), np.uint8)
    cv2.circle(wide, (640, 360), 300, (255, 255, 255), -1)
    inside = fitted(wide)[..., 0] > 127
    assert inside.any(axis=0).sum() == pytest.approx(400, abs=2)
    assert inside.any(axis=1).sum() == pytest.approx(400, abs=2)
    assert np.flatnonzero(inside.any(axis=0)).mean() == pytest.approx(319.5, abs=1)


def test_a_picture_of_the_right_size_stays_as_it_is() -> None:
    picture = grey(3, 640, 480)
    assert fitted(picture) is picture


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(frames, "time", clock)
    return clock


def passed(clock: Clock, pace: Pace, works: list[float]) -> list[float]:
    """When pictures came, if reading each is followed by that much work."""
    times = []
    for work in works:
        pace.wait()
        times.append(clock.now)
        clock.now += work
    return times


def test_pictures_pass_at_their_rate_however_long_work_takes_in_between(clock: Clock) -> None:
    times = passed(clock, Pace(10), [0.01, 0.09, 0.05, 0.0, 0.02])
    assert np.diff(times) == pytest.approx([0.1] * 4)


def test_one_late_picture_does_not_move_the_others(clock: Clock) -> None:
    times = passed(clock, Pace(10), [0.15, 0.0, 0.0])
    assert times == pytest.approx([100.0, 100.15, 100.2])


def test_after_a_pause_pictures_do_not_come_in_a_rush(clock: Clock) -> None:
    times = passed(clock, Pace(10), [5.0, 0.0, 0.0, 0.0])
    assert np.diff(times) == pytest.approx([5.0, 0.1, 0.1])


def test_a_video_gives_its_frames_in_order_and_then_none(tmp_path: Path) -> None:
    source = open_camera(str(write_video(tmp_path / "clip.mp4", 30)), paced=False)
    found = levels(source)
    assert len(found) == 30
    assert found == sorted(set(found))
    assert source.read() is None
    source.close()


def test_a_video_says_what_it_is(tmp_path: Path) -> None:
    source = open_camera(str(write_video(tmp_path / "clip.mp4", 3, fps=12)), paced=False)
    assert (source.name, source.simulated, source.credit, source.fps) == (
        "clip.mp4",
        False,
        None,
        12,
    )
    source.close()


def test_a_video_is_played_at_its_own_rate(tmp_path: Path, clock: Clock) -> None:
    source = open_camera(str(write_video(tmp_path / "clip.mp4", 13, fps=12)))
    assert len(levels(source)) == 13
    assert clock.now == pytest.approx(101.0)
    source.close()


def test_a_video_that_breaks_off_ends_there(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", 40, code="MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = open_camera(str(path), paced=False)
    assert 5 < len(levels(source)) < 35
    source.close()


def write_by_libav(path: Path, codec: str, count: int, fps: int = 12) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(grey(20 + 4 * number), "bgr24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


@pytest.mark.parametrize("codec", ["libsvtav1", "libvpx-vp9", "libx264"])
def test_a_video_is_played_however_it_is_coded(tmp_path: Path, codec: str) -> None:
    source = open_camera(str(write_by_libav(tmp_path / "clip.mp4", codec, 15)), paced=False)
    assert source.fps == 12
    found = levels(source)
    assert len(found) == 15
    assert found == sorted(set(found))
    source.close()


def test_a_video_that_opencv_cannot_decode_ends_where_it_breaks_off(tmp_path: Path) -> None:
    path = write_by_libav(tmp_path / "clip.mkv", "libsvtav1", 40)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = open_camera(str(path), paced=False)
    assert 0 < len(levels(source)) < 40
    source.close()


@pytest.mark.parametrize("name", ["10:30.mp4", "-i.mp4", "http:x.mp4", "data:a.mp4", "a%02d.mp4"])
def test_a_name_is_a_name_whatever_ffmpeg_would_make_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_video(tmp_path / "clip.mp4", 5).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    source = open_camera(name, paced=False)
    assert len(levels(source)) == 5
    source.close()


def test_a_video_that_is_a_mere_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "line.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 2))
    writer.write(np.zeros((2, 640, 3), np.uint8))
    writer.release()
    with pytest.raises(UserError, match=r"line\.avi: a picture of 640×2 pixels is too narrow"):
        open_camera(str(path))


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no camera or file “.*gone.mp4” — .*simulated"):
        open_camera(str(tmp_path / "gone.mp4"))


@pytest.mark.parametrize("which", ["-1", "100", "webcam", ""])
def test_a_word_that_is_no_camera_is_one_clear_error(which: str) -> None:
    with pytest.raises(UserError, match="there is no camera or file"):
        open_camera(which)


@pytest.mark.parametrize("content", [b"", b"no video at all\n" * 100])
def test_a_file_that_is_no_video_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.mp4"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"notes\.mp4: not a video"):
        open_camera(str(path))


def test_a_video_without_its_index_is_no_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", 30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=r"clip\.mp4: not a video"):
        open_camera(str(path))


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "card.jpg"
    cv2.imwrite(str(path), grey(9))
    with pytest.raises(UserError, match=r"card\.jpg: a picture, where a video"):
        open_camera(str(path))


def test_a_camera_that_is_not_there_is_named_with_a_way_out() -> None:
    with pytest.raises(UserError, match=r"no camera 97 — .*--camera simulated"):
        open_camera(NO_SUCH_CAMERA)


def test_what_fails_is_said_by_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    program = f"""
from cnnviz.capture.camera import open_camera
from cnnviz.errors import UserError
for which in ("{NO_SUCH_CAMERA}", "notes.mp4"):
    try:
        open_camera(which)
    except UserError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 2


class FakeCapture:
    """OpenCV's VideoCapture of a camera whose reading succeeds or fails as told."""

    opens = True
    rate = 30.0

    def __init__(self, pictures: list[Picture | None]) -> None:
        self.pictures = pictures
        self.asked: dict[int, float] = {}
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, what: int, value: float) -> bool:
        self.asked[what] = value
        return True

    def get(self, what: int) -> float:
        return self.rate

    def read(self) -> tuple[bool, Picture | None]:
        picture = self.pictures.pop(0) if self.pictures else None
        return picture is not None, picture

    def release(self) -> None:
        self.released = True


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> FakeCapture:
    fake = FakeCapture([])
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: fake)
    monkeypatch.setattr(camera.time, "sleep", lambda seconds: None)
    return fake


def test_a_camera_is_asked_for_the_frame_it_should_give(capture: FakeCapture) -> None:
    capture.pictures = [grey(1, 640, 480)]
    open_camera("0")
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 480
    assert capture.asked[cv2.CAP_PROP_FPS] == 30


def test_a_camera_that_gives_other_sizes_is_fitted(capture: FakeCapture) -> None:
    capture.pictures = [grey(1, 1280, 720), grey(7, 1280, 720)]
    frame = open_camera("0").read()
    assert frame is not None
    assert (frame.shape, int(frame.max())) == ((480, 640, 3), 7)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), 1e6])
def test_a_camera_that_tells_no_sensible_rate_has_the_usual_one(
    capture: FakeCapture, rate: float
) -> None:
    capture.pictures = [grey(1)]
    capture.rate = rate
    assert open_camera("0").fps == 30


def test_a_camera_that_stumbles_goes_on(capture: FakeCapture) -> None:
    capture.pictures = [grey(1), None, None, grey(5)]
    frame = open_camera("0").read()
    assert frame is not None
    assert int(frame.max()) == 5


def test_a_camera_that_is_lost_is_a_failure_and_not_the_users_mistake(
    capture: FakeCapture,
) -> None:
    capture.pictures = [grey(1), grey(2)]
    source = open_camera("3")
    source.read()
    with pytest.raises(StudioError, match="camera 3 was lost") as raised:
        source.read()
    assert raised.value.exit_code == 1


def test_a_camera_without_pictures_is_released_and_said(capture: FakeCapture) -> None:
    with pytest.raises(UserError, match=r"camera 0 gives no picture — .*simulated"):
        open_camera("0")
    assert capture.released


def test_a_closed_camera_is_released(capture: FakeCapture) -> None:
    capture.pictures = [grey(1)]
    source = open_camera("0")
    assert not capture.released
    source.close()
    assert capture.released


def test_the_simulated_camera_is_opened_by_its_name() -> None:
    source = open_camera("simulated", paced=False)
    frame = source.read()
    assert source.simulated
    assert frame is not None
    assert frame.shape == (480, 640, 3)
