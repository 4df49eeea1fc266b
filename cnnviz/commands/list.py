"""The verb `list`: episodes, scenes, beats, durations."""

from __future__ import annotations

import argparse

from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("list", help="episodes, scenes, beats, durations")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.studio.listing import listing

    print(listing(options.root))
