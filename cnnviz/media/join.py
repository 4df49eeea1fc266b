"""Finished segments and one sound track to a film, without encoding the picture again."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cnnviz.errors import StudioError
from cnnviz.files import media_name
from cnnviz.media.aac import aac_packets, aac_stream
from cnnviz.media.container import film_options, frame_time, writing_mp4
from cnnviz.media.decode import damaged, open_film
from cnnviz.media.quality import Quality
from cnnviz.media.wav import read_wav
from cnnviz.samples import SAMPLE_RATE

__all__ = ["Piece", "join"]

# Frames that decoding runs ahead of showing: more than one B-frame group ever needs.
_DELAY = 2

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
    bytes, on however many processors. Sound in the first 21 ms is heard a little blurred, because
    there is none before it that it could be decoded with.

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
    options = film_options(quality, moov_first=True)
    with (
        writing_mp4(out) as temporary,
        av.open(media_name(temporary), "w", format="mp4", options=options) as film,
        ExitStack() as open_until_joined,
    ):
        film.metadata.update({**(metadata or {}), **({"title": title} if title else {})})
        packets = [_picture(pieces, _like(pieces[0], film, quality), quality)]
        if sound is not None:
            samples = round(frames * frame_time(quality) * SAMPLE_RATE)
            encoded = aac_packets(read_wav(sound), samples, aac_stream(film))
            packets.append(open_until_joined.enter_context(closing(encoded)))
        film.start_encoding()
        for packet in heapq.merge(*packets, key=_decoding_time):
            film.mux(packet)
    return frames


def _decoding_time(packet: Packet[Any]) -> float:
    """When `packet` has to be decoded, in seconds."""
    assert packet.dts is not None
    return packet.dts * packet.time_base.numerator / packet.time_base.denominator


def _frames_kept(piece: Piece, quality: Quality) -> int:
    """How many frames of `piece` go into the film, by its header."""
    if piece.skip_frames < 0 or piece.skip_frames % quality.gop:
        raise ValueError(f"{piece.skip_frames} frames are not whole GOPs of {quality.gop}")
    with open_film(piece.path, decoded=False) as segment:
        frames = segment.streams.video[0].frames
    # A segment no longer than the skip is dropped whole.
    return max(0, frames - piece.skip_frames)


def _like(piece: Piece, film: OutputContainer, quality: Quality) -> VideoStream:
    """Add to `film` a picture stream with the parameters of `piece`."""
    with open_film(piece.path) as segment:
        stream = film.add_stream_from_template(segment.streams.video[0])
    stream.time_base = frame_time(quality)
    return stream


def _picture(pieces: Sequence[Piece], stream: VideoStream, quality: Quality) -> _Packets:
    """The packets of all pieces for `stream`, timed in whole frames from 0, in decoding order."""
    tick = frame_time(quality)
    decoded = 0
    for piece in pieces:
        begin = decoded
        for packet, index in _kept_packets(piece, stream, quality):
            packet.dts = decoded
            packet.pts = begin + index + _DELAY
            packet.duration = 1
            packet.time_base = tick
            packet.stream = stream
            decoded += 1
            yield packet


def _kept_packets(
    piece: Piece, stream: VideoStream, quality: Quality
) -> Iterator[tuple[Packet[Any], int]]:
    """The packets of `piece` behind its skipped frames, each with its place in showing order."""
    indices: list[int] = []
    with open_film(piece.path, decoded=False) as segment:
        source = segment.streams.video[0]
        if source.codec_context.extradata != stream.codec_context.extradata:
            raise StudioError(
                "encoded unlike the first segment", file=piece.path, hint="render both again"
            )
        # Taken now: of a closed file, the stream tells whatever lies in memory there.
        start, frames = source.start_time or 0, source.frames
        assert source.time_base is not None
        frames_a_tick = float(source.time_base * quality.fps)
        for packet in segment.demux(source):
            if packet.pts is None or packet.is_corrupt:
                continue
            index = round((packet.pts - start) * frames_a_tick)
            if index < piece.skip_frames:
                continue
            if not indices and not packet.is_keyframe:
                raise damaged(piece.path)
            indices.append(index - piece.skip_frames)
            yield packet, indices[-1]
    # Every frame must have come, once: a file cut short says so only here.
    if sorted(indices) != list(range(frames - piece.skip_frames)):
        raise damaged(piece.path)
