"""The verb `watch`: the storyboard in a browser, new with every save."""

from __future__ import annotations

import argparse

from cnnviz.commands.film_options import add_film_options, add_name, order_of
from cnnviz.commands.words import Verbs, port

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("watch", help="the storyboard in a browser, new with every save")
    add_name(verb)
    add_film_options(verb, as_made=True)
    verb.add_argument("--port", type=port, metavar="N", help="where to serve it; 8477 if absent")
    verb.add_argument("--open", action="store_true", help="open it in the browser")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.review.watch import watch_episode

    watch_episode(order_of(options, options.name), options.port, options.open)
