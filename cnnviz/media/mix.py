"""Clips laid on one time line, in samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.media.wav import read_wav
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["Clip", "mix"]

_EDGE = SAMPLE_RATE * 5 // 1000  # samples faded at either end of a clip


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


def mix(clips: Sequence[Clip], length_samples: int) -> Samples:
    """Lay `clips` on a silent track.

    Each is faded in and out over 5 ms, against clicks. What reaches past the end is cut.

    Returns
    -------
    ndarray
        float32 (length_samples, 2), full scale 1; where clips meet it may be beyond. For reading
        only: where no clip is in stereo, both channels are the same memory.

    Raises
    ------
    ValueError
        A clip begins before 0.
    StudioError
        A clip's file is missing, or no sound file of 48,000 samples a second.
    """
    track = np.zeros((length_samples, 1), dtype=np.float32)
    for clip in clips:
        if clip.start_sample < 0:
            raise ValueError(f"a clip begins at sample {clip.start_sample}")
        samples = read_wav(clip.source) if isinstance(clip.source, Path) else clip.source
        channels = samples[:, None] if samples.ndim == 1 else samples
        if channels.shape[1] > track.shape[1]:
            track = np.repeat(track, 2, axis=1)
        heard = channels[: max(0, length_samples - clip.start_sample)]
        track[clip.start_sample : clip.start_sample + len(heard)] += _with_soft_edges(heard)
    return np.broadcast_to(track, (length_samples, 2))


def _with_soft_edges(samples: Samples) -> Samples:
    """`samples`, (n, channels), with their first and last 5 ms faded."""
    edge = min(_EDGE, len(samples) // 2)
    rise = np.sin(np.linspace(0, math.pi / 2, edge, endpoint=False, dtype=np.float32)) ** 2
    soft = samples.copy()
    soft[:edge] *= rise[:, None]
    soft[len(soft) - edge :] *= rise[::-1, None]
    return soft
