"""Telling a person how far the work is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

__all__ = ["Reporter"]

LINE_EVERY = 10.0
"""Seconds between two plain lines of the same counter."""


class Reporter:
    """Writes to `stream`, standard error where none is given; one line for each thing to know."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.console = Console(file=self.stream, highlight=False, emoji=False)

    def line(self, text: str) -> None:
        """One plain line."""
        self.console.print(text, markup=False, soft_wrap=True)

    def counter(self, what: str, total: int) -> Callable[[int, int], None]:
        """A function that takes how many are done and how many there are.

        It prints a plain line now and then, and nothing where the work is done in a moment.
        """
        last = time.monotonic()

        def tell(done: int, of: int = total) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= LINE_EVERY:
                last = now
                self.line(f"{what}: {done} of {of}")

        return tell

    @contextmanager
    def bar(self, what: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Give a function that takes how many of `total` are done.

        On a terminal it moves a bar with the time left; elsewhere it prints plain lines.
        """
        if not self.console.is_terminal:
            tell = self.counter(what, total)
            yield lambda done: tell(done, total)
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.update(task, completed=done)
