"""A YouTube on this machine: it speaks the real protocol, keeps what it gets, and can be ill."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CHANNEL = "UC-channel"
UPLOADS = "UU-channel"
PIECE = 256 * 1024
PAGE = 2
"""Entries on a page of a list: few, so that there is a second one."""

NAMES = {
    ("GET", "channels"): "channels.list",
    ("POST", "videos"): "videos.insert",
    ("GET", "videos"): "videos.list",
    ("PUT", "videos"): "videos.update",
    ("POST", "thumbnails/set"): "thumbnails.set",
    ("GET", "captions"): "captions.list",
    ("POST", "captions"): "captions.insert",
    ("PUT", "captions"): "captions.update",
    ("GET", "playlists"): "playlists.list",
    ("POST", "playlists"): "playlists.insert",
    ("GET", "playlistItems"): "playlistItems.list",
    ("POST", "playlistItems"): "playlistItems.insert",
}


@dataclass(frozen=True)
class Request:
    """What was asked, by its name in YouTube's documentation; also `upload`, `ask` and `token`."""

    number: int
    name: str
    method: str
    path: str
    query: dict[str, str]
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


DROP = Reply(0)
"""The connection is closed instead of an answer."""


def refusal(status: int, reason: str, message: str = "", location: str | None = None) -> Reply:
    """An error in the form in which YouTube writes them."""
    error: dict[str, Any] = {"domain": "youtube", "reason": reason, "message": message or reason}
    if location:
        error |= {"location": location, "locationType": "other"}
    body = {"error": {"code": status, "message": message or reason, "errors": [error]}}
    return Reply(status, body)


@dataclass
class Upload:
    """A resumable upload that is open, or over."""

    resource: dict[str, Any]
    size: int
    data: bytearray = field(default_factory=bytearray)
    video: str | None = None


Intruder = Callable[[Request], Reply | None]


class FakeYouTube:
    """What one channel has, and who gets in the way.

    `before` is asked before a request is worked on, `after` when it is done, but not answered; a
    reply of theirs is the answer.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.token = "token-0"
        self.refresh_token = "refresh"
        self.before: Intruder = lambda request: None
        self.after: Intruder = lambda request: None
        self.log: list[Request] = []
        self.mistakes: list[Exception] = []
        """Requests that the real service would not understand."""
        self.uploads: dict[str, Upload] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        self.films: dict[str, bytes] = {}
        self.thumbnails: dict[str, bytes] = {}
        self.tracks: dict[str, dict[str, Any]] = {}
        self.playlists: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.tells_size = True
        self.dates = "2099-01-01T00:00:00Z"
        """When videos are made."""
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    # What tests ask

    @property
    def names(self) -> list[str]:
        return [request.name for request in self.log]

    def captions(self, video: str) -> list[tuple[str, bytes]]:
        return sorted(
            (track["snippet"]["language"], track["data"])
            for track in self.tracks.values()
            if track["snippet"]["videoId"] == video
        )

    def listed(self) -> list[tuple[str, str]]:
        """Each place in a playlist: the playlist's title, the video."""
        return [
            (
                self.playlists[item["playlistId"]]["snippet"]["title"],
                item["resourceId"]["videoId"],
            )
            for item in (each["snippet"] for each in self.items.values())
        ]

    def fail(self, name: str, *replies: Reply, done: bool = False) -> None:
        """Give `replies` to the next requests called `name`; `done`: after doing what they ask."""
        waiting = list(replies)
        earlier = self.after if done else self.before

        def intrude(request: Request) -> Reply | None:
            if request.name == name and waiting:
                return waiting.pop(0)
            return earlier(request)

        if done:
            self.after = intrude
        else:
            self.before = intrude

    # What the service does

    def answer(self, method: str, path: str, headers: Any, data: bytes) -> Reply:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name = _name(method, parts.path, query, data)
        with self._lock:
            request = Request(len(self.log), name, method, parts.path, query, headers, data)
            self.log.append(request)
            try:
                return self.before(request) or self._work(request)
            except Exception as error:
                self.mistakes.append(error)
                raise

    def _work(self, request: Request) -> Reply:
        if request.name == "token":
            return self._token(request)
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return refusal(401, "authError", "Invalid Credentials", "Authorization")
        method = getattr(self, "_" + request.name.replace(".", "_").replace("/", "_"))
        reply: Reply = method(request)
        return self.after(request) or reply

    def _token(self, request: Request) -> Reply:
        asked = parse_qs(request.data.decode())
        if asked["refresh_token"] != [self.refresh_token]:
            return Reply(400, {"error": "invalid_grant", "error_description": "revoked"})
        return Reply(200, {"access_token": self.token, "expires_in": 3600, "token_type": "Bearer"})

    def _channels_list(self, request: Request) -> Reply:
        content = {"relatedPlaylists": {"uploads": UPLOADS}}
        item = {"id": CHANNEL, "snippet": {"title": "আমার ক্লাস"}, "contentDetails": content}
        return Reply(200, {"items": [item]})

    def _videos_insert(self, request: Request) -> Reply:
        assert request.query["uploadType"] == "resumable"
        assert set(request.query["part"].split(",")) == set(request.json)
        if not request.json["snippet"]["title"]:
            return refusal(400, "invalidTitle", "The title is empty.", "body.snippet.title")
        key = f"secret-{next(self._ids)}"
        size = int(request.headers["X-Upload-Content-Length"])
        assert request.headers["X-Upload-Content-Type"] == "video/mp4"
        self.uploads[key] = Upload(request.json, size)
        place = f"{self.root}/upload/youtube/v3/videos?uploadType=resumable&upload_id={key}"
        return Reply(200, None, {"Location": place})

    def _ask(self, request: Request) -> Reply:
        upload = self.uploads.get(request.query["upload_id"])
        if upload is None:
            return Reply(404)
        if upload.video is not None:
            return Reply(200, self.videos[upload.video])
        assert request.headers["Content-Range"] == f"bytes */{upload.size}"
        return _more(upload)

    def _upload(self, request: Request) -> Reply:
        upload = self.uploads.get(request.query["upload_id"])
        if upload is None or upload.video is not None:
            return Reply(404)
        span, _, size = request.headers["Content-Range"].removeprefix("bytes ").partition("/")
        first, last = map(int, span.split("-"))
        whole = last + 1 == upload.size
        right = first == len(upload.data) and last - first + 1 == len(request.data)
        if not right or int(size) != upload.size or (len(request.data) % PIECE and not whole):
            return refusal(400, "badRequest", f"not the bytes that are missing: {span}")
        upload.data += request.data
        if not whole:
            return _more(upload)
        upload.video = self.add_video(upload.resource, bytes(upload.data))
        return Reply(201, self.videos[upload.video])

    def add_video(self, resource: dict[str, Any], film: bytes) -> str:
        """As if it had been uploaded now."""
        video = f"video-{next(self._ids)}"
        snippet = resource["snippet"] | {"publishedAt": self.dates}
        self.videos[video] = {"id": video, "snippet": snippet, "status": resource["status"]}
        self.films[video] = film
        return video

    def _videos_list(self, request: Request) -> Reply:
        found = [
            self.videos[each] for each in request.query["id"].split(",") if each in self.videos
        ]
        if "fileDetails" in request.query["part"] and self.tells_size:
            found = [
                video | {"fileDetails": {"fileSize": str(len(self.films[video["id"]]))}}
                for video in found
            ]
        return Reply(200, {"items": found})

    def _videos_update(self, request: Request) -> Reply:
        body = request.json
        video = self.videos[body["id"]]
        assert set(request.query["part"].split(",")) == set(body) - {"id"}
        published = video["snippet"]["publishedAt"]
        video["snippet"] = body["snippet"] | {"publishedAt": published}
        video["status"] = body["status"]
        return Reply(200, video)

    def _thumbnails_set(self, request: Request) -> Reply:
        if request.query["videoId"] not in self.videos:
            return refusal(404, "videoNotFound")
        self.thumbnails[request.query["videoId"]] = request.data
        return Reply(200, {"items": [{}]})

    def _captions_list(self, request: Request) -> Reply:
        heard = {"language": "bn", "trackKind": "asr", "videoId": request.query["videoId"]}
        tracks = [
            {"id": each, "snippet": track["snippet"]}
            for each, track in self.tracks.items()
            if track["snippet"]["videoId"] == request.query["videoId"]
        ]
        return Reply(200, {"items": [{"id": "heard", "snippet": heard}, *tracks]})

    def _captions_insert(self, request: Request) -> Reply:
        body, data = _two_parts(request)
        for track in self.tracks.values():
            if track["snippet"] == body["snippet"]:
                return refusal(409, "captionExists")
        track = f"track-{next(self._ids)}"
        self.tracks[track] = {"snippet": body["snippet"], "data": data}
        return Reply(200, {"id": track} | body)

    def _captions_update(self, request: Request) -> Reply:
        body, data = _two_parts(request)
        assert request.query["part"] == "id"
        self.tracks[body["id"]]["data"] = data
        return Reply(200, body)

    def _playlists_list(self, request: Request) -> Reply:
        return _page(request, list(self.playlists.values()))

    def _playlists_insert(self, request: Request) -> Reply:
        playlist = f"playlist-{next(self._ids)}"
        self.playlists[playlist] = {"id": playlist} | request.json
        return Reply(200, self.playlists[playlist])

    def _playlistItems_list(self, request: Request) -> Reply:  # noqa: N802 - YouTube's name
        if request.query["playlistId"] == UPLOADS:
            latest = reversed(self.videos)
            return Reply(200, {"items": [{"contentDetails": {"videoId": each}} for each in latest]})
        if request.query["playlistId"] not in self.playlists:
            return refusal(404, "playlistNotFound")
        found = [
            item
            for item in self.items.values()
            if item["snippet"]["playlistId"] == request.query["playlistId"]
            and item["snippet"]["resourceId"]["videoId"] == request.query["videoId"]
        ]
        return _page(request, found)

    def _playlistItems_insert(self, request: Request) -> Reply:  # noqa: N802
        item = f"item-{next(self._ids)}"
        self.items[item] = {"id": item} | request.json
        return Reply(200, self.items[item])


def _name(method: str, path: str, query: dict[str, str], data: bytes) -> str:
    if path == "/token":
        return "token"
    if "upload_id" in query:
        return "upload" if data else "ask"
    resource = path.removeprefix("/upload").removeprefix("/youtube/v3/")
    return NAMES[method, resource]


def _more(upload: Upload) -> Reply:
    there = len(upload.data)
    return Reply(308, None, {"Range": f"bytes=0-{there - 1}"} if there else {})


def _page(request: Request, items: list[Any]) -> Reply:
    start = int(request.query.get("pageToken", 0))
    page: dict[str, Any] = {"items": items[start : start + PAGE]}
    if start + PAGE < len(items):
        page["nextPageToken"] = str(start + PAGE)
    return Reply(200, page)


def _two_parts(request: Request) -> tuple[Any, bytes]:
    """The JSON and the file of a multipart/related request."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + request.data)
    first, second = message.get_payload()  # type: ignore[misc]
    return json.loads(first.get_payload(decode=True)), second.get_payload(decode=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together; apart, the system makes the second one wait
    youtube: FakeYouTube

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = self.youtube.answer(self.command, self.path, self.headers, data)
        if reply is DROP:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the library's names

    def log_message(self, *words: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients are killed here."""


@contextmanager
def fake_youtube() -> Iterator[FakeYouTube]:
    """The service, on a port of its own."""
    handler = type("Handler", (_Handler,), {})
    with _Server(("127.0.0.1", 0), handler) as server:
        youtube = FakeYouTube(f"http://127.0.0.1:{server.server_port}")
        handler.youtube = youtube  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield youtube
        finally:
            server.shutdown()
            thread.join()
        assert youtube.mistakes == []
