"""A film's sound from clips to AAC: time and memory of every step, on made-up speech.

python benchmarks/sound.py [--minutes 9]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import av
import numpy as np

from cnnviz.media.aac import aac_packets, aac_stream
from cnnviz.media.loudness import measure
from cnnviz.media.mix import Clip, mix
from cnnviz.media.sound import normalise
from cnnviz.media.wav import read_wav, write_wav
from cnnviz.samples import SAMPLE_RATE, Samples

Result = TypeVar("Result")


def sentence(seed: int, seconds: float = 6.0) -> Samples:
    """A buzz in syllables, at the loudness of a spoken beat."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phases = rng.uniform(0, 2 * np.pi, 30)
    buzz = sum(np.cos(2 * np.pi * 110 * n * time + phases[n]) / n for n in range(1, 30))
    voice = buzz * np.exp(-2 * ((time * 5) % 1))
    return np.asarray(0.1 * voice / voice.std(), dtype=np.float32)


def timed(name: str, work: Callable[[], Result]) -> Result:
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:12} {processor:6.2f} s of processor time {wall:6.2f} s, {memory:.0f} MiB at most")
    return result


def encode(sound: Samples, path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as film:
        stream = aac_stream(film)
        film.start_encoding()
        for packet in aac_packets(sound, len(sound), stream):
            film.mux(packet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=9)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(10):
            write_wav(folder / f"{number}.wav", sentence(number))
        starts = range(0, round(minutes * 60 * SAMPLE_RATE), 7 * SAMPLE_RATE)
        clips = [Clip(folder / f"{at % 10}.wav", start) for at, start in enumerate(starts)]
        track = timed("mixing", lambda: mix(clips, starts[-1] + 7 * SAMPLE_RATE))
        loud = timed("normalising", lambda: normalise(track))
        timed("writing", lambda: write_wav(folder / "film.wav", loud))
        timed("encoding", lambda: encode(read_wav(folder / "film.wav"), folder / "film.mp4"))
        print(f"before encoding {measure(loud)}")
        print(f"after encoding  {measure(folder / 'film.mp4')}")


if __name__ == "__main__":
    main()
