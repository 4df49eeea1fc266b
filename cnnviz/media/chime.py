"""A soft bell for the beginning of a chapter, made of three decaying tones."""

from __future__ import annotations

import numpy as np

from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["chime"]

# Frequency in hertz, level, and seconds until a tone has lost all but a third: a fifth above A5
# and a bell's high third partial, which dies away first.
_TONES = ((880.0, 1.0, 0.26), (1318.5, 0.5, 0.18), (2637.0, 0.2, 0.08))
_RISE = 0.006  # seconds; a harder stroke would click


def chime(seconds: float = 0.8, level_dbfs: float = -30.0) -> Samples:
    """A soft bell.

    Parameters
    ----------
    seconds
        How long it sounds.
    level_dbfs
        Its root mean square over that time, in dB below full scale.

    Returns
    -------
    ndarray
        float32 (n,), mono, 48,000 samples a second; the same on every call.
    """
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    bell = sum(
        level * np.sin(2 * np.pi * frequency * time) * np.exp(-time / decay)
        for frequency, level, decay in _TONES
    )
    rise = np.minimum(time / _RISE, 1.0)
    fall = np.minimum((seconds - time) / (seconds / 4), 1.0)
    bell = bell * np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2
    rms = np.sqrt(np.mean(bell**2))
    return np.asarray(bell * (10 ** (level_dbfs / 20) / rms), dtype=np.float32)
