from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest

from cnnviz.errors import StudioError
from cnnviz.media.decode import read_frames
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.inspect_film import inspect_film
from cnnviz.media.join import Piece, join
from cnnviz.media.quality import Quality
from cnnviz.media.wav import read_wav, write_wav
from cnnviz.samples import SAMPLE_RATE

SMALL = Quality("small", 320, 180, 30)
FRAME = SAMPLE_RATE // SMALL.fps


def segment(path: Path, values: Iterable[int], size: Quality = SMALL) -> Path:
    """A segment of grey frames, each of one value."""
    with SegmentEncoder(path, size) as encoder:
        for value in values:
            encoder.write(np.full((size.height, size.width, 3), value, dtype=np.uint8))
    return path


def noisy_segment(path: Path, frames: int) -> Path:
    rng = np.random.default_rng(frames)
    with SegmentEncoder(path, SMALL) as encoder:
        for _ in range(frames):
            encoder.write(rng.integers(0, 256, (180, 320, 3), dtype=np.uint8))
    return path


def greys(path: Path) -> list[float]:
    return [float(frame.mean()) for frame in read_frames(path)]


def clicks(path: Path, seconds: float, at_frames: Iterable[int]) -> Path:
    """A WAV file, silent but for a short click at the beginning of some frames."""
    sound = np.zeros((round(seconds * SAMPLE_RATE), 2), dtype=np.float32)
    for frame in at_frames:
        sound[frame * FRAME, :] = 0.8
    write_wav(path, sound)
    return path


def heard_by_pyav(path: Path) -> npt.NDArray[np.float32]:
    with av.open(str(path)) as film:
        blocks = [frame.to_ndarray() for frame in film.decode(audio=0)]
    return np.concatenate(blocks, axis=1).T.astype(np.float32)


def heard_by_ffmpeg(path: Path) -> npt.NDArray[np.float32]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    sound = subprocess.run([*command, "-f", "f32le", "-"], check=True, capture_output=True)
    return np.frombuffer(sound.stdout, dtype="<f4").reshape(-1, 2)


@pytest.fixture
def pieces(tmp_path: Path) -> list[Piece]:
    return [
        Piece(segment(tmp_path / "a.mp4", range(20, 67))),
        Piece(segment(tmp_path / "b.mp4", range(100, 131))),
        Piece(segment(tmp_path / "c.mp4", [180])),
        Piece(segment(tmp_path / "d.mp4", [200, 210])),
    ]


def test_a_film_has_every_frame_of_its_pieces_in_order(tmp_path: Path, pieces: list[Piece]) -> None:
    frames = join(pieces, None, tmp_path / "film.mp4", SMALL)
    assert frames == 47 + 31 + 1 + 2
    expected = [*range(20, 67), *range(100, 131), 180, 200, 210]
    assert greys(tmp_path / "film.mp4") == pytest.approx(expected, abs=2)


def test_a_skipped_gop_is_left_out_and_the_rest_moves_up(
    tmp_path: Path, pieces: list[Piece]
) -> None:
    chosen = [pieces[2], Piece(pieces[1].path, skip_frames=15), Piece(pieces[0].path, 30)]
    frames = join(chosen, None, tmp_path / "film.mp4", SMALL)
    assert frames == 1 + 16 + 17
    expected = [180, *range(115, 131), *range(50, 67)]
    assert greys(tmp_path / "film.mp4") == pytest.approx(expected, abs=2)
    assert inspect_film(tmp_path / "film.mp4").picture.constant_rate


def test_a_piece_no_longer_than_its_skip_is_left_out(tmp_path: Path, pieces: list[Piece]) -> None:
    chosen = [pieces[2], Piece(pieces[3].path, 15), pieces[3]]
    assert join(chosen, None, tmp_path / "film.mp4", SMALL) == 3
    assert greys(tmp_path / "film.mp4") == pytest.approx([180, 200, 210], abs=2)


def test_a_skip_within_a_gop_is_refused(tmp_path: Path, pieces: list[Piece]) -> None:
    with pytest.raises(ValueError, match="whole GOPs of 15"):
        join([Piece(pieces[0].path, 10)], None, tmp_path / "film.mp4", SMALL)
    with pytest.raises(ValueError, match="nothing to join"):
        join([], None, tmp_path / "film.mp4", SMALL)


def test_a_film_is_laid_out_as_youtube_asks(tmp_path: Path, pieces: list[Piece]) -> None:
    sound = clicks(tmp_path / "sound.wav", 3, [20])
    join([*pieces, Piece(pieces[0].path, 15)], sound, tmp_path / "film.mp4", SMALL, title="ছবি")
    facts = inspect_film(tmp_path / "film.mp4")
    assert facts.moov_first
    assert facts.edit_lists == 0
    assert facts.title == "ছবি"
    assert facts.picture.start == 0
    assert facts.picture.fps == 30
    assert facts.picture.constant_rate
    assert facts.picture.b_frames == 2
    assert facts.picture.closed_gops
    assert facts.picture.gops == (15, 15, 15, 2, 15, 15, 1, 1, 2, 15, 15, 2)
    assert facts.picture.bt709
    assert facts.sound is not None
    assert (facts.sound.codec, facts.sound.profile) == ("aac", "LC")
    assert (facts.sound.rate, facts.sound.channels, facts.sound.start) == (48_000, 2, 0)


@pytest.mark.parametrize("fps", [15, 60])
@pytest.mark.parametrize("seconds", [0.2, 5.0])
def test_picture_and_sound_are_of_one_length(tmp_path: Path, fps: int, seconds: float) -> None:
    size = Quality("small", 320, 180, fps)
    piece = Piece(segment(tmp_path / "a.mp4", range(30, 53), size))
    sound = clicks(tmp_path / "sound.wav", seconds, [])
    join([piece], sound, tmp_path / "film.mp4", size)
    facts = inspect_film(tmp_path / "film.mp4")
    assert facts.sound is not None
    assert facts.picture.duration * fps == 23
    assert facts.sound.duration == facts.picture.duration


def test_a_click_is_heard_when_its_frame_is_shown(tmp_path: Path) -> None:
    at_frames = [7, 30, 61, 100]
    flashes = [250 if frame in at_frames else 20 for frame in range(110)]
    parts = [
        Piece(segment(tmp_path / "a.mp4", flashes[:37])),
        Piece(segment(tmp_path / "b.mp4", [0] * 15 + flashes[37:]), skip_frames=15),
    ]
    sound = clicks(tmp_path / "sound.wav", 4, at_frames)
    film = tmp_path / "film.mp4"
    assert join(parts, sound, film, SMALL) == 110

    shown = [place for place, grey in enumerate(greys(film)) if grey > 128]
    assert shown == at_frames
    for heard in (heard_by_pyav(film), heard_by_ffmpeg(film)):
        assert abs(len(heard) - 110 * FRAME) <= 1024
        for frame in at_frames:
            around = np.abs(heard[(frame - 1) * FRAME : (frame + 1) * FRAME, 0])
            assert abs(int(around.argmax()) - FRAME) <= 1


def test_sound_keeps_its_level_in_both_channels(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(2 * SAMPLE_RATE) * 2 * np.pi * 440 / SAMPLE_RATE)
    write_wav(tmp_path / "mono.wav", tone.astype(np.float32))
    piece = Piece(segment(tmp_path / "a.mp4", [50] * 60))
    join([piece], tmp_path / "mono.wav", tmp_path / "film.mp4", SMALL)
    heard = heard_by_pyav(tmp_path / "film.mp4")[4096:-4096]
    assert heard.std(axis=0) == pytest.approx([tone.std()] * 2, rel=0.01)
    assert np.abs(heard - tone[4096 : 4096 + len(heard), None]).max() < 0.02


def test_the_same_pieces_give_the_same_bytes(tmp_path: Path, pieces: list[Piece]) -> None:
    sound = clicks(tmp_path / "sound.wav", 1, [5])
    for name in ("one.mp4", "two.mp4"):
        join(pieces, sound, tmp_path / name, SMALL, title="a", metadata={"comment": "b"})
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_film_can_be_joined_again(tmp_path: Path, pieces: list[Piece]) -> None:
    join(pieces[:2], None, tmp_path / "scene.mp4", SMALL)
    frames = join([pieces[2], Piece(tmp_path / "scene.mp4")], None, tmp_path / "film.mp4", SMALL)
    assert frames == 79
    expected = [180, *range(20, 67), *range(100, 131)]
    assert greys(tmp_path / "film.mp4") == pytest.approx(expected, abs=2)


def test_a_segment_encoded_otherwise_is_refused(tmp_path: Path, pieces: list[Piece]) -> None:
    other = segment(tmp_path / "other.mp4", [1, 2], Quality("other", 640, 360, 30))
    with pytest.raises(StudioError, match="encoded unlike") as error:
        join([pieces[0], Piece(other)], None, tmp_path / "film.mp4", SMALL)
    assert error.value.file == other
    assert not (tmp_path / "film.mp4").exists()


def test_a_damaged_segment_is_named(tmp_path: Path, pieces: list[Piece]) -> None:
    bad = tmp_path / "bad.mp4"
    join([Piece(noisy_segment(tmp_path / "good.mp4", 40))], None, bad, SMALL)
    bad.write_bytes(bad.read_bytes()[:-300_000])  # the index stands first and is whole
    with pytest.raises(StudioError, match="damaged") as error:
        join([pieces[0], Piece(bad)], None, tmp_path / "film.mp4", SMALL)
    assert error.value.file == bad
    with pytest.raises(StudioError, match="no such"):
        join([Piece(tmp_path / "none.mp4")], None, tmp_path / "film.mp4", SMALL)
    assert not (tmp_path / "film.mp4").exists()


def test_a_film_that_cannot_grow_is_a_kind_error_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    piece = Piece(noisy_segment(tmp_path / "a.mp4", 40))
    out = tmp_path / "out"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(StudioError) as error:
            join([piece], None, out / "film.mp4", SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.value.file == out / "film.mp4"
    assert not list(out.iterdir())


def test_an_interrupted_join_leaves_the_old_film(
    tmp_path: Path, pieces: list[Piece], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "film.mp4"
    join(pieces[:1], None, out, SMALL)
    before = out.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnviz.media.join._decoding_time", interrupted)
    with pytest.raises(KeyboardInterrupt):
        join(pieces, clicks(tmp_path / "s.wav", 1, []), out, SMALL)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_a_sound_at_another_rate_is_refused(tmp_path: Path) -> None:
    from scipy.io import wavfile

    wavfile.write(tmp_path / "slow.wav", 22_050, np.zeros(100, np.int16))
    with pytest.raises(StudioError, match="22050 samples a second"):
        read_wav(tmp_path / "slow.wav")
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(StudioError, match="not a readable WAV"):
        read_wav(tmp_path / "text.wav")


@pytest.mark.parametrize(
    ("kind", "full"), [("int16", 2**15), ("int32", 2**31), ("float32", 1), ("uint8", 2**7)]
)
def test_every_kind_of_samples_is_read_at_one_scale(tmp_path: Path, kind: str, full: int) -> None:
    from scipy.io import wavfile

    wave = np.array([0.0, 0.5, -0.5, 0.25])
    offset = full if kind == "uint8" else 0
    wavfile.write(tmp_path / "a.wav", SAMPLE_RATE, (wave * full + offset).astype(kind))
    assert read_wav(tmp_path / "a.wav")[:, 0] == pytest.approx(wave)


def test_samples_of_24_bits_and_strange_chunks_are_read(tmp_path: Path) -> None:
    values = [0, 1 << 22, -(1 << 22), -(1 << 23)]
    data = b"".join(value.to_bytes(3, "little", signed=True) for value in values)
    form = struct.pack("<HHIIHH", 0xFFFE, 2, SAMPLE_RATE, SAMPLE_RATE * 6, 6, 24)
    extended = form + struct.pack("<HHIH14x", 22, 24, 3, 1)
    chunks = b"WAVE" + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in [(b"LIST", b"odd"), (b"fmt ", extended), (b"data", data)]
    )
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    assert read_wav(path).tolist() == [[0, 0.5], [-0.5, -1]]
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(StudioError, match="not a readable WAV"):
        read_wav(path)


def test_our_files_are_read_by_others(tmp_path: Path) -> None:
    from scipy.io import wavfile

    wide = np.random.default_rng(0).normal(0, 0.2, (1000, 2)).astype(np.float32)
    for samples in (wide, wide[:, 0]):
        write_wav(tmp_path / "a.wav", samples)
        rate, read = wavfile.read(tmp_path / "a.wav")
        assert rate == SAMPLE_RATE
        assert (read == samples).all()
