"""The verb `episode`: the whole episode into a bundle."""

from __future__ import annotations

import argparse

from cnnviz.commands.film_options import add_build_options, add_name, order_of
from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("episode", help="the whole episode into a bundle")
    add_name(verb)
    add_build_options(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.review.storyboard.write import write_beside_film
    from cnnviz.studio.make import make_episode

    make_episode(order_of(options, options.name), write_beside_film)
