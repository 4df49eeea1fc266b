"""What YouTube is told, and how it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from bundles import bundle

from cnnviz.publish.metadata import Wish, tags_length, video_body


def test_a_film_is_private_and_says_what_it_is(tmp_path: Path) -> None:
    assert video_body(bundle(tmp_path), Wish()) == {
        "snippet": {
            "title": "ছোট ছবি",
            "description": "একটা ছোট ছবি।\n\n0:00 শুরু\n0:10 মাঝখান\n0:25 শেষ",
            "tags": ["ছোট", "tiny film"],
            "categoryId": "27",
            "defaultLanguage": "bn",
            "defaultAudioLanguage": "bn",
        },
        "status": {
            "privacyStatus": "private",
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": False,
        },
    }


def test_a_schedule_is_sent_in_utc(tmp_path: Path) -> None:
    dhaka = timezone(timedelta(hours=6))
    wish = Wish(schedule=datetime(2026, 12, 1, 18, 0, tzinfo=dhaka))
    status = video_body(bundle(tmp_path), wish)["status"]
    assert status["publishAt"] == "2026-12-01T12:00:00Z"
    assert status["privacyStatus"] == "private"


def test_what_was_declared_is_sent(tmp_path: Path) -> None:
    wish = Wish(privacy="public", made_for_kids=True, synthetic=True)
    assert video_body(bundle(tmp_path), wish)["status"] == {
        "privacyStatus": "public",
        "selfDeclaredMadeForKids": True,
        "containsSyntheticMedia": True,
    }


@pytest.mark.parametrize(
    ("tags", "length"),
    [
        ([], 0),
        (["Foo-Baz"], 7),
        (["Foo Baz"], 9),  # Google's own example: quotes count
        (["one", "two"], 7),  # so does the comma
        (["ডিপ লার্নিং"], len("ডিপ লার্নিং") + 2),
    ],
)
def test_tags_are_counted_as_youtube_counts_them(tags: list[str], length: int) -> None:
    assert tags_length(tags) == length


def test_a_time_without_a_zone_is_this_machines(tmp_path: Path) -> None:
    naive = datetime(2026, 12, 1, 18, 0)
    told = video_body(bundle(tmp_path), Wish(schedule=naive))["status"]["publishAt"]
    assert datetime.fromisoformat(told) == naive.astimezone(UTC)
