"""Captured pictures to an MP4 file, while they come in."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np

from cnnviz.files import media_name
from cnnviz.media.colour import RgbToYuv
from cnnviz.media.container import film_options, frame_time, give_up
from cnnviz.media.encode import h264_stream
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture

__all__ = ["CaptureFilm"]

# Not the segments' settings: those are for drawings. The simulated camera's noise makes 3.2 Mbit/s
# of these, at 7 ms a frame of one processor; `veryfast` takes twice that for 0.4 dB, and the
# recognizer needs the time more. One thread leaves the other processors to it.
_X264 = {
    "crf": "24",
    "preset": "superfast",
    "profile": "high",
    "x264-params": "b-adapt=0:b-pyramid=none:open-gop=0:scenecut=0:force-cfr=1",
}


class CaptureFilm:
    """An H.264 file of constant rate, moov first, BT.709, closed GOPs of half a second, mute.

    Use it in a `with` block, which finishes the file.

    Parameters
    ----------
    path
        The file to write; half of it is there if the block fails.
    quality
        Size and rate of the frames.

    Notes
    -----
    Errors of the disk and of the encoder come out as `OSError` and `FFmpegError`.
    """

    def __init__(self, path: Path, quality: Quality) -> None:
        self.frames = 0
        self._to_yuv = RgbToYuv()
        self._time_base = frame_time(quality)
        options = film_options(quality, moov_first=True)
        self._container = av.open(media_name(path), "w", format="mp4", options=options)
        self._stream = h264_stream(self._container, quality, _X264)

    def write(self, picture: Picture, repeat: int = 1) -> None:
        """Append `picture`, BGR (H, W, 3), `repeat` times."""
        frame = self._to_yuv(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
        frame.time_base = self._time_base
        for _ in range(repeat):
            frame.pts = self.frames
            self._container.mux(self._stream.encode(frame))
            self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
            self._container.close()
            return
        give_up(self._container)
