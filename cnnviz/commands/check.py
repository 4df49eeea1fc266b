"""The verb `check`: what is wrong with an episode."""

from __future__ import annotations

import argparse

from cnnviz.commands.film_options import add_film_options, add_name, order_of
from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("check", help="what is wrong with script, stage, captions and film")
    add_name(verb)
    add_film_options(verb, as_made=True)
    verb.add_argument("--json", action="store_true", help="print the findings as JSON")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cnnviz.review.check_episode import check_episode

    return check_episode(order_of(options, options.name), as_json=options.json)
