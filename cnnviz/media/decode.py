"""Frames of a finished segment or film as RGB arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from cnnviz.errors import StudioError
from cnnviz.files import media_name
from cnnviz.media.colour import YuvToRgb
from cnnviz.pixels import Picture

__all__ = ["damaged", "frame_count", "last_frame", "open_film", "read_frames"]


def damaged(path: Path) -> StudioError:
    """The error that `path` cannot be read to its end."""
    return StudioError("a damaged film file", file=path, hint="delete it and render again")


# Opening a file, libav decodes pictures to learn what is not asked here; over all segments of a
# film this takes longer than copying them.
_UNDECODED = {"skip_frame": "all", "probesize": "32"}


@contextmanager
def open_film(path: Path, *, decoded: bool = True) -> Iterator[InputContainer]:
    """Open the film or segment at `path` for reading; it has a picture.

    Parameters
    ----------
    path
        The file.
    decoded
        Whether its frames will be asked for; its packets alone are ready sooner.

    Raises
    ------
    StudioError
        There is no such file, or it cannot be read, then or later in the block.
    """
    try:
        with av.open(media_name(path), options={} if decoded else _UNDECODED) as film:
            if not film.streams.video:
                raise damaged(path)
            yield film
    except FileNotFoundError as error:
        raise StudioError("no such film file", file=path) from error
    except FFmpegError as error:
        raise damaged(path) from error


def frame_count(path: Path) -> int:
    """How many frames the file at `path` has, by its header.

    Raises
    ------
    StudioError
        There is no such file, or it is damaged.
    """
    with open_film(path) as film:
        return film.streams.video[0].frames


def last_frame(path: Path) -> Picture:
    """The last frame of the file at `path`, uint8 (H, W, 3) RGB.

    Raises
    ------
    StudioError
        There is no such file, or it is damaged.
    """
    return next(read_frames(path, frame_count(path) - 1, 1))


def read_frames(path: Path, start: int = 0, count: int | None = None) -> Iterator[Picture]:
    """Frames of the file at `path`, each a fresh uint8 array (H, W, 3) RGB.

    Parameters
    ----------
    path
        A segment or a film of constant rate.
    start
        The first frame wanted, counted from 0.
    count
        How many; all that follow where it is left out.

    Raises
    ------
    StudioError
        There is no such file, or it is damaged, or it has fewer frames.
    """
    with open_film(path) as film:
        stream = film.streams.video[0]
        end = stream.frames if count is None else start + count
        if not 0 <= start <= end <= stream.frames:
            raise StudioError(f"no frames {start} to {end} in {stream.frames}", file=path)
        expected = start
        to_rgb = YuvToRgb()
        for index, frame in _frames_from(film, stream, start):
            if expected == end:
                break
            if index != expected:
                raise damaged(path)
            yield to_rgb(frame)
            expected += 1
        if expected != end:
            raise damaged(path)


def _frames_from(
    film: InputContainer, stream: VideoStream, start: int
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Decoded frames from `start` on, each with its place in the film."""
    assert stream.average_rate is not None
    assert stream.time_base is not None
    ticks = 1 / (stream.average_rate * stream.time_base)
    begin = stream.start_time or 0
    if start:
        film.seek(begin + int(start * ticks), stream=stream)
    for frame in film.decode(stream):
        assert frame.pts is not None
        index = round((frame.pts - begin) / ticks)
        if index >= start:
            yield index, frame
