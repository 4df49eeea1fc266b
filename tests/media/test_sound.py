from __future__ import annotations

import math
import re
import subprocess
import tracemalloc
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from cnnviz.errors import StudioError
from cnnviz.media import sound
from cnnviz.media.chime import chime
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.join import Piece, join
from cnnviz.media.loudness import measure
from cnnviz.media.mix import Clip, mix
from cnnviz.media.quality import Quality
from cnnviz.media.sound import normalise
from cnnviz.media.wav import read_wav, write_wav
from cnnviz.samples import SAMPLE_RATE, Samples


def tone(seconds: float, level: float = 0.5, hertz: float = 1000) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def speech(seconds: float, level: float, sharpness: float = 0.0) -> Samples:
    """Something with the rhythm of speech: a buzz in syllables with hard onsets.

    At sharpness 1 its waves are pulses, which stand as far above their loudness as can be.
    """
    rng = np.random.default_rng(5)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phases = (1 - sharpness) * rng.uniform(0, 2 * np.pi, 30)
    buzz = sum(np.cos(2 * np.pi * 110 * n * time + phases[n]) / n for n in range(1, 30))
    loudness = np.repeat(rng.uniform(0.3, 1, math.ceil(seconds * 5)), SAMPLE_RATE // 5)
    syllable = np.exp(-2 * ((time * 5) % 1)) * loudness[: len(time)]
    pauses = (time % 4) < 3
    voice = buzz * syllable * pauses
    return (level * voice / np.abs(voice).max()).astype(np.float32)


def stereo(samples: Samples) -> Samples:
    return np.repeat(samples[:, None], 2, axis=1)


def test_clips_stand_at_their_samples_in_both_channels(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(0.1))
    track = mix([Clip(tmp_path / "a.wav", 1000), Clip(tone(0.1, 0.25), 20_000)], 30_000)
    assert track.shape == (30_000, 2)
    assert track.dtype == np.float32
    assert not track[:1000].any()
    assert not track[5800:20_000].any()
    assert (track[:, 0] == track[:, 1]).all()
    assert track[1240:5560, 0] == pytest.approx(tone(0.1)[240:4560])
    assert np.abs(track[20_000:24_800]).max() == pytest.approx(0.25, abs=0.01)


def test_clips_that_meet_are_added(tmp_path: Path) -> None:
    track = mix([Clip(tone(1, 0.2), 0), Clip(tone(1, 0.3), 0)], SAMPLE_RATE)
    assert track[1000:-1000, 0] == pytest.approx(tone(1, 0.5)[1000:-1000], abs=1e-6)


def test_clips_begin_and_end_without_a_click() -> None:
    constant = np.full(SAMPLE_RATE, 0.5, dtype=np.float32)
    track = mix([Clip(constant, 100)], 2 * SAMPLE_RATE)
    assert np.abs(np.diff(track[:, 0])).max() < 0.005
    cut = mix([Clip(constant, 100)], SAMPLE_RATE // 2)
    assert abs(cut[-1, 0]) < 0.005


def test_a_clip_past_the_end_is_cut_and_one_before_the_start_refused() -> None:
    assert not mix([Clip(tone(1), 5000)], 4000).any()
    assert mix([], 10).shape == (10, 2)
    assert mix([Clip(tone(0.0001), 3)], 100).shape == (100, 2)
    with pytest.raises(ValueError, match="begins at sample -1"):
        mix([Clip(tone(1), -1)], 4000)


def test_clips_in_stereo_stay_so_and_others_take_the_room_of_one_channel() -> None:
    mono = tone(0.1, 0.2)
    alone = mix([Clip(mono, 0)], 9600)
    assert np.shares_memory(alone[:, 0], alone[:, 1])
    wide = np.stack((tone(0.1, 0.3), tone(0.1, 0.1)), axis=1)
    both = mix([Clip(mono, 0), Clip(wide, 4800)], 9600)
    assert (both[:4800] == alone[:4800]).all()
    assert both[5040:9360] == pytest.approx(wide[240:4560])


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no such") as error:
        mix([Clip(tmp_path / "none.wav", 0)], 10)
    assert error.value.file == tmp_path / "none.wav"
    with pytest.raises(StudioError, match="no sound"):
        measure(tmp_path / "none.wav")


def test_a_known_tone_has_its_known_loudness() -> None:
    # EBU Tech 3341: a stereo sine of 1 kHz at −23 dBFS is −23 LUFS.
    loudness = measure(stereo(tone(20, 10 ** (-23 / 20))))
    assert loudness.integrated == pytest.approx(-23, abs=0.1)
    assert loudness.true_peak == pytest.approx(-23, abs=0.3)


@pytest.mark.parametrize("seconds", [0.3, 0.4, 0.45, 3.0, 12.34567])
@pytest.mark.parametrize("level", [0.01, 0.3])
def test_loudness_is_measured_as_the_meter_does(seconds: float, level: float) -> None:
    mono = speech(12.34567, level, 0.5)[: round(seconds * SAMPLE_RATE), None]
    wide = np.concatenate((mono, 0.3 * mono[::-1]), axis=1)
    for samples in (mono, wide, stereo(mono[:, 0])):
        loudness = measure(samples)
        integrated = sound._integrated(sound._power(samples))
        assert integrated == pytest.approx(loudness.integrated, abs=0.05)
        # The meter tells peaks in thousandths.
        peak = 10 ** (loudness.true_peak / 20)
        assert sound._peaks(samples).max() == pytest.approx(peak, abs=0.001)


def test_the_gain_is_in_time_for_every_peak() -> None:
    peaks = np.random.default_rng(3).gamma(1, 0.4, 5000).astype(np.float32)
    for reach in sound._REACHES:
        gains = sound._gains(peaks, reach)
        # At the beginning of a step, and at its end, where the next one begins.
        highest = np.maximum(gains[:-1], gains[1:]) * peaks[:-1]
        assert highest.max() <= 10 ** (-1.5 / 20) * 1.0001
        assert gains.max() <= 1


def test_peaks_between_the_samples_are_counted() -> None:
    quarter = np.sin(np.arange(SAMPLE_RATE) * np.pi / 2 + np.pi / 4).astype(np.float32)
    assert np.abs(quarter).max() < 0.71
    track = mix([Clip(quarter, 0)], SAMPLE_RATE)
    assert measure(track).true_peak == pytest.approx(0, abs=0.3)


def test_one_channel_is_measured_as_it_will_be_heard(tmp_path: Path) -> None:
    mono = speech(5, 0.5)
    write_wav(tmp_path / "mono.wav", mono)
    expected = measure(stereo(mono)).integrated
    assert measure(mono).integrated == pytest.approx(expected, abs=0.01)
    assert measure(tmp_path / "mono.wav").integrated == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("level", [0.02, 1.0])
@pytest.mark.parametrize("sharpness", [0.0, 1.0])
def test_speech_comes_out_at_youtubes_loudness(level: float, sharpness: float) -> None:
    track = mix([Clip(speech(12, level, sharpness), 4800)], 13 * SAMPLE_RATE)
    loudness = measure(normalise(track))
    assert loudness.integrated == pytest.approx(-14, abs=0.2)
    assert loudness.true_peak <= -1.4


def test_stereo_comes_out_at_youtubes_loudness_and_keeps_its_balance() -> None:
    mono = speech(12, 0.9)
    result = normalise(np.stack((mono, 0.5 * mono), axis=1))
    loudness = measure(result)
    assert loudness.integrated == pytest.approx(-14, abs=0.1)
    assert loudness.true_peak <= -1.4
    assert result[:, 1] == pytest.approx(result[:, 0] / 2, abs=1e-6)


def test_a_films_sound_takes_the_room_of_few_tracks() -> None:
    track = mix([Clip(speech(12, 0.9), at * 12 * SAMPLE_RATE) for at in range(5)], 60 * SAMPLE_RATE)
    tracemalloc.start()
    normalise(track)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert highest < 2 * 4 * len(track)


def test_the_film_itself_is_within_half_a_unit_and_below_minus_one(tmp_path: Path) -> None:
    small = Quality("small", 320, 180, 30)
    with SegmentEncoder(tmp_path / "a.mp4", small) as segment:
        segment.write(np.zeros((180, 320, 3), np.uint8), repeat=360)
    write_wav(tmp_path / "a.wav", normalise(stereo(speech(12, 0.4))))
    join([Piece(tmp_path / "a.mp4")], tmp_path / "a.wav", tmp_path / "film.mp4", small)
    loudness = measure(tmp_path / "film.mp4")
    assert loudness.integrated == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak <= -1
    # And so says another ffmpeg than the one that measured.
    said = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(tmp_path / "film.mp4")),
            *("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    integrated = re.search(r"I:\s+(\S+) LUFS", said)
    peak = re.search(r"Peak:\s+(\S+) dBFS", said)
    assert integrated is not None
    assert peak is not None
    assert float(integrated[1]) == pytest.approx(-14, abs=0.5)
    assert float(peak[1]) <= -1


def test_sound_that_needs_only_a_gain_gets_only_a_gain() -> None:
    quiet = stereo(tone(5, 0.01, 300) + tone(5, 0.01, 700))
    loud = normalise(quiet)
    factor = loud[1234, 0] / quiet[1234, 0]
    assert loud == pytest.approx(quiet * factor, abs=1e-6)
    assert measure(loud).integrated == pytest.approx(-14, abs=0.1)


def test_a_single_bang_does_not_make_the_rest_quiet() -> None:
    track = stereo(tone(10, 0.05))
    track[5 * SAMPLE_RATE] = 1.0
    result = normalise(track)
    assert measure(result).true_peak <= -1.4
    early, near = result[:SAMPLE_RATE], result[5 * SAMPLE_RATE + 2400 : 5 * SAMPLE_RATE + 9600]
    assert near.std() == pytest.approx(early.std(), rel=0.1)


def test_silence_stays_silence() -> None:
    assert not normalise(np.zeros((3 * SAMPLE_RATE, 2), np.float32)).any()
    silence = measure(np.zeros((3 * SAMPLE_RATE, 2), np.float32))
    assert silence.integrated == silence.true_peak == -math.inf


@pytest.mark.parametrize("count", [0, 1, 100, 5000, 20_000])
def test_sound_too_short_to_have_a_loudness_is_only_kept_from_clipping(count: int) -> None:
    result = normalise(np.full((count, 2), 1.2, dtype=np.float32))
    assert result.shape == (count, 2)
    assert np.abs(result).max(initial=0) <= 1


def test_the_same_sound_gives_the_same_samples() -> None:
    track = stereo(speech(4, 1.0))
    assert (normalise(track) == normalise(track)).all()


def test_samples_come_back_from_a_file_as_they_went_in(tmp_path: Path) -> None:
    track = stereo(speech(1, 0.7))
    write_wav(tmp_path / "a.wav", track)
    assert (read_wav(tmp_path / "a.wav") == track).all()
    assert read_wav(tmp_path / "a.wav").shape == (SAMPLE_RATE, 1)  # both channels are the same
    track[5, 0] = 0.123
    write_wav(tmp_path / "a.wav", track)
    assert (read_wav(tmp_path / "a.wav") == track).all()
    write_wav(tmp_path / "a.wav", track[:0])
    assert read_wav(tmp_path / "a.wav").size == 0


def test_the_chime_is_soft_and_ends_in_silence() -> None:
    bell = chime()
    assert len(bell) == 38_400
    assert 20 * np.log10(np.sqrt(np.mean(bell**2))) == pytest.approx(-30, abs=0.01)
    assert np.abs(bell).max() < 0.25
    assert abs(bell[0]) < 1e-3
    assert abs(bell[-1]) < 1e-3
    assert (bell == chime()).all()
