"""Signing in and out, against a Google of our own and with a browser that does as it is told."""

from __future__ import annotations

import json
import os
import socket
import webbrowser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_google import SECRETS, Browser, FakeGoogle, fake_google
from tiny import HOUSE, Done, Project

from cnnviz.errors import UserError
from cnnviz.loopback import is_safe
from cnnviz.publish.metadata import Wish
from cnnviz.publish.preflight import sign_in_findings
from cnnviz.publish.tokens import (
    SCOPE,
    client_file,
    credentials,
    renew,
    save,
    sign_in_ends,
    token_file,
)

Run = Callable[..., Done]
GIVEN = {"access_token": "access-secret", "scope": SCOPE, "token_type": "Bearer"}


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with fake_google() as server:
        yield server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's config folder, in which nobody has signed in yet."""
    config = tmp_path / "config"
    monkeypatch.delenv("CNNVIZ_TOKEN_FILE", raising=False)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name: str(config / name))
    return config


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    window = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda using=None: window)
    yield window
    window.close()


@pytest.fixture
def sign(tiny_project: Project, run: Run, tmp_path: Path) -> Callable[..., Done]:
    """`publish WORDS`; whatever it says, it tells no secret."""

    def publish(*words: str) -> Done:
        done = run(tiny_project, "publish", *words)
        assert not [secret for secret in SECRETS if secret in done.out + done.err], done
        return done

    return publish


@pytest.fixture
def client(google: FakeGoogle, tmp_path: Path) -> Path:
    """The file that a person has downloaded."""
    path = tmp_path / "client_secret_123.json"
    path.write_text(json.dumps(google.client()))
    return path


def stored() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(token_file().read_text())
    return value


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


# --- in -------------------------------------------------------------------------------------


def test_signing_in_stores_what_google_gives(
    sign: Callable[..., Done], google: FakeGoogle, client: Path, home: Path, browser: Browser
) -> None:
    done = sign("login", "--client", str(client))
    assert done.code == 0, done.err
    assert done.out == ""
    assert google.asked["scope"] == SCOPE
    assert google.asked["access_type"] == "offline"
    assert google.asked["redirect_uri"].startswith("http://127.0.0.1:")
    assert stored()["refresh_token"] == "refresh-secret"
    assert mode(token_file()) == mode(client_file()) == 0o600
    assert sorted(path.name for path in (home / "cnnviz").iterdir()) == [
        "youtube-client.json",
        "youtube-token.json",
    ]
    browser.close()
    assert "close this window" in browser.page
    assert sign_in_findings(Wish(), online=True) == []


def test_the_second_time_the_client_is_known(
    sign: Callable[..., Done], google: FakeGoogle, client: Path
) -> None:
    assert sign("login", "--client", str(client)).code == 0
    client.unlink()
    token_file().unlink()
    assert sign("login").code == 0
    assert credentials().refresh_token == "refresh-secret"


def test_an_app_in_testing_is_said_to_last_a_week(
    sign: Callable[..., Done], google: FakeGoogle, client: Path
) -> None:
    google.ends = 604799
    done = sign("login", "--client", str(client))
    assert "it ends on" in done.err
    ends = sign_in_ends()
    assert ends is not None
    assert abs(ends - datetime.now(UTC) - timedelta(days=7)) < timedelta(hours=1)
    [finding] = sign_in_findings(Wish(), online=True)
    assert (finding.severity, "in testing" in finding.message) == ("warning", True)


def test_somebody_who_refuses_is_not_signed_in(
    sign: Callable[..., Done], google: FakeGoogle, client: Path
) -> None:
    google.answer = {"error": "access_denied"}
    done = sign("login", "--client", str(client))
    assert done.code == 2
    assert "refused in the browser" in done.error
    assert not token_file().exists()


def test_an_answer_that_another_page_sent_is_not_taken(
    sign: Callable[..., Done], google: FakeGoogle, client: Path
) -> None:
    google.answer = {"code": "code-secret", "state": "forged"}
    done = sign("login", "--client", str(client))
    assert done.code == 1
    assert "mismatching_state" in done.error
    assert not token_file().exists()


def test_a_permission_that_was_unticked_is_asked_for_again(
    sign: Callable[..., Done], google: FakeGoogle, client: Path
) -> None:
    google.scope = "https://www.googleapis.com/auth/youtube.readonly"
    done = sign("login", "--client", str(client))
    assert done.code == 2
    assert "not everything was allowed" in done.error
    assert not token_file().exists()


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((401, {"error": "invalid_client"}), 2, "does not know this OAuth client"),
        ((400, {"error": "invalid_grant"}), 1, "invalid_grant"),
        ((500, {}), 1, "the sign-in failed"),
        ((200, GIVEN), 1, "not a sign-in"),
        ((200, GIVEN | {"expires_in": 3599}), 1, "no lasting sign-in"),
    ],
)
def test_what_google_may_answer_instead(
    sign: Callable[..., Done],
    google: FakeGoogle,
    client: Path,
    answer: tuple[int, dict[str, Any]],
    code: int,
    said: str,
) -> None:
    google.token = answer
    done = sign("login", "--client", str(client))
    assert done.code == code
    assert said in done.error
    assert not token_file().exists()


def test_nobody_comes_back_from_the_browser(
    sign: Callable[..., Done], client: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    monkeypatch.setattr("cnnviz.publish.login.PATIENCE", 0.01)
    monkeypatch.setattr(browser, "open", lambda url, **_: True)
    done = sign("login", "--client", str(client))
    assert done.code == 1
    assert "nobody signed in" in done.error


def test_where_no_browser_is_the_address_is_printed(
    sign: Callable[..., Done], client: Path, monkeypatch: pytest.MonkeyPatch, google: FakeGoogle
) -> None:
    def none(using: str | None = None) -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    monkeypatch.setattr("cnnviz.publish.login.PATIENCE", 0.01)
    done = sign("login", "--client", str(client))
    assert f"{google.root}/auth?" in done.err


def test_plain_http_is_allowed_for_the_moment_alone(
    sign: Callable[..., Done], client: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT", raising=False)
    assert sign("login", "--client", str(client)).code == 0
    assert "OAUTHLIB_INSECURE_TRANSPORT" not in os.environ


# --- clients that are none ------------------------------------------------------------------


def test_without_a_client_one_is_told_how_to_get_it(sign: Callable[..., Done]) -> None:
    done = sign("login")
    assert done.code == 2
    assert "--client FILE" in done.error
    assert "docs/publishing.md" in done.error


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not JSON", "damaged"),
        ('{"web": {"client_id": "x"}}', "web server"),
        ('{"type": "service_account"}', "something else"),
        ('{"installed": {"client_id": "x"}}', "something else"),
    ],
)
def test_another_file_is_no_client(
    sign: Callable[..., Done], tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "client.json"
    path.write_text(content)
    done = sign("login", "--client", str(path))
    assert done.code == 2
    assert said in done.error
    assert "Desktop app" in done.error
    assert done.error.startswith(str(path))
    assert not client_file().exists()


@pytest.mark.parametrize("key", ["auth_uri", "token_uri"])
def test_a_client_is_not_sent_in_the_clear(
    sign: Callable[..., Done], google: FakeGoogle, tmp_path: Path, key: str
) -> None:
    config = google.client()
    config["installed"][key] = "http://example.com/x"
    path = tmp_path / "client.json"
    path.write_text(json.dumps(config))
    done = sign("login", "--client", str(path))
    assert done.code == 2
    assert "not https" in done.error


def test_a_client_that_is_not_there(sign: Callable[..., Done], tmp_path: Path) -> None:
    done = sign("login", "--client", str(tmp_path / "nothing.json"))
    assert done.code == 2
    assert "no such file" in done.error


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://oauth2.googleapis.com/token", True),
        ("http://127.0.0.1:8080/token", True),
        ("http://localhost/token", True),
        ("http://[::1]:80/token", True),
        ("http://oauth2.googleapis.com/token", False),
        ("http://127.0.0.1.example.com/token", False),
        ("https:///token", False),
        ("ftp://127.0.0.1/token", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_where_secrets_may_go(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


# --- a token and its file -------------------------------------------------------------------


@pytest.fixture
def signed_in(sign: Callable[..., Done], client: Path, google: FakeGoogle) -> FakeGoogle:
    google.ends = 604799
    assert sign("login", "--client", str(client)).code == 0
    return google


def expire() -> None:
    value = stored() | {"expiry": "2020-01-01T00:00:00Z"}
    token_file().write_text(json.dumps(value))


def test_an_expired_token_is_renewed_and_stored(signed_in: FakeGoogle) -> None:
    expire()
    renew(credentials())
    assert stored()["token"] == "access-secret-1"
    assert mode(token_file()) == 0o600
    assert sign_in_ends() is not None  # that end is not put off
    renew(credentials())
    assert signed_in.renewed == 1


def test_a_withdrawn_sign_in_has_to_be_made_again(signed_in: FakeGoogle) -> None:
    expire()
    signed_in.revoked.append("refresh-secret")
    [finding] = sign_in_findings(Wish(), online=True)
    assert finding.severity == "error"
    assert "publish login" in finding.advice
    assert "secret" not in str(finding)


def test_a_service_that_fails_is_not_the_persons_fault(
    signed_in: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = SimpleNamespace(sleep=lambda seconds: None)
    monkeypatch.setattr("google.auth._exponential_backoff.time", patient)
    expire()
    signed_in.token = (400, {"error": "internal_failure"})
    [finding] = sign_in_findings(Wish(), online=True)
    assert "does not answer" in finding.message


def test_the_project_is_no_place_for_a_sign_in(
    signed_in: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = credentials()
    monkeypatch.setenv("CNNVIZ_TOKEN_FILE", str(HOUSE / "token.json"))
    with pytest.raises(UserError, match="CNNVIZ_TOKEN_FILE"):
        save(found)
    assert not (HOUSE / "token.json").exists()


def test_a_place_that_cannot_be_written_is_named(
    signed_in: FakeGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = credentials()
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_TOKEN_FILE", str(tmp_path / "file" / "token.json"))
    with pytest.raises(UserError, match="set CNNVIZ_TOKEN_FILE") as caught:
        save(found)
    assert "--out" not in str(caught.value)


# --- out ------------------------------------------------------------------------------------


def test_signing_out_withdraws_and_deletes(
    sign: Callable[..., Done], signed_in: FakeGoogle
) -> None:
    done = sign("logout")
    assert done.code == 0
    assert signed_in.revoked == ["refresh-secret"]
    assert not token_file().exists()
    assert client_file().exists()


def test_what_google_has_forgotten_is_withdrawn(
    sign: Callable[..., Done], signed_in: FakeGoogle
) -> None:
    signed_in.revoke = (400, {"error": "invalid_token"})
    assert sign("logout").code == 0
    assert not token_file().exists()


def test_a_google_that_fails_keeps_nobody_signed_in_here(
    sign: Callable[..., Done], signed_in: FakeGoogle
) -> None:
    signed_in.revoke = (503, {})
    done = sign("logout")
    assert done.code == 1
    assert "Google could not be told" in done.error
    assert "myaccount.google.com" in done.error
    assert not token_file().exists()


def test_without_a_network_one_is_signed_out_here(
    sign: Callable[..., Done], signed_in: FakeGoogle
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/token"
        token_file().write_text(json.dumps(stored() | {"token_uri": nobody}))
        done = sign("logout")
    assert done.code == 1
    assert "Google could not be told" in done.error
    assert not token_file().exists()


def test_a_damaged_sign_in_is_deleted_all_the_same(
    sign: Callable[..., Done], signed_in: FakeGoogle
) -> None:
    token_file().write_text("half a")
    assert sign("logout").code == 1
    assert not token_file().exists()


def test_who_is_not_signed_in_need_not_sign_out(sign: Callable[..., Done]) -> None:
    done = sign("logout")
    assert done.code == 0
    assert done.err == "nobody is signed in\n"
