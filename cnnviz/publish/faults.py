"""What goes wrong between here and YouTube, and what a person is told about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cnnviz.errors import FailedRequestError, StudioError, UserError

__all__ = ["RequestError", "fault_of_reply", "kind_error", "quota_returns"]

PACIFIC = "America/Los_Angeles"

_QUOTA = {"quotaExceeded", "dailyLimitExceeded"}
_RATE = {"rateLimitExceeded", "userRateLimitExceeded"}
_LOGIN = {"authError", "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_FIELDS = {
    "invalidTitle": "title",
    "invalidDescription": "description",
    "invalidTags": "tags",
    "invalidCategoryId": "category",
    "invalidPublishAt": "time of --schedule",
    "invalidVideoMetadata": "title or category",
    "invalidPlaylistSnippet": "name of --playlist",
    "playlistTitleRequired": "name of --playlist",
    "invalidImage": "thumbnail",
    "mediaBodyRequired": "file",
}


class RequestError(FailedRequestError):
    """A request that did not do what it should.

    Parameters
    ----------
    message
        One short line, without addresses and tokens.
    status
        Of the HTTP reply; None where there was none.
    reason
        YouTube's own word for it, such as `quotaExceeded`.
    field
        The part of the request that is at fault, such as `snippet.title`.
    after
        Seconds that the server asks to wait.
    passing
        Whether trying again may help.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        reason: str = "",
        field: str | None = None,
        after: float | None = None,
        passing: bool = False,
    ) -> None:
        super().__init__(message, passing=passing, after=after)
        self.status = status
        self.reason = reason
        self.field = field


def fault_of_reply(status: int, headers: Mapping[str, str], content: bytes) -> RequestError:
    """The fault that a reply outside 2xx tells of, in YouTube's old or new form of errors."""
    error = _error_in(content)
    first = next(iter(error.get("errors") or [{}]))
    details = [part for part in error.get("details") or [] if isinstance(part, dict)]
    broken = [rule for part in details for rule in part.get("fieldViolations") or []]
    reason = next((part["reason"] for part in details if "reason" in part), "")
    field = broken[0].get("field") if broken else first.get("location")
    return RequestError(
        _one_line(str(error.get("message") or f"HTTP {status}")),
        status=status,
        reason=str(first.get("reason") or reason),
        field=field.removeprefix("body.") if field and field != "Authorization" else None,
        after=_seconds(headers.get("retry-after")),
        # 409 is what YouTube says when two of its own servers got into each other's way.
        passing=status in (408, 409) or status >= 500,
    )


def _error_in(content: bytes) -> dict[str, Any]:
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {"message": str(error)}


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", text).split()).rstrip(".")


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


def quota_returns(now: datetime | None = None) -> str:
    """When the day's quota returns, at midnight in California, on this machine's own clock.

    Parameters
    ----------
    now
        With a time zone, in which the answer is given; this moment, here, where None.
    """
    now = now or datetime.now().astimezone()
    try:
        pacific = now.astimezone(ZoneInfo(PACIFIC))
    except ZoneInfoNotFoundError:
        return "midnight in California"
    midnight = (pacific + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{midnight.astimezone(now.tzinfo):%d.%m. %H:%M}"


def kind_error(fault: RequestError, step: str) -> StudioError:
    """What a person is told: which step, why, and what to do; what is done stays noted.

    Parameters
    ----------
    step
        What was being done, such as `sending the film`.

    Returns
    -------
    StudioError
        A `UserError` where waiting does not help.
    """
    told = f"{step}: {fault.message}"
    if fault.reason in _QUOTA:
        return _later(f"{step}: YouTube's quota for today is used up", f"after {quota_returns()}")
    if fault.reason == "uploadLimitExceeded":
        return _later(f"{step}: the channel may not upload more videos today", _in(24 * 3600))
    if fault.status == 429 or fault.reason in _RATE:
        when = _in(fault.after) if fault.after else f"in an hour, or after {quota_returns()}"
        return _later(f"{step}: too many requests", when)
    if fault.status == 401 or fault.reason in _LOGIN:
        return UserError(told, hint="sign in again: render.py publish login")
    if fault.reason == "youtubeSignupRequired":
        return UserError(
            f"{step}: this account has no YouTube channel", hint="make one on youtube.com"
        )
    if fault.passing:
        return _later(told, "later")
    field = fault.field or _FIELDS.get(fault.reason)
    if fault.status == 400 and field:
        return UserError(
            f"{step}: YouTube does not take the {field}: {fault.message}",
            hint="correct it, build the episode again and publish",
        )
    number = f" ({fault.reason or fault.status})" if fault.status else ""
    return UserError(f"{step}: YouTube refused{number}: {fault.message}")


def _later(message: str, when: str) -> StudioError:
    return StudioError(message, hint=f"run the same command again {when}; what is done is kept")


def _in(seconds: float) -> str:
    return f"after {datetime.now() + timedelta(seconds=seconds):%d.%m. %H:%M}"
