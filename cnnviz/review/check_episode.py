"""The verb `check`: what is wrong with an episode, in words or as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnviz.episode.episode import find_episode
from cnnviz.errors import shown_path
from cnnviz.progress import Reporter
from cnnviz.review.finding import Finding
from cnnviz.review.made import as_made, film_made, is_of_film
from cnnviz.review.script_rules import mismatch_findings
from cnnviz.review.sealed import seal, write_findings
from cnnviz.studio.cache import in_use
from cnnviz.studio.make import Order, prepared, require_known
from cnnviz.studio.production import mismatches
from cnnviz.studio.site import Site

__all__ = ["check_episode"]

STDOUT, STDERR = 1, 2
COLOURS = {"error": "bold red", "warning": "yellow"}


@dataclass(frozen=True)
class _Checked:
    """What was looked at, and what was found.

    Parameters
    ----------
    order
        What was asked for, its quality filled in.
    voice
        The engine that speaks it.
    film
        Whether there was a film to look at.
    beats
        How many there are.
    findings
        In the clock's order.
    unfinished
        Whether scripts and scenes do not even fit together, so that nothing else was asked.
    """

    order: Order
    voice: str
    film: bool
    beats: int
    findings: Sequence[Finding]
    unfinished: bool = False

    def count(self, severity: str) -> int:
        return sum(one.severity == severity for one in self.findings)

    def as_json(self) -> dict[str, Any]:
        return {
            "episode": self.order.name,
            "language": self.order.language,
            "quality": self.order.quality,
            "film": self.film,
            "findings": [one.as_json() for one in self.findings],
        }


def check_episode(order: Order, as_json: bool = False) -> int:
    """Ask all rules about an episode and print what they find; of a film, write it beside it, too.

    Parameters
    ----------
    order
        Which film; an empty quality or voice is that of the film in the bundle.
    as_json
        Whether to print JSON in place of text.

    Returns
    -------
    int
        1 if there are errors, else 0.

    Raises
    ------
    UserError, StudioError
        A script or a recording cannot be read, a scene raised, no voice can speak it, or what was
        found cannot be written into the bundle.
    """
    with in_use(), _stdout_to_stderr():
        # Before anything is looked at: a film that is exchanged meanwhile was not checked.
        taken = seal(order.folder)
        checked = _checked(order, Reporter())
    if as_json:
        print(json.dumps(checked.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(checked)
    if is_of_film(order, checked.voice):
        write_findings(order.folder, taken, checked.findings)
    return 1 if checked.count("error") else 0


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Keep standard output for the findings: scenes and libraries print what they like.

    The descriptor itself is turned, too, because they also print in worker processes.
    """
    sys.stdout.flush()
    kept = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)


def _checked(order: Order, report: Reporter) -> _Checked:
    # Late: it needs all that draws scenes and looks at films.
    from cnnviz.review.check import check

    episode = find_episode(order.root, order.name)
    script = episode.script(order.language)
    order = as_made(order)
    require_known(order)
    film = film_made(order.folder, order.language) is not None
    beats = sum(len(scene.beats) for scene in script.scenes)
    problems = mismatches(episode, order.language, report, order.workers, order.recording)
    if problems:
        found = mismatch_findings(problems)
        return _Checked(order, order.voice, film, beats, found, unfinished=True)
    production = prepared(episode, order, report)
    found = check(production, Site(report, order.workers), order.folder)
    return _Checked(order, production.voice, film, beats, found)


def _print(checked: _Checked) -> None:
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    scenes = dict.fromkeys(one.scene for one in checked.findings)
    for scene in scenes:
        console.print(Text(scene or "the whole film", "bold"))
        for finding in (one for one in checked.findings if one.scene == scene):
            console.print(_line(finding))
    errors, warnings = checked.count("error"), checked.count("warning")
    order = checked.order
    console.print(
        f"{order.name} ({order.language}): {_many(errors, 'error')}, {_many(warnings, 'warning')};"
        f" {_many(checked.beats, 'beat')} looked at" + (", and the film" if checked.film else ""),
        markup=False,
    )
    if checked.unfinished:
        console.print("all other rules are asked once scripts and scenes fit together")


def _line(finding: Finding) -> Text:
    # As `str` has it, but for the scene, which stands above.
    line = Text("  ")
    if finding.file is not None:
        line.append(shown_path(finding.file) + (f":{finding.line}: " if finding.line else ": "))
    if finding.beat:
        line.append(f"{finding.beat}: ", "bold")
    line.append(f"{finding.severity}: ", COLOURS[finding.severity])
    return line.append(f"{finding.message} — {finding.advice} [{finding.rule}]")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
