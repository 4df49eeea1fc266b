"""How often something is tried again, and how long to wait before it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from cnnviz.publish.faults import RequestError, kind_error

__all__ = ["PATIENCE", "Patience"]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """Waits twice as long each time, and not in step with others who wait.

    Parameters
    ----------
    attempts
        How often a request is made before giving up.
    first, longest
        Seconds: the first wait at most, and any.
    looks
        How often to look for what may have been made; YouTube's lists lag behind.
    sleep
        Waits; tests do not want to.
    """

    attempts: int = 8
    first: float = 2.0
    longest: float = 60.0
    looks: int = 4
    sleep: Callable[[float], None] = time.sleep

    def pause(self, failures: int, at_least: float | None = None) -> None:
        """Wait after the `failures`-th failure in a row."""
        wait = min(self.first * 2 ** (failures - 1), self.longest) * random.uniform(0.5, 1.0)
        self.sleep(max(wait, at_least or 0.0))

    def again(self, fault: RequestError, failures: int) -> bool:
        """Whether to try again after `fault`; if so, the wait is over when this returns."""
        too_long = fault.after is not None and fault.after > self.longest
        if not fault.passing or too_long or failures >= self.attempts:
            return False
        self.pause(failures, fault.after)
        return True

    def persist(self, step: str, action: Callable[[], Result]) -> Result:
        """What `action` returns, tried again while it fails in passing.

        Raises
        ------
        StudioError
            It failed for good; the line names `step`.
        """
        for failures in count(1):
            try:
                return action()
            except RequestError as fault:
                if not self.again(fault, failures):
                    raise kind_error(fault, step) from fault
        raise AssertionError("counting does not end")

    def look(self, find: Callable[[], Result | None], *, expected: bool) -> Result | None:
        """What `find` finds; looked for more than once if it is `expected` to be there."""
        for failures in range(1, (self.looks if expected else 1) + 1):
            if failures > 1:
                self.pause(failures - 1)
            found = find()
            if found is not None:
                return found
        return None


PATIENCE = Patience()
"""A person's: some minutes."""
