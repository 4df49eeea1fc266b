"""Sound as arrays of samples, from WAV files and into them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from cnnviz.errors import StudioError
from cnnviz.files import replacing
from cnnviz.samples import SAMPLE_RATE, Samples

__all__ = ["one_channel", "read_wav", "write_wav"]

_INTEGER, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# Types of samples by format and bits; 8 bits are unsigned, and 24 are no type of numpy's.
_TYPES = {
    (_INTEGER, 8): "u1",
    (_INTEGER, 16): "<i2",
    (_INTEGER, 24): "V3",
    (_INTEGER, 32): "<i4",
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}
_BLOCK = 10 * SAMPLE_RATE


class _Layout(NamedTuple):
    """What the headers of a WAV file say; the samples begin at byte `start`."""

    dtype: str
    channels: int
    rate: int
    start: int
    length: int


def read_wav(path: Path) -> Samples:
    """The samples of the WAV file at `path`, float32 (n, channels), full scale 1.

    A file of floats is mapped, so that a film's sound is read a block at a time.

    Raises
    ------
    StudioError
        There is no such file, or it is no WAV file, or not of 48,000 samples a second.
    """
    try:
        with path.open("rb") as file:
            layout = _layout(file)
        if layout.rate != SAMPLE_RATE:
            raise StudioError(
                f"{layout.rate} samples a second where {SAMPLE_RATE} are needed", file=path
            )
        return _at_full_scale_1(_mapped(path, layout))
    except FileNotFoundError as error:
        raise StudioError("no such sound file", file=path) from error
    except (ValueError, OSError) as error:
        raise StudioError(f"not a readable WAV file ({error})", file=path) from error


def _layout(file: BinaryIO) -> _Layout:
    """Read the headers of a WAV file; a ValueError if it is none."""
    riff = file.read(12)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        raise ValueError("it does not begin as one")
    form = b""
    while len(header := file.read(8)) == 8:
        name, size, start = header[:4], int.from_bytes(header[4:], "little"), file.tell()
        if name == b"fmt ":
            form = file.read(size)
        elif name == b"data":
            return _described(form, start, size)
        file.seek(start + size + size % 2)  # chunks begin at even bytes
    raise ValueError("it holds no samples")


def _described(form: bytes, start: int, size: int) -> _Layout:
    """The layout of `size` bytes of samples of which the chunk `form` tells."""
    if len(form) < 16:
        raise ValueError("it does not say what its samples are")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind == _EXTENSIBLE and len(form) >= 26:
        kind = int.from_bytes(form[24:26], "little")
    if (kind, bits) not in _TYPES or not channels:
        raise ValueError(f"samples of {bits} bits in format {kind}, {channels} channels")
    return _Layout(_TYPES[kind, bits], channels, rate, start, size // (channels * bits // 8))


def _mapped(path: Path, layout: _Layout) -> npt.NDArray[Any]:
    """The samples as they are stored, (n, channels)."""
    shape = (layout.length, layout.channels)
    if not layout.length:
        return np.empty(shape, layout.dtype)
    return np.memmap(path, layout.dtype, "r", layout.start, shape)


def _at_full_scale_1(stored: npt.NDArray[Any]) -> Samples:
    """`stored` samples of any type as floats."""
    if stored.dtype.kind == "V":
        # Three bytes to the upper three of four.
        wide = np.zeros((*stored.shape, 4), np.uint8)
        wide[..., 1:] = np.ascontiguousarray(stored).view(np.uint8).reshape(*stored.shape, 3)
        stored = wide.view("<i4")[..., 0]
    if stored.dtype.kind == "f":
        return np.asarray(stored, dtype=np.float32)
    full_scale = np.float32(2.0 ** (8 * stored.itemsize - 1))
    offset = full_scale if stored.dtype.kind == "u" else np.float32(0)
    return (stored.astype(np.float32) - offset) / full_scale


def write_wav(path: Path, samples: Samples) -> None:
    """Write `samples`, float32 (n,) or (n, channels), to `path` as a WAV file of floats.

    Two channels that are the same are written as one, which sounds the same.

    Raises
    ------
    StudioError
        The disk is full.
    UserError
        The folder cannot be written to.
    """
    columns = one_channel(samples[:, None] if samples.ndim == 1 else samples)
    size = columns.size * 4
    frame = columns.shape[1] * 4
    form = struct.pack(
        "<HHIIHHH", _FLOAT, columns.shape[1], SAMPLE_RATE, SAMPLE_RATE * frame, frame, 32, 0
    )
    chunks = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"fact", struct.pack("<I", len(columns)))
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", len(chunks) + 8 + size) + chunks)
        file.write(b"data" + struct.pack("<I", size))
        # In blocks, because each is copied.
        for start in range(0, len(columns), _BLOCK):
            file.write(columns[start : start + _BLOCK].astype("<f4").tobytes())


def _chunk(name: bytes, contents: bytes) -> bytes:
    return name + struct.pack("<I", len(contents)) + contents


def one_channel(samples: Samples) -> Samples:
    """`samples`, (n, 1 or 2), as one channel, (n, 1), where both are the same."""
    left, right = samples[:, 0], samples[:, -1]
    return samples[:, :1] if np.array_equal(left, right) else samples
