"""Google's sign-in on this machine, and a browser in which somebody agrees or does not."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cnnviz.publish.tokens import SCOPE

SECRETS = ("access-secret", "refresh-secret", "client-secret", "code-secret")


class FakeGoogle:
    """What it was asked, and how it shall answer.

    `answer` is what the browser carries home in place of a code, `token` and `revoke` a status and
    a body in place of the usual ones; `ends` the seconds that a refresh token lasts.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.answer: dict[str, str] | None = None
        self.token: tuple[int, dict[str, Any]] | None = None
        self.revoke: tuple[int, dict[str, Any]] = (200, {})
        self.ends: int | None = None
        self.scope = SCOPE
        self.challenge = ""
        self.asked: dict[str, str] = {}
        self.revoked: list[str] = []
        self.renewed = 0

    def client(self) -> dict[str, Any]:
        return {
            "installed": {
                "client_id": "client-id",
                "client_secret": "client-secret",
                "auth_uri": f"{self.root}/auth",
                "token_uri": f"{self.root}/token",
                "redirect_uris": ["http://localhost"],
            }
        }

    def agree(self, asked: dict[str, str]) -> str:
        """Where the browser is sent."""
        self.asked = asked
        self.challenge = asked["code_challenge"]
        said = self.answer or {"code": "code-secret"}
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state']} | said)}"

    def give(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A token, for a code or for a refresh token."""
        if self.token is not None:
            return self.token
        if form.get("client_secret") != "client-secret":
            return 401, {"error": "invalid_client"}
        given: dict[str, Any] = {
            "access_token": "access-secret",
            "expires_in": 3599,
            "scope": self.scope,
            "token_type": "Bearer",
        }
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != "refresh-secret" or self.revoked:
                return 400, {"error": "invalid_grant", "error_description": "refresh-secret?"}
            self.renewed += 1
            return 200, given | {"access_token": f"access-secret-{self.renewed}"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        shown = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if form["code"] != "code-secret" or shown != self.challenge:
            return 400, {"error": "invalid_grant"}
        given["refresh_token"] = "refresh-secret"
        if self.ends is not None:
            given["refresh_token_expires_in"] = self.ends
        return 200, given


@contextmanager
def fake_google() -> Iterator[FakeGoogle]:
    """A server that answers until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            where = google.agree({name: each[0] for name, each in parse_qs(parts.query).items()})
            self.send_response(302)
            self.send_header("Location", where)
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: each[0] for name, each in parse_qs(body).items()}
            if self.path == "/revoke":
                google.revoked.append(form["token"])
                status, said = google.revoke
            else:
                status, said = google.give(form | basic(self.headers.get("Authorization", "")))
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        google = FakeGoogle(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield google
        finally:
            server.shutdown()
            thread.join()


def basic(header: str) -> dict[str, str]:
    """A client's secret may come in a header as well."""
    kind, _, coded = header.partition(" ")
    if kind != "Basic":
        return {}
    name, _, secret = base64.b64decode(coded).decode().partition(":")
    return {"client_id": name, "client_secret": secret}


class Browser:
    """Follows where it is sent, as a person would who agrees with everything."""

    def __init__(self) -> None:
        self.page = ""
        self._thread: threading.Thread | None = None

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self._thread = threading.Thread(target=self._visit, args=(url,))
        self._thread.start()
        return True

    def _visit(self, url: str) -> None:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=20) as page:
            self.page = page.read().decode()

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join()
