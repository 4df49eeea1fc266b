"""The verb `watch`: the storyboard in a browser, redrawn whenever a script or a scene is saved."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from watchfiles import watch

from cnnviz.bundle_files import FILM
from cnnviz.episode.episode import find_episode
from cnnviz.errors import StudioError
from cnnviz.evidence_files import RECORDINGS
from cnnviz.loopback import LOOPBACK
from cnnviz.progress import Reporter
from cnnviz.review.made import as_made
from cnnviz.review.storyboard.make import look
from cnnviz.review.storyboard.page import page, waiting_page
from cnnviz.review.watch_server import Desk, loopback_socket, serving
from cnnviz.studio.cache import in_use
from cnnviz.studio.make import Order, begin
from cnnviz.studio.site import Site

__all__ = ["watch_episode"]

FIRST = 100
"""Milliseconds after which the first page is made; by then, no change escapes."""


def watch_episode(order: Order, port: int | None, in_browser: bool) -> None:
    """Serve the storyboard until Ctrl-C, and bring it up to date with every save.

    A mistake in what was saved is said in one line, on the page too, and the page stays as it was.
    If it is there from the beginning, it is all that is shown until it is mended.

    Parameters
    ----------
    order
        Which film.
    port
        Where to serve it; the usual one where None.
    in_browser
        Whether to open it in the person's browser.

    Raises
    ------
    UserError
        There is no such episode, or the port is taken.
    StudioError
        The first page cannot be made, and no file that could be mended is at fault.
    """
    episode = find_episode(order.root, order.name)
    report = Reporter()
    desk = Desk(order.folder / FILM)
    saves = _saves(episode.root)
    next(saves)
    bound = loopback_socket(port)
    _begin(desk, order, report)
    with serving(desk, bound), suppress(KeyboardInterrupt):
        address = f"http://{LOOPBACK}:{bound.getsockname()[1]}/"
        report.line(f"{address} follows what you save; Ctrl-C ends it")
        if in_browser:
            webbrowser.open(address)
        for names in saves:
            _follow(desk, order, report, names)
    report.line("no longer watching")


def _saves(root: Path) -> Iterator[list[str]]:
    """First nothing, once changes are noted; then the names of the files of each save."""
    folders = [root / name for name in ("narration", "scenes", RECORDINGS)]
    changes = watch(
        *(folder for folder in folders if folder.is_dir()),
        rust_timeout=FIRST,
        yield_on_timeout=True,
    )
    for number, changed in enumerate(changes):
        if changed or number == 0:
            yield sorted(Path(path).name for _, path in changed)


def _begin(desk: Desk, order: Order, report: Reporter) -> None:
    """Make the first page; one that says what is wrong where a saved file is."""
    try:
        _bring_up_to_date(desk, order, report)
    except StudioError as error:
        if error.file is None:
            raise  # what was typed is at fault, or the machine: no save will change that
        desk.problem = str(error)
        desk.html = waiting_page(order.name, desk.problem)
        report.line(f"error: {error}")


def _follow(desk: Desk, order: Order, report: Reporter, names: list[str]) -> None:
    try:
        spent = _bring_up_to_date(desk, order, report)
    except StudioError as error:
        desk.problem = str(error)
        report.line(f"error: {error}")
    else:
        report.line(f"{', '.join(names)}: up to date after {spent:.1f} s")


def _bring_up_to_date(desk: Desk, order: Order, report: Reporter) -> float:
    """Make the page anew; gives how many seconds that took."""
    started = time.monotonic()
    with in_use():
        production = begin(as_made(order), report)
        site = Site(report, order.workers)
        board = look(production, site, order.folder, listening=False)
    version = str(time.time_ns())
    # The page before its version: who hears of it must find it.
    desk.html = page(board, version)
    desk.version, desk.problem = version, ""
    return time.monotonic() - started
