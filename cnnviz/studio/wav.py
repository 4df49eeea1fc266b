"""Sound as arrays of samples, from WAV files and into them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.io import wavfile

from cnnviz.errors import StudioError
from cnnviz.files import replacing

__all__ = ["SAMPLE_RATE", "Samples", "read_wav", "write_wav"]

SAMPLE_RATE = 48_000
"""Samples a second of every sound in a film."""

Samples: TypeAlias = npt.NDArray[np.float32]

# What full scale is in each type of integer samples that WAV files have; 8 bits are unsigned.
_FULL_SCALE = {"i2": 2.0**15, "i4": 2.0**31, "u1": 2.0**7}


def _read(path: Path) -> Any:
    with warnings.catch_warnings():
        # Chunks that nobody asked for, such as the name of the program that wrote the file.
        warnings.simplefilter("ignore", wavfile.WavFileWarning)
        try:
            # Mapped: a film's sound is read a block at a time, not held in memory.
            return wavfile.read(path, mmap=True)
        except ValueError:
            return wavfile.read(path)  # 24-bit samples cannot be mapped


def read_wav(path: Path) -> Samples:
    """The samples of the WAV file at `path`, float32 (n, channels), full scale 1.

    Raises
    ------
    StudioError
        There is no such file, or it is no WAV file, or not of 48,000 samples a second.
    """
    try:
        rate, samples = _read(path)
    except FileNotFoundError as error:
        raise StudioError("no such sound file", file=path) from error
    except (ValueError, OSError) as error:
        raise StudioError(f"not a readable WAV file ({error})", file=path) from error
    if rate != SAMPLE_RATE:
        raise StudioError(f"{rate} samples a second where {SAMPLE_RATE} are needed", file=path)
    if samples.dtype.str[1:] in _FULL_SCALE:
        scale = _FULL_SCALE[samples.dtype.str[1:]]
        offset = scale if samples.dtype == np.uint8 else 0.0
        samples = (samples.astype(np.float32) - np.float32(offset)) / np.float32(scale)
    return np.asarray(samples, dtype=np.float32).reshape(len(samples), -1)


def write_wav(path: Path, samples: Samples) -> None:
    """Write `samples`, float32 (n,) or (n, channels), to `path` as a WAV file of floats.

    Raises
    ------
    StudioError
        The disk is full.
    UserError
        The folder cannot be written to.
    """
    with replacing(path) as temporary:
        wavfile.write(temporary, SAMPLE_RATE, np.ascontiguousarray(samples, dtype=np.float32))
