"""Finished segments and one sound track to a film, without encoding the picture again."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cnnviz.errors import StudioError
from cnnviz.studio.container import film_options, frame_time, writing_mp4
from cnnviz.studio.decode import damaged, frame_count, open_film
from cnnviz.studio.quality import Quality
from cnnviz.studio.wav import SAMPLE_RATE, Samples, read_wav

__all__ = ["Piece", "join"]

# Frames that decoding runs ahead of showing: more than one B-frame group ever needs.
_DELAY = 2
# Samples in an AAC frame; the encoder also begins with as many samples of its own.
_AAC_FRAME = 1024
# What saves bits at low rates is off: at this one it brings nothing and costs twice the time.
_AAC = {
    "b": "384000",
    "profile": "aac_low",
    "flags": "+bitexact",
    "aac_ms": "0",
    "aac_is": "0",
    "aac_pns": "0",
}

_Packets: TypeAlias = "Iterator[Packet[Any]]"


@dataclass(frozen=True)
class Piece:
    """A segment to be joined.

    Parameters
    ----------
    path
        A file made by `SegmentEncoder`.
    skip_frames
        How many frames to leave out at its beginning; whole GOPs only, because a copied stream
        can begin nowhere but at a keyframe.
    """

    path: Path
    skip_frames: int = 0


def join(
    pieces: Sequence[Piece],
    sound: Path | None,
    out: Path,
    quality: Quality,
    *,
    title: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> int:
    """Put `pieces` one after another, lay `sound` under them, and write the film to `out`.

    The picture's packets are copied; every frame lasts exactly 1/fps. The sound is encoded here,
    once, as AAC; it is cut or filled with silence to the picture's length. Both begin at time 0
    without an edit list, and the index stands before the data. The same input gives the same
    bytes. Sound in the first 21 ms is heard a little blurred, because there is none before it that
    it could be decoded with.

    Parameters
    ----------
    pieces
        At least one; all of one quality.
    sound
        A WAV file of 48,000 samples a second, mono or stereo; none for a mute film.
    out
        The MP4 file to make; it appears whole or not at all.
    title, metadata
        Written into the file's header.

    Returns
    -------
    int
        Frames in the film.

    Raises
    ------
    ValueError
        No pieces, or a `skip_frames` that is not a whole number of GOPs.
    StudioError
        A piece is damaged or of another kind than the first, or the disk is full.
    """
    if not pieces:
        raise ValueError("nothing to join")
    frames = sum(_frames_kept(piece, quality) for piece in pieces)
    with (
        writing_mp4(out) as temporary,
        av.open(
            str(temporary), "w", format="mp4", options=film_options(quality, moov_first=True)
        ) as film,
    ):
        film.metadata.update({**(metadata or {}), **({"title": title} if title else {})})
        packets = [_picture(pieces, _like(pieces[0], film, quality), quality)]
        if sound is not None:
            samples = round(frames * frame_time(quality) * SAMPLE_RATE)
            packets.append(_sound(read_wav(sound), samples, _aac_stream(film)))
        film.start_encoding()
        for packet in heapq.merge(*packets, key=_decoding_time):
            film.mux(packet)
    return frames


def _decoding_time(packet: Packet[Any]) -> Fraction:
    """When `packet` has to be decoded, in seconds."""
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _frames_kept(piece: Piece, quality: Quality) -> int:
    """How many frames of `piece` go into the film, by its header."""
    if piece.skip_frames < 0 or piece.skip_frames % quality.gop:
        raise ValueError(f"{piece.skip_frames} frames are not whole GOPs of {quality.gop}")
    # A segment no longer than the skip is dropped whole.
    return max(0, frame_count(piece.path) - piece.skip_frames)


def _like(piece: Piece, film: OutputContainer, quality: Quality) -> VideoStream:
    """Add to `film` a picture stream with the parameters of `piece`."""
    with open_film(piece.path) as segment:
        stream = film.add_stream_from_template(segment.streams.video[0])
    stream.time_base = frame_time(quality)
    return stream


def _picture(pieces: Sequence[Piece], stream: VideoStream, quality: Quality) -> _Packets:
    """The packets of all pieces for `stream`, timed in whole frames from 0, in decoding order."""
    decoded = 0
    for piece in pieces:
        begin = decoded
        for packet, index in _kept_packets(piece, stream, quality):
            packet.dts = decoded
            packet.pts = begin + index + _DELAY
            packet.duration = 1
            packet.time_base = frame_time(quality)
            packet.stream = stream
            decoded += 1
            yield packet


def _kept_packets(
    piece: Piece, stream: VideoStream, quality: Quality
) -> Iterator[tuple[Packet[Any], int]]:
    """The packets of `piece` behind its skipped frames, each with its place in showing order."""
    indices: list[int] = []
    with open_film(piece.path) as segment:
        source = segment.streams.video[0]
        if source.codec_context.extradata != stream.codec_context.extradata:
            raise StudioError(
                "encoded unlike the first segment", file=piece.path, hint="render both again"
            )
        # Taken now: of a closed file, the stream tells whatever lies in memory there.
        start, frames = source.start_time or 0, source.frames
        for packet in segment.demux(source):
            if packet.pts is None or packet.is_corrupt:
                continue
            index = round((packet.pts - start) * packet.time_base * quality.fps)
            if index < piece.skip_frames:
                continue
            if not indices and not packet.is_keyframe:
                raise damaged(piece.path)
            indices.append(index - piece.skip_frames)
            yield packet, indices[-1]
    # Every frame must have come, once: a file cut short says so only here.
    if sorted(indices) != list(range(frames - piece.skip_frames)):
        raise damaged(piece.path)


def _aac_stream(film: OutputContainer) -> AudioStream:
    """Add to `film` the stream that its sound is encoded by."""
    stream = film.add_stream("aac", rate=SAMPLE_RATE, options=_AAC)
    stream.layout = "stereo"
    return stream


def _sound(sound: Samples, count: int, stream: AudioStream) -> _Packets:
    """Encode the first `count` samples of `sound`, (n, channels), silence where it has fewer.

    The encoder's first packet holds only what it needs to start on. Players drop it by the edit
    list; as the film has none, it is left out, and the next stands at time 0 where it belongs. The
    last packet lasts only to the end of the picture, so that both end together.
    """
    blocks = map(stream.encode, _blocks(sound, count))
    encoded = itertools.chain(itertools.chain.from_iterable(blocks), _late(stream))
    for number, packet in enumerate(itertools.islice(encoded, 1, None)):
        start = number * _AAC_FRAME
        if start < count:
            packet.pts = packet.dts = start
            packet.duration = min(_AAC_FRAME, count - start)
            packet.time_base = Fraction(1, SAMPLE_RATE)
            packet.stream = stream
            yield packet


def _late(stream: AudioStream) -> _Packets:
    """What the encoder still holds; asked for only when it has been given everything."""
    yield from stream.encode(None)


def _blocks(sound: Samples, count: int) -> Iterator[av.AudioFrame]:
    """The first `count` samples of `sound` as stereo frames; the last is filled with silence."""
    for start in range(0, count, _AAC_FRAME):
        block = np.zeros((2, _AAC_FRAME), dtype=np.float32)
        heard = sound[start : min(start + _AAC_FRAME, count)]
        block[:, : len(heard)] = heard.T
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame
