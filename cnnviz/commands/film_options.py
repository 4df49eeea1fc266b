"""Which film: options that several verbs share, and the order that they make."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz import languages
from cnnviz.commands.words import count, name
from cnnviz.voice_engines import AUTO, choices

if TYPE_CHECKING:
    from cnnviz.studio.make import Order

__all__ = ["add_build_options", "add_film_options", "add_name", "order_of"]


def add_name(verb: argparse.ArgumentParser) -> None:
    """Which episode."""
    verb.add_argument("name", type=name, metavar="NAME", help="a folder in narration/")


def add_build_options(verb: argparse.ArgumentParser) -> None:
    """Which film, where it is drawn, and what is told of it."""
    add_film_options(verb)
    verb.add_argument(
        "--cluster", metavar="ADDRESS", help="draw on a Dask cluster, such as tcp://HOST:8786"
    )
    verb.add_argument(
        "--explain", action="store_true", help="say of each beat why it is drawn again or reused"
    )


def add_film_options(verb: argparse.ArgumentParser, *, as_made: bool = False) -> None:
    """Options that say which film; `as_made` leaves what is not said to the one in the bundle."""
    quality = "draft, preview, full (default) or 4k"
    voice = choices(AUTO)
    if as_made:
        quality = "draft, preview, full or 4k; the bundle's film's if absent, or draft"
        voice = f"{choices()}; the bundle's film's if absent, or {AUTO}"
    verb.add_argument(
        "--language", default=languages.DEFAULT, metavar="LANG", help=languages.choices()
    )
    verb.add_argument("--quality", default="" if as_made else "full", help=quality)
    verb.add_argument("--voice", default="" if as_made else AUTO, help=voice)
    verb.add_argument(
        "--workers", type=count, default=0, metavar="N", help="processes; all processors if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="the bundle's folder; build/NAME/LANG if absent"
    )
    verb.add_argument(
        "--recording", type=Path, metavar="FILE", help="an .mp4 made by record, in the demo's place"
    )


def order_of(options: argparse.Namespace, name: str) -> Order:
    """What was asked for, of the episode `name`."""
    from cnnviz.studio.make import Order

    return Order(
        root=options.root,
        name=name,
        language=options.language,
        quality=options.quality,
        voice=options.voice,
        workers=options.workers,
        out=options.out,
        recording=options.recording,
        cluster=getattr(options, "cluster", None),
        explain=getattr(options, "explain", False),
    )
