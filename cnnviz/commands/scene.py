"""The verb `scene`: one scene anew, and the episode joined again."""

from __future__ import annotations

import argparse

from cnnviz.commands.film_options import add_build_options, order_of
from cnnviz.commands.words import Verbs, name
from cnnviz.errors import UserError

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("scene", help="one scene anew, and the episode joined again")
    verb.add_argument("place", type=name, metavar="NAME/SCENE", help="episode and scene")
    add_build_options(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.review.storyboard.write import write_beside_film
    from cnnviz.studio.make import make_scene

    name, slash, scene = options.place.partition("/")
    if not slash or not name or not scene:
        raise UserError(
            f"{options.place!r} is not NAME/SCENE", hint="for example convolution/sliding_window"
        )
    make_scene(order_of(options, name), scene, write_beside_film)
