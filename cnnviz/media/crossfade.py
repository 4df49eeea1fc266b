"""The transition from one scene to the next, played by MoviePy and blended by OpenCV.

MoviePy's own crossfade goes through Pillow's compositing of pictures with masks, which takes ten
times as long for two opaque ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from moviepy import VideoClip

from cnnviz.media.decode import frame_count, last_frame, read_frames
from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture

__all__ = ["crossfade"]


class _Playing:
    """Frames that come one after another, as the function of time that MoviePy asks for."""

    def __init__(self, frames: Iterator[Picture], fps: int) -> None:
        self._frames = frames
        self._fps = fps
        self._index = 0
        self._frame = next(frames)

    def __call__(self, time: float) -> Picture:
        """The frame at `time` seconds, which never goes back."""
        while self._index < round(time * self._fps):
            self._frame = next(self._frames)
            self._index += 1
        return self._frame


def crossfade(before: Path, after: Path, frames: int, quality: Quality, out: Path) -> int:
    """Write to `out` the beginning of `after`, blended in over the last frame of `before`.

    It stands in the film for the same number of frames of `after`, so no beat moves: join it, and
    then `after` with those frames skipped. Frame 0 is still the old scene; frame `frames` would be
    wholly the new one.

    Parameters
    ----------
    before, after
        The last segment of a scene and the first of the next one.
    frames
        How long the transition takes: whole GOPs, so that the rest of `after` can be copied. A
        shorter `after` is blended in as far as it goes.
    quality
        Of both segments and of `out`.
    out
        The segment to make.

    Returns
    -------
    int
        Frames written.

    Raises
    ------
    ValueError
        `frames` is not a whole number of GOPs above zero.
    StudioError
        A segment is missing or damaged, or the disk is full.
    """
    if frames < 1 or frames % quality.gop:
        raise ValueError(f"a transition of {frames} frames, with keyframes every {quality.gop}")
    seconds = frames / quality.fps
    written = min(frames, frame_count(after))
    # MoviePy is given arrays: its own reader and writer would take the colours for BT.601.
    old = last_frame(before)
    new = VideoClip(_Playing(read_frames(after, 0, written), quality.fps), duration=seconds)

    def blended(frame_at: Callable[[float], Picture], time: float) -> Picture:
        share = time / seconds
        return np.asarray(cv2.addWeighted(frame_at(time), share, old, 1 - share, 0), dtype=np.uint8)

    film = new.transform(blended)
    with SegmentEncoder(out, quality) as segment:
        for index in range(written):
            segment.write(film.get_frame(index / quality.fps))
    film.close()
    return written
