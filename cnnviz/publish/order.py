"""The verb that publishes: signing in and out, the preflight, and then the upload.

It reads a bundle and nothing else of a film: no script, no scene, no voice.
"""

from __future__ import annotations

import shlex
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from cnnviz.episode.episode import episode_names
from cnnviz.errors import StudioError, UserError, shown_path
from cnnviz.installed import EXTRA
from cnnviz.languages import DEFAULT
from cnnviz.progress import Reporter
from cnnviz.publish.bundle_only import lay_out_upload
from cnnviz.publish.bundle_reader import Bundle, read_bundle
from cnnviz.publish.metadata import PRIVACIES, Wish
from cnnviz.publish.playlist_title import tidy
from cnnviz.publish.preflight import preflight, review_findings, sign_in_findings
from cnnviz.publish.tokens import credentials
from cnnviz.review.finding import Finding
from cnnviz.script.placeholders import nearest

__all__ = ["PublishOrder", "publish_order", "read_time"]

LOGIN, LOGOUT = "login", "logout"
LIBRARIES = ("googleapiclient", "google_auth_oauthlib")


@dataclass(frozen=True)
class PublishOrder:
    """What somebody asked for.

    Parameters
    ----------
    root
        The project's folder.
    name
        An episode, or the word `login` or `logout`.
    language, privacy, schedule, playlist, made_for_kids
        Which film and how, as typed.
    out
        The bundle's folder; `build/NAME/LANGUAGE` where it is None.
    dry_run
        Only say what would be sent.
    update
        Change what is published already.
    bundle_only, to
        Only lay everything out for an upload by hand, and where; `upload` in the bundle if None.
    client
        JSON of the OAuth client to sign in with.
    """

    root: Path
    name: str
    language: str = DEFAULT
    privacy: str = "private"
    schedule: str | None = None
    playlist: str | None = None
    made_for_kids: bool = False
    out: Path | None = None
    dry_run: bool = False
    update: bool = False
    bundle_only: bool = False
    to: Path | None = None
    client: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the bundle lies."""
        return self.out or self.root / "build" / self.name / self.language


def publish_order(order: PublishOrder) -> None:
    """Do what was asked for.

    Raises
    ------
    UserError
        Something is wrong with what was asked for, or with the sign-in.
    StudioError
        The preflight found errors, or the upload did not come through.
    """
    report = Reporter()
    _check_words(order)
    if order.name in (LOGIN, LOGOUT):
        _sign(order, report)
        return
    if not order.bundle_only:
        _need_libraries()
    wish = _wish(order)
    bundle = _bundle(order)
    findings = [*review_findings(order.folder, _check_again(order)), *preflight(bundle, wish)]
    if order.bundle_only:
        _stop_at_errors(findings, report)
        text = lay_out_upload(bundle, wish, order.to or order.folder / "upload")
        report.line(f"{shown_path(text.parent)} has everything; begin with {text.name}")
    elif order.dry_run:
        _dry_run(order, bundle, wish, findings, report)
    else:
        findings += sign_in_findings(wish, online=True)
        _stop_at_errors(findings, report)
        _upload(order, bundle, wish, report)


def read_time(text: str) -> datetime:
    """A moment as a person types it, in this machine's own time zone where none is named.

    Raises
    ------
    UserError
        It is no date with a time, or one that this time zone leaves out.
    """
    try:
        if len(text.strip()) <= len("2026-12-01"):
            raise ValueError("a date alone")
        told = datetime.fromisoformat(text.strip())
        moment = told.astimezone()
    except (ValueError, OverflowError):
        raise UserError(
            f"--schedule {text!r} is no date with a time",
            hint='for example "2026-12-01 18:00", or 2026-12-01T12:00Z',
        ) from None
    later = max(moment, told.replace(fold=1).astimezone())
    if told.tzinfo is None and moment.replace(tzinfo=None) != told:
        raise UserError(
            f"--schedule {text!r}: no clock here ever shows this time, summer time begins then",
            hint=f"did you mean {later:%Y-%m-%d %H:%M}?",
        )
    return moment


def _check_words(order: PublishOrder) -> None:
    for word in (LOGIN, LOGOUT):
        if order.name == word and word in episode_names(order.root):
            raise UserError(
                f"no episode can be called {word!r}: the word signs in and out",
                file=order.root / "narration" / word,
                hint=f"rename this folder and scenes/{word}",
            )
    if order.client is not None and order.name != LOGIN:
        raise UserError("--client goes with: publish login")
    if order.to is not None and not order.bundle_only:
        raise UserError("--to goes with --bundle-only")
    if order.dry_run and order.bundle_only:
        raise UserError("--dry-run and --bundle-only contradict each other", hint="choose one")


def _sign(order: PublishOrder, report: Reporter) -> None:
    _need_libraries()
    from cnnviz.publish.login import login, logout

    if order.name == LOGIN:
        login(order.client, report)
    else:
        logout(report)


def _need_libraries() -> None:
    if any(find_spec(library) is None for library in LIBRARIES):
        raise UserError(
            "the libraries for YouTube are not installed", hint=f"run: {EXTRA.format('publish')}"
        )


def _wish(order: PublishOrder) -> Wish:
    if order.privacy not in PRIVACIES:
        raise UserError(
            f"no privacy {order.privacy!r}",
            hint=nearest(order.privacy, PRIVACIES),
        )
    schedule = None if order.schedule is None else read_time(order.schedule)
    if schedule is not None and order.privacy != "private":
        raise UserError(
            f"--schedule and --privacy {order.privacy} contradict each other",
            hint="a scheduled film is private until its time, and public then; leave --privacy out",
        )
    playlist = None if order.playlist is None else tidy(order.playlist)
    return Wish(order.privacy, schedule, playlist, order.made_for_kids)


def _bundle(order: PublishOrder) -> Bundle:
    """The film that was asked for; all that is known of it lies in its folder."""
    if order.out is None:
        made = {path.parents[1].name for path in (order.root / "build").glob("*/*/bundle.json")}
        known = sorted(made | set(episode_names(order.root)))
        if order.name not in known:
            raise UserError(f"no episode {order.name!r}", hint=nearest(order.name, known))
    bundle = read_bundle(order.folder)
    if bundle.language != order.language:
        raise UserError(
            f"this film speaks {bundle.language!r}, not {order.language!r}",
            file=order.folder,
            hint=f"--language {bundle.language}",
        )
    return bundle


def _check_again(order: PublishOrder) -> str:
    """The command that checks the film in the bundle."""
    words = ["render.py", "check", order.name]
    if order.language != DEFAULT:
        words += ["--language", order.language]
    if order.out is not None:
        words += ["--out", shown_path(order.out)]
    return shlex.join(words)


def _stop_at_errors(findings: list[Finding], report: Reporter) -> None:
    """Tell findings, and go no further where there is an error."""
    _tell(findings, report)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise StudioError(
            f"nothing is published: {errors} {'error' if errors == 1 else 'errors'} above",
            hint="mend what is listed and run again",
        )


def _tell(findings: list[Finding], report: Reporter) -> None:
    for finding in findings:
        report.line(str(finding))


def _dry_run(
    order: PublishOrder, bundle: Bundle, wish: Wish, findings: list[Finding], report: Reporter
) -> None:
    """Print what would be sent; a sign-in is not needed for that."""
    from cnnviz.publish.rehearsal import dry_run

    doubts = [replace(each, severity="warning") for each in sign_in_findings(wish, online=False)]
    _tell(doubts, report)
    print(dry_run(bundle, wish, update=order.update))
    _stop_at_errors(findings, report)


def _upload(order: PublishOrder, bundle: Bundle, wish: Wish, report: Reporter) -> None:
    from cnnviz.publish.address import youtube_root
    from cnnviz.publish.journal import journal_folder
    from cnnviz.publish.publish import address, publish
    from cnnviz.publish.youtube import YouTube

    with closing(YouTube(credentials(), youtube_root())) as youtube:
        video = publish(
            bundle,
            wish,
            youtube,
            journal_folder(),
            report,
            update=order.update,
            new_video=_agreed,
        )
    print(address(video))


def _agreed(question: str) -> bool:
    """Whether the person at the terminal says yes; nobody there says no."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
