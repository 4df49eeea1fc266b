"""The verb `live`: the card recognizer's window alone."""

from __future__ import annotations

import argparse

from cnnviz.commands.recognizer_options import add_camera_options
from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("live", help="the card recognizer's window alone")
    add_camera_options(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.capture.live import live

    live(options.camera, options.mode, options.weights, options.root / "recordings")
