"""Pictures of a video file whose coding OpenCV does not know, such as AV1, by libav's decoders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import av.error
import numpy as np

from cnnviz.files import media_name
from cnnviz.pixels import Picture

__all__ = ["decoded", "told_rate"]


def decoded(path: Path) -> Iterator[Picture]:
    """Its pictures, BGR (H, W, 3), upright, up to the end or to where it is damaged."""
    with suppress(av.error.FFmpegError, OSError, ValueError), av.open(media_name(path)) as file:
        if not file.streams.video:
            return
        for frame in file.decode(file.streams.video[0]):
            picture = frame.to_ndarray(format="bgr24")
            # A telephone's pictures lie on their side, and a matrix says how to turn them.
            yield np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)), np.uint8)


def told_rate(path: Path) -> float:
    """Frames a second as the file says; 0 where it does not."""
    with suppress(av.error.FFmpegError, OSError, ValueError), av.open(media_name(path)) as file:
        return float(file.streams.video[0].average_rate or 0)
    return 0.0
