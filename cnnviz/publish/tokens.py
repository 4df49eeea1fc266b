"""Where the sign-in to YouTube is kept: in files that only their owner can read.

Neither a token nor a client's secret is ever part of a message: what a library says of an error
is not passed on, because it may quote the server's answer.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from cnnviz import models
from cnnviz.errors import StudioError, UserError
from cnnviz.files import replacing
from cnnviz.loopback import is_loopback, is_safe

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

__all__ = [
    "SCOPE",
    "SIGN_IN",
    "check_address",
    "client_file",
    "credentials",
    "read_json",
    "renew",
    "save",
    "sign_in_ends",
    "token_file",
    "write_private",
]

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
"""The only one that allows videos, thumbnails, captions and playlists alike."""

SIGN_IN = "run: render.py publish login"

# Our own word in the library's file, which skips what it does not know.
_ENDS = "refresh_token_expiry"
_CHECKOUT = Path(__file__).resolve().parents[2]
_TIMEOUT = 30.0


def token_file() -> Path:
    """Where the token is stored; `CNNVIZ_TOKEN_FILE` moves it."""
    told = os.environ.get("CNNVIZ_TOKEN_FILE")
    return Path(told) if told else _folder() / "youtube-token.json"


def client_file() -> Path:
    """Where the OAuth client that signs in is stored."""
    return _folder() / "youtube-client.json"


def _folder() -> Path:
    return Path(platformdirs.user_config_dir("cnnviz"))


def credentials() -> Credentials:
    """The stored sign-in, which may have to be renewed.

    Raises
    ------
    UserError
        There is none, or its file is damaged.
    """
    from google.oauth2.credentials import Credentials

    path = token_file()
    stored = read_json(path)
    if stored is None:
        raise UserError("you are not signed in to YouTube", hint=SIGN_IN)
    try:
        found: Credentials = Credentials.from_authorized_user_info(stored)  # type: ignore[no-untyped-call]
        address = str(stored.get("token_uri") or found.token_uri)
    except (ValueError, TypeError, AttributeError):
        raise UserError("this is no stored sign-in", file=path, hint=SIGN_IN) from None
    check_address(address, path)
    # The library takes Google's own address whatever the file says, and copies no expiry.
    elsewhere: Credentials = found.with_token_uri(address)
    elsewhere.expiry = found.expiry
    return elsewhere


def sign_in_ends() -> datetime | None:
    """When the stored sign-in ends whatever is done with it; None where nobody has said so.

    Google says so of apps that are in testing: after seven days.
    """
    try:
        told = (read_json(token_file()) or {}).get(_ENDS)
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except (ValueError, UserError):
        return None


def save(found: Credentials, ends: datetime | None = None) -> None:
    """Store a sign-in, whole or not at all; `ends` as `sign_in_ends` tells it later.

    Raises
    ------
    UserError
        The place cannot be written to, or lies in the project, where it might be published.
    """
    path = token_file()
    if path.resolve().is_relative_to(_CHECKOUT):
        raise UserError(
            "a sign-in must not lie among the project's files",
            file=path,
            hint="set CNNVIZ_TOKEN_FILE to another place",
        )
    stored: dict[str, Any] = json.loads(found.to_json())  # type: ignore[no-untyped-call]
    before = _before(path)
    if ends is not None:
        stored[_ENDS] = ends.astimezone(UTC).isoformat()
    elif _ENDS in before and before.get("refresh_token") == found.refresh_token:
        stored[_ENDS] = before[_ENDS]
    write_private(path, stored)


def _before(path: Path) -> dict[str, Any]:
    try:
        return read_json(path) or {}
    except UserError:
        return {}  # damaged: about to be mended


def renew(found: Credentials) -> None:
    """Get a new access token where the old one has expired, and store it.

    Raises
    ------
    UserError
        The sign-in was withdrawn or has ended.
    StudioError
        Google cannot be asked.
    """
    import requests
    from google.auth.exceptions import RefreshError, TransportError
    from google.auth.transport.requests import Request

    if found.valid:
        return
    with requests.Session() as session:
        # A proxy cannot reach this machine's own loopback.
        session.trust_env = not is_loopback(str(found.token_uri))
        try:
            found.refresh(partial(Request(session), timeout=_TIMEOUT))  # type: ignore[no-untyped-call]
        except RefreshError as error:
            if error.retryable:
                raise _unreachable() from None
            raise UserError(
                "the sign-in to YouTube has ended or was withdrawn", hint=SIGN_IN
            ) from None
        except TransportError:
            raise _unreachable() from None
    save(found)


def _unreachable() -> StudioError:
    return StudioError("Google's sign-in service does not answer", hint="try again later")


def read_json(path: Path, hint: str = SIGN_IN) -> dict[str, Any] | None:
    """The object in `path`; None where there is no such file. `hint` mends a damaged one.

    Raises
    ------
    UserError
        The file cannot be read, or holds something else.
    """
    damaged = "this file is damaged: it holds no JSON object"
    if not path.exists():
        return None
    value = models.read_json(path, hint, damaged)
    if not isinstance(value, dict):
        raise UserError(damaged, file=path, hint=hint)
    return value


def write_private(path: Path, value: dict[str, Any]) -> None:
    """Write `value` to a file that nobody but its owner can read, whole or not at all."""
    try:
        with replacing(path, mode=0o600) as temporary:
            temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    except StudioError as error:
        hint = error.hint
        if isinstance(error, UserError):  # its hint is about films
            hint = "set CNNVIZ_TOKEN_FILE to another place" if path == token_file() else None
        raise type(error)(error.message, file=path, hint=hint) from None


def check_address(url: str, file: Path) -> None:
    """Refuse an address that secrets would be sent to unencrypted.

    Raises
    ------
    UserError
        It is neither https nor on this machine; `file` is where it stands.
    """
    if not is_safe(url):
        raise UserError(
            "this file names an address that is not https",
            file=file,
            hint="get it anew; plain http is for this machine alone",
        )
