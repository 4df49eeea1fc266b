"""YouTube, as far as a film needs it: the official client, one method a request."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.oauth2.credentials import Credentials
from googleapiclient import discovery_cache
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, MediaFileUpload

from cnnviz.errors import UserError
from cnnviz.loopback import is_safe
from cnnviz.publish.faults import RequestError, fault_of_reply
from cnnviz.publish.transport import Transport

__all__ = ["Channel", "Reached", "YouTube"]

FILM_TYPE = "video/mp4"
CAPTION_TYPE = "application/octet-stream"

RECENT = 50
"""Uploads to look through for a lost one; the most that one request gives."""


@dataclass(frozen=True)
class Channel:
    """Whose videos they are."""

    id: str
    title: str
    uploads: str
    """The playlist of all its uploads."""


@dataclass(frozen=True)
class Reached:
    """How far an upload is: `sent` bytes are there, and at the end the video's id is known."""

    sent: int
    video: str | None = None


class YouTube:
    """The channel that `credentials` speak for.

    Every method raises `RequestError` where YouTube does not do what it is asked.

    Parameters
    ----------
    credentials
        Of the channel's owner; None for one that never sends.
    root
        Another root of every address.
    """

    def __init__(self, credentials: Credentials | None, root: str | None = None) -> None:
        document = json.loads(discovery_cache.get_static_doc("youtube", "v3"))
        if root:
            # An endpoint given as an option would leave uploads with Google.
            document |= {"rootUrl": root, "baseUrl": root}
        self._transport = Transport(credentials, document["rootUrl"])
        self._api = build_from_document(document, http=self._transport)

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def _execute(self, request: HttpRequest, file: Path | None = None) -> Any:
        """What the request gives; `file` is what it sends along, if anything."""
        try:
            return request.execute()
        except HttpError as error:
            raise fault_of_reply(error.resp.status, error.resp, error.content) from None
        except ValueError:
            raise RequestError("the reply is not what YouTube would say", passing=True) from None

    def channel(self) -> Channel:
        """The channel's own data.

        Raises
        ------
        UserError
            The account has none.
        """
        reply = self._execute(self._api.channels().list(part="snippet,contentDetails", mine=True))
        for item in reply.get("items", []):
            uploads = item["contentDetails"]["relatedPlaylists"]["uploads"]
            return Channel(item["id"], item["snippet"]["title"], uploads)
        raise UserError("this account has no YouTube channel", hint="make one on youtube.com")

    # Videos

    def open_session(self, body: Mapping[str, Any], film: Path) -> tuple[str, float]:
        """Announce a film; its bytes follow.

        The library would send the first bytes at once, before the address could be noted.

        Returns
        -------
        tuple[str, float]
            Where the bytes go, and when that was by the server's clock, in seconds since 1970.
        """
        media = MediaFileUpload(str(film), mimetype=FILM_TYPE, resumable=True)
        request = self._api.videos().insert(part=",".join(body), body=body, media_body=media)
        headers = request.headers | {
            "X-Upload-Content-Type": FILM_TYPE,
            "X-Upload-Content-Length": str(media.size()),
        }
        return self._open(request, headers, film)

    def _open(self, request: HttpRequest, headers: dict[str, str], film: Path) -> tuple[str, float]:
        reply, content = self._transport.request(request.uri, "POST", request.body, headers)
        if reply.status != 200:
            raise fault_of_reply(reply.status, reply, content)
        uri = reply.get("location", "")
        if not is_safe(uri):
            raise RequestError("the reply names no place for the film", passing=True)
        date = email.utils.parsedate_tz(reply.get("date"))
        return uri, email.utils.mktime_tz(date) if date else time.time()

    def reached(self, uri: str, size: int) -> Reached:
        """How far the upload is, as the server says."""
        return self._put(uri, b"", f"bytes */{size}")

    def send(self, uri: str, data: bytes, start: int, size: int) -> Reached:
        """Send `data`, which begins at byte `start` of `size`."""
        return self._put(uri, data, f"bytes {start}-{start + len(data) - 1}/{size}")

    def _put(self, uri: str, data: bytes, content_range: str) -> Reached:
        reply, content = self._transport.request(uri, "PUT", data, {"Content-Range": content_range})
        if reply.status == 308:
            # Without a range the server has nothing.
            last = reply.get("range", "").rpartition("-")[2]
            return Reached(int(last) + 1 if last.isdecimal() else 0)
        if reply.status not in (200, 201):
            raise fault_of_reply(reply.status, reply, content)
        try:
            size = int(content_range.rpartition("/")[2])
            return Reached(size, str(json.loads(content)["id"]))
        except (ValueError, KeyError, TypeError):
            raise RequestError("the reply does not name the video", passing=True) from None

    def recent_uploads(self, channel: Channel) -> list[dict[str, Any]]:
        """The channel's latest videos, the last one first, with what is known of their files."""
        request = self._api.playlistItems().list(
            part="contentDetails", playlistId=channel.uploads, maxResults=RECENT
        )
        try:
            items = self._execute(request).get("items", [])
        except RequestError as fault:
            if fault.reason != "playlistNotFound":
                raise
            items = []  # a channel on which nothing was ever uploaded
        ids = [item["contentDetails"]["videoId"] for item in items]
        if not ids:
            return []
        request = self._api.videos().list(part="snippet,fileDetails", id=",".join(ids))
        found: list[dict[str, Any]] = self._execute(request).get("items", [])
        return found

    def video(self, video: str) -> dict[str, Any] | None:
        """What YouTube shows of a video; None if there is no such video any more."""
        request = self._api.videos().list(part="snippet,status", id=video)
        return next(iter(self._execute(request).get("items", [])), None)

    def update_video(self, body: Mapping[str, Any]) -> None:
        """Replace what YouTube shows; `body` is the whole of each part that it has."""
        part = ",".join(name for name in body if name != "id")
        self._execute(self._api.videos().update(part=part, body=body))

    def set_thumbnail(self, video: str, picture: Path) -> None:
        """Give a video its picture."""
        media = MediaFileUpload(str(picture))
        self._execute(self._api.thumbnails().set(videoId=video, media_body=media), picture)

    # Captions

    def captions(self, video: str) -> list[dict[str, Any]]:
        """The video's tracks, those of speech recognition left out."""
        reply = self._execute(self._api.captions().list(part="snippet", videoId=video))
        tracks = reply.get("items", [])
        return [each for each in tracks if each["snippet"].get("trackKind", "").lower() != "asr"]

    def add_captions(self, video: str, language: str, file: Path) -> str:
        """Add a track; returns its id."""
        body = {"snippet": {"videoId": video, "language": language, "name": ""}}
        media = MediaFileUpload(str(file), mimetype=CAPTION_TYPE)
        request = self._api.captions().insert(part="snippet", body=body, media_body=media)
        return str(self._execute(request, file)["id"])

    def replace_captions(self, track: str, file: Path) -> None:
        """Give a track another text."""
        media = MediaFileUpload(str(file), mimetype=CAPTION_TYPE)
        request = self._api.captions().update(part="id", body={"id": track}, media_body=media)
        self._execute(request, file)

    # Playlists

    def playlists(self) -> Iterator[tuple[str, str]]:
        """Id and title of each playlist of the channel's own."""
        for item in self._pages(self._api.playlists(), part="snippet", mine=True):
            yield item["id"], item["snippet"]["title"]

    def add_playlist(self, title: str, privacy: str) -> str:
        """Make a playlist; returns its id."""
        body = {"snippet": {"title": title}, "status": {"privacyStatus": privacy}}
        request = self._api.playlists().insert(part="snippet,status", body=body)
        return str(self._execute(request)["id"])

    def playlist_items(self, playlist: str, video: str) -> Iterator[str]:
        """Ids of the places in a playlist at which the video stands."""
        api = self._api.playlistItems()
        for item in self._pages(api, part="snippet", playlistId=playlist, videoId=video):
            if item["snippet"]["resourceId"].get("videoId") == video:
                yield item["id"]

    def add_to_playlist(self, playlist: str, video: str) -> str:
        """Append the video to a playlist; returns the id of its place."""
        resource = {"kind": "youtube#video", "videoId": video}
        body = {"snippet": {"playlistId": playlist, "resourceId": resource}}
        request = self._api.playlistItems().insert(part="snippet", body=body)
        return str(self._execute(request)["id"])

    def _pages(self, api: Any, **parameters: Any) -> Iterator[dict[str, Any]]:
        request = api.list(maxResults=RECENT, **parameters)
        while request is not None:
            reply = self._execute(request)
            yield from reply.get("items", [])
            request = api.list_next(request, reply)
