"""What belongs to a video beside its bytes: words, thumbnail, captions, playlist.

Each step first looks whether it is done, because an earlier run may have been killed between doing
it and hearing of it. What is about to be made is noted before; then it is looked for with patience,
because YouTube's lists lag behind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnnviz.files import file_digest
from cnnviz.publish.faults import RequestError
from cnnviz.publish.journal import Journal
from cnnviz.publish.playlist_title import looks_the_same
from cnnviz.publish.youtube import YouTube
from cnnviz.retry import Patience

__all__ = ["Steps", "changed_words", "updated_body"]

PARTS = ("snippet", "status")

WRITABLE_STATUS = (
    "privacyStatus",
    "publishAt",
    "license",
    "embeddable",
    "publicStatsViewable",
    "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
)


class Steps:
    """Makes one video complete; every method may be called again at any time.

    Parameters
    ----------
    renew
        Whether what is there already is replaced where it has changed.
    """

    def __init__(
        self, youtube: YouTube, journal: Journal, video: str, patience: Patience, *, renew: bool
    ) -> None:
        self.youtube = youtube
        self.journal = journal
        self.video = video
        self.patience = patience
        self.renew = renew

    def words(self, body: dict[str, Any]) -> None:
        """Title, description, tags and who may see it."""
        just_sent = not self.journal.complete and body == self.journal.body
        if just_sent or not self.renew:
            return
        shown = self.youtube.video(self.video)
        if shown is None:
            raise RequestError("the video is not there", status=404)
        # Before everything was there, who may see it is as this run says; afterwards its owner may
        # have changed that, and only --privacy or --schedule change it again.
        keep = self.journal.complete and _asks_for_nothing(body)
        wanted = updated_body(self.video, body, shown, keep_privacy=keep)
        if any(_differs(wanted[part], shown[part]) for part in PARTS):
            self.youtube.update_video(wanted)
        self.journal.note(body=body)

    def thumbnail(self, picture: Path) -> None:
        """The picture that stands for it."""
        digest = file_digest(picture)
        if self.journal.thumbnail == digest or (self.journal.thumbnail and not self.renew):
            return
        self.youtube.set_thumbnail(self.video, picture)
        self.journal.note(thumbnail=digest)

    def captions(self, language: str, file: Path) -> None:
        """The track of one language."""
        digest = file_digest(file)
        noted = self.journal.captions.get(language, {})
        if noted.get("id") and (noted["digest"] == digest or not self.renew):
            return
        track = self.patience.look(
            lambda: self._track(language, noted.get("id")), expected=bool(noted)
        )
        if track is None:
            self._note_captions(language, digest, None)
            track = self.youtube.add_captions(self.video, language, file)
        elif noted.get("digest") != digest:
            self.youtube.replace_captions(track, file)
        self._note_captions(language, digest, track)

    def _track(self, language: str, known: str | None) -> str | None:
        for track in self.youtube.captions(self.video):
            same = track["snippet"]["language"] == language and not track["snippet"].get("name")
            if track["id"] == known or same:
                return str(track["id"])
        return None

    def _note_captions(self, language: str, digest: str, track: str | None) -> None:
        noted = {"digest": digest, "id": track}
        self.journal.note(captions=self.journal.captions | {language: noted})

    def playlist(self, title: str) -> None:
        """Its place in the channel's own playlist of that title, which is made if need be."""
        title = self._noted_title(title)
        noted = self.journal.playlists.get(title)
        if noted and noted["item"]:
            return
        playlist = noted and noted["id"]
        if not playlist:
            playlist = self._playlist(title, begun=noted is not None)
            self._note_playlist(title, playlist, item=None)
            noted = None
        try:
            item = self._item(playlist, expected=noted is not None)
        except RequestError as fault:
            if fault.reason == "playlistNotFound":  # deleted since, or not known everywhere yet
                self._note_playlist(title, None, None)
                fault.passing = True
            raise
        self._note_playlist(title, playlist, item)

    def _item(self, playlist: str, *, expected: bool) -> str:
        item = self.patience.look(
            lambda: next(self.youtube.playlist_items(playlist, self.video), None),
            expected=expected,
        )
        return item or self.youtube.add_to_playlist(playlist, self.video)

    def _playlist(self, title: str, *, begun: bool) -> str:
        def own() -> str | None:
            lists = self.youtube.playlists()
            return next((id_ for id_, name in lists if looks_the_same(name, title)), None)

        found = self.patience.look(own, expected=begun)
        if found is not None:
            return found
        self._note_playlist(title, None, None)
        return self.youtube.add_playlist(title, "private")

    def _noted_title(self, title: str) -> str:
        """How the journal calls that playlist, if it does."""
        noted = self.journal.playlists
        return next((name for name in noted if looks_the_same(name, title)), title)

    def _note_playlist(self, title: str, playlist: str | None, item: str | None) -> None:
        noted = {"id": playlist, "item": item}
        self.journal.note(playlists=self.journal.playlists | {title: noted})


def changed_words(body: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Names of what `body` says otherwise than `before` did; who may see it only if it is asked."""
    return [
        name
        for part in PARTS
        for name, value in body[part].items()
        if before[part].get(name) != value
        and not (name == "privacyStatus" and _asks_for_nothing(body))
    ]


def _differs(wanted: dict[str, Any], shown: dict[str, Any]) -> bool:
    return any(shown.get(name) != value for name, value in wanted.items())


def _asks_for_nothing(body: dict[str, Any]) -> bool:
    return body["status"]["privacyStatus"] == "private" and "publishAt" not in body["status"]


def updated_body(
    video: str, body: dict[str, Any], shown: dict[str, Any], *, keep_privacy: bool
) -> dict[str, Any]:
    """The body of `videos.update`, in which everything that is not said is lost.

    Parameters
    ----------
    body
        What the video shall say, as for `videos.insert`.
    shown
        What YouTube shows of it now.
    keep_privacy
        Whether who may see it, and when, stays as it is there.
    """
    status = {name: shown["status"][name] for name in WRITABLE_STATUS if name in shown["status"]}
    wanted = dict(body["status"])
    if keep_privacy:
        del wanted["privacyStatus"]
    else:
        status.pop("publishAt", None)
    return {"id": video, "snippet": body["snippet"], "status": status | wanted}
