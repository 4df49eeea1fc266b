"""What would go wrong with an upload, found before a unit of quota is spent.

What `check` found in script, stage and film stands in the bundle and is not looked for again: its
digest, its chapters, its captions' words and times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import srt
from PIL import Image

from cnnviz.errors import StudioError, shown_path
from cnnviz.publish import playlist_title
from cnnviz.publish.bundle_reader import Bundle
from cnnviz.publish.metadata import (
    DESCRIPTION_BYTES,
    TAGS_LENGTH,
    TITLE_LENGTH,
    Wish,
    tags_length,
)
from cnnviz.publish.tokens import (
    SCOPE,
    SIGN_IN,
    credentials,
    renew,
    sign_in_ends,
    token_file,
)
from cnnviz.review.finding import Finding
from cnnviz.review.sealed import NAME, read_findings

__all__ = ["RULES", "preflight", "review_findings", "sign_in_findings"]

RULES: Mapping[str, str] = {
    "checked": "the film was checked, and nothing of it has changed since",
    "film-quality": "the film is made in full or 4k",
    "film-long": "films over 15 minutes need a channel with a confirmed phone number",
    "title": f"a title, of at most {TITLE_LENGTH} characters, without < and >",
    "description": f"at most {DESCRIPTION_BYTES} bytes in UTF-8, without < and >",
    "tags": f"at most {TAGS_LENGTH} characters as YouTube counts them, without < and >",
    "thumbnail": "PNG or JPEG, below 2 MB, 16:9, at least 640 pixels wide",
    "captions": "SRT in UTF-8 in every language, no longer than the film",
    "schedule": "a time to come",
    "playlist": f"a title, of at most {playlist_title.TITLE_LENGTH} characters, without < and >",
    "audited": "what is not private needs a project that Google has audited",
    "sign-in": "a sign-in to YouTube that lasts and allows what an upload needs",
}

FULL_QUALITIES = ("full", "4k")
LONGEST_UNCONFIRMED = 15 * 60
THUMBNAIL_BYTES = 2_000_000
THUMBNAIL_WIDTH = 640
TIME_TO_UPLOAD = timedelta(hours=1)

_AGAIN = "mend it in the script and make the film again"
_REMAKE = "make the film again with render.py episode"
# Control characters but tab and line break: the API refuses the whole text for one of them.
_FORBIDDEN = re.compile(r"[<>\x00-\x08\x0b-\x1f\x7f]")


def preflight(bundle: Bundle, wish: Wish, now: datetime | None = None) -> list[Finding]:
    """Everything that can be said of a bundle and a wish without a sign-in or a network.

    Parameters
    ----------
    bundle, wish
        What is to be published, and how.
    now
        The present; the clock's where None.
    """
    now = now or datetime.now(UTC)
    return [
        *_film(bundle),
        *_texts(bundle),
        *_thumbnail(bundle.thumbnail),
        *(found for path in bundle.captions.values() for found in _captions(path, bundle.duration)),
        *_wish(wish, now),
    ]


def review_findings(folder: Path, again: str) -> list[Finding]:
    """What `check` found in the bundle in `folder`, or that it has not looked at what lies there.

    Parameters
    ----------
    folder
        The bundle.
    again
        The command that checks it.
    """
    sealed = read_findings(folder)
    changed = sealed.changed(folder) if sealed else []
    if sealed and not changed:
        return list(sealed.findings)
    message = "not checked since it was made"
    if changed:
        message += f"; changed since the last check: {', '.join(changed)}"
    return [_error("checked", message, f"run: {again}", folder / NAME)]


def sign_in_findings(wish: Wish, *, online: bool, now: datetime | None = None) -> list[Finding]:
    """Whether the stored sign-in, and the Google project behind it, will do.

    Parameters
    ----------
    wish
        How the film is to be published.
    online
        Whether to renew one that has expired, which asks Google and costs no quota.
    now
        The present; the clock's where None.
    """
    return [*_sign_in(online, now or datetime.now(UTC)), *_audit(wish)]


def _sign_in(online: bool, now: datetime) -> list[Finding]:
    try:
        found = credentials()
        ends = sign_in_ends()
        if online:
            renew(found)
    except StudioError as error:
        return [_error("sign-in", error.message, error.hint or SIGN_IN, error.file)]
    path = token_file()
    result = []
    if found.scopes is not None and SCOPE not in found.scopes:
        missing = "the sign-in does not allow captions and playlists"
        result.append(_error("sign-in", missing, SIGN_IN, path))
    if path.stat().st_mode & 0o077:
        open_to = "others on this machine can read the sign-in"
        result.append(_warning("sign-in", open_to, f"chmod 600 {shown_path(path)}", path))
    if ends is not None and ends <= now:
        result.append(_error("sign-in", "the sign-in has ended: it lasts 7 days", SIGN_IN, path))
    elif ends is not None:
        when = f"the app is in testing, so the sign-in ends on {ends.astimezone():%Y-%m-%d %H:%M}"
        result.append(_warning("sign-in", when, "docs/publishing.md: publish the app", path))
    return result


def _audit(wish: Wish) -> Iterator[Finding]:
    # No request tells whether there was one.
    if wish.schedule is not None or wish.privacy != "private":
        yield _warning(
            "audited",
            "what a Google project without an audit uploads stays private for ever",
            "without one, upload by hand: --bundle-only (docs/publishing.md)",
        )


def _error(rule: str, message: str, advice: str, file: Path | str | None = None) -> Finding:
    return Finding(rule, "error", message, advice, file=None if file is None else Path(file))


def _warning(rule: str, message: str, advice: str, file: Path | None = None) -> Finding:
    return Finding(rule, "warning", message, advice, file=file)


def _film(bundle: Bundle) -> Iterator[Finding]:
    if bundle.quality not in FULL_QUALITIES:
        message = f"the film is made in the quality {bundle.quality}"
        yield _warning("film-quality", message, "make it with --quality full", bundle.film)
    if bundle.duration > LONGEST_UNCONFIRMED:
        yield _warning(
            "film-long",
            "YouTube takes more than 15 minutes only from channels with a confirmed phone number",
            "confirm yours at https://www.youtube.com/verify",
        )


def _texts(bundle: Bundle) -> Iterator[Finding]:
    file = bundle.folder / "bundle.json"
    title = bundle.title.strip()
    if not title:
        yield _error("title", "the title is empty", _AGAIN, file)
    if len(title) > TITLE_LENGTH:
        message = f"the title has {len(title)} characters, YouTube takes {TITLE_LENGTH}"
        yield _error("title", message, _AGAIN, file)
    size = len(bundle.description.strip().encode())
    if size > DESCRIPTION_BYTES:
        message = (
            f"the description has {size} bytes, YouTube takes {DESCRIPTION_BYTES}; "
            "a Bengali letter is 3"
        )
        yield _error("description", message, _AGAIN, file)
    length = tags_length(bundle.tags)
    if length > TAGS_LENGTH:
        message = f"the tags have {length} characters in YouTube's counting, it takes {TAGS_LENGTH}"
        yield _error("tags", message, _AGAIN, file)
    texts = {"title": [title], "description": [bundle.description], "tags": bundle.tags}
    for rule, parts in texts.items():
        if signs := _refused(*parts):
            yield _error(rule, f"YouTube refuses these characters in it: {signs}", _AGAIN, file)


def _thumbnail(path: Path) -> Iterator[Finding]:
    size = path.stat().st_size
    if size >= THUMBNAIL_BYTES:
        message = f"the thumbnail has {size / 1e6:.1f} MB, YouTube takes less than 2"
        yield _error("thumbnail", message, "draw it with fewer colours or details", path)
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            picture.load()
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        yield _error("thumbnail", "the thumbnail is no whole PNG or JPEG picture", _REMAKE, path)
        return
    if width < THUMBNAIL_WIDTH:
        message = f"the thumbnail is {width} pixels wide, YouTube wants {THUMBNAIL_WIDTH}"
        yield _error("thumbnail", message, "1280×720 is usual", path)
    elif abs(width / height - 16 / 9) > 0.01:
        message = f"the thumbnail is {width}×{height}, which is not 16:9"
        yield _warning("thumbnail", message, "1280×720 is usual", path)


def _captions(path: Path, duration: float) -> Iterator[Finding]:
    try:
        cues = list(srt.parse(path.read_text(encoding="utf-8")))
    except (ValueError, srt.SRTParseError):
        yield _error("captions", "the captions are not SRT in UTF-8", _REMAKE, path)
        return
    if not cues:
        yield _error("captions", "there is no caption in it", _REMAKE, path)
        return
    if max(cue.end for cue in cues).total_seconds() > duration + 0.001:
        yield _error("captions", "the captions are longer than the film", _REMAKE, path)


def _wish(wish: Wish, now: datetime) -> Iterator[Finding]:
    if wish.playlist is not None:
        yield from _playlist(wish.playlist)
    if wish.schedule is not None:
        shown = f"{wish.schedule.astimezone():%Y-%m-%d %H:%M}"
        if wish.schedule <= now:
            yield _error("schedule", f"{shown} is over", "choose a time to come with --schedule")
        elif wish.schedule < now + TIME_TO_UPLOAD:
            message = f"{shown} is less than an hour away"
            advice = "YouTube may still be at work on the film then; a later time is safer"
            yield _warning("schedule", message, advice)


def _playlist(title: str) -> Iterator[Finding]:
    advice = "choose another title with --playlist"
    if not title.strip():
        yield _error("playlist", "the playlist's title is empty", advice)
    if len(title) > playlist_title.TITLE_LENGTH:
        most = playlist_title.TITLE_LENGTH
        message = f"the playlist's title has {len(title)} characters, YouTube takes {most}"
        yield _error("playlist", message, advice)
    if signs := _refused(title):
        message = f"YouTube refuses these characters in the playlist's title: {signs}"
        yield _error("playlist", message, advice)


def _refused(*texts: str) -> str:
    """Which signs in `texts` YouTube does not take, as a person can read them."""
    bad = sorted({sign for text in texts for sign in _FORBIDDEN.findall(text)})
    return " ".join(sign if sign in "<>" else f"U+{ord(sign):04X}" for sign in bad)
