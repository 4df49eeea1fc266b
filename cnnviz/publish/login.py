"""Signing in to YouTube in a browser, and signing out."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from cnnviz.errors import StudioError, UserError, shown_path
from cnnviz.loopback import LOOPBACK, is_loopback
from cnnviz.progress import Reporter
from cnnviz.publish.tokens import (
    SCOPE,
    SIGN_IN,
    check_address,
    client_file,
    read_json,
    save,
    token_file,
    write_private,
)

__all__ = ["login", "logout", "read_client"]

PATIENCE = 300
"""Seconds that a person has in the browser."""

REVOKE_BY_HAND = "https://myaccount.google.com/permissions"

_NEW_CLIENT = (
    "in the Google console make an OAuth client of the type Desktop app and download its JSON"
)
_ASK = "Sign in to YouTube in your browser; if none opens, go to:\n{url}"
_DONE = "Done: you can close this window.\nহয়ে গেছে: জানালাটা এবার বন্ধ করতে পারেন।"


def login(client: Path | None, report: Reporter) -> None:
    """Let a person sign in, and store what Google gives for it.

    Parameters
    ----------
    client
        JSON of an OAuth client, as downloaded; the one used last time where None.
    report
        Told what happens.

    Raises
    ------
    UserError
        There is no client, or it is not one for a desktop app; permission was refused.
    StudioError
        Nobody signed in, or Google does not answer.
    """
    config = read_client(client or client_file())
    if client is not None:
        write_private(client_file(), config)
    credentials, token = _ask(config)
    if not credentials.refresh_token:
        raise StudioError("Google gave no lasting sign-in", hint="try again")
    seconds = token.get("refresh_token_expires_in")
    ends = datetime.now(UTC) + timedelta(seconds=int(seconds)) if seconds else None
    save(credentials, ends)
    report.line(f"signed in; stored in {shown_path(token_file())}, for you alone to read")
    if ends is not None:
        report.line(
            f"it ends on {ends.astimezone():%Y-%m-%d %H:%M}, because the app is in testing: "
            "docs/publishing.md says how to change that"
        )


def read_client(path: Path) -> dict[str, Any]:
    """An OAuth client for desktop apps.

    Raises
    ------
    UserError
        There is none in `path`, or it is for something else.
    """
    config = read_json(path, hint=_NEW_CLIENT)
    if config is None and path == client_file():
        raise UserError(
            "no OAuth client yet",
            hint="render.py publish login --client FILE; docs/publishing.md says how to get one",
        )
    if config is None:
        raise UserError("no such file", file=path)
    client = config.get("installed")
    needed = ("client_id", "client_secret", "auth_uri", "token_uri")
    if not isinstance(client, dict) or not all(isinstance(client.get(key), str) for key in needed):
        kind = "one for a web server" if "web" in config else "something else"
        raise UserError(f"no client for a desktop app, but {kind}", file=path, hint=_NEW_CLIENT)
    for key in ("auth_uri", "token_uri"):
        check_address(client[key], path)
    return {"installed": client}


def _ask(config: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What Google gives once a person has agreed: credentials, and the answer they came with."""
    import requests
    from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
    from oauthlib.oauth2 import OAuth2Error

    flow = InstalledAppFlow.from_client_config(config, scopes=[SCOPE])
    address = config["installed"]["token_uri"]
    flow.oauth2session.trust_env = not is_loopback(address)  # no proxy reaches the loopback
    try:
        # Standard output belongs to results.
        with _plain_http_allowed(is_loopback(address)), redirect_stdout(sys.stderr):
            credentials = flow.run_local_server(
                host=LOOPBACK,
                port=0,
                authorization_prompt_message=_ASK,
                success_message=_DONE,
                open_browser=_has_browser(),
                timeout_seconds=PATIENCE,
                prompt="consent",  # else Google gives a lasting sign-in only the first time
            )
    except WSGITimeoutError:
        raise StudioError(f"nobody signed in within {PATIENCE // 60} minutes") from None
    except OAuth2Error as error:
        raise _refused(str(error.error)) from None
    except Warning:  # so oauthlib says that somebody unticked a permission
        raise UserError(
            "not everything was allowed that an upload needs", hint=f"tick it; {SIGN_IN}"
        ) from None
    except requests.RequestException:
        raise StudioError("Google's sign-in service does not answer", hint="try again") from None
    except (ValueError, KeyError):
        raise StudioError("Google's answer is not a sign-in", hint="try again") from None
    return credentials, dict(flow.oauth2session.token)


def _refused(code: str) -> StudioError:
    if code == "access_denied":
        return UserError("permission was refused in the browser", hint=SIGN_IN)
    if code in ("invalid_client", "unauthorized_client", "deleted_client"):
        return UserError("Google does not know this OAuth client", hint=_NEW_CLIENT)
    return StudioError(f"the sign-in failed ({code})", hint="try again")


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


@contextmanager
def _plain_http_allowed(allowed: bool) -> Iterator[None]:
    """Let oauthlib speak with a service on this machine, which has no certificate."""
    name = "OAUTHLIB_INSECURE_TRANSPORT"
    before = os.environ.pop(name, None)
    if allowed:
        os.environ[name] = "1"
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def logout(report: Reporter) -> None:
    """Withdraw the sign-in at Google, and delete it here, whatever Google says.

    Raises
    ------
    StudioError
        It is deleted here, but Google could not be told.
    """
    path = token_file()
    try:
        stored = read_json(path)
    except UserError:
        stored = {}  # damaged: there is nothing to withdraw, but a file to delete
    if stored is None:
        report.line("nobody is signed in")
        return
    told = _revoke(stored)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(error.strerror or "not deletable", file=path) from None
    if not told:
        raise StudioError(
            "signed out here, but Google could not be told", hint=f"withdraw it: {REVOKE_BY_HAND}"
        )
    report.line("signed out; Google has withdrawn the sign-in")


def _revoke(stored: dict[str, Any]) -> bool:
    """Whether Google has withdrawn the token, or knows it no longer."""
    import requests

    token = stored.get("refresh_token") or stored.get("token")
    address = str(stored.get("token_uri") or "https://oauth2.googleapis.com/token")
    if not isinstance(token, str):
        return False
    try:
        check_address(address, token_file())
        with requests.Session() as session:
            session.trust_env = not is_loopback(address)
            # The neighbour of the address that gives tokens.
            answer = session.post(urljoin(address, "revoke"), data={"token": token}, timeout=15)
            return answer.ok or (answer.status_code == 400 and _code(answer) == "invalid_token")
    except (requests.RequestException, UserError):
        return False


def _code(answer: Any) -> str | None:
    try:
        said = json.loads(answer.content)
    except ValueError:
        return None
    return said.get("error") if isinstance(said, dict) else None
