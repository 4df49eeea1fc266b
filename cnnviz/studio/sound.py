"""The film's one sound track: clips laid on a time line, brought to the loudness of YouTube.

Loudness is measured by the EBU R 128 filter of libav. Speech whose peaks stand too far above its
loudness is compressed gently first; what still stands out is held by a limiter that looks ahead
and counts the peaks between samples too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.filter import Graph
from scipy import ndimage, signal

from cnnviz.errors import StudioError
from cnnviz.studio.wav import SAMPLE_RATE, Samples, read_wav, write_wav

__all__ = [
    "CEILING_DBTP",
    "SAMPLE_RATE",
    "TARGET_LUFS",
    "Clip",
    "Loudness",
    "Samples",
    "measure",
    "mix",
    "normalise",
    "read_wav",
    "write_wav",
]

TARGET_LUFS = -14.0
"""Integrated loudness that a film is brought to."""

CEILING_DBTP = -1.5
"""The highest true peak before encoding; AAC at 384 kbit/s adds less than half a decibel."""

_EDGE = SAMPLE_RATE * 5 // 1000  # samples faded at either end of a clip
_SILENCE_LUFS = -70.0  # the gate of R 128: what is below has no loudness
_MAX_GAIN_DB = 40.0
_CLOSE_LU = 0.05
_OVERSAMPLING = 4
_BLOCK = SAMPLE_RATE * 10
_OVERLAP = 64  # more than the oversampling filter is long
# How far the limiter looks to either side, in samples. 15 ms is longer than a period of the lowest
# voice and leaves its wave as it is; a voice of sharp pulses gets loud enough only by the others,
# which work within a period.
_REACHES = (720, 240, 72)
_MAX_LIMITING_DB = 12.0
# The meter looks at whole tenths of a second only: the padding completes the last one. One channel
# counts as two, as which it comes into the film.
_METER = (("apad", f"pad_len={SAMPLE_RATE // 10}"), ("ebur128", "metadata=1:peak=true:dualmono=1"))
_COMPRESSOR = "threshold=-18dB:ratio=2:knee=6:attack=10:release=250:detection=rms:link=maximum"


@dataclass(frozen=True)
class Clip:
    """A sound at its place in the film.

    Parameters
    ----------
    source
        A WAV file of 48,000 samples a second, mono or stereo, or its samples.
    start_sample
        Where it begins, counted from 0.
    """

    source: Path | Samples
    start_sample: int


@dataclass(frozen=True)
class Loudness:
    """How loud a sound is: `integrated` in LUFS, `true_peak` in dBTP, `range` in LU.

    Silence, and what is too short to be measured, has an `integrated` of minus infinity.
    """

    integrated: float
    true_peak: float
    range: float


def mix(clips: Sequence[Clip], length_samples: int) -> Samples:
    """Lay `clips` on a silent track.

    Each is faded in and out over 5 ms, against clicks. What reaches past the end is cut.

    Returns
    -------
    ndarray
        float32 (length_samples, 2), full scale 1; where clips meet it may be beyond.

    Raises
    ------
    ValueError
        A clip begins before 0.
    StudioError
        A clip's file is missing, or no sound file of 48,000 samples a second.
    """
    track = np.zeros((length_samples, 2), dtype=np.float32)
    for clip in clips:
        if clip.start_sample < 0:
            raise ValueError(f"a clip begins at sample {clip.start_sample}")
        samples = read_wav(clip.source) if isinstance(clip.source, Path) else clip.source
        channels = samples[:, None] if samples.ndim == 1 else samples
        heard = channels[: max(0, length_samples - clip.start_sample)]
        track[clip.start_sample : clip.start_sample + len(heard)] += _with_soft_edges(heard)
    return track


def _with_soft_edges(samples: Samples) -> Samples:
    """`samples`, (n, channels), with their first and last 5 ms faded."""
    edge = min(_EDGE, len(samples) // 2)
    rise = np.sin(np.linspace(0, math.pi / 2, edge, endpoint=False, dtype=np.float32)) ** 2
    envelope = np.ones((len(samples), 1), dtype=np.float32)
    envelope[:edge, 0] = rise
    envelope[len(samples) - edge :, 0] = rise[::-1]
    return samples * envelope


def measure(sound: Path | Samples) -> Loudness:
    """The loudness of a sound or film file, or of samples, (n,) or (n, channels), full scale 1.

    Raises
    ------
    StudioError
        The file is missing or holds no sound that can be read.
    """
    last: dict[str, str] = {}
    frames = _decoded(sound) if isinstance(sound, Path) else _as_frames(sound)
    for frame in _filtered(frames, _METER):
        last = frame.metadata or last
    integrated = float(last.get("lavfi.r128.I", _SILENCE_LUFS))
    return Loudness(
        integrated=integrated if integrated > _SILENCE_LUFS else -math.inf,
        true_peak=_decibels(float(last.get("lavfi.r128.true_peak", 0.0))),
        range=float(last.get("lavfi.r128.LRA", 0.0)),
    )


def normalise(samples: Samples) -> Samples:
    """Bring `samples`, float32 (n, 2), to −14 LUFS with no true peak above −1.5 dBTP.

    Sound that needs only a gain gets only a gain. Silence stays silence; what is too short to have
    a loudness is only kept below the ceiling.

    Returns
    -------
    ndarray
        float32 (n, 2).
    """
    loudness = measure(samples)
    if math.isinf(loudness.integrated):
        return _limited(samples, _true_peaks(samples), _REACHES[0])
    gain = min(TARGET_LUFS - loudness.integrated, _MAX_GAIN_DB)
    if loudness.true_peak + gain <= CEILING_DBTP:
        return samples * _factor(gain)
    return _limited_to_target(_compressed(samples * _factor(gain)))


def _limited_to_target(samples: Samples) -> Samples:
    """Limit `samples` after that gain which leaves them at the target; limiting makes quieter."""
    peaks = _true_peaks(samples)
    for reach in _REACHES:
        gain = 0.0
        for _ in range(8):
            limited = _limited(samples * _factor(gain), peaks * _factor(gain), reach)
            missing = TARGET_LUFS - measure(limited).integrated
            if abs(missing) < _CLOSE_LU:
                return limited
            if gain == _MAX_LIMITING_DB:
                break
            gain = min(gain + missing, _MAX_LIMITING_DB)
    return limited


def _compressed(samples: Samples) -> Samples:
    """`samples`, (n, 2), with what is louder than the rest brought nearer to it."""
    filters = [("acompressor", _COMPRESSOR), ("aformat", "sample_fmts=flt")]
    frames = _filtered(_as_frames(samples), filters)
    return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames])


def _limited(samples: Samples, peaks: Samples, reach: int) -> Samples:
    """`samples`, (n, 2), turned down around each of their true `peaks`, (n,), above the ceiling.

    The gain is the least that any peak within `reach` samples asks for, smoothed over as many: it
    arrives in time, and never changes fast enough to be heard as distortion.
    """
    ceiling = _factor(CEILING_DBTP)
    if peaks.max(initial=0.0) <= ceiling:
        return samples
    wanted = ceiling / np.maximum(peaks, ceiling)
    held = ndimage.minimum_filter1d(wanted, 2 * reach + 1, mode="nearest")
    window = signal.windows.hann(2 * reach + 1)
    padded = np.pad(held, reach, mode="edge")
    gain = signal.oaconvolve(padded, window / window.sum(), mode="valid")
    return np.asarray(samples * gain[:, None], dtype=np.float32)


def _true_peaks(samples: Samples) -> Samples:
    """The highest level, (n,), that either channel of `samples`, (n, 2), reaches near a sample."""
    peaks = np.zeros(len(samples), dtype=np.float32)
    # In blocks, with what the filter needs on either side: a whole film would take gigabytes.
    for start in range(0, len(samples), _BLOCK):
        before = min(start, _OVERLAP)
        block = samples[start - before : start + _BLOCK + _OVERLAP]
        dense = np.abs(signal.resample_poly(block, _OVERSAMPLING, 1, axis=0)).max(axis=1)
        near = dense.reshape(-1, _OVERSAMPLING).max(axis=1)
        peaks[start : start + _BLOCK] = near[before : before + _BLOCK]
    return peaks


def _filtered(
    frames: Iterable[av.AudioFrame], filters: Iterable[tuple[str, str]]
) -> Iterator[av.AudioFrame]:
    """`frames` of floats, all of one layout, after libav's `filters`, each (name, options)."""
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        return
    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout=first.layout)]
    nodes += [graph.add(name, options) for name, options in filters]
    graph.link_nodes(*nodes, graph.add("abuffersink"))
    graph.configure()
    for frame in itertools.chain((first,), frames, (None,)):
        graph.push(frame)
        yield from _ready(graph)


def _ready(graph: Graph) -> Iterator[av.AudioFrame]:
    """What `graph` has finished so far."""
    with suppress(BlockingIOError, EOFError):
        while True:
            frame = graph.pull()
            assert isinstance(frame, av.AudioFrame)
            yield frame


def _as_frames(samples: Samples) -> Iterator[av.AudioFrame]:
    """`samples`, (n,) or (n, 1 or 2), as frames of a second each."""
    layout = "stereo" if samples.shape[1:] == (2,) else "mono"
    for start in range(0, len(samples), SAMPLE_RATE):
        block = np.ascontiguousarray(samples[start : start + SAMPLE_RATE], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame


def _decoded(path: Path) -> Iterator[av.AudioFrame]:
    """The sound of the file at `path` as frames of floats."""
    resampler = av.AudioResampler(format="flt", rate=SAMPLE_RATE)
    try:
        with av.open(str(path)) as file:
            for frame in file.decode(audio=0):
                yield from resampler.resample(frame)
            yield from resampler.resample(None)
    except (FFmpegError, OSError, IndexError) as error:
        raise StudioError(f"holds no sound that can be read ({error})", file=path) from error


def _decibels(factor: float) -> float:
    return 20 * math.log10(factor) if factor > 0 else -math.inf


def _factor(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))
