"""What `publish` would send, from a run of it that sends nothing."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from googleapiclient.http import HttpRequest
from rich.filesize import decimal

from cnnviz.errors import shown_path
from cnnviz.progress import Reporter
from cnnviz.publish.bundle_reader import Bundle
from cnnviz.publish.journal import Journal, journal_folder, journals
from cnnviz.publish.metadata import Wish
from cnnviz.publish.publish import publish
from cnnviz.publish.youtube import Channel, Reached, YouTube
from cnnviz.retry import Patience

__all__ = ["DAILY_UNITS", "DAILY_UPLOADS", "UNITS", "dry_run"]

DAILY_UNITS = 10_000
DAILY_UPLOADS = 100

UNITS = {
    "channels.list": 1,
    "videos.list": 1,
    "videos.update": 50,
    "thumbnails.set": 50,
    "captions.list": 50,
    "captions.insert": 400,
    "captions.update": 450,
    "playlists.list": 1,
    "playlists.insert": 50,
    "playlistItems.list": 1,
    "playlistItems.insert": 50,
}
"""What each request takes of the day's quota; `videos.insert` has a quota of its own."""

_ONLY_IF = {
    "playlists.insert": "only if the channel has no playlist of this title",
    "playlistItems.insert": "only if the video is not in it yet",
    "captions.insert": "only if the video has no track in this language yet",
    "videos.update": "only if YouTube shows something else",
}
_CHANNEL, _VIDEO, _PLAYLIST = "CHANNEL", "VIDEO", "PLAYLIST"


def dry_run(bundle: Bundle, wish: Wish, folder: Path | None = None, *, update: bool = False) -> str:
    """Every request that `publish` would make now, in order, with what it sends; none is made.

    Parameters
    ----------
    folder
        Where journals are kept; the person's own place where None.
    update
        As for `publish`.
    """
    folder = folder or journal_folder()
    known = [journal for journal in journals(folder) if journal.digest == bundle.digest]
    youtube = _Rehearsal(known[-1] if known else None)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "journals"
        if folder.is_dir():
            shutil.copytree(folder, copy)
        publish(
            bundle,
            wish,
            youtube,
            copy,
            Reporter(io.StringIO()),
            update=update,
            new_video=lambda question: True,
            patience=Patience(looks=1, sleep=lambda seconds: None),
        )
    return youtube.text()


class _Rehearsal(YouTube):
    """Writes down what it is asked to send, and answers as a channel without playlists would."""

    def __init__(self, journal: Journal | None) -> None:
        super().__init__(None)
        self.journal = journal
        self.entries: list[str] = []
        self.units = 0
        self.uploads = 0

    def text(self) -> str:
        """All that was written down, and what it costs."""
        steps = [f"{number}. {entry}" for number, entry in enumerate(self.entries, 1)]
        costs = f"In all {self.units} units of {DAILY_UNITS} a day"
        if self.uploads:
            costs += f", and {self.uploads} video of {DAILY_UPLOADS} a day"
        return "\n".join([*steps, "", costs + "; nothing was sent."])

    def channel(self) -> Channel:
        channel = super().channel()
        return replace(channel, id=self.journal.channel) if self.journal else channel

    def _execute(self, request: HttpRequest, file: Path | None = None) -> Any:
        method = request.methodId.removeprefix("youtube.")
        self.units += UNITS[method]
        note = f", {_ONLY_IF[method]}" if method in _ONLY_IF else ""
        body = _json_in(request)
        units = UNITS[method]
        self._write(request, f"{units} unit{'s' if units > 1 else ''}{note}", body, file)
        return self._answer(method, body)

    def _open(self, request: HttpRequest, headers: dict[str, str], film: Path) -> tuple[str, float]:
        self.uploads += 1
        self._write(request, f"1 video of {DAILY_UPLOADS} a day", _json_in(request), None)
        self.entries.append(f"PUT to the address that YouTube gives\n{_with_size(film)}")
        return "", 0.0

    def reached(self, uri: str, size: int) -> Reached:
        """The journal knows how far it is; nobody else is asked."""
        session = self.journal.session if self.journal else None
        sent = session.sent if session else 0
        self.entries.append(f"PUT to the address of the open upload, from byte {sent} of {size}")
        return Reached(sent)

    def send(self, uri: str, data: bytes, start: int, size: int) -> Reached:
        """The pieces are not written down one by one."""
        end = start + len(data)
        return Reached(end, _VIDEO if end == size else None)

    def _answer(self, method: str, body: Any) -> Any:
        if method == "channels.list":
            content = {"relatedPlaylists": {"uploads": ""}}
            item = {"id": _CHANNEL, "snippet": {"title": ""}, "contentDetails": content}
            return {"items": [item]}
        if method == "videos.list":
            return {"items": [{"id": _VIDEO, "snippet": {}, "status": {}}]}
        if method == "captions.list" and self.journal:
            return {"items": [_track(*each) for each in self.journal.captions.items()]}
        if method == "playlists.insert":
            return {"id": _PLAYLIST}
        return {"id": method.upper(), "items": []}

    def _write(self, request: HttpRequest, cost: str, body: Any, file: Path | None) -> None:
        parts = urlsplit(request.uri)
        lines = [f"{request.method} {parts.path}?{parts.query} ({cost})"]
        if body is not None:
            lines.append(json.dumps(body, ensure_ascii=False, indent=2))
        if file is not None:
            lines.append(_with_size(file))
        self.entries.append("\n".join(lines))


def _track(language: str, noted: dict[str, str | None]) -> dict[str, Any]:
    return {"id": noted["id"], "snippet": {"language": language}}


def _json_in(request: HttpRequest) -> Any:
    """The request's own body; beside a file it is the first part of two."""
    body = request.body
    if not body or request.headers.get("content-type", "").startswith(("image/", "text/")):
        return None
    if isinstance(body, bytes):
        body = body.partition(b"\n\n")[2].partition(b"\n--")[0]
    return json.loads(body)


def _with_size(file: Path) -> str:
    return f"{shown_path(file)}, {decimal(file.stat().st_size)}"
