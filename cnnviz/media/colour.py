"""RGB to the YUV of a film and back: BT.709, limited range, chroma at half resolution.

Everything that makes or reads a picture goes through here, because libraries left to themselves
take BT.601 and the colours shift.
"""

from __future__ import annotations

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from cnnviz.pixels import Picture

__all__ = ["RgbToYuv", "YuvToRgb"]

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
    """Decoded yuv420p frames to (H, W, 3) RGB arrays, whatever the stream's tags say.

    By OpenCV: exact in the mean, in a quarter of the time that libswscale takes where it is as
    exact.
    """

    def __call__(self, frame: av.VideoFrame) -> Picture:
        """Convert `frame`, of even width and height, to a fresh uint8 array (H, W, 3)."""
        size = frame.width, frame.height
        planes = np.asarray(frame.to_ndarray(), dtype=np.uint8)
        luma, rest = planes[: frame.height], planes[frame.height :]
        # What the encoder's means of 2×2 were, so large; chroma lies in the middle of its pixels.
        chroma = [
            cv2.resize(plane, size, interpolation=cv2.INTER_CUBIC)
            for plane in rest.reshape(2, frame.height // 2, frame.width // 2)
        ]
        return np.asarray(cv2.transform(cv2.merge([luma, *chroma]), _TO_RGB), dtype=np.uint8)


def _to_rgb_matrix() -> npt.NDArray[np.float64]:
    """Y, U, V in limited range to R, G, B, with what is to be added (ITU-R BT.709, 3)."""
    red, blue = 0.2126, 0.0722
    green = 1 - red - blue
    luma, chroma = 255 / 219, 255 / 112
    matrix = np.array(
        [
            [luma, 0, chroma * (1 - red)],
            [luma, -chroma * blue * (1 - blue) / green, -chroma * red * (1 - red) / green],
            [luma, chroma * (1 - blue), 0],
        ]
    )
    return np.column_stack([matrix, -matrix @ (16, 128, 128)])


_TO_RGB = _to_rgb_matrix()
