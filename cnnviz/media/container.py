"""Writing MP4 files that are whole or absent, with errors that a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av.error
from av.container import OutputContainer

from cnnviz.errors import StudioError
from cnnviz.files import kind_os_error, replacing
from cnnviz.media.boxes import is_whole
from cnnviz.media.quality import Quality

__all__ = ["film_options", "frame_time", "give_up", "writing_mp4"]

_TICKS_A_FRAME = 512


def frame_time(quality: Quality) -> Fraction:
    """Seconds that one frame lasts."""
    return Fraction(1, quality.fps)


def film_options(quality: Quality, *, moov_first: bool) -> dict[str, str]:
    """Options for libav's MP4 writer.

    No edit lists, which YouTube asks for: composition offsets below zero let the first frame stand
    at time 0 although B-frames make its decoding begin earlier. `bitexact` keeps the writer's
    version out, so that the same packets give the same bytes.
    """
    return {
        "movflags": "negative_cts_offsets" + ("+faststart" if moov_first else ""),
        "use_editlist": "0",
        "video_track_timescale": str(quality.fps * _TICKS_A_FRAME),
        "fflags": "+bitexact",
    }


def give_up(container: OutputContainer) -> None:
    """Close a container whose file is given up, because of an error that is under way.

    A full disk fails again while the container is closed; the first error counts.
    """
    with suppress(OSError, av.error.FFmpegError):
        container.close()


@contextmanager
def writing_mp4(path: Path) -> Iterator[Path]:
    """Give a temporary path for an MP4 file that becomes `path` if the block succeeds.

    Raises
    ------
    StudioError
        The disk is full, or libav failed, or the file did not come out whole.
    UserError
        The folder cannot be written to.
    """
    with replacing(path) as temporary:
        try:
            yield temporary
        except OSError as error:
            raise kind_os_error(error, path) from error
        except av.error.FFmpegError as error:
            raise StudioError(f"could not be written ({error})", file=path) from error
        # libav does not report an error on the last bytes, which it writes while closing.
        if not is_whole(temporary):
            raise StudioError("was not written whole", file=path, hint="is the disk full?")
