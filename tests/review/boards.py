"""The tiny film's storyboard, with things to find in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tiny import Project

from cnnviz.progress import Reporter
from cnnviz.review.finding import Finding
from cnnviz.review.passes import stills
from cnnviz.review.storyboard.film import film_in
from cnnviz.review.storyboard.page import Board
from cnnviz.review.storyboard.sounds import small_sounds
from cnnviz.studio.make import Order, begin
from cnnviz.studio.site import Site

__all__ = ["FINDINGS", "board", "order"]

FINDINGS = (
    Finding("chapters", "warning", "only 1 chapter", "write more scenes"),
    Finding("titles", "warning", "a title in <b>bold</b>", "write it plainly", scene="second"),
    Finding(
        "caption-speed",
        "error",
        "24 signs at once </script><script>alert(1)</script>",
        "shorten it",
        scene="first",
        beat="summed",
        file=Path("narration/tiny/bn.yaml"),
        line=12,
    ),
)


def order(project: Project) -> Order:
    return Order(project.root, "tiny", quality="draft", voice="recorded")


def board(project: Project, bundle: Path | None = None) -> Board:
    """The board of a project whose beats are all drawn; the film is the one in `bundle`."""
    report = Reporter()
    production = begin(order(project), report)
    shown: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in json.loads((project.bundle / "numbers.json").read_bytes()):
        shown.setdefault((entry["scene"], entry["beat"]), []).append(entry)
    return Board(
        production=production,
        stills=stills(production, Site(report)),
        sounds=small_sounds(production.spoken),
        shown=shown,
        findings=FINDINGS,
        film=film_in(bundle, production) if bundle else None,
    )
