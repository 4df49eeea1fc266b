"""The two kinds of failure that a person sees: their mistake, or the machine's.

Everything else that reaches the command line is a bug and may show a traceback.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["FailedRequestError", "StudioError", "UserError", "shown_path"]


def shown_path(path: Path | str) -> str:
    """`path` as a person would type it: relative to the working directory where that is shorter."""
    path = Path(path)
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError, RuntimeError):  # elsewhere, or a link that leads to itself
        return str(path)


class StudioError(Exception):
    """A failure that is not the user's mistake: a full disk, a voice service that is down.

    Parameters
    ----------
    message
        What happened, one line, no full stop.
    file, line
        Where; both optional. `line` counts from 1.
    hint
        What to do about it, one line.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        place = ""
        if self.file is not None:
            place = shown_path(self.file) + (f":{self.line}" if self.line else "") + ": "
        return place + self.message + (f" — {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments are lost by the default pickling, and errors cross process borders.
        return _rebuild, (type(self), self.message, self.file, self.line, self.hint)


def _rebuild(
    kind: type[StudioError],
    message: str,
    file: Path | str | None,
    line: int | None,
    hint: str | None,
) -> StudioError:
    return kind(message, file=file, line=line, hint=hint)


class UserError(StudioError):
    """A mistake in what the user typed or wrote; the command exits with 2."""

    exit_code = 2


class FailedRequestError(Exception):
    """A request that did not do what it should.

    Parameters
    ----------
    message
        One short line, without addresses and tokens.
    passing
        Whether trying again may help.
    after
        Seconds that the server asks to wait.
    """

    def __init__(self, message: str, *, passing: bool = False, after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.passing = passing
        self.after = after
