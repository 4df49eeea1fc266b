"""The verb `train-lesson`: a training that a film shows, run again."""

from __future__ import annotations

import argparse

from cnnviz.commands.words import Verbs, name

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("train-lesson", help="the training that an episode's film shows")
    verb.add_argument("name", type=name, metavar="NAME", help="the episode, such as tictactoe")
    verb.add_argument(
        "--compare",
        action="store_true",
        help="write nothing; say whether this machine gets the numbers that are there",
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.episode.lesson_training import train_lesson

    for line in train_lesson(options.root, options.name, compare=options.compare):
        print(line)
