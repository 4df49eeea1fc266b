"""The command line: one verb for each thing a person wants."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from cnnviz import __version__
from cnnviz.errors import StudioError, UserError

if TYPE_CHECKING:
    from cnnviz.studio.make import Order

__all__ = ["main"]

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The words after the program's name; the process's own where None.
    root
        The project's folder; the one of this checkout where None.

    Returns
    -------
    int
        0 on success, 1 on failure, 2 for the user's mistakes, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    options.root = (root or Path(__file__).parents[1]).resolve()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As on standard error: titles must not break a terminal that knows no Bengali.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = int(options.run(options) or 0)
        sys.stdout.flush()  # here, where a reader that has gone does no harm
        return code
    except StudioError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; what was finished is kept, run again to go on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message} — see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="render.py",
        description="One command turns a script into a film in which every number was computed.",
    )
    parser.add_argument("--version", action="version", version=f"cnnviz {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    verb = verbs.add_parser("list", help="episodes, scenes, beats, durations")
    verb.set_defaults(run=_list)

    verb = verbs.add_parser("episode", help="the whole episode into a bundle")
    verb.add_argument("name", metavar="NAME", help="a folder in narration/ and scenes/")
    _add_build_options(verb)
    verb.set_defaults(run=_episode)

    verb = verbs.add_parser("scene", help="one scene anew, and the episode joined again")
    verb.add_argument("place", metavar="NAME/SCENE", help="episode and scene")
    _add_build_options(verb)
    verb.set_defaults(run=_scene)

    verb = verbs.add_parser("doctor", help="what this machine has and lacks")
    verb.set_defaults(run=_doctor)
    return parser


def _add_build_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", default="bn", metavar="LANG", help="bn (default) or en")
    verb.add_argument("--quality", default="full", help="draft, preview, full (default) or 4k")
    verb.add_argument(
        "--voice", default="auto", help="auto (default), gtts, espeak, recorded or piper"
    )
    verb.add_argument(
        "--workers", type=_count, default=0, metavar="N", help="processes; all processors if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="the bundle's folder; build/NAME/LANG if absent"
    )


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


# The verbs import what they need when they run: `--help` and `doctor` must not wait for, or fail
# with, libraries that they do not use.


def _list(options: argparse.Namespace) -> None:
    from cnnviz.studio.listing import listing

    print(listing(options.root))


def _episode(options: argparse.Namespace) -> None:
    from cnnviz.studio.make import make_episode

    make_episode(_order(options, options.name))


def _scene(options: argparse.Namespace) -> None:
    from cnnviz.studio.make import make_scene

    name, slash, scene = options.place.partition("/")
    if not slash or not name or not scene:
        raise UserError(
            f"{options.place!r} is not NAME/SCENE", hint="for example convolution/sliding_window"
        )
    make_scene(_order(options, name), scene)


def _order(options: argparse.Namespace, name: str) -> Order:
    from cnnviz.studio.make import Order

    return Order(
        root=options.root,
        name=name,
        language=options.language,
        quality=options.quality,
        voice=options.voice,
        workers=options.workers,
        out=options.out,
    )


def _doctor(options: argparse.Namespace) -> int:
    from cnnviz import doctor

    return doctor.main()
