"""Where a film's chapters begin, in whole frames, as the timeline counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["SHORTEST_CHAPTER", "Chapter", "join_short"]

SHORTEST_CHAPTER = 10
"""Seconds; YouTube drops all chapters of a film if one of them is shorter."""


@dataclass(frozen=True)
class Chapter:
    """A part of a film that YouTube lists.

    Parameters
    ----------
    start
        Its first frame.
    fps
        Frames a second.
    title
        What is listed.
    """

    start: int
    fps: int
    title: str

    @property
    def seconds(self) -> float:
        """When it begins."""
        return self.start / self.fps

    @property
    def shown(self) -> int:
        """When it begins as YouTube shows it: the whole seconds that have passed by then.

        Rounded down, and nothing else: then two chapters that begin ten seconds apart or more are
        shown ten seconds apart or more, because ⌊t + 10⌋ = ⌊t⌋ + 10.
        """
        return self.start // self.fps


def join_short(scenes: Iterable[tuple[int, str]], end: int, fps: int) -> tuple[Chapter, ...]:
    """One chapter for each scene, but none shorter than ten seconds in a film that is longer.

    A scene that is too short joins the chapter before it, the first one the chapter after it.

    Parameters
    ----------
    scenes
        Each scene's first frame and title, in order; the first from 0.
    end
        The film's length, in frames.
    fps
        Frames a second.
    """
    all_of_them = [Chapter(start, fps, title) for start, title in scenes]
    ends = [*(chapter.start for chapter in all_of_them[1:]), end]
    shortest = SHORTEST_CHAPTER * fps
    found = [
        chapter
        for number, (chapter, after) in enumerate(zip(all_of_them, ends, strict=True))
        if number == 0 or after - chapter.start >= shortest
    ]
    if len(found) > 1 and found[1].start < shortest:
        found[:2] = [Chapter(0, fps, found[1].title)]
    return tuple(found)
