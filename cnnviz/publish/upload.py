"""The film's bytes: sent once, gone on with after any break, and never made into two videos.

Before the last bytes are sent, the journal says so. If the answer to them is lost, the upload is
asked; if the server no longer knows it, the channel's latest videos are looked through. A video is
taken for ours if it has the title that was announced, is no older than the upload, and its file has
as many bytes as ours. YouTube tells that size to the owner, though not at once: until then, the
title and the time decide, unless two videos fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cnnviz.errors import StudioError
from cnnviz.progress import Reporter
from cnnviz.publish.faults import RequestError, kind_error
from cnnviz.publish.journal import Journal, Session
from cnnviz.publish.progress_bar import byte_bar
from cnnviz.publish.retry import persist
from cnnviz.publish.youtube import Channel, Reached, YouTube
from cnnviz.retry import Patience

__all__ = ["CHUNK", "Upload"]

CHUNK = 2 * 1024 * 1024
"""Bytes that go at a time, a multiple of 256 KiB; what a break costs at most."""

MARGIN = 300.0
"""Seconds by which YouTube's servers may differ about when a video was made."""

SESSIONS = 4
"""Uploads to open in one run; a server that forgets more of them is ill."""

OPENING, SENDING = "opening the upload", "sending the film"


class Upload:
    """One film's way up.

    Parameters
    ----------
    film, body
        What is sent, and what YouTube is told about it.
    journal
        Is told each step, and knows those of earlier runs.
    """

    def __init__(
        self,
        youtube: YouTube,
        channel: Channel,
        film: Path,
        body: dict[str, Any],
        journal: Journal,
        patience: Patience,
    ) -> None:
        self.youtube = youtube
        self.channel = channel
        self.film = film
        self.body = body
        self.journal = journal
        self.patience = patience
        self.size = film.stat().st_size
        self.opened = 0

    def run(self, report: Reporter) -> str:
        """Send what is missing.

        Returns
        -------
        str
            The video's id.

        Raises
        ------
        StudioError
            It does not go on now; the next run will.
        """
        with byte_bar(report, SENDING, self.size) as tell:
            failures, best = 0, -1
            while True:
                try:
                    return self._go_on(tell)
                except RequestError as fault:
                    if self.journal.session is not None and _is_gone(fault):
                        video = self._lost()
                        if video is not None:
                            return video
                        self.journal.note(session=None)
                        fault = RequestError("the server has forgotten the upload", passing=True)
                        if self.opened >= SESSIONS:
                            raise kind_error(fault, SENDING) from None
                    sent = self.journal.session.sent if self.journal.session else 0
                    failures = 1 if sent > best else failures + 1
                    best = max(best, sent)
                    if not self.patience.again(fault, failures):
                        step = SENDING if self.journal.session else OPENING
                        raise kind_error(fault, step) from None

    def _go_on(self, tell: Callable[[int], None]) -> str:
        session = self.journal.session
        reached = self.youtube.reached(session.uri, self.size) if session else Reached(0)
        if session is None or (self._is_outdated() and reached.sent < self.size):
            session, reached = self._open(), Reached(0)
        with self.film.open("rb") as film:
            while reached.video is None:
                tell(reached.sent)
                session = self._note(session, reached.sent)
                film.seek(reached.sent)
                before, reached = reached, self._send(session, film.read(CHUNK))
                if reached.video is None and reached.sent <= before.sent:
                    self._note(session, reached.sent)
                    raise RequestError("the server takes no more of the film", passing=True)
        tell(self.size)
        return reached.video

    def _is_outdated(self) -> bool:
        """Whether what was announced, such as who may see the video, is no longer what is wanted.

        An upload cannot be told. It is left, unless it has all bytes and may be a video any moment:
        that one is corrected afterwards.
        """
        return self.body != self.journal.body

    def _open(self) -> Session:
        uri, opened = self.youtube.open_session(self.body, self.film)
        self.opened += 1
        session = Session(uri, opened)
        self.journal.note(session=session, body=self.body)
        return session

    def _note(self, session: Session, sent: int) -> Session:
        finishing = session.finishing or sent + CHUNK >= self.size
        session = replace(session, sent=sent, finishing=finishing)
        if session != self.journal.session:
            self.journal.note(session=session)
        return session

    def _send(self, session: Session, data: bytes) -> Reached:
        if not data:
            raise RequestError("the server has the whole film, but no video yet", passing=True)
        return self.youtube.send(session.uri, data, session.sent, self.size)

    def _lost(self) -> str | None:
        """The video that an upload became which the server has forgotten."""
        session = self.journal.session
        assert session is not None
        return persist(
            self.patience,
            "looking for the video",
            lambda: self.patience.look(
                lambda: self._among_recent(session.opened), expected=session.finishing
            ),
        )

    def _among_recent(self, since: float) -> str | None:
        title = _words((self.journal.body or self.body)["snippet"]["title"])
        fitting = [
            video
            for video in self.youtube.recent_uploads(self.channel)
            if _words(video["snippet"]["title"]) == title
            and _time(video["snippet"]["publishedAt"]) >= since - MARGIN
        ]
        sizes = {video["id"]: video.get("fileDetails", {}).get("fileSize") for video in fitting}
        sure = [video for video, size in sizes.items() if size and int(size) == self.size]
        maybe = [video for video, size in sizes.items() if not size]
        if not sure and len(maybe) > 1:
            raise StudioError(
                "two new videos of this title are on the channel, and YouTube does not tell yet"
                " which of them is this film",
                hint="run the same command again in an hour",
            )
        return next(iter(sure or maybe), None)


def _is_gone(fault: RequestError) -> bool:
    """Whether the server will never take more bytes for this upload."""
    return fault.status in (404, 410) or (
        fault.status == 400 and fault.reason != "uploadLimitExceeded"
    )


def _words(title: str) -> str:
    return " ".join(title.split())


def _time(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
