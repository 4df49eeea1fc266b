"""The verb `evaluate`: the recognizer's accuracy on pictures of cards."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnviz.commands.recognizer_options import add_data_option, add_weights_option
from cnnviz.commands.words import Verbs

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("evaluate", help="the recognizer's accuracy on pictures of cards")
    add_data_option(verb, "a folder with a folder a class, or photographs' labels.csv")
    verb.add_argument("--json", type=Path, metavar="FILE", help="the whole report")
    verb.add_argument(
        "--turned", action="store_true", help="also with the pictures turned by 90°, 180° and 270°"
    )
    verb.add_argument(
        "--all", action="store_true", help="photographs: also those that training may have seen"
    )
    add_weights_option(verb)
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.recognizer.training.evaluation import evaluate_command

    evaluate_command(
        options.data,
        json_file=options.json,
        weights=options.weights,
        turned=options.turned,
        everything=options.all,
    )
