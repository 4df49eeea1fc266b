"""Whether an MP3 is all there, by its frames' headers (ISO/IEC 11172-3 and 13818-3, layer III)."""

from __future__ import annotations

__all__ = ["ends_whole"]

# Layer III: kbit/s by the header's four bits, and Hz by its two, for MPEG 1 and for MPEG 2;
# MPEG 2.5 has half of the latter's rates.
_KBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {1: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}


def ends_whole(sound: bytes) -> bool | None:
    """Whether an MP3's last frame is all there; None if it holds no frame at all.

    A decoder leaves out a frame that is cut, and says nothing.
    """
    place = 0
    if sound[:3] == b"ID3" and len(sound) > 10:
        size = sound[6] << 21 | sound[7] << 14 | sound[8] << 7 | sound[9]
        place = 10 + size
    frames = 0
    while place + 4 <= len(sound):
        length = _frame_length(sound[place : place + 4])
        if length is None:
            break
        frames += 1
        place += length
    if not frames:
        return None
    # What follows the frames may be a tag, but not a frame that reaches past the end, nor the
    # beginning of a header.
    return place == len(sound) or place + 4 <= len(sound)


def _frame_length(header: bytes) -> int | None:
    if header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = {0: 2.5, 2: 2, 3: 1}.get(header[1] >> 3 & 3)
    bits, rate = header[2] >> 4, header[2] >> 2 & 3
    if version is None or bits in (0, 15) or rate == 3:
        return None
    table = 1 if version == 1 else 2
    hertz = _HERTZ[table][rate] // (2 if version == 2.5 else 1)
    return (144 if table == 1 else 72) * 1000 * _KBITS[table][bits] // hertz + (header[2] >> 1 & 1)
