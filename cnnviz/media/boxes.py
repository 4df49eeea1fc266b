"""The boxes that an MP4 file is made of (ISO/IEC 14496-12), read without decoding anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["Box", "all_boxes", "is_whole", "top_boxes"]

_HEADER = 8
_PARENTS = frozenset({"moov", "trak", "edts", "mdia", "minf", "stbl", "udta"})


@dataclass(frozen=True)
class Box:
    """A box: its four-letter `kind`, and where it begins and ends in the file, in bytes."""

    kind: str
    start: int
    end: int


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets; the last may claim to end beyond `end`."""
    while start + _HEADER <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(_HEADER))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))
        elif size == 0:
            size = end - start
        if size < _HEADER:
            return
        yield Box(kind.decode("latin-1"), start, start + size)
        start += size


def top_boxes(path: Path) -> list[Box]:
    """The outermost boxes of the file at `path`, in their order."""
    with path.open("rb") as file:
        return list(_boxes(file, 0, path.stat().st_size))


def all_boxes(path: Path) -> list[Box]:
    """Every box of the file at `path` down to the sample tables, parents before children."""

    def walk(start: int, end: int) -> Iterator[Box]:
        for box in _boxes(file, start, end):
            yield box
            if box.kind in _PARENTS:
                yield from walk(box.start + _HEADER, box.end)

    with path.open("rb") as file:
        return list(walk(0, path.stat().st_size))


def is_whole(path: Path) -> bool:
    """Whether the file at `path` has a header and sample data, and ends where its boxes end."""
    boxes = top_boxes(path)
    kinds = {box.kind for box in boxes}
    return {"ftyp", "moov", "mdat"} <= kinds and boxes[-1].end == path.stat().st_size
