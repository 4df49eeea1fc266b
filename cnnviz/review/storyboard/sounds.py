"""The beats' sounds, small enough to lie inside a page, in a format that every browser plays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np

from cnnviz.files import media_name, replacing
from cnnviz.ingredients.record import Ingredients, maker
from cnnviz.media.wav import read_wav
from cnnviz.samples import SAMPLE_RATE
from cnnviz.store import Shelf
from cnnviz.voices.cache import Spoken

__all__ = ["small_sounds"]

RATE = 24_000
"""Samples a second: speech has nothing to lose above 12 kHz."""
BITS = 40_000


def small_sounds(
    spoken: Mapping[tuple[str, str], Spoken],
) -> dict[tuple[str, str], Path]:
    """Every beat's sound as a mono MP4 of AAC, from the cache or encoded into it.

    Raises
    ------
    StudioError
        A sound is damaged, or the disk is full.
    """
    by_key = {_key(one): one for one in spoken.values()}
    shelf = Shelf("sound")

    def small(key: str) -> Path:
        return shelf.made(key, ".m4a", lambda out: _encode(by_key[key].path, out))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = dict(zip(by_key, pool.map(small, by_key), strict=True))
    return {place: made[_key(one)] for place, one in spoken.items()}


def _key(spoken: Spoken) -> str:
    parts = {"speech": spoken.digest, "code": maker("review/storyboard/sounds.py")}
    return Ingredients("small sound", parts).key


def _encode(wav: Path, out: Path) -> None:
    heard = np.ascontiguousarray(read_wav(wav)[:, :1].T)
    block = av.AudioFrame.from_ndarray(heard, format="flt", layout="mono")
    block.sample_rate = SAMPLE_RATE
    block.pts = 0
    with replacing(out) as temporary, av.open(media_name(temporary), "w", format="mp4") as film:
        # The fast coder takes a quarter of the time; of speech at this rate nothing is lost by it.
        stream = film.add_stream("aac", rate=RATE, options={"aac_coder": "fast"})
        stream.layout = "mono"
        stream.bit_rate = BITS
        resampler = av.AudioResampler(stream.format, "mono", RATE, frame_size=1024)
        for part in (*resampler.resample(block), *resampler.resample(None)):
            film.mux(stream.encode(part))
        film.mux(stream.encode(None))
