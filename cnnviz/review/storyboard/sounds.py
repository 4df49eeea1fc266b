"""The beats' sounds, small enough to lie inside a page, in a format that every browser plays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np

from cnnviz.files import cache_dir, replacing
from cnnviz.studio.segments import kept
from cnnviz.studio.wav import SAMPLE_RATE, read_wav
from cnnviz.voices.cache import Spoken

__all__ = ["small_sounds"]

RATE = 24_000
"""Samples a second: speech has nothing to lose above 12 kHz."""
BITS = 40_000
FORMAT = 1
"""Raise it when the encoding changes."""


def small_sounds(
    spoken: Mapping[tuple[str, str], Spoken],
) -> dict[tuple[str, str], Path]:
    """Every beat's sound as a mono MP4 of AAC, from the cache or encoded into it.

    Raises
    ------
    StudioError
        A sound is damaged, or the disk is full.
    """
    sounds = {place: _small(one) for place, one in spoken.items()}
    jobs = {sounds[place]: one.path for place, one in spoken.items()}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        _wait(pool.map(lambda job: kept(job[0], lambda out: _encode(job[1], out)), jobs.items()))
    return sounds


def _small(spoken: Spoken) -> Path:
    return cache_dir() / "sound" / "small" / f"{spoken.digest}-{FORMAT}.m4a"


def _wait(results: Iterable[Path]) -> None:
    for _ in results:
        pass


def _encode(wav: Path, out: Path) -> None:
    heard = np.ascontiguousarray(read_wav(wav)[:, :1].T)
    block = av.AudioFrame.from_ndarray(heard, format="flt", layout="mono")
    block.sample_rate = SAMPLE_RATE
    block.pts = 0
    with replacing(out) as temporary, av.open(str(temporary), "w", format="mp4") as film:
        # The fast coder takes a quarter of the time; of speech at this rate nothing is lost by it.
        stream = film.add_stream("aac", rate=RATE, options={"aac_coder": "fast"})
        stream.layout = "mono"
        stream.bit_rate = BITS
        resampler = av.AudioResampler(stream.format, "mono", RATE, frame_size=1024)
        for part in (*resampler.resample(block), *resampler.resample(None)):
            film.mux(stream.encode(part))
        film.mux(stream.encode(None))
