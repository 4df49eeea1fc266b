"""The command line: one verb for each thing a person wants."""

from __future__ import annotations

import argparse
import io
import math
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

    verb = verbs.add_parser("new", help="a new episode that renders at once")
    verb.add_argument("name", metavar="NAME", help="what it is called, in small Latin letters")
    verb.add_argument(
        "--from", dest="origin", metavar="EPISODE", help="as a variation of another episode"
    )
    verb.add_argument("--title", metavar="T", help="its title")
    verb.set_defaults(run=_new)

    _add_looking_verbs(verbs)
    _add_recognizer_verbs(verbs)

    _add_publish_verb(verbs)

    verb = verbs.add_parser("cache", help="what is kept between two runs, and how much of it")
    verb.add_argument(
        "--prune",
        nargs="?",
        const="",
        metavar="SIZE",
        help="take out what is oldest, down to SIZE (such as 500MB) or to the limit",
    )
    verb.add_argument("--limit", metavar="SIZE", help="how much it may hold from now on")
    verb.set_defaults(run=_cache)

    verb = verbs.add_parser("doctor", help="what this machine has and lacks")
    verb.set_defaults(run=_doctor)
    return parser


def _add_looking_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = verbs.add_parser("storyboard", help="every beat on one page, without rendering")
    verb.add_argument("name", metavar="NAME", help="a folder in narration/ and scenes/")
    _add_film_options(verb, as_made=True)
    verb.set_defaults(run=_storyboard)

    verb = verbs.add_parser("check", help="what is wrong with script, stage, captions and film")
    verb.add_argument("name", metavar="NAME", help="a folder in narration/ and scenes/")
    _add_film_options(verb, as_made=True)
    verb.add_argument("--json", action="store_true", help="print the findings as JSON")
    verb.set_defaults(run=_check)

    verb = verbs.add_parser("watch", help="the storyboard in a browser, new with every save")
    verb.add_argument("name", metavar="NAME", help="a folder in narration/ and scenes/")
    _add_film_options(verb, as_made=True)
    verb.add_argument("--port", type=_port, metavar="N", help="where to serve it; 8477 if absent")
    verb.add_argument("--open", action="store_true", help="open it in the browser")
    verb.set_defaults(run=_watch)


def _add_publish_verb(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = verbs.add_parser("publish", help="the finished film to YouTube; or login, logout")
    verb.add_argument("name", metavar="NAME", help="an episode; login or logout to sign in or out")
    verb.add_argument("--language", default="bn", metavar="LANG", help="bn (default) or en")
    verb.add_argument("--privacy", default="private", help="private (default), unlisted or public")
    verb.add_argument(
        "--schedule",
        metavar="TIME",
        help='when it becomes public, such as "2026-12-01 18:00"; private until then',
    )
    verb.add_argument("--playlist", metavar="TITLE", help="which it joins; made if there is none")
    verb.add_argument(
        "--made-for-kids",
        action="store_true",
        help="declare it made for children; not if absent",
    )
    verb.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    verb.add_argument(
        "--update",
        action="store_true",
        help="replace title, description, captions and thumbnail where they have changed",
    )
    verb.add_argument(
        "--bundle-only",
        action="store_true",
        help="send nothing: a folder with all that an upload by hand needs, and how",
    )
    verb.add_argument(
        "--to", type=Path, metavar="DIR", help="that folder; upload in the bundle if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="the bundle's folder; build/NAME/LANG if absent"
    )
    verb.add_argument(
        "--client",
        type=Path,
        metavar="FILE",
        help="with login: Google's JSON of an OAuth client",
    )
    verb.set_defaults(run=_publish)


def _add_recognizer_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = verbs.add_parser("live", help="the card recognizer's window alone")
    _add_camera_options(verb)
    verb.set_defaults(run=_live)

    verb = verbs.add_parser("record", help="the live recognizer, captured into recordings/")
    _add_camera_options(verb)
    verb.add_argument(
        "--seconds", type=_length, metavar="N", help="how long; until q or Ctrl-C if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="FILE", help="an .mp4; recordings/demo-DATE.mp4 if absent"
    )
    verb.set_defaults(run=_record)

    verb = verbs.add_parser("train", help="the recognizer's weights from pictures of cards")
    _add_data_option(verb, "a folder with train/ and valid/ in it, in each a folder a class")
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
        type=_count,
        metavar="N",
        help="how many to show; as the recipe says if absent",
    )
    verb.set_defaults(run=_train)

    verb = verbs.add_parser("evaluate", help="the recognizer's accuracy on pictures of cards")
    _add_data_option(verb, "a folder with a folder a class, or photographs' labels.csv")
    verb.add_argument("--json", type=Path, metavar="FILE", help="the whole report")
    verb.add_argument(
        "--turned", action="store_true", help="also with the pictures turned by 90°, 180° and 270°"
    )
    verb.add_argument(
        "--all", action="store_true", help="photographs: also those that training may have seen"
    )
    _add_weights_option(verb)
    verb.set_defaults(run=_evaluate)


def _add_camera_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--camera", default="0", help="a number (default 0), a video file, or simulated"
    )
    verb.add_argument("--mode", default="auto-detect", help="auto-detect (default) or full-frame")
    _add_weights_option(verb)


def _add_weights_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--weights", type=Path, metavar="FILE", help="other weights than those that came along"
    )


def _add_data_option(verb: argparse.ArgumentParser, what: str) -> None:
    verb.add_argument("--data", type=Path, required=True, metavar="PATH", help=what)


def _add_build_options(verb: argparse.ArgumentParser) -> None:
    _add_film_options(verb)
    verb.add_argument(
        "--cluster", metavar="ADDRESS", help="draw on a Dask cluster, such as tcp://HOST:8786"
    )
    verb.add_argument(
        "--explain", action="store_true", help="say of each beat why it is drawn again or reused"
    )


def _add_film_options(verb: argparse.ArgumentParser, *, as_made: bool = False) -> None:
    """Options that say which film; `as_made` leaves what is not said to the one in the bundle."""
    quality = "draft, preview, full (default) or 4k"
    voice = "auto (default), gtts, espeak, recorded or piper"
    if as_made:
        quality = "draft, preview, full or 4k; the bundle's film's if absent, or draft"
        voice = "auto, gtts, espeak, recorded or piper; the bundle's film's if absent, or auto"
    verb.add_argument("--language", default="bn", metavar="LANG", help="bn (default) or en")
    verb.add_argument("--quality", default="" if as_made else "full", help=quality)
    verb.add_argument("--voice", default="" if as_made else "auto", help=voice)
    verb.add_argument(
        "--workers", type=_count, default=0, metavar="N", help="processes; all processors if absent"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="the bundle's folder; build/NAME/LANG if absent"
    )
    verb.add_argument(
        "--recording", type=Path, metavar="FILE", help="an .mp4 made by record, in the demo's place"
    )


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a number below 65536")
    return int(text)


def _length(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


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


def _new(options: argparse.Namespace) -> None:
    from cnnviz.episode.new import new_episode

    for path in new_episode(options.root, options.name, options.origin, options.title):
        print(f"wrote {path.relative_to(options.root)}")
    print(f"next: render.py watch {options.name} --open, then render.py episode {options.name}")


def _storyboard(options: argparse.Namespace) -> None:
    from cnnviz.review.storyboard.command import make_storyboard

    make_storyboard(_order(options, options.name))


def _check(options: argparse.Namespace) -> int:
    from cnnviz.review.check_command import check_episode

    return check_episode(_order(options, options.name), as_json=options.json)


def _watch(options: argparse.Namespace) -> None:
    from cnnviz.review.watch import watch_episode

    watch_episode(_order(options, options.name), options.port, options.open)


def _publish(options: argparse.Namespace) -> None:
    from cnnviz.publish.command import PublishOrder, publish_command

    publish_command(
        PublishOrder(
            root=options.root,
            name=options.name,
            language=options.language,
            privacy=options.privacy,
            schedule=options.schedule,
            playlist=options.playlist,
            made_for_kids=options.made_for_kids,
            out=options.out,
            dry_run=options.dry_run,
            update=options.update,
            bundle_only=options.bundle_only,
            to=options.to,
            client=options.client,
        )
    )


def _cache(options: argparse.Namespace) -> None:
    from cnnviz.studio.cache_command import cache_command

    print(cache_command(prune_to=options.prune, new_limit=options.limit))


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
        recording=options.recording,
        cluster=getattr(options, "cluster", None),
        explain=getattr(options, "explain", False),
    )


def _live(options: argparse.Namespace) -> None:
    from cnnviz.capture.live import live

    live(options.camera, options.mode, options.weights, options.root / "recordings")


def _record(options: argparse.Namespace) -> None:
    from cnnviz.capture.record import record

    record(
        options.camera,
        options.mode,
        options.seconds,
        options.out,
        options.root / "recordings",
        options.weights,
    )


def _train(options: argparse.Namespace) -> None:
    from cnnviz.files import cache_dir
    from cnnviz.recognizer.training.train_command import train_command

    train_command(
        options.data,
        photographs=options.photographs,
        artwork=options.artwork,
        out=options.out or cache_dir() / "training",
        valid=options.valid,
        begin=options.begin,
        pictures=options.pictures,
    )


def _evaluate(options: argparse.Namespace) -> None:
    from cnnviz.recognizer.training.evaluation import evaluate_command

    evaluate_command(
        options.data,
        json_file=options.json,
        weights=options.weights,
        turned=options.turned,
        everything=options.all,
    )


def _doctor(options: argparse.Namespace) -> int:
    from cnnviz import doctor

    return doctor.main()
