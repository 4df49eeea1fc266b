"""The verb `storyboard`: see a whole film in seconds, without rendering it."""

from __future__ import annotations

import time
from pathlib import Path

from cnnviz.errors import shown_path
from cnnviz.progress import Reporter
from cnnviz.review.made import as_made, is_of_film
from cnnviz.review.sealed import seal, write_findings
from cnnviz.review.storyboard.checked import checked
from cnnviz.review.storyboard.film import film_in
from cnnviz.review.storyboard.page import Board
from cnnviz.review.storyboard.sounds import small_sounds
from cnnviz.review.storyboard.write import NAME, write_page
from cnnviz.studio.cache import in_use
from cnnviz.studio.make import Order, begin
from cnnviz.studio.production import Production
from cnnviz.studio.site import Site

__all__ = ["look", "make_storyboard"]


def make_storyboard(order: Order) -> Path:
    """Write the storyboard into the bundle, and say where it lies and what is to be mended.

    What was found of the film is written beside it, as `check` does.

    An empty quality or voice is that of the film in the bundle, and so is no recording.

    Raises
    ------
    UserError, StudioError
        Something is wrong with what was asked for, or with the machine.
    """
    started = time.monotonic()
    report = Reporter()
    path = order.folder / NAME
    with in_use():
        production = begin(as_made(order), report)
        taken = seal(order.folder)
        board = look(production, Site(report, order.workers), order.folder)
        write_page(board, path)
    if board.findings is not None and is_of_film(order, production.voice):
        write_findings(order.folder, taken, board.findings)
    found = [one.severity for one in board.findings or ()]
    report.line(
        f"{shown_path(path)}: {len(production.slots)} beats, {found.count('error')} errors,"
        f" {found.count('warning')} warnings, after {time.monotonic() - started:.1f} s"
    )
    return path


def look(production: Production, site: Site, folder: Path, *, listening: bool = True) -> Board:
    """All that a page about `production` shows; the film is the one in the bundle `folder`.

    Unless `listening`, that film is not checked, which would take long after each change.

    Raises
    ------
    StudioError
        A scene raised, or the disk is full.
    """
    # Late: it knows how scenes are played, and `--help` must not wait for that.
    from cnnviz.review.passes import look_at_stages, stills

    seen = look_at_stages(production, site)
    return Board(
        production=production,
        stills=stills(production, site),
        sounds=small_sounds(production.spoken),
        shown={place: facts.ledger for place, facts in seen.items()},
        findings=checked(production, site, folder if listening else None),
        film=film_in(folder, production),
    )
