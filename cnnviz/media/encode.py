"""Frames to a mute H.264 segment, always with the same settings.

Segments are joined by copying their packets, which works only if all are encoded alike: H.264
High, closed GOPs of half a second, two B-frames, BT.709. The encoder runs on one thread, so that
the same frames give the same bytes on every run; films are rendered by many processes anyway.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream

from cnnviz.files import media_name
from cnnviz.media.colour import RgbToYuv
from cnnviz.media.container import film_options, frame_time, give_up, writing_mp4
from cnnviz.media.quality import Quality
from cnnviz.media.stills import PacketRepeater, still_plan
from cnnviz.pixels import Picture

__all__ = ["SegmentEncoder", "h264_stream"]

_AHEAD = 3  # frames that may wait for the encoder
_SPC_BT709 = 1  # AVCOL_SPC_BT709; PyAV names only swscale's own numbers

# Measured on drawn frames, 1080p60, one thread: `veryfast` costs half of `faster` for files 4 %
# larger. Lookahead and macroblock tree would save a third of 0.8 Mbit/s for a third more time, and
# take quality from frames that change. B-frames always come in pairs, never as references, so that
# decoding lags one frame behind in every segment alike.
_X264 = {
    "crf": "18",
    "preset": "veryfast",
    "tune": "animation",
    "profile": "high",
    "x264-params": ":".join(
        (
            "bframes=2",
            "b-adapt=0",
            "b-pyramid=none",
            "open-gop=0",
            "scenecut=0",
            "cabac=1",
            "mbtree=0",
            "rc-lookahead=0",
            "force-cfr=1",
            # Access unit delimiters keep pictures apart where two segments meet.
            "aud=1",
        )
    ),
}


def h264_stream(
    container: OutputContainer, quality: Quality, settings: Mapping[str, str]
) -> VideoStream:
    """Add a stream of pictures to `container`: BT.709, closed GOPs, one thread.

    `settings` are x264's own: how fine, how fast.
    """
    gop = str(quality.gop)
    options = {**settings, "g": gop, "keyint_min": gop, "sc_threshold": "0", "bf": "2"}
    stream = container.add_stream("libx264", rate=quality.fps, options=options)
    stream.width, stream.height, stream.pix_fmt = quality.width, quality.height, "yuv420p"
    stream.codec_context.time_base = frame_time(quality)
    stream.color_primaries = ColorPrimaries.BT709
    stream.color_trc = ColorTrc.BT709
    stream.colorspace = _SPC_BT709
    stream.color_range = ColorRange.MPEG
    stream.thread_count = 1
    return stream


class _AbandonedError(Exception):
    """What `abandon` tells the file's context, which then removes the file."""


class SegmentEncoder:
    """Encode frames into the MP4 file `path`, which appears, whole, on `close`.

    Parameters
    ----------
    path
        The file to make; an older one stays until the new one is whole.
    quality
        Size and rate of the frames.

    Raises
    ------
    StudioError
        The disk is full, or the encoder would not start.
    UserError
        The folder cannot be written to.

    Notes
    -----
    A failed `write` or `close` removes what was written. Whoever is interrupted between two calls
    calls `abandon`, or uses the encoder in a `with` block, which closes or abandons by itself.

    Examples
    --------
    >>> with SegmentEncoder(path, quality) as segment:  # doctest: +SKIP
    ...     segment.write(frame, repeat=30)
    """

    def __init__(self, path: Path, quality: Quality) -> None:
        self.path = path
        self.quality = quality
        self._frames = 0
        self._encoded = 0  # fewer than frames where groups of a still picture are repeated
        self._repeater = PacketRepeater()
        self._to_yuv = RgbToYuv()
        # libav lets other threads work meanwhile: the next frame is drawn while one is encoded.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._pending: deque[Future[None]] = deque()
        self._broken = False
        self._file = ExitStack()
        temporary = self._file.enter_context(writing_mp4(path))
        self._container: OutputContainer | None = None
        with self._removing_on_error():
            options = film_options(quality, moov_first=False)
            self._container = av.open(media_name(temporary), "w", format="mp4", options=options)
            self._stream = h264_stream(self._container, quality, _X264)

    @property
    def frames(self) -> int:
        """How many frames were written, repeats counted."""
        return self._frames

    def write(self, frame: Picture, repeat: int = 1) -> None:
        """Append `frame` `repeat` times; it is converted once, and encoded for a second or two.

        Parameters
        ----------
        frame
            uint8, (height, width, 3) RGB or (height, width, 4) RGBA, of which alpha is ignored.
            The array may be drawn on again afterwards.
        repeat
            How many frames it lasts.

        Raises
        ------
        ValueError
            The frame has another shape or type, or the segment is closed.
        StudioError
            The disk is full, or encoding failed.
        """
        size = (self.quality.height, self.quality.width)
        if frame.dtype != np.uint8 or frame.shape not in ((*size, 3), (*size, 4)):
            raise ValueError(f"a frame of {frame.dtype} {frame.shape} for a picture of {size}")
        with self._removing_on_error():
            self._open_container()
            picture = self._to_yuv(frame)
            picture.time_base = frame_time(self.quality)
            self._wait(until=_AHEAD - 1)
            self._pending.append(self._thread.submit(self._encode, picture, repeat))
            self._frames += repeat

    def _encode(self, picture: av.VideoFrame, repeat: int) -> None:
        if self._broken:
            return  # libav may crash when it is given more after an error
        self._broken = True
        encoded, pairs = still_plan(self._encoded, repeat, self.quality.gop)
        if pairs:
            start = self._encoded + -self._encoded % self.quality.gop
            self._repeater.repeat(start, start + 2 * self.quality.gop, pairs)
        for _ in range(encoded):
            picture.pts = self._encoded
            self._mux(self._repeater(self._stream.encode(picture)))
            self._encoded += 1
        self._broken = False

    def _wait(self, until: int = 0) -> None:
        """Wait until no more than so many frames are still to be encoded; raises what they did."""
        while len(self._pending) > until:
            self._pending.popleft().result()

    def close(self) -> None:
        """Finish the file and put it in its place.

        Raises
        ------
        ValueError
            No frame was written, or the segment is closed already.
        StudioError
            The disk is full, or encoding failed.
        """
        with self._removing_on_error():
            if not self._frames:
                raise ValueError(f"no frames for {self.path}")
            self._wait()
            self._mux(self._repeater(self._stream.encode()))
            self._mux(self._repeater.finish())
            self._open_container().close()
            self._container = None
            self._thread.shutdown()
            self._file.close()

    def abandon(self) -> None:
        """Remove what was written; nothing happens after `close`."""
        with suppress(_AbandonedError), self._removing_on_error():
            raise _AbandonedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _mux(self, packets: Iterator[Packet[Any]]) -> None:
        container = self._open_container()
        for packet in packets:
            container.mux(packet)

    def _open_container(self) -> OutputContainer:
        if self._container is None:
            raise ValueError(f"{self.path} is closed")
        return self._container

    @contextmanager
    def _removing_on_error(self) -> Iterator[None]:
        """Let an error of the block remove the file and come out as one that a person can read."""
        try:
            yield
        except BaseException as error:
            self._thread.shutdown(cancel_futures=True)
            self._pending.clear()
            if self._container is not None:
                give_up(self._container)
            self._container = None
            self._file.__exit__(type(error), error, error.__traceback__)
            raise
