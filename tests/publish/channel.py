"""A film, a channel to publish it on, and what must be there in the end."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bundles import write_bundle
from fake_youtube import FakeYouTube
from google.oauth2.credentials import Credentials

from cnnviz.progress import Reporter
from cnnviz.publish.bundle_reader import Bundle, read_bundle
from cnnviz.publish.metadata import Wish
from cnnviz.publish.publish import publish
from cnnviz.publish.upload import CHUNK
from cnnviz.publish.youtube import YouTube
from cnnviz.retry import Patience

FILM = bytes(range(251)) * ((2 * CHUNK + 1000) // 251)
"""In three pieces, of which the last one is short."""

PLAYLIST = "গণিত"
WISH = Wish(playlist=PLAYLIST)


def write_film(folder: Path, film: bytes = FILM, **changes: Any) -> Bundle:
    """A bundle with a film of more than one piece."""
    write_bundle(folder, digest=hashlib.sha256(film).hexdigest(), **changes)
    (folder / "episode.mp4").write_bytes(film)
    return read_bundle(folder)


def credentials(root: str, **changes: str) -> Credentials:
    known = {
        "token": "token-0",
        "refresh_token": "refresh",
        "token_uri": f"{root}/token",
        "client_id": "client",
        "client_secret": "secret",
    }
    return Credentials(**(known | changes))


@dataclass
class Channel:
    """A person at a computer, and the channel that they publish on.

    `waits` are the seconds that were waited, `said` is what they read.
    """

    fake: FakeYouTube
    folder: Path
    waits: list[float] = field(default_factory=list)
    said: io.StringIO = field(default_factory=io.StringIO)

    @property
    def bundle(self) -> Bundle:
        return read_bundle(self.bundle_folder)

    @property
    def bundle_folder(self) -> Path:
        return self.folder / "bundle"

    @property
    def journals(self) -> Path:
        return self.folder / "journals"

    def client(self, **changes: str) -> YouTube:
        return YouTube(credentials(self.fake.root, **changes), self.fake.root + "/")

    def publish(self, wish: Wish = WISH, **options: Any) -> str:
        patience = Patience(attempts=4, looks=3, sleep=self.waits.append)
        client = options.pop("client", None) or self.client()
        try:
            return publish(
                self.bundle,
                wish,
                client,
                self.journals,
                Reporter(self.said),
                **({"patience": patience} | options),
            )
        finally:
            client.close()


def assert_complete(fake: FakeYouTube, bundle: Bundle, playlist: str | None = PLAYLIST) -> str:
    """Exactly one video is there, with all that belongs to it; its id."""
    assert len(fake.videos) == 1
    (video,) = fake.videos
    assert fake.films[video] == bundle.film.read_bytes()
    assert fake.videos[video]["snippet"]["title"] == bundle.title
    assert fake.thumbnails == {video: bundle.thumbnail.read_bytes()}
    assert len(fake.tracks) == len(bundle.captions)
    assert fake.captions(video) == [
        (language, file.read_bytes()) for language, file in sorted(bundle.captions.items())
    ]
    assert fake.listed() == ([(playlist, video)] if playlist else [])
    assert len(fake.playlists) == (1 if playlist else 0)
    return video
