"""The verb `record`: the live recognizer, captured into `recordings/`."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnviz.commands.recognizer_options import add_camera_options
from cnnviz.commands.words import Verbs, length

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("record", help="the live recognizer, captured into recordings/")
    add_camera_options(verb)
    verb.add_argument(
        "--seconds", type=length, metavar="N", help="how long; until q or Ctrl-C if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="FILE", help="an .mp4; recordings/demo-DATE.mp4 if absent"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.capture.record import record

    record(
        options.camera,
        options.mode,
        options.seconds,
        options.out,
        options.root / "recordings",
        options.weights,
    )
