"""What the recognizer's window has shown: what a recorder is told of."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.pixels import Picture
from cnnviz.recognizer.recognizer import Sight

__all__ = ["Shown"]


@dataclass(frozen=True, eq=False)
class Shown:
    """One picture that the window showed.

    Parameters
    ----------
    number
        The one that is drawn into it; counts from 1. A frozen picture that is painted again, say
        because a capture has begun, keeps its own.
    at
        When it had been painted, by `time.monotonic`.
    sight
        What was recognized.
    frame
        The camera's frame, BGR (480, 640, 3), without anything drawn on it.
    """

    number: int
    at: float
    sight: Sight
    frame: Picture
