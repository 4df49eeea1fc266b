"""How far the upload is: bytes, speed and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from cnnviz.progress import LINE_EVERY, Reporter

__all__ = ["byte_bar"]


@contextmanager
def byte_bar(report: Reporter, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that takes how many of `total` bytes are there.

    On a terminal it moves a bar; elsewhere it prints a plain line now and then.
    """
    if not report.console.is_terminal:
        yield _plain(report, what, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=report.console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def _plain(report: Reporter, what: str, total: int) -> Callable[[int], None]:
    begun: tuple[float, int] | None = None
    told = monotonic()

    def tell(done: int) -> None:
        nonlocal begun, told
        now = monotonic()
        if begun is None or done < begun[1]:
            begun = now, done  # what an earlier run has sent says nothing about the speed
        elif now - told >= LINE_EVERY and done > begun[1]:
            told = now
            speed = (done - begun[1]) / (now - begun[0])
            left = (total - done) / speed
            report.line(
                f"{what}: {decimal(done)} of {decimal(total)}, "
                f"{decimal(round(speed))} a second, {left:.0f} s left"
            )

    return tell
