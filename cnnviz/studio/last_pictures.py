"""The last picture of a finished beat, small: what the storyboard shows of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2

from cnnviz.files import replacing
from cnnviz.ingredients.record import Ingredients, maker, versions
from cnnviz.media.decode import last_frame
from cnnviz.store import Shelf
from cnnviz.studio.segments import Segment

__all__ = ["last_picture", "picture_key", "take_last_picture"]

LONG = 640
"""Pixels of the longer side."""
QUALITY = 85
"""Of the JPEG; of flat drawings, nothing is seen of what is lost."""


def picture_key(segment: Segment) -> str:
    """Under which the picture of `segment` is kept."""
    parts = {
        "segment": segment.digest,
        "code": maker("studio/last_pictures.py"),
        "versions": versions(),
    }
    return Ingredients("last picture", parts).key


def last_picture(segment: Segment) -> Path:
    """The picture of `segment`, taken now if it is not kept.

    Raises
    ------
    StudioError
        As `take_last_picture`.
    """
    make = partial(take_last_picture, segment.path)
    return Shelf("stills").made(picture_key(segment), ".jpg", make)


def take_last_picture(film: Path, out: Path) -> None:
    """Write the last frame of `film` to `out`, a JPEG with a longer side of `LONG` pixels.

    Raises
    ------
    StudioError
        The film is damaged, or the disk is full.
    """
    frame = last_frame(film)
    height, width = (round(side * LONG / max(frame.shape[:2])) for side in frame.shape[:2])
    small = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    # cv2.imwrite would keep silent about a full disk.
    _, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    with replacing(out) as temporary:
        temporary.write_bytes(jpeg.tobytes())
