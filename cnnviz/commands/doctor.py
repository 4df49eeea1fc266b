"""The verb `doctor`: what this machine has and lacks."""

from __future__ import annotations

import argparse

from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("doctor", help="what this machine has and lacks")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cnnviz import doctor

    return doctor.main()
