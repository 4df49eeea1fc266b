"""The verb `train`: the recognizer's weights from pictures of cards."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnviz.commands.recognizer_options import add_data_option
from cnnviz.commands.words import Verbs, count

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("train", help="the recognizer's weights from pictures of cards")
    add_data_option(verb, "a folder with train/ and valid/ in it, in each a folder a class")
    verb.add_argument(
        "--photographs", type=Path, metavar="CSV", help="table of boxes, pictures in images/ beside"
    )
    verb.add_argument(
        "--artwork", type=Path, metavar="DIR", help="drawn decks for synthetic photographs"
    )
    verb.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="checkpoints and weights; a folder in the cache if absent",
    )
    verb.add_argument("--valid", type=Path, metavar="DIR", help="validate with another folder")
    verb.add_argument(
        "--from",
        dest="begin",
        type=Path,
        metavar="FILE",
        help="weights to go on from, such as cnnviz/recognizer/weights/card_network.safetensors; "
        "random ones if absent",
    )
    verb.add_argument(
        "--pictures",
        type=count,
        metavar="N",
        help="how many to show; as the recipe says if absent",
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.files import cache_dir
    from cnnviz.recognizer.training.run import train_recognizer

    train_recognizer(
        options.data,
        photographs=options.photographs,
        artwork=options.artwork,
        out=options.out or cache_dir() / "training",
        valid=options.valid,
        begin=options.begin,
        pictures=options.pictures,
    )
