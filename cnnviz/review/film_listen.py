"""Listening to a finished film: how loud it is from moment to moment, and where it clicks.

A click is one or a few wrong samples, or a jump where two sounds were put together. Unlike anything
that a voice does, it is over in a millisecond and reaches up to the highest frequencies. So what
lies above 9 kHz is looked at in steps of half a millisecond: a click's peak stands out from all
that is heard from 1.5 to 30 ms before and after it. Hisses (স, ch) are loud for longer, and the
pulses of a voice come back within 30 ms. In nine minutes of espeak's Bengali the voice itself
reaches 11 dB; a jump of 0.2 of full scale in the middle of speech 20 dB. A click that falls into a
hiss is neither heard nor found.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

from cnnviz.media.decode import open_film
from cnnviz.media.wav import one_channel
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["BLOCK_SECONDS", "clicks", "hear", "levels", "overs"]

BLOCK_SECONDS = 0.01
"""The step of `levels` and `overs`."""

_BLOCK = round(BLOCK_SECONDS * SAMPLE_RATE)
_SILENT_DBFS = -120.0
_HIGH = signal.butter(4, 9_000, "highpass", fs=SAMPLE_RATE, output="sos")
_STEP = SAMPLE_RATE // 2000
_NEAR, _FAR = 3, 60  # steps
_STANDS_OUT_DB = 17.0
_FAINT = 0.005  # of full scale: fainter clicks are masked by any voice
_CHUNK = 10 * SAMPLE_RATE


def hear(path: Path) -> Samples:
    """The sound of the film at `path`, float32 (n, 1 or 2), 48,000 samples a second.

    One channel where both are the same; empty where the film is mute.

    Raises
    ------
    StudioError
        The film is missing or damaged.
    """
    with open_film(path) as film:
        if not film.streams.audio:
            return np.empty((0, 1), np.float32)
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE)
        frames = [
            part.to_ndarray().reshape(-1, 2)
            for frame in itertools.chain(film.decode(film.streams.audio[0]), (None,))
            for part in resampler.resample(frame)
        ]
    return one_channel(np.concatenate(frames)) if frames else np.empty((0, 1), np.float32)


def levels(samples: Samples) -> npt.NDArray[np.float64]:
    """The root mean square of each 10 ms of `samples`, the louder channel, in dB to full scale."""
    power = np.square(_blocks(samples)).mean(axis=1, dtype=np.float64).max(axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (_SILENT_DBFS / 10))), np.float64)


def overs(samples: Samples) -> npt.NDArray[np.int64]:
    """How many samples of each 10 ms are at full scale or beyond."""
    return np.asarray((np.abs(_blocks(samples)) >= 1).sum(axis=(1, 2)), np.int64)


def _blocks(samples: Samples) -> Samples:
    whole = len(samples) // _BLOCK * _BLOCK
    return samples[:whole].reshape(-1, _BLOCK, samples.shape[1])


def clicks(samples: Samples) -> list[float]:
    """When `samples`, (n, channels), click, in seconds."""
    highs = np.concatenate([np.empty(0, np.float32), *_highs(samples)])
    if not highs.size:
        return []
    around = np.maximum(_loudest(highs, -_FAR, -_NEAR), _loudest(highs, _NEAR, _FAR))
    limit = np.maximum(around * 10 ** (_STANDS_OUT_DB / 20), _FAINT)
    found = np.flatnonzero(highs > limit)
    firsts = found[np.diff(found, prepend=-2 * _NEAR) > _NEAR]
    return [float(step * _STEP / SAMPLE_RATE) for step in firsts]


def _highs(samples: Samples) -> Iterator[Samples]:
    """The peak above 9 kHz of each step of half a millisecond, of whole steps."""
    state: Any = np.zeros((len(_HIGH), 2, samples.shape[1]))
    for start in range(0, len(samples), _CHUNK):
        high, state = signal.sosfilt(_HIGH, samples[start : start + _CHUNK], axis=0, zi=state)
        peaks = np.abs(high).max(axis=1)
        whole = peaks[: len(peaks) // _STEP * _STEP]
        yield whole.reshape(-1, _STEP).max(axis=1).astype(np.float32)


def _loudest(highs: Samples, first: int, last: int) -> Samples:
    """For each step, the loudest of those from `first` to `last` steps away; 0 past the ends."""
    length = last - first + 1
    # The filter looks at its own middle; its origin moves that.
    origin = -(first + length // 2)
    padded = np.pad(highs, _FAR)
    return np.asarray(
        ndimage.maximum_filter1d(np.roll(padded, origin), length)[_FAR:-_FAR], np.float32
    )
