"""A finished film and its clock, as `bundle.json` tells it."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cnnviz.bundle_files import FILM
from cnnviz.errors import UserError
from cnnviz.media.boxes import is_whole
from cnnviz.media.decode import damaged
from cnnviz.media.quality import QUALITIES, Quality, quality
from cnnviz.models import Count, Is, Positive, Text, misfit, read_shape
from cnnviz.stage_format import FORMATS, WIDE

__all__ = ["RENDER_AGAIN", "FinishedBeat", "FinishedFilm", "read_finished", "reading"]

RENDER_AGAIN = "delete it and render the episode again"
_AGAIN = "render the episode again"


@dataclass(frozen=True)
class FinishedBeat:
    """A beat of a film, in seconds; of its end, the viewer has `thinking` or more to think in."""

    scene: str
    beat: str
    start: float
    end: float
    thinking: float = 0.0


@dataclass(frozen=True)
class FinishedFilm:
    """What a bundle says of its film.

    Parameters
    ----------
    path, facts
        `episode.mp4` and `bundle.json`.
    quality, language, digest
        Of the film; the quality in its format, the digest as it was when the bundle was written.
    fps, frames
        Frames a second, and how many all beats have.
    beats
        In order, the first from 0, each from where the one before ends.
    """

    path: Path
    facts: Path
    quality: Quality
    language: str
    digest: str
    fps: int
    frames: int
    beats: tuple[FinishedBeat, ...]

    def at(self, seconds: float) -> FinishedBeat:
        """The beat that is seen at a time; the first or last one for times outside the film."""
        starts = [beat.start for beat in self.beats]
        return self.beats[max(0, bisect_right(starts, seconds) - 1)]


@dataclass(frozen=True)
class _Beat:
    scene: Text
    beat: Text
    start_frame: Count
    frames: Positive
    thinking_frames: Count = 0  # older films have none


@dataclass(frozen=True)
class _Facts:
    quality: Annotated[str, Is("the name of a quality", QUALITIES.__contains__)]
    language: Text
    digest: Text
    fps: Positive
    beats: Annotated[tuple[_Beat, ...], Is("a list of beats", bool)]
    # Older bundles do not say: there were only wide films.
    format: Annotated[str, Is("the name of a format", FORMATS.__contains__)] = WIDE.name


def read_finished(bundle: Path) -> FinishedFilm:
    """The film in the folder `bundle`.

    Raises
    ------
    UserError
        `episode.mp4` or `bundle.json` is missing or damaged, or the beats leave gaps.
    """
    path, facts = bundle / FILM, bundle / "bundle.json"
    _check_whole(path)
    read = read_shape(facts, _Facts, _AGAIN)
    beats: list[FinishedBeat] = []
    frames = 0
    for index, one in enumerate(read.beats):
        if one.start_frame != frames:
            expected = f"{frames}, where the beat before ends"
            raise misfit(facts, _AGAIN, f"beats[{index}].start_frame", expected)
        begin, frames = frames, frames + one.frames
        start, end, thinking = (n / read.fps for n in (begin, frames, one.thinking_frames))
        beats.append(FinishedBeat(one.scene, one.beat, start, end, thinking))
    return FinishedFilm(
        path=path,
        facts=facts,
        quality=quality(read.quality, FORMATS[read.format]),
        language=read.language,
        digest=read.digest,
        fps=read.fps,
        frames=frames,
        beats=tuple(beats),
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Let the film at `path` be read in the block, whatever its header has become.

    Over some damage libav's wrapper stumbles, or our reader of boxes, and not libav.

    Raises
    ------
    StudioError
        It is damaged.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, ValueError, struct.error) as error:
        raise damaged(path) from error


def _check_whole(path: Path) -> None:
    try:
        with reading(path):
            whole = is_whole(path)
    except FileNotFoundError as error:
        raise UserError("no such film", file=path, hint="render the episode first") from error
    except OSError as error:
        raise UserError(error.strerror or str(error), file=path) from error
    if not whole:
        raise UserError("not a whole MP4 file", file=path, hint=RENDER_AGAIN)
