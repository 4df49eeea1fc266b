from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnviz.errors import UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.audio import decode, level, read_wav, trim_silence, wav_bytes, write_wav

SECOND = SAMPLE_RATE


def dbfs(value: float) -> float:
    return 20 * np.log10(value)


@pytest.fixture
def sound(request):
    return request.getfixturevalue("tone_of_a_second")


@pytest.fixture
def tone_of_a_second():
    return (0.3 * np.sin(np.arange(SECOND) * 0.03)).astype(np.float32)


@pytest.mark.parametrize(
    ("suffix", "kind", "codec", "rate"),
    [
        ("wav", "wav", "pcm_s16le", 44_100),
        ("wav", "wav", "pcm_f32le", 48_000),
        ("mp3", "mp3", "libmp3lame", 24_000),
        ("m4a", "mp4", "aac", 44_100),
        ("ogg", "ogg", "libopus", 48_000),
        ("flac", "flac", "flac", 48_000),
    ],
)
def test_every_usual_kind_of_file_becomes_mono_at_48_khz(tmp_path, suffix, kind, codec, rate):
    tone = (0.3 * np.sin(2 * np.pi * 220 * np.arange(rate) / rate)).astype(np.float32)
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate = rate
        container.mux([*stream.encode(frame), *stream.encode(None)])
    samples = decode(path)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert samples.size == pytest.approx(SECOND, rel=0.08)
    middle = samples[SECOND // 4 : SECOND // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.212, rel=0.05)
    spectrum = np.abs(np.fft.rfft(samples[: SECOND // 2]))
    assert spectrum.argmax() * 2 == pytest.approx(220, abs=3)
    assert np.array_equal(decode(path.read_bytes()), samples)


@pytest.mark.parametrize("content", [b"", b"not sound at all", bytes(5000), b"<html></html>" * 99])
def test_what_is_not_sound_is_named(tmp_path, content):
    path = tmp_path / "opening.hello.mp3"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"opening\.hello\.mp3"):
        decode(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(UserError, match="no such sound file"):
            decode(path)


def test_silence_goes_from_both_ends_and_stays_in_the_middle(tone_of_a_second):
    quiet = np.zeros(SECOND, np.float32)
    samples = np.concatenate([quiet, tone_of_a_second, quiet, tone_of_a_second, quiet])
    trimmed = trim_silence(samples)
    assert trimmed.size / SECOND == pytest.approx(3 + 2 * 0.035, abs=0.01)
    assert np.all(trimmed[int(1.1 * SECOND) : int(1.9 * SECOND)] == 0)


def test_the_noise_of_a_room_counts_as_silence(tone_of_a_second):
    noise = np.random.default_rng(1).normal(0, 0.0008, 3 * SECOND).astype(np.float32)
    noise[SECOND : 2 * SECOND] += tone_of_a_second
    assert trim_silence(noise).size / SECOND == pytest.approx(1.07, abs=0.02)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(SECOND), np.full(SECOND, 1e-6)])
def test_nothing_but_silence_is_trimmed_to_nothing(samples):
    assert trim_silence(samples.astype(np.float32)).size == 0


@pytest.mark.parametrize("gain", [0.003, 0.1, 1.0, 3.0])
def test_loud_and_quiet_speech_come_out_alike(tone_of_a_second, gain):
    quiet = np.zeros(SECOND, np.float32)
    samples = level(np.concatenate([tone_of_a_second, quiet, tone_of_a_second]) * np.float32(gain))
    middle = samples[SECOND // 4 : SECOND * 3 // 4]
    assert dbfs(np.sqrt(np.mean(middle**2))) == pytest.approx(-20, abs=0.3)


def test_a_plosive_is_held_down_without_the_rest_getting_quieter(tone_of_a_second):
    samples = tone_of_a_second.copy()
    samples[SECOND // 2 : SECOND // 2 + 40] = 6.0
    out = level(samples)
    assert dbfs(np.abs(out).max()) <= -0.99
    before = dbfs(np.sqrt(np.mean(out[SECOND // 8 : SECOND // 4] ** 2)))
    assert before > -27


@settings(max_examples=50, deadline=None)
@given(
    arrays.arrays(
        np.float32,
        st.integers(0, 6000),
        elements=st.floats(-4, 4, width=32, allow_nan=False),
        fill=st.just(0),
    )
)
@example(np.array([3e-45, 0], dtype=np.float32))
def test_no_peak_is_ever_above_minus_one_dbfs(samples):
    out = level(samples)
    assert out.size == samples.size
    assert np.all(np.isfinite(out))
    assert np.abs(out).max(initial=0) <= 10 ** (-1 / 20) + 1e-6


def test_a_written_file_reads_back_the_same(tmp_path, tone_of_a_second):
    path = tmp_path / "a.wav"
    write_wav(path, tone_of_a_second)
    assert np.abs(read_wav(path) - tone_of_a_second).max() < 1 / 32767
    assert path.read_bytes() == wav_bytes(tone_of_a_second)
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def test_a_file_of_another_shape_is_refused(tmp_path, tone_of_a_second):
    path = tmp_path / "a.wav"
    at_48_khz, at_44_khz = (rate.to_bytes(4, "little") for rate in (48_000, 44_100))
    path.write_bytes(wav_bytes(tone_of_a_second).replace(at_48_khz, at_44_khz, 1))
    with pytest.raises(UserError, match="48 kHz"):
        read_wav(path)
    path.write_bytes(b"RIFF")
    with pytest.raises(UserError, match="not a wav"):
        read_wav(path)


# --- recordings as recorders make them ------------------------------------------------------------


def speech_like(seconds: float = 1.0) -> np.ndarray:
    """A low voice's first ten overtones, between a second of silence on both sides."""
    time = np.arange(round(seconds * SECOND)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 130 * k * time + k) / k for k in range(1, 11))
    quiet = np.zeros(SECOND)
    return np.concatenate([quiet, 0.1 * voice, quiet]).astype(np.float32)


def an_offset(time):
    return np.full_like(time, 0.01)


def a_drifting_offset(time):
    return 0.01 + 0.005 * time


def hum_at_50_hertz(time):
    return 0.01 * np.sin(2 * np.pi * 50 * time)


def hum_at_60_hertz_with_an_overtone(time):
    return 0.01 * np.sin(2 * np.pi * 60 * time) + 0.002 * np.sin(2 * np.pi * 120 * time)


@pytest.mark.parametrize(
    "disturbance", [an_offset, a_drifting_offset, hum_at_50_hertz, hum_at_60_hertz_with_an_overtone]
)
def test_neither_an_offset_nor_hum_is_heard_as_sound(disturbance):
    clean = speech_like()
    time = np.arange(clean.size) / SAMPLE_RATE
    disturbed = (clean + disturbance(time)).astype(np.float32)
    assert trim_silence(clean).size == pytest.approx(1.06 * SECOND, abs=0.02 * SECOND)
    assert trim_silence(disturbed).size == pytest.approx(
        trim_silence(clean).size, abs=0.04 * SECOND
    )


def float_wav(path, channels):
    with av.open(str(path), "w", format="wav") as container:
        layout = "stereo" if len(channels) == 2 else "mono"
        stream = container.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(channels, np.float32), format="fltp", layout=layout
        )
        frame.sample_rate = SAMPLE_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


@pytest.mark.parametrize("wild", [np.inf, -np.inf, np.nan, 1e30, -1e4])
def test_one_wild_sample_is_silence_and_the_rest_is_heard(tmp_path, wild):
    spoken = speech_like()
    spoken[2000] = wild
    samples = decode(float_wav(tmp_path / "a.wav", [spoken]))
    assert samples[2000] == 0
    assert np.abs(samples).max() < 1
    assert trim_silence(samples).size == pytest.approx(1.06 * SECOND, abs=0.02 * SECOND)


def test_a_file_that_counts_in_another_unit_is_heard_whole(tmp_path):
    spoken = speech_like()
    loud = decode(float_wav(tmp_path / "a.wav", [spoken * 32767]))
    assert np.allclose(loud, spoken * 32767, rtol=1e-5)


@pytest.mark.parametrize("right", [-1.0, -0.8, 0.0, 1.0])
def test_channels_do_not_take_the_voice_away_from_each_other(tmp_path, right):
    spoken = speech_like()
    samples = decode(float_wav(tmp_path / "a.wav", [spoken, right * spoken]))
    assert np.abs(samples).max() > 0.4 * np.abs(spoken).max()
    assert trim_silence(samples).size == pytest.approx(1.06 * SECOND, abs=0.02 * SECOND)
