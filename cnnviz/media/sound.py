"""The film's one sound track, brought to the loudness of YouTube.

Loudness is that of EBU R 128. Speech whose peaks stand too far above it is compressed gently
first; what still stands out is held by a limiter that looks ahead and counts the peaks between
samples too. It works on steps of a third of a millisecond, whose power and true peaks are measured
once, however many gains are tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from scipy import ndimage

from cnnviz.media.loudness import HOP, PADDING, SILENCE_LUFS, as_frames, filtered
from cnnviz.media.wav import one_channel
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = [
    "CEILING_DBTP",
    "TARGET_LUFS",
    "normalise",
]

TARGET_LUFS = -14.0
"""Integrated loudness that a film is brought to."""

CEILING_DBTP = -1.5
"""The highest true peak before encoding; AAC at 384 kbit/s adds less than half a decibel."""
_MAX_GAIN_DB = 40.0
_CLOSE_LU = 0.05
_OVERSAMPLING = 4
_STEP = 16  # samples over which the limiter's gain is straight
# How far the limiter looks to either side, in steps; multiples of 3. 15 ms is longer than a period
# of the lowest voice and leaves its wave as it is; a voice of sharp pulses gets loud enough only by
# the others, which work within a period.
_REACHES = (45, 15, 6)
_MAX_LIMITING_DB = 12.0
# How the ear weights a sound, by ITU-R BS.1770: a shelf and a high-pass, for 48,000 samples a
# second; and what it adds to the loudness.
_SHELF = "b0=1.53512485958697:b1=-2.69169618940638:b2=1.19839281085285:a1=-1.69065929318241"
_K_WEIGHTING = (
    ("biquad", f"{_SHELF}:a0=1:a2=0.73248077421585"),
    ("biquad", "b0=1:b1=-2:b2=1:a0=1:a1=-1.99004745483398:a2=0.99007225036621"),
)
_K_OFFSET = -0.691
_COMPRESSOR = "threshold=-18dB:ratio=2:knee=6:attack=10:release=250:detection=rms:link=maximum"


def normalise(samples: Samples) -> Samples:
    """Bring `samples`, float32 (n, 2), to −14 LUFS with no true peak above −1.5 dBTP.

    Sound that needs only a gain gets only a gain. Silence stays silence; what is too short to have
    a loudness is only kept below the ceiling.

    Returns
    -------
    ndarray
        float32 (n, 2). For reading only: where both channels are the same, they are one memory.
    """
    if not len(samples):
        return samples
    return np.broadcast_to(_normalised(one_channel(samples)), samples.shape)


def _normalised(samples: Samples) -> Samples:
    """`samples`, (n, 1 or 2), at the target; a copy."""
    loudness = _integrated(_power(samples))
    if math.isinf(loudness):
        return _turned(samples.copy(), _gains(_peaks(samples), _REACHES[0]))
    factor = _factor(min(TARGET_LUFS - loudness, _MAX_GAIN_DB))
    if _stays_below(samples, _factor(CEILING_DBTP) / factor):
        return samples * factor
    return _limited_to_target(_compressed(samples, factor))


def _stays_below(samples: Samples, level: np.float32) -> bool:
    """Whether no true peak is above `level`; most that are show in the samples themselves."""
    return bool(max(samples.max(), -samples.min()) <= level and _peaks(samples).max() <= level)


def _compressed(samples: Samples, factor: np.float32) -> Samples:
    """`samples` times `factor`, with what is louder than the rest brought nearer to it."""
    filters = (
        ("volume", f"{factor}:precision=float"),
        ("acompressor", _COMPRESSOR),
        ("aformat", "sample_fmts=flt"),
    )
    result = np.empty_like(samples)
    start = 0
    for frame in filtered(as_frames(samples), filters):
        block = frame.to_ndarray().reshape(-1, samples.shape[1])
        result[start : start + len(block)] = block
        start += len(block)
    return result


def _limited_to_target(samples: Samples) -> Samples:
    """Limit `samples`, in place, after that gain which leaves them at the target loudness."""
    peaks, power = _peaks(samples), _power(samples)
    for reach in _REACHES:
        gain = 0.0
        for _ in range(8):
            gains = _gains(peaks * _factor(gain), reach) * _factor(gain)
            # Gains change too slowly for the weighting to come out otherwise.
            missing = TARGET_LUFS - _integrated(power * np.square(gains))
            if abs(missing) < _CLOSE_LU:
                return _turned(samples, gains)
            if gain == _MAX_LIMITING_DB:
                break
            gain = min(gain + missing, _MAX_LIMITING_DB)
    return _turned(samples, gains)


def _gains(peaks: Samples, reach: int) -> Samples:
    """The gain at the beginning of each step that keeps all `peaks`, (steps,), below the ceiling.

    It is the least that any peak within `reach` steps asks for, smoothed over as many: it arrives
    in time, and never changes fast enough to be heard as distortion.
    """
    ceiling = _factor(CEILING_DBTP)
    gains = ceiling / np.maximum(peaks, ceiling)
    # One step further, because within a step the gain goes over into the next one's.
    ndimage.minimum_filter1d(gains, 2 * reach + 3, mode="nearest", output=gains)
    for _ in range(3):
        ndimage.uniform_filter1d(gains, 2 * reach // 3 + 1, mode="nearest", output=gains)
    return np.asarray(gains, dtype=np.float32)


def _turned(samples: Samples, gains: Samples) -> Samples:
    """`samples`, (n, channels), times `gains`, (steps,), in place."""
    changes = np.diff(gains, append=gains[-1:])
    within = np.arange(_STEP, dtype=np.float32) / _STEP
    for start in range(0, len(samples), SAMPLE_RATE):
        block = samples[start : start + SAMPLE_RATE]
        steps = slice(start // _STEP, (start + SAMPLE_RATE) // _STEP)
        curve = gains[steps, None] + changes[steps, None] * within
        block *= curve.reshape(-1, 1)[: len(block)]
    return samples


def _power(samples: Samples) -> Samples:
    """The weighted power of each step of `samples`, both channels together; one counts as two."""
    power = _by_step(samples, _K_WEIGHTING, 1, lambda weighted: weighted**2, np.add)
    return power * np.float32(2 / samples.shape[1])


def _integrated(power: Samples) -> float:
    """The loudness in LUFS of sound whose steps are of this weighted `power`."""
    hops = power.reshape(-1, HOP // _STEP).sum(axis=1, dtype=np.float64) / HOP
    windows = (hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]) / 4
    windows = windows[windows > 10 ** ((SILENCE_LUFS - _K_OFFSET) / 10)]
    if not windows.size:
        return -math.inf
    loud = windows[windows > windows.mean() / 10]
    return _K_OFFSET + 10 * math.log10(loud.mean())


def _peaks(samples: Samples) -> Samples:
    """The true peak of each step of `samples`, the higher one of both channels."""
    dense = (("aresample", f"{_OVERSAMPLING * SAMPLE_RATE}"),)
    return _by_step(samples, dense, _OVERSAMPLING, np.abs, np.maximum)


def _by_step(
    samples: Samples,
    filters: Iterable[tuple[str, str]],
    density: int,
    level: Callable[[Samples], Samples],
    joined: np.ufunc,
) -> Samples:
    """The `level` of filtered `samples`, (n, channels), `joined` over each step; whole hops.

    `density` is how many samples the filters give for one.
    """
    second = density * SAMPLE_RATE
    starts = np.arange(0, second, _STEP * density) * samples.shape[1]
    whole = (("aformat", "sample_fmts=flt"), ("asetnsamples", f"{second}:pad=1"))
    frames = filtered(as_frames(samples), (PADDING, *filters, *whole))
    steps = [joined.reduceat(level(frame.to_ndarray()[0]), starts) for frame in frames]
    return np.concatenate(steps)[: (len(samples) // HOP + 1) * (HOP // _STEP)]


def _factor(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))
