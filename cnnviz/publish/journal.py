"""What is known of one film's way to one channel, written down as soon as it is known.

A run that was killed is gone on with from here. The address of an open upload stands in it: with
it anybody could send bytes, so the file is its owner's alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from cnnviz.errors import UserError
from cnnviz.files import kind_os_error
from cnnviz.models import shaped
from cnnviz.publish.tokens import write_private

if sys.platform != "win32":
    import fcntl

__all__ = ["Journal", "Session", "journal_folder", "journals", "opened_journal"]


@dataclass(frozen=True)
class Session:
    """An upload that the server waits for.

    Parameters
    ----------
    uri
        Where the bytes go; a secret.
    opened
        When, by the server's clock, in seconds since 1970.
    sent
        Bytes that the server has said it has.
    finishing
        Whether the last byte may have been sent: then there may be a video already.
    """

    uri: str = field(repr=False)
    opened: float
    sent: int = 0
    finishing: bool = False


@dataclass
class Journal:
    """One film on one channel.

    Parameters
    ----------
    path
        Where the journal lies.
    digest, channel
        Of the film; the channel's id.
    title, folder
        By which a later version of the film is recognised.
    body
        What YouTube was told about the video, as in `videos.insert`.
    session
        The upload that is under way.
    video
        The video's id.
    thumbnail
        Digest of the picture that was set.
    captions
        Language → `digest` of the file, and the track's `id` once it is known. What is about to be
        made has no id yet.
    playlists
        Title → `id` of the playlist and of the `item` in it; None while they are about to be made.
    complete
        Whether all was done at least once.
    """

    path: Path
    digest: str
    channel: str
    title: str = ""
    folder: str = ""
    body: dict[str, Any] | None = None
    session: Session | None = None
    video: str | None = None
    thumbnail: str | None = None
    captions: dict[str, dict[str, str | None]] = field(default_factory=dict)
    playlists: dict[str, dict[str, str | None]] = field(default_factory=dict)
    complete: bool = False

    def note(self, **changes: Any) -> None:
        """Change what is known, on disk too.

        Raises
        ------
        StudioError
            The journal cannot be written; nothing more must be sent then.
        """
        for name, value in changes.items():
            setattr(self, name, value)
        self.save()

    def save(self) -> None:
        """Write the journal, whole or not at all."""
        stored = asdict(self)
        del stored["path"]
        write_private(self.path, stored)

    def forget(self) -> None:
        """Begin anew: the video is no longer there."""
        fresh = Journal(self.path, self.digest, self.channel, self.title, self.folder)
        self.note(**{each.name: getattr(fresh, each.name) for each in fields(fresh)})


def journal_folder() -> Path:
    """Where journals are kept; not in a cache, because nothing must be lost of them."""
    return Path(platformdirs.user_state_dir("cnnviz")) / "publish"


def read_journal(path: Path) -> Journal:
    """The journal in `path`.

    Raises
    ------
    UserError
        It is damaged.
    """
    try:
        stored = json.loads(path.read_bytes())
        return shaped({**stored, "path": path}, Journal, exact=True)
    except OSError as error:
        raise UserError(error.strerror or "not readable", file=path) from error
    except (ValueError, TypeError):
        raise UserError(
            "this journal of an upload is damaged",
            file=path,
            hint="look on studio.youtube.com whether the video is there, then delete this file",
        ) from None


def journals(folder: Path) -> list[Journal]:
    """All that were ever written in `folder`, the latest last."""
    paths = sorted(folder.glob("[!.]*.json"), key=lambda path: path.stat().st_mtime)
    return [read_journal(path) for path in paths]


@contextmanager
def opened_journal(folder: Path, digest: str, channel: str) -> Iterator[Journal]:
    """The journal of a film and a channel, an empty one the first time; nobody else has it.

    Raises
    ------
    UserError
        It is damaged, or another run has it.
    """
    path = folder / f"{digest}-{channel}.json"
    with _alone(path.with_suffix(".lock")):
        yield read_journal(path) if path.exists() else Journal(path, digest, channel)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other run publish the same; the system forgets it when the process ends."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise kind_os_error(error, path) from error
    with file:
        if sys.platform != "win32":  # there nobody is kept from publishing twice at once
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    "this film is being published by another run", hint="wait until that is done"
                ) from None
        yield
