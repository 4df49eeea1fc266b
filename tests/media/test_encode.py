from __future__ import annotations

import errno
import re
from pathlib import Path

import av
import numpy as np
import pytest

from cnnviz.errors import StudioError, UserError
from cnnviz.media.container import writing_mp4
from cnnviz.media.decode import frame_count, last_frame, read_frames
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.inspect_film import inspect_film
from cnnviz.media.quality import QUALITIES, Quality, quality
from cnnviz.pixels import Picture
from cnnviz.stage_format import TALL, WIDE

SMALL = Quality("small", 320, 180, 30)
PATCHES = (
    (255, 255, 255),
    (0, 0, 0),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (88, 196, 221),
    (255, 255, 0),
    (40, 44, 52),
)


def flat(value: int, size: Quality = SMALL) -> Picture:
    return np.full((size.height, size.width, 3), value, dtype=np.uint8)


def noise(seed: int) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (180, 320, 3), dtype=np.uint8)


def patches() -> Picture:
    """Eight upright stripes, 40 pixels wide."""
    return np.repeat(np.repeat(np.array([PATCHES], np.uint8), 40, axis=1), 180, axis=0)


def ring(centre: float, size: Quality) -> Picture:
    """An anti-aliased pale ring on a dark ground."""
    y, x = np.mgrid[: size.height, : size.width].astype(np.float32)
    distance = np.abs(np.hypot(x - centre, y - size.height / 2) - 200)
    cover = np.clip(3 - distance, 0, 1)[..., None]
    ground, ink = np.array([17, 20, 28]), np.array([236, 230, 226])
    return np.rint(ground + cover * (ink - ground)).astype(np.uint8)


def encode(path: Path, frames: list[Picture], size: Quality = SMALL) -> Path:
    with SegmentEncoder(path, size) as segment:
        for frame in frames:
            segment.write(frame)
    return path


def test_a_segment_has_every_frame_in_order(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [flat(value) for value in range(20, 220, 5)])
    assert frame_count(path) == 40
    shown = [frame.mean() for frame in read_frames(path)]
    assert shown == pytest.approx(list(range(20, 220, 5)), abs=2)


def test_reading_can_begin_and_end_anywhere(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [flat(value) for value in range(20, 220, 5)])
    shown = [frame.mean() for frame in read_frames(path, 17, 20)]
    assert shown == pytest.approx(list(range(105, 205, 5)), abs=2)
    assert last_frame(path).mean() == pytest.approx(215, abs=2)
    with pytest.raises(StudioError, match="no frames"):
        next(read_frames(path, 30, 11))


@pytest.mark.parametrize("frames", [1, 2, 3, 14, 15, 16, 31])
def test_any_number_of_frames_is_kept(tmp_path: Path, frames: int) -> None:
    with SegmentEncoder(tmp_path / "a.mp4", SMALL) as segment:
        segment.write(flat(99), repeat=frames)
        assert segment.frames == frames
    facts = inspect_film(tmp_path / "a.mp4").picture
    assert (facts.frames, facts.constant_rate, facts.start) == (frames, True, 0)
    assert len(list(read_frames(tmp_path / "a.mp4"))) == frames


def test_a_segment_is_what_youtube_asks_for(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [noise(seed) for seed in range(35)])
    facts = inspect_film(path).picture
    assert (facts.codec, facts.profile, facts.pixel_format) == ("h264", "High", "yuv420p")
    assert (facts.width, facts.height, facts.fps) == (320, 180, 30)
    assert facts.bt709
    assert facts.progressive
    assert facts.cabac
    assert facts.b_frames == 2
    assert facts.gops == (15, 15, 5)
    assert facts.closed_gops


def test_colours_are_stored_by_bt709(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [patches()])
    with av.open(str(path)) as film:
        planes = next(film.decode(video=0)).to_ndarray(format="yuv420p")
    red, green, blue = (np.array(PATCHES)[:, i] / 255 for i in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert planes[90, 20:320:40] == pytest.approx(16 + 219 * luma, abs=2)
    cb = planes[180:225].reshape(90, 160)[45, 10:160:20]
    cr = planes[225:].reshape(90, 160)[45, 10:160:20]
    assert cb == pytest.approx(128 + 224 * (blue - luma) / 1.8556, abs=2)
    assert cr == pytest.approx(128 + 224 * (red - luma) / 1.5748, abs=2)


def test_colours_come_back_as_they_were(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [patches()] * 5)
    for frame in read_frames(path):
        shown = frame[90, 20:320:40].astype(int)
        assert np.abs(shown - np.array(PATCHES)).max() <= 3


def test_alpha_is_ignored(tmp_path: Path) -> None:
    opaque = np.dstack([patches(), np.full((180, 320), 255, np.uint8)])
    clear = np.dstack([patches(), np.zeros((180, 320), np.uint8)])
    first = encode(tmp_path / "a.mp4", [opaque, opaque])
    second = encode(tmp_path / "b.mp4", [clear, clear])
    assert first.read_bytes() == second.read_bytes()


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    frames = [noise(seed) for seed in range(40)]
    first = encode(tmp_path / "a.mp4", frames)
    second = encode(tmp_path / "b.mp4", frames)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", QUALITIES)
def test_one_thread_encodes_however_many_processors_there_are(tmp_path: Path, name: str) -> None:
    # With more, the bytes would follow from the machine. x264 writes into its first packet how it
    # was set; a machine with one processor would hide what the stream was asked for.
    picture = quality(name)
    with SegmentEncoder(tmp_path / "a.mp4", picture) as segment:
        segment.write(flat(90, picture))
        assert segment._stream.thread_count == 1
    assert re.findall(rb"[a-z_]*threads=\d+", (tmp_path / "a.mp4").read_bytes()) == [
        b"threads=1",
        b"lookahead_threads=1",
        b"sliced_threads=0",
    ]


def test_a_repeated_frame_is_the_frame_written_again(tmp_path: Path) -> None:
    first = encode(tmp_path / "a.mp4", [patches()] * 20)
    with SegmentEncoder(tmp_path / "b.mp4", SMALL) as segment:
        segment.write(patches(), repeat=20)
    assert (tmp_path / "b.mp4").read_bytes() == first.read_bytes()


def test_an_array_may_be_drawn_on_again_at_once(tmp_path: Path) -> None:
    canvas = flat(0)
    with SegmentEncoder(tmp_path / "a.mp4", SMALL) as segment:
        for value in (50, 100, 150):
            canvas[:] = value
            segment.write(canvas)
    shown = [frame.mean() for frame in read_frames(tmp_path / "a.mp4")]
    assert shown == pytest.approx([50, 100, 150], abs=2)


def test_a_full_hd_drawing_keeps_its_fine_lines(tmp_path: Path) -> None:
    full = quality("full")
    drawn = [ring(700 + 3.7 * step, full) for step in range(8)]
    with SegmentEncoder(tmp_path / "a.mp4", full) as segment:
        for frame in drawn:
            segment.write(frame, repeat=5)
    assert inspect_film(tmp_path / "a.mp4").picture.gops == (30, 10)
    for place, shown in enumerate(read_frames(tmp_path / "a.mp4")):
        error = shown.astype(np.float32) - drawn[place // 5]
        assert 10 * np.log10(255**2 / np.mean(error**2)) >= 45


def test_a_frame_of_another_size_or_type_is_refused(tmp_path: Path) -> None:
    with SegmentEncoder(tmp_path / "a.mp4", SMALL) as segment:
        segment.write(flat(1))
        with pytest.raises(ValueError, match="for a picture of"):
            segment.write(flat(1)[:-2])
        with pytest.raises(ValueError, match="for a picture of"):
            segment.write(flat(1).astype(np.float32))  # type: ignore[arg-type]
    assert frame_count(tmp_path / "a.mp4") == 1


def test_a_segment_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no frames"):
        SegmentEncoder(tmp_path / "a.mp4", SMALL).close()
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_to_a_closed_segment(tmp_path: Path) -> None:
    segment = SegmentEncoder(tmp_path / "a.mp4", SMALL)
    segment.write(flat(1))
    segment.close()
    with pytest.raises(ValueError, match="closed"):
        segment.write(flat(1))
    segment.abandon()
    assert frame_count(tmp_path / "a.mp4") == 1


def test_until_it_is_closed_the_old_file_stays(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [flat(1)])
    before = path.read_bytes()
    segment = SegmentEncoder(path, SMALL)
    segment.write(flat(200), repeat=3)
    assert path.read_bytes() == before
    segment.abandon()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError])
def test_an_interrupted_segment_leaves_no_file(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    def interrupted() -> None:
        with SegmentEncoder(tmp_path / "a.mp4", SMALL) as segment:
            segment.write(noise(1), repeat=40)
            raise failure

    with pytest.raises(failure):
        interrupted()
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_a_frame_is_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(frame: Picture) -> av.VideoFrame:
        raise KeyboardInterrupt

    segment = SegmentEncoder(tmp_path / "a.mp4", SMALL)
    monkeypatch.setattr(segment, "_to_yuv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        segment.write(flat(1))
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_grow_is_a_kind_error_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StudioError):
            encode(tmp_path / "a.mp4", [noise(seed) for seed in range(20)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(frame: Picture) -> av.VideoFrame:
        raise OSError(errno.ENOSPC, "No space left on device")

    segment = SegmentEncoder(tmp_path / "a.mp4", SMALL)
    monkeypatch.setattr(segment, "_to_yuv", full)
    with pytest.raises(StudioError, match="no space left") as error:
        segment.write(flat(1))
    assert error.value.file == tmp_path / "a.mp4"
    assert not list(tmp_path.iterdir())


def test_a_file_that_lost_its_end_is_not_put_in_place(tmp_path: Path) -> None:
    whole = encode(tmp_path / "a.mp4", [noise(1)]).read_bytes()

    def write(name: str, content: bytes) -> None:
        with writing_mp4(tmp_path / name) as temporary:
            temporary.write_bytes(content)

    with pytest.raises(StudioError, match="not written whole"):
        write("b.mp4", whole[:-10])
    write("c.mp4", whole)
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "c.mp4"}


def test_a_segment_cut_short_is_called_damaged(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", [noise(seed) for seed in range(8)])
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StudioError, match="damaged"):
        frame_count(path)
    with pytest.raises(StudioError, match="no such"):
        last_frame(tmp_path / "none.mp4")


@pytest.mark.parametrize("name", list(QUALITIES))
def test_every_quality_can_be_written_and_read(tmp_path: Path, name: str) -> None:
    size = quality(name)
    encode(tmp_path / "a.mp4", [flat(77, size)] * 2, size)
    facts = inspect_film(tmp_path / "a.mp4").picture
    assert (facts.width, facts.height, facts.fps) == (size.width, size.height, size.fps)
    assert np.abs(last_frame(tmp_path / "a.mp4").astype(int) - 77).max() <= 2


def test_qualities_are_found_by_name() -> None:
    full = quality("full")
    assert (full.width, full.height, full.fps, full.gop) == (1920, 1080, 60, 30)
    assert quality("draft").gop == 7
    assert all(each.width % 2 == each.height % 2 == 0 for each in QUALITIES.values())


@pytest.mark.parametrize(
    ("name", "size"), [("draft", (480, 854)), ("full", (1080, 1920)), ("4k", (2160, 3840))]
)
def test_a_tall_quality_is_as_fine_as_the_wide_one(name: str, size: tuple[int, int]) -> None:
    tall = quality(name, TALL)
    assert (tall.width, tall.height, tall.fps) == (*size, quality(name).fps)
    assert tall.in_format(WIDE) == quality(name)


def test_an_unknown_quality_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="draft, preview, full, 4k"):
        quality("hd")
