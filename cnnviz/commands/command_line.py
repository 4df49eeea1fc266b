"""The command line: one verb for each thing a person wants."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from cnnviz import __version__
from cnnviz.commands import (
    cache,
    check,
    doctor,
    episode,
    evaluate,
    list,
    live,
    new,
    publish,
    record,
    scene,
    storyboard,
    train,
    train_lesson,
    watch,
)
from cnnviz.commands.streams import close_quietly, usable_streams
from cnnviz.errors import StudioError

__all__ = ["main"]

INTERRUPTED = 130
# A verb imports what it needs when it runs: `--help` and `doctor` must not wait for, or fail with,
# libraries that they do not use.
VERBS = (
    list,
    episode,
    scene,
    new,
    storyboard,
    check,
    watch,
    live,
    record,
    train,
    train_lesson,
    evaluate,
    publish,
    cache,
    doctor,
)


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
    with usable_streams():
        try:
            return _run(arguments, root)
        except StudioError as error:
            # A name may hold a line break; what is wrong is said in one line all the same.
            print(f"error: {' '.join(str(error).splitlines())}", file=sys.stderr)
            return error.exit_code
        except KeyboardInterrupt:
            print("interrupted; what was finished is kept, run again to go on", file=sys.stderr)
            return INTERRUPTED
        except BrokenPipeError:
            close_quietly(sys.stdout)  # the reader (head, less) has seen enough
            return 0


def _run(arguments: Sequence[str] | None, root: Path | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        options.root = (root or Path(__file__).parents[2]).resolve()
        return int(options.run(options) or 0)
    finally:
        sys.stdout.flush()  # here, where what goes wrong can be said


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
    for verb in VERBS:
        verb.add(verbs)
    return parser
