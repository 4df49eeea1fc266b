"""Speech as arrays: decoded from any file, trimmed, levelled, written."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.container
import av.error
import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import UserError
from cnnviz.files import media_name, replacing
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["decode", "level", "pause", "read_wav", "trim_silence", "wav_bytes", "write_wav"]

# The last place of 24 bits; what is below cannot be heard, and the gain for it would overflow.
INAUDIBLE = 2.0**-24
TARGET_RMS = 10 ** (-20 / 20)
WILD = 100.0
"""Of full scale; what is above is no sound."""
WILD_SHARE = 0.01
CANCELLED = 0.1
"""Of the loudest channel's power, what must be left of it in the mean of all."""
HUM = 150
"""Hertz below which what is heard is hum, or an offset, and not that somebody speaks."""
CEILING = 10 ** (-1 / 20)
SILENCE = 10 ** (-40 / 20)
MARGIN = round(0.030 * SAMPLE_RATE)
FADE = round(0.005 * SAMPLE_RATE)
_WINDOW = round(0.010 * SAMPLE_RATE)
_LEAST = 64  # samples, below which there is nothing to filter
_BLOCK = round(0.050 * SAMPLE_RATE)


def pause(seconds: float) -> Samples:
    """Silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def decode(source: Path | bytes, name: str | None = None) -> Samples:
    """Any sound file as mono samples at `SAMPLE_RATE`.

    Parameters
    ----------
    source
        A file (wav, mp3, m4a, ogg, flac, …) or its bytes.
    name
        What a message calls bytes.

    Raises
    ------
    UserError
        It is not sound, or holds none; names the file.
    """
    file = source if isinstance(source, Path) else name
    if isinstance(source, Path) and not source.is_file():
        raise UserError("no such sound file", file=source)
    stored = media_name(source) if isinstance(source, Path) else io.BytesIO(source)
    try:
        with av.open(stored, "r") as container:
            if not container.streams.audio:
                raise UserError("there is no sound in this file", file=file)
            # Planar in the file's own layout: swresample's own downmix would not be an average.
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
            frames = [
                resampled.to_ndarray()
                for frame in _frames(container)
                for resampled in resampler.resample(frame)
            ]
            if frames:
                frames += [rest.to_ndarray() for rest in resampler.resample(None)]
            channels = np.concatenate(frames, axis=1) if frames else np.zeros((1, 0))
    # OSError is the read that fails on the way; PyAV's own errors are not all OSErrors.
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise UserError(
            "this is not a sound file that can be read",
            file=file,
            hint="wav, mp3, m4a, ogg and flac are understood",
        ) from error
    if not channels.size:
        raise UserError("there is no sound in this file", file=file)
    return _one_channel(_without_wild(channels)).astype(np.float32)


def _without_wild(channels: NDArray[Any]) -> NDArray[Any]:
    """`channels` with silence for single samples that no sound has: not finite, or 40 dB too loud.

    One of them would be the loudest moment by far, and all else silence beside it. Where they are
    many, the file counts in another unit, and only what is not finite goes.
    """
    wild = ~(np.abs(channels) <= WILD)
    if wild.mean() > WILD_SHARE:
        wild = ~np.isfinite(channels)
    return np.where(wild, 0, channels)


def _one_channel(channels: NDArray[Any]) -> NDArray[Any]:
    """The mean of all channels, or the loudest of them where the others take it away."""
    mean = channels.mean(axis=0, dtype=np.float64)
    power = np.mean(np.square(channels, dtype=np.float64), axis=1)
    if np.mean(np.square(mean)) < CANCELLED * power.max():
        return np.asarray(channels[np.argmax(power)])
    return np.asarray(mean)


def _frames(container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
    broken = 0
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            # One is what a recorder leaves that was stopped in the middle of a frame.
            broken += 1
            if broken > 1:
                raise
            continue
        yield from frames


def _loudness(samples: Samples, window: int) -> Samples:
    """The root mean square around each sample."""
    from scipy.ndimage import uniform_filter1d  # late: films all spoken before need not wait for it

    power = uniform_filter1d(samples.astype(np.float64) ** 2, window, mode="constant")
    # The running sum behind the filter may end a hair below zero.
    return np.asarray(np.sqrt(np.maximum(power, 0)), np.float32)


def _is_loud(samples: Samples) -> NDArray[np.bool_]:
    """Which of `samples` lie where it is not more than 40 dB quieter than at its loudest."""
    loudness = _loudness(samples, _WINDOW) if samples.size else samples
    # Below half a step of 16-bit sound there is nothing to hear.
    return np.asarray(loudness > max(0.5 / 32768, float(loudness.max(initial=0)) * SILENCE))


def _without_hum(samples: Samples) -> Samples:
    """`samples` without what lies below `HUM` hertz."""
    from scipy.signal import butter, sosfiltfilt  # late, as above

    if samples.size <= _LEAST:
        return samples
    filters = butter(4, HUM, "highpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfiltfilt(filters, samples.astype(np.float64)), np.float32)


def trim_silence(samples: Samples) -> Samples:
    """`samples` without the silence before and after, but for about 30 ms; empty if all is silent.

    Silence is what lies 40 dB below the loudest moment: quiet enough for the breath of a
    consonant, above the noise of a usual room. Neither an offset of the samples nor the hum of the
    mains counts as sound. The middle is left as it is.
    """
    # As it is, too: a filter rings before and after what it lets through.
    heard = np.flatnonzero(_is_loud(samples) & _is_loud(_without_hum(samples)))
    if not heard.size:
        return samples[:0]
    return samples[max(0, heard[0] - MARGIN) : heard[-1] + 1 + MARGIN]


def level(samples: Samples) -> Samples:
    """`samples` at −20 dBFS RMS over what is spoken, no peak above −1 dBFS, with soft edges.

    Pauses are left out of the measure, so that a beat of two short sentences does not come out
    louder than one of a long one. Peaks are held by a limiter rather than by less gain: one
    plosive would make its whole beat quieter than its neighbours.
    """
    from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d  # late, as above

    if not samples.size:
        return samples
    samples = samples - samples.mean(dtype=np.float64).astype(np.float32)
    blocks = samples[: samples.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    power = np.mean(np.square(blocks if len(blocks) else samples[None], dtype=np.float64), axis=1)
    if not power.max(initial=0) > INAUDIBLE**2:
        return samples
    # The gate of BS.1770: 10 dB below the mean of what is not silence.
    heard = power[power > power.max() * SILENCE**2]
    heard = heard[heard >= heard.mean() / 10]
    samples = samples * np.float32(TARGET_RMS / np.sqrt(heard.mean()))
    if np.abs(samples).max() > CEILING:
        loudest = maximum_filter1d(np.abs(samples), _WINDOW)
        gain = np.minimum(1, CEILING / np.maximum(loudest, CEILING))
        # Averaging minima over the same width never lets the gain exceed what a peak allows.
        smooth = uniform_filter1d(minimum_filter1d(gain, _WINDOW), _WINDOW)
        samples = np.clip(samples * smooth, -CEILING, CEILING)
    edge = min(FADE, samples.size // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)
    samples = samples.astype(np.float32)
    samples[:edge] *= ramp
    samples[samples.size - edge :] *= ramp[::-1]
    return samples


def wav_bytes(samples: Samples) -> bytes:
    """A 16-bit mono wav file."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return whole.getvalue()


def write_wav(path: Path, samples: Samples) -> None:
    """Write a 16-bit mono wav file, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(wav_bytes(samples))


def read_wav(path: Path) -> Samples:
    """What `write_wav` wrote.

    Raises
    ------
    UserError
        It is not such a file.
    """
    try:
        with wave.open(str(path), "rb") as file:
            shape = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise UserError("this is not a wav file", file=path) from error
    if shape != (1, 2, SAMPLE_RATE):
        raise UserError("this is not 16-bit mono sound at 48 kHz", file=path)
    return np.asarray(np.frombuffer(data, "<i2") / 32767, np.float32)
