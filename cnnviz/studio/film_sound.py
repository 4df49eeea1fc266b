"""The film's one sound track: what is spoken, and a bell with each chapter card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnviz.media.chime import chime
from cnnviz.media.mix import Clip, mix
from cnnviz.media.sound import normalise
from cnnviz.media.wav import write_wav

__all__ = ["write_film_sound"]


def write_film_sound(
    clips: Sequence[tuple[Path, int]], bells: Sequence[int], length: int, out: Path
) -> None:
    """Mix `clips` and bells, bring them to the film's loudness, and write them to `out`.

    Parameters
    ----------
    clips
        Sound files, each with the sample at which it begins.
    bells
        Samples at which a bell begins.
    length
        Of the film, in samples.
    out
        The wav file to write.

    Raises
    ------
    StudioError
        A sound is damaged, or the disk is full.
    """
    bell = chime()
    placed = [Clip(path, at) for path, at in clips] + [Clip(bell, at) for at in bells]
    write_wav(out, normalise(mix(placed, length)))
