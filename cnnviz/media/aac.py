"""Sound as AAC packets of 384 kbit/s, encoded in parts on all processors."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["aac_packets", "aac_stream"]

# Samples in an AAC frame; the encoder also begins with as many samples of its own.
_FRAME = 1024
# What saves bits at low rates is off: at this one it brings nothing and costs time.
_OPTIONS = {
    "b": "384000",
    "profile": "aac_low",
    "flags": "+bitexact",
    "aac_tns": "0",
    "aac_ms": "0",
    "aac_is": "0",
    "aac_pns": "0",
}
# The fast coder takes a quarter of the time, and speech comes out nearer to its source. Of one
# quality, it makes of noise, which needs most, 384 kbit/s; aiming at a rate, it would code a frame
# again and again that has no need of so many bits.
_FAST = {"aac_coder": "fast", "flags": "+bitexact+qscale", "global_quality": "145"}
# But it clips spectral lines that are stronger than that of a sine of amplitude 0.45.
_STRONGEST_LINE = 0.42
# A part ends after so many frames, at the next silence of so many on either side.
_PART = 1400
_SILENT = 2
_BLOCK = 50 * _FRAME  # samples given to the encoder at once


def aac_stream(film: OutputContainer) -> AudioStream:
    """Add to `film` a stream for `aac_packets`."""
    stream = film.add_stream("aac", rate=SAMPLE_RATE, options=_OPTIONS)
    stream.layout = "stereo"
    return stream


def aac_packets(
    sound: Samples, count: int, stream: AudioStream
) -> Generator[Packet[Any], None, None]:
    """Encode the first `count` samples of `sound`, (n, channels), silence where it has fewer.

    The packets depend on the sound alone, not on the number of processors. The last one lasts only
    to the end of `count`. Close the generator if not all are taken, and no more are encoded.
    """
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        parts = pool.map(partial(_encoded, sound), itertools.pairwise(_cuts(sound, count)))
        for number, packet in enumerate(itertools.chain.from_iterable(parts)):
            start = number * _FRAME
            packet.pts = packet.dts = start
            packet.duration = min(_FRAME, count - start)
            packet.time_base = Fraction(1, SAMPLE_RATE)
            packet.stream = stream
            yield packet
    finally:
        pool.shutdown(cancel_futures=True)


def _cuts(sound: Samples, count: int) -> list[int]:
    """Where the parts of `sound` begin, and `count`, where the last one ends.

    Samples are decoded from two frames that overlap. Where those are silent, it makes no difference
    that they come from two encoders.
    """
    cuts = [0]
    frame = _PART
    while frame * _FRAME < count:
        if sound[(frame - _SILENT) * _FRAME : (frame + _SILENT) * _FRAME].any():
            frame += 1
        else:
            cuts.append(frame * _FRAME)
            frame += _PART
    return [*cuts, count]


def _encoded(sound: Samples, part: tuple[int, int]) -> list[Packet[Any]]:
    """The packets of a part, (start, end), of `sound`.

    The encoder's first packet holds only what it needs to start on. Players drop it by the edit
    list; as the film has none, it is left out, and the next stands at time 0 where it belongs.
    """
    start, end = part
    encoder = av.CodecContext.create("aac", "w")
    encoder.rate, encoder.layout, encoder.format = SAMPLE_RATE, "stereo", "fltp"
    encoder.options = _OPTIONS if _has_strong_lines(sound[start:end]) else {**_OPTIONS, **_FAST}
    packets = [packet for block in _blocks(sound, *part) for packet in encoder.encode(block)]
    packets += encoder.encode(None)
    return packets[1 : 1 + math.ceil((end - start) / _FRAME)]


def _has_strong_lines(sound: Samples) -> bool:
    """Whether any frame of `sound`, (n, channels), has a line that the fast coder would clip."""
    places = np.arange(2 * _FRAME, dtype=np.float32)
    window = np.sin(np.pi / (2 * _FRAME) * (places + 0.5))
    limit = _STRONGEST_LINE * window.sum() / 2
    # Lines of the MDCT lie half way between those of a Fourier transform.
    shifted = (window * np.exp(-1j * np.pi / (2 * _FRAME) * places)).astype(np.complex64)
    for channel in sound.T:
        padded = np.pad(channel, _FRAME)
        frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * _FRAME)[::_FRAME]
        # No line is stronger than the whole frame: few are left to be looked at.
        energy = np.einsum("ij,ij->i", frames, frames)
        loud = frames[energy * np.square(window).sum() > limit**2]
        if np.abs(np.fft.fft(loud * shifted)).max(initial=0) > limit:
            return True
    return False


def _blocks(sound: Samples, start: int, end: int) -> Iterator[av.AudioFrame]:
    """`sound` from `start` to `end` in stereo, filled with silence to whole AAC frames."""
    for at in range(start, end, _BLOCK):
        heard = sound[at : min(at + _BLOCK, end)]
        frames = math.ceil(min(_BLOCK, end - at) / _FRAME)
        block = np.zeros((2, frames * _FRAME), dtype=np.float32)
        block[:, : len(heard)] = heard.T
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = at - start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame
