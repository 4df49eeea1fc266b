"""What a finished film file is, read from its header and packets, without decoding a frame."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream

from cnnviz.media.boxes import all_boxes
from cnnviz.media.decode import open_film

__all__ = ["FilmFacts", "PictureFacts", "SoundFacts", "inspect_film"]

_SPC_BT709 = 1
_FIELDS_NONE = 1  # AV_FIELD_PROGRESSIVE
_NAL_PPS = 8


@dataclass(frozen=True)
class PictureFacts:
    """The picture of a film.

    Parameters
    ----------
    codec, profile, pixel_format
        As libav names them: `h264`, `High`, `yuv420p`.
    width, height
        Pixels.
    bt709
        Whether matrix, primaries, transfer and limited range are all tagged so.
    progressive, cabac
        Whether there are no fields, and whether entropy coding is arithmetic.
    fps
        Frames a second, on average.
    frames
        How many there are.
    constant_rate
        Whether every frame stands at its multiple of 1/fps from the first.
    b_frames
        The longest run of frames that are decoded after one that is shown later.
    gops
        Frames from each keyframe to the next, or the end.
    closed_gops
        Whether no frame is shown before the keyframe that it is decoded after.
    start, duration
        Seconds, by the header.
    bit_rate
        Bits a second.
    """

    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int
    bt709: bool
    progressive: bool
    cabac: bool
    fps: Fraction
    frames: int
    constant_rate: bool
    b_frames: int
    gops: tuple[int, ...]
    closed_gops: bool
    start: Fraction
    duration: Fraction
    bit_rate: int


@dataclass(frozen=True)
class SoundFacts:
    """The sound of a film: `rate` in samples, `bit_rate` in bits, a second; times in seconds."""

    codec: str
    profile: str
    rate: int
    channels: int
    bit_rate: int
    start: Fraction
    duration: Fraction


@dataclass(frozen=True)
class FilmFacts:
    """A film: its picture, its sound if it has any, and how the file is laid out."""

    picture: PictureFacts
    sound: SoundFacts | None
    moov_first: bool
    edit_lists: int
    title: str | None


def inspect_film(path: Path) -> FilmFacts:
    """What the film or segment at `path` is.

    Raises
    ------
    StudioError
        There is no such file, or it is damaged.
    """
    with open_film(path) as film:
        picture = _picture_facts(film, film.streams.video[0])
        sound = _sound_facts(film.streams.audio[0]) if film.streams.audio else None
        title = film.metadata.get("title")
    kinds = [box.kind for box in all_boxes(path)]
    return FilmFacts(
        picture=picture,
        sound=sound,
        moov_first=kinds.index("moov") < kinds.index("mdat"),
        edit_lists=kinds.count("elst"),
        title=title,
    )


def _picture_facts(film: InputContainer, stream: VideoStream) -> PictureFacts:
    fps = stream.average_rate or Fraction(0)
    packets = [packet for packet in film.demux(stream) if packet.pts is not None]
    # When each frame is shown, in frames, in the order of decoding.
    shown = [
        (packet.pts - (stream.start_time or 0)) * packet.time_base * fps
        for packet in packets
        if packet.pts is not None
    ]
    keys = [place for place, packet in enumerate(packets) if packet.is_keyframe]
    return PictureFacts(
        codec=stream.codec_context.name,
        profile=str(stream.profile),
        pixel_format=str(stream.pix_fmt),
        width=stream.width,
        height=stream.height,
        bt709=_is_bt709(stream),
        progressive=stream.codec_context.field_order == _FIELDS_NONE,
        cabac=_has_cabac(stream.codec_context.extradata or b""),
        fps=fps,
        frames=len(packets),
        constant_rate=sorted(shown) == list(range(len(shown))),
        b_frames=_longest_b_run(shown),
        gops=tuple(b - a for a, b in zip(keys, [*keys[1:], len(packets)], strict=True)),
        closed_gops=_are_closed(shown, keys),
        start=_seconds(stream.start_time, stream),
        duration=_seconds(stream.duration, stream),
        bit_rate=stream.bit_rate or 0,
    )


def _sound_facts(stream: AudioStream) -> SoundFacts:
    return SoundFacts(
        codec=stream.codec_context.name,
        profile=str(stream.profile),
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        bit_rate=stream.codec_context.bit_rate or 0,
        start=_seconds(stream.start_time, stream),
        duration=_seconds(stream.duration, stream),
    )


def _seconds(ticks: int | None, stream: VideoStream | AudioStream) -> Fraction:
    return (ticks or 0) * (stream.time_base or Fraction(0))


def _is_bt709(stream: VideoStream) -> bool:
    return (
        stream.colorspace == _SPC_BT709
        and stream.color_primaries == ColorPrimaries.BT709
        and stream.color_trc == ColorTrc.BT709
        and stream.color_range == ColorRange.MPEG
    )


def _longest_b_run(shown: Sequence[Fraction]) -> int:
    """The longest run of frames that each are decoded after one that is shown later."""
    longest = run = 0
    latest = Fraction(-1)
    for time in shown:
        run = run + 1 if time < latest else 0
        longest = max(longest, run)
        latest = max(latest, time)
    return longest


def _are_closed(shown: Sequence[Fraction], keys: Sequence[int]) -> bool:
    """Whether nothing that is decoded after a keyframe is shown before it."""
    later = list(itertools.accumulate(reversed(shown), min))[::-1]
    return all(later[key] == shown[key] for key in keys)


def _has_cabac(avcc: bytes) -> bool:
    """Whether the picture parameters in an `avcC` box ask for arithmetic coding."""
    at = 6
    for _ in range(avcc[5] & 31 if len(avcc) > at else 0):
        at += 2 + int.from_bytes(avcc[at : at + 2])
    # One byte says how many sets follow, two how long the first is; then comes its NAL header.
    nal = avcc[at + 3 :]
    if not nal or nal[0] & 31 != _NAL_PPS:
        return False
    bits = "".join(f"{byte:08b}" for byte in nal[1:9])
    for _ in range(2):  # the set's number and its sequence's, both Exp-Golomb codes
        zeros = bits.index("1")
        bits = bits[2 * zeros + 1 :]
    return bits[0] == "1"
