"""RGB to the YUV of a film and back: BT.709, limited range, chroma at half resolution.

Everything that makes or reads a picture goes through here, because libraries left to themselves
take BT.601 and the colours shift.
"""

from __future__ import annotations

from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

__all__ = ["Picture", "RgbToYuv", "YuvToRgb"]

Picture: TypeAlias = npt.NDArray[np.uint8]

_FORMATS = {3: "rgb24", 4: "rgba"}
# AREA is the plain mean of each 2×2 block: thin coloured lines stay even. BITEXACT gives the same
# pixels on every processor; they are also those of ACCURATE_RND, which takes nearly twice the time.
_TO_YUV = Interpolation.AREA | Interpolation.FULL_CHR_H_INP | Interpolation.BITEXACT


class RgbToYuv:
    """Pictures to yuv420p frames.

    It keeps one reformatter: a fresh one for each frame costs three times as much.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, picture: Picture) -> av.VideoFrame:
        """Convert `picture`, (H, W, 3) RGB or (H, W, 4) RGBA, of which alpha is ignored."""
        source = av.VideoFrame.from_numpy_buffer(
            np.ascontiguousarray(picture), format=_FORMATS[picture.shape[2]]
        )
        return self._reformatter.reformat(
            source,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_TO_YUV,
            threads=1,
        )


class YuvToRgb:
    """Decoded yuv420p frames to (H, W, 3) RGB arrays, whatever the stream's tags say."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> Picture:
        """Convert `frame` to a fresh uint8 array (H, W, 3)."""
        converted = self._reformatter.reformat(
            frame,
            format="rgb24",
            src_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BICUBIC
            | Interpolation.ACCURATE_RND
            | Interpolation.FULL_CHR_H_INT,
            threads=1,
        )
        return np.asarray(converted.to_ndarray(), dtype=np.uint8)
