"""The verb `new`: an episode that renders at once."""

from __future__ import annotations

import argparse

from cnnviz.commands.words import Verbs, name

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("new", help="a new episode that renders at once")
    verb.add_argument(
        "name", metavar="NAME", help="what it is called: small Latin letters, digits and _"
    )
    verb.add_argument(
        "--from",
        type=name,
        dest="origin",
        metavar="EPISODE",
        help="as a variation of another episode",
    )
    verb.add_argument("--title", type=name, metavar="T", help="its title")
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.episode.new import new_episode

    for path in new_episode(options.root, options.name, options.origin, options.title):
        print(f"wrote {path.relative_to(options.root)}")
    print(f"next: render.py watch {options.name} --open, then render.py episode {options.name}")
