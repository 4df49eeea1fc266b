"""The verb `publish`: the finished film to YouTube."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnviz.commands.words import Verbs, name
from cnnviz.languages import DEFAULT, choices

__all__ = ["add"]


def add(verbs: Verbs) -> None:
    """Add the verb to the command line's."""
    verb = verbs.add_parser("publish", help="the finished film to YouTube; or login, logout")
    verb.add_argument(
        "name", type=name, metavar="NAME", help="an episode; login or logout to sign in or out"
    )
    verb.add_argument("--language", default=DEFAULT, metavar="LANG", help=choices())
    verb.add_argument("--privacy", default="private", help="private (default), unlisted or public")
    verb.add_argument(
        "--schedule",
        metavar="TIME",
        help='when it becomes public, such as "2026-12-01 18:00"; private until then',
    )
    verb.add_argument(
        "--playlist", type=name, metavar="TITLE", help="which it joins; made if there is none"
    )
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
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from cnnviz.publish.order import PublishOrder, publish_order

    publish_order(
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
