"""What the thread that shows the window tells the one that grabs it from the screen."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnviz.capture.screen import Region, window_region

if TYPE_CHECKING:
    from cnnviz.capture.shown import Shown
    from cnnviz.recognizer.recognizer import Sight

__all__ = ["Told"]

_REMEMBERED = 45  # shown pictures whose sight is kept: half a second and more
_PATIENCE = 0.2  # seconds in which the session has told what a picture on the screen is


class Told:
    """Where the window is, and what was seen in the pictures that it has shown last.

    Parameters
    ----------
    window
        Title of the window.
    ended
        Whether nobody needs to wait any longer.

    Attributes
    ----------
    region
        Where the window stood at the last picture; None before there was one.
    clock
        How many pictures the window has shown, and when the last one, by `time.monotonic`.
    """

    def __init__(self, window: str, ended: Callable[[], bool]) -> None:
        self.region: Region | None = None
        self.clock = (0, 0.0)
        self._window = window
        self._ended = ended
        self._changed = threading.Condition()
        self._sights: OrderedDict[int, Sight] = OrderedDict()

    def tell(self, shown: Shown) -> None:
        """Take notice of what the window shows now; called by the thread that shows it."""
        region = window_region(self._window)
        with self._changed:
            self.region = region
            self._sights[shown.number] = shown.sight
            while len(self._sights) > _REMEMBERED:
                self._sights.popitem(last=False)
            self.clock = (self.clock[0] + 1, shown.at)
            self._changed.notify_all()

    def rate_since(self, before: tuple[int, float]) -> float:
        """Pictures a second that the window has shown since `before`, an earlier `clock`."""
        shown, seconds = (now - then for now, then in zip(self.clock, before, strict=True))
        return shown / seconds if seconds else 0.0

    def is_newer(self, number: int, within: float) -> bool:
        """Whether a picture after `number` is told of in so many seconds, or it has ended."""
        with self._changed:
            return self._changed.wait_for(lambda: self._last > number or self._ended(), within)

    def sight(self, number: int) -> Sight | None:
        """What was seen in the picture `number`, which can be on the screen before it is told."""
        with self._changed:
            self._changed.wait_for(lambda: self._last >= number or self._ended(), _PATIENCE)
            return self._sights.get(number)

    @property
    def _last(self) -> int:
        return next(reversed(self._sights), -1)
