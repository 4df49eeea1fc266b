"""Asking somebody else's server again: how often, and how long to wait before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_result,
    stop_after_attempt,
    wait_exponential,
    wait_random_exponential,
)

from cnnviz.errors import FailedRequestError

__all__ = ["Patience"]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """Waits twice as long each time, and not in step with others who wait.

    Parameters
    ----------
    attempts
        How often a request is made before giving up.
    first, longest
        Seconds: the first wait at most, and any. Each wait is half of what it may be, and a random
        share of the other half.
    looks
        How often to look for what may have been made; a server's lists lag behind.
    sleep
        Waits; tests do not want to.
    """

    attempts: int = 8
    first: float = 2.0
    longest: float = 60.0
    looks: int = 4
    sleep: Callable[[float], None] = time.sleep

    def persist(self, action: Callable[[], Result]) -> Result:
        """What `action` returns, tried again while it fails in passing.

        Raises
        ------
        FailedRequestError
            The last failure, where it failed for good.
        """
        trying = Retrying(
            sleep=self.sleep,
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            retry=retry_if_exception(self._is_worth_waiting),
            reraise=True,
        )
        return trying(action)

    def again(self, fault: FailedRequestError, failures: int) -> bool:
        """Whether to try again after the `failures`-th `fault`; the wait is over on return.

        For those who count by themselves, because not every failure is one in a row.
        """
        if not self._is_worth_waiting(fault) or failures >= self.attempts:
            return False
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = failures
        state.set_exception((type(fault), fault, fault.__traceback__))
        self.sleep(self._wait(state))
        return True

    def look(self, find: Callable[[], Result | None], *, expected: bool) -> Result | None:
        """What `find` finds; looked for more than once if it is `expected` to be there."""
        looking = Retrying(
            sleep=self.sleep,
            stop=stop_after_attempt(self.looks if expected else 1),
            wait=self._wait,
            retry=retry_if_result(lambda found: found is None),
            retry_error_callback=lambda state: None,
        )
        return looking(find)

    def asks_too_long(self, fault: FailedRequestError) -> bool:
        """Whether a server asks to wait longer than anybody would here."""
        return fault.passing and fault.after is not None and fault.after > self.longest

    def _is_worth_waiting(self, error: BaseException) -> bool:
        if not isinstance(error, FailedRequestError):
            return False
        return error.passing and not self.asks_too_long(error)

    def _wait(self, state: RetryCallState) -> float:
        half = self.first / 2, self.longest / 2
        wait = wait_exponential(*half)(state) + wait_random_exponential(*half)(state)
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.after if isinstance(fault, FailedRequestError) else None
        return max(wait, asked or 0.0)
