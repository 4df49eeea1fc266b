"""The last picture of a finished beat, small: what the storyboard shows of it."""

from __future__ import annotations

from pathlib import Path

import cv2

from cnnviz.files import cache_dir, replacing
from cnnviz.studio.decode import last_frame
from cnnviz.studio.segments import Segment

__all__ = ["last_picture", "take_last_picture"]

WIDTH = 640
QUALITY = 85
"""Of the JPEG; of flat drawings, nothing is seen of what is lost."""


def last_picture(segment: Segment) -> Path:
    """Where in the cache the picture of `segment` belongs."""
    return cache_dir() / "stills" / f"{segment.digest}-{WIDTH}.jpg"


def take_last_picture(film: Path, out: Path) -> None:
    """Write the last frame of `film` to `out`, a JPEG `WIDTH` pixels wide.

    Raises
    ------
    StudioError
        The film is damaged, or the disk is full.
    """
    frame = last_frame(film)
    height = round(frame.shape[0] * WIDTH / frame.shape[1])
    small = cv2.resize(frame, (WIDTH, height), interpolation=cv2.INTER_AREA)
    # cv2.imwrite would keep silent about a full disk.
    _, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    with replacing(out) as temporary:
        temporary.write_bytes(jpeg.tobytes())
