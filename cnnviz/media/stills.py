"""Long stretches of one picture: encoded for a second, then repeated as finished packets.

A closed group of pictures can be decoded by itself, so where nothing moves, a group can stand in
the stream any number of times. Groups are repeated in pairs, because neighbouring IDR pictures
must carry different ids (H.264, 7.4.3) and the encoder alternates between two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from av.packet import Packet

__all__ = ["PacketRepeater", "still_plan"]


def still_plan(at: int, repeat: int, gop: int) -> tuple[int, int]:
    """How to write a frame that lasts: how many times to encode it, and how many pairs to copy.

    Parameters
    ----------
    at
        Frames that the encoder has seen before.
    repeat
        How many frames the picture lasts.
    gop
        Frames in a group.

    Returns
    -------
    encoded, pairs
        `encoded + pairs * 2 * gop == repeat`. Where pairs are copied, the frames up to the next
        group and one pair are encoded first; what does not fill a pair is encoded after.
    """
    to_boundary = -at % gop
    pairs = (repeat - to_boundary) // (2 * gop) - 1
    if pairs < 1:
        return repeat, 0
    return repeat - pairs * 2 * gop, pairs


@dataclass
class _Stretch:
    """Encoder frames [start, end) that are to be repeated `copies` times."""

    start: int
    end: int
    copies: int
    packets: list[Packet[Any]] = field(default_factory=list)


class PacketRepeater:
    """Stands between encoder and file: shifts packets, and repeats those of still stretches.

    Times are counted in frames.
    """

    def __init__(self) -> None:
        self._stretches: deque[_Stretch] = deque()
        self._shift = 0

    def repeat(self, start: int, end: int, copies: int) -> None:
        """Repeat what the encoder makes of its frames [start, end), which are whole groups."""
        self._stretches.append(_Stretch(start, end, copies))

    def __call__(self, packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
        """The packets that go into the file in place of the encoder's `packets`."""
        for packet in packets:
            if packet.pts is None:
                continue
            if self._stretches and packet.pts >= self._stretches[0].end:
                yield from self._finish_stretch()
            if self._stretches and packet.pts >= self._stretches[0].start:
                self._stretches[0].packets.append(_copy(packet, 0))
            yield _shifted(packet, self._shift)

    def finish(self) -> Iterator[Packet[Any]]:
        """What is still to be repeated when the encoder has given its last packet."""
        while self._stretches:
            yield from self._finish_stretch()

    def _finish_stretch(self) -> Iterator[Packet[Any]]:
        stretch = self._stretches.popleft()
        for _ in range(stretch.copies):
            self._shift += stretch.end - stretch.start
            for packet in stretch.packets:
                yield _copy(packet, self._shift)


def _copy(packet: Packet[Any], shift: int) -> Packet[Any]:
    copy: Packet[Any] = Packet(bytes(packet))
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
    copy.stream = packet.stream
    return _shifted(copy, shift)


def _shifted(packet: Packet[Any], shift: int) -> Packet[Any]:
    if packet.pts is not None:
        packet.pts += shift
    if packet.dts is not None:
        packet.dts += shift
    return packet
