"""What keeps a film from being sent, and what is only said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bundles import CAPTION, bundle
from google.oauth2.credentials import Credentials
from PIL import Image

from cnnviz.publish.bundle_reader import Bundle
from cnnviz.publish.metadata import Wish
from cnnviz.publish.preflight import RULES, preflight, sign_in_findings
from cnnviz.publish.tokens import SCOPE, save, token_file
from cnnviz.review.finding import Finding

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def found(of: Bundle, wish: Wish | None = None) -> list[tuple[str, str]]:
    findings = preflight(of, wish or Wish(), NOW)
    for finding in findings:
        assert finding.rule in RULES
        assert "\n" not in str(finding)
    return [(finding.rule, finding.severity) for finding in findings]


@pytest.mark.parametrize("title", ["", " ", "a<b", "গ" * 151, "x\x07y"])
def test_a_playlist_that_youtube_would_refuse_is_an_error(tmp_path: Path, title: str) -> None:
    assert found(bundle(tmp_path), Wish(playlist=title)) == [("playlist", "error")]


def test_a_playlist_of_as_many_letters_as_youtube_takes_will_do(tmp_path: Path) -> None:
    assert found(bundle(tmp_path), Wish(playlist="গ" * 150)) == []


def test_a_film_that_is_right_gives_nothing_to_say(tmp_path: Path) -> None:
    assert found(bundle(tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"title": " "}, "title"),
        ({"title": "ক" * 101}, "title"),
        ({"title": "a < b"}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"description": "x\x0by"}, "description"),
        ({"tags": ["a" * 251, "b" * 249]}, "tags"),
        ({"tags": ["<b>"]}, "tags"),
    ],
)
def test_what_youtube_would_refuse_is_an_error(
    tmp_path: Path, change: dict[str, object], rule: str
) -> None:
    assert set(found(bundle(tmp_path, **change))) == {(rule, "error")}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "ক" * 100},
        {"tags": ["a" * 250, "b" * 249]},
        {"description": "ক" * 1666 + "\n\n"},
    ],
)
def test_what_just_fits_is_sent(tmp_path: Path, change: dict[str, object]) -> None:
    assert found(bundle(tmp_path, **change)) == []


def test_a_bengali_description_is_counted_in_bytes(tmp_path: Path) -> None:
    assert found(bundle(tmp_path, description="ক" * 1667)) == [("description", "error")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"quality": "draft"}, "film-quality"),
        ({"duration": 901.0}, "film-long"),
    ],
)
def test_what_is_only_doubtful_is_a_warning(
    tmp_path: Path, change: dict[str, object], rule: str
) -> None:
    assert found(bundle(tmp_path, **change)) == [(rule, "warning")]


def _wide(path: Path) -> None:
    Image.new("RGB", (1280, 960)).save(path, "PNG")


def _small(path: Path) -> None:
    Image.new("RGB", (480, 270)).save(path, "PNG")


def _heavy(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(2_000_000))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _gif(path: Path) -> None:
    Image.new("P", (1280, 720)).save(path, "GIF")


@pytest.mark.parametrize(
    ("spoil", "severity"),
    [(_wide, "warning"), (_small, "error"), (_heavy, "error"), (_cut, "error"), (_gif, "error")],
)
def test_thumbnails_that_do_not_fit(
    tmp_path: Path, spoil: Callable[[Path], None], severity: str
) -> None:
    of = bundle(tmp_path)
    spoil(of.thumbnail)
    assert found(of) == [("thumbnail", severity)]


def test_a_jpeg_will_do(tmp_path: Path) -> None:
    of = bundle(tmp_path)
    Image.new("RGB", (640, 360)).save(of.thumbnail, "JPEG")
    assert found(of) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is this",
        CAPTION.replace("00:00:04,000", "00:00:41,000"),
        CAPTION.encode("utf-16"),
    ],
)
def test_captions_that_are_wrong_in_any_language(tmp_path: Path, text: str | bytes) -> None:
    of = bundle(tmp_path)
    of.captions["en"].write_bytes(text if isinstance(text, bytes) else text.encode())
    assert found(of) == [("captions", "error")]


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(minutes=-1), [("schedule", "error")]),
        (timedelta(), [("schedule", "error")]),
        (timedelta(minutes=30), [("schedule", "warning")]),
        (timedelta(days=3), []),
    ],
)
def test_a_schedule_is_in_the_future(
    tmp_path: Path, ahead: timedelta, expected: list[tuple[str, str]]
) -> None:
    assert found(bundle(tmp_path), Wish(schedule=NOW + ahead)) == expected


# --- the sign-in ----------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_TOKEN_FILE", str(tmp_path / "token.json"))
    return tmp_path


def sign_in(scope: str = SCOPE, ends: datetime | None = None) -> None:
    expiry = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None)
    save(
        Credentials(
            "secret-access",
            refresh_token="secret-refresh",
            token_uri="http://127.0.0.1:9/token",
            client_id="client",
            client_secret="secret-client",
            scopes=[scope],
            expiry=expiry,
        ),
        ends,
    )


def the_one() -> Finding:
    [finding] = sign_in_findings(Wish(), online=True)
    assert finding.rule == "sign-in"
    assert "secret" not in str(finding)
    return finding


def test_a_sign_in_that_lasts_is_fine(home: Path) -> None:
    sign_in()
    assert sign_in_findings(Wish(), online=True) == []


def test_nobody_signed_in(home: Path) -> None:
    assert the_one().severity == "error"
    assert "publish login" in the_one().advice


def test_a_sign_in_that_allows_too_little(home: Path) -> None:
    sign_in("https://www.googleapis.com/auth/youtube.upload")
    assert the_one().severity == "error"
    assert "captions" in the_one().message


@pytest.mark.parametrize(
    ("days", "severity", "said"), [(5, "warning", "in testing"), (-1, "error", "ended")]
)
def test_an_app_in_testing_has_seven_days(home: Path, days: int, severity: str, said: str) -> None:
    sign_in(ends=datetime.now(UTC) + timedelta(days=days))
    assert the_one().severity == severity
    assert said in the_one().message


def test_a_sign_in_that_others_can_read_is_said(home: Path) -> None:
    sign_in()
    token_file().chmod(0o644)
    assert the_one().severity == "warning"
    assert "chmod 600" in the_one().advice


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"refresh_token": 1, "client_id": 2}'])
def test_a_damaged_sign_in_is_no_traceback(home: Path, content: str) -> None:
    token_file().write_text(content)
    assert the_one().severity == "error"


def test_a_sign_in_is_sent_over_https_alone(home: Path) -> None:
    sign_in()
    stored = json.loads(token_file().read_text())
    token_file().write_text(json.dumps(stored | {"token_uri": "http://example.com/token"}))
    token_file().chmod(0o600)
    assert the_one().severity == "error"
    assert "https" in the_one().message


def test_an_expired_one_is_renewed_only_online(home: Path) -> None:
    sign_in()
    stored = json.loads(token_file().read_text()) | {"expiry": "2020-01-01T00:00:00Z"}
    token_file().write_text(json.dumps(stored))
    assert sign_in_findings(Wish(), online=False) == []
    assert the_one().severity == "error"  # nobody listens there
    assert "does not answer" in the_one().message


@pytest.mark.parametrize(
    "wish", [Wish("unlisted"), Wish("public"), Wish(schedule=NOW + timedelta(days=1))]
)
def test_what_others_shall_see_needs_an_audit(home: Path, wish: Wish) -> None:
    sign_in()
    [finding] = sign_in_findings(wish, online=True)
    assert (finding.rule, finding.severity) == ("audited", "warning")
