"""The verb `storyboard`: every beat on one page, without rendering."""

from __future__ import annotations

import argparse

from cnnviz.commands.film_options import add_film_options, add_name, order_of
from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("storyboard", help="every beat on one page, without rendering")
    add_name(verb)
    add_film_options(verb, as_made=True)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.review.storyboard.make import make_storyboard

    make_storyboard(order_of(options, options.name))
