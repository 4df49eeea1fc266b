"""How loud a sound is, by EBU R 128, and sound through filters of libav."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.filter import Graph

from cnnviz.errors import StudioError
from cnnviz.files import media_name
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["HOP", "PADDING", "SILENCE_LUFS", "Loudness", "as_frames", "filtered", "measure"]
SILENCE_LUFS = -70.0  # the gate of R 128: what is below has no loudness
HOP = SAMPLE_RATE // 10  # from one window of the meter to the next
# The meter looks at whole tenths of a second only: the padding completes the last one.
PADDING = ("apad", f"pad_len={HOP}")
# One channel counts as two, as which it comes into the film.
_METER = (PADDING, ("ebur128", "metadata=1:peak=true:dualmono=1"))


@dataclass(frozen=True)
class Loudness:
    """How loud a sound is: `integrated` in LUFS, `true_peak` in dBTP, `range` in LU.

    Silence, and what is too short to be measured, has an `integrated` of minus infinity.
    """

    integrated: float
    true_peak: float
    range: float


def measure(sound: Path | Samples) -> Loudness:
    """The loudness of a sound or film file, or of samples, (n,) or (n, channels), full scale 1.

    Raises
    ------
    StudioError
        The file is missing or holds no sound that can be read.
    """
    last: dict[str, str] = {}
    frames = _decoded(sound) if isinstance(sound, Path) else as_frames(sound)
    for frame in filtered(frames, _METER):
        last = frame.metadata or last
    integrated = float(last.get("lavfi.r128.I", SILENCE_LUFS))
    return Loudness(
        integrated=integrated if integrated > SILENCE_LUFS else -math.inf,
        true_peak=_decibels(float(last.get("lavfi.r128.true_peak", 0.0))),
        range=float(last.get("lavfi.r128.LRA", 0.0)),
    )


def filtered(
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


def as_frames(samples: Samples) -> Iterator[av.AudioFrame]:
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
        with av.open(media_name(path)) as file:
            for frame in file.decode(audio=0):
                yield from resampler.resample(frame)
            yield from resampler.resample(None)
    except (FFmpegError, OSError, IndexError) as error:
        raise StudioError(f"holds no sound that can be read ({error})", file=path) from error


def _decibels(factor: float) -> float:
    return 20 * math.log10(factor) if factor > 0 else -math.inf
