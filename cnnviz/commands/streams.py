"""Standard output and error, as a shell, a service or a closed terminal may leave them."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from cnnviz.errors import StudioError

__all__ = ["close_quietly", "usable_streams"]

STANDARD = (0, 1, 2)


@contextmanager
def usable_streams() -> Iterator[None]:
    """See in the block that both streams are there, and that work does not fail because of them.

    Whoever closes them does not want to hear anything; and a closed one's number would be given to
    the next file that is opened, into which a library would then write its messages. What cannot be
    written to standard error, because its terminal or disk is gone, is not said. What cannot be
    written to standard output is a failure, but for a pipe whose reader has seen enough.

    Raises
    ------
    StudioError
        Standard output cannot be written to.
    BrokenPipeError
        Its reader has gone.
    """
    _open_closed()
    before = sys.stdout, sys.stderr
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As on standard error: titles must not break a terminal that knows no Bengali.
        sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout = cast("TextIO", _Output(sys.stdout))
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = cast("TextIO", _Patient(sys.stderr))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def close_quietly(stream: TextIO) -> None:
    """Let what `stream` still holds go nowhere; Python would complain of it when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class _Patient:
    """A stream that falls silent, in place of failing, once it cannot be written to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):  # closed files are ValueErrors
            close_quietly(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            close_quietly(self._stream)


class _Output:
    """A stream whose failure is one line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._said():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._said():
            self._stream.flush()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            close_quietly(self._stream)
            reason = error.strerror or error
            raise StudioError(f"standard output cannot be written to: {reason}") from error


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - for as long as it runs


def _open_closed() -> None:
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            # The lowest that is free: this very number, since those below it are open.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
