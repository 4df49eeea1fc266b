"""What YouTube is told of a film, and how much of it YouTube takes.

The limits are those that Google documents for the `video` resource of the YouTube Data API v3,
under `snippet.title`, `snippet.description` and `snippet.tags[]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cnnviz.publish.bundle_reader import Bundle

__all__ = [
    "DESCRIPTION_BYTES",
    "PRIVACIES",
    "TAGS_LENGTH",
    "TITLE_LENGTH",
    "Wish",
    "tags_length",
    "video_body",
]

PRIVACIES = ("private", "unlisted", "public")
EDUCATION = "27"

TITLE_LENGTH = 100
"""Characters."""
DESCRIPTION_BYTES = 5000
"""In UTF-8: a Bengali letter takes three. YouTube Studio says "characters", the API "bytes"."""
TAGS_LENGTH = 500
"""As `tags_length` counts."""


@dataclass(frozen=True)
class Wish:
    """How somebody wants a film published.

    Parameters
    ----------
    privacy
        One of `PRIVACIES`.
    schedule
        When it shall become public; it is private until then.
    playlist
        Title of the playlist that it joins.
    made_for_kids
        Whether it is directed at children, in the sense of American law; it is not for a school
        lesson as such.
    synthetic
        Whether it shows realistic scenes that never took place; an animation does not.
    """

    privacy: str = "private"
    schedule: datetime | None = None
    playlist: str | None = None
    made_for_kids: bool = False
    synthetic: bool = False


def video_body(bundle: Bundle, wish: Wish) -> dict[str, Any]:
    """The body of `videos.insert`."""
    status: dict[str, Any] = {
        "privacyStatus": wish.privacy,
        "selfDeclaredMadeForKids": wish.made_for_kids,
        "containsSyntheticMedia": wish.synthetic,
    }
    if wish.schedule is not None:
        in_utc = wish.schedule.astimezone(UTC)
        status["publishAt"] = in_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "snippet": {
            "title": bundle.title.strip(),
            "description": bundle.description.strip(),
            "tags": list(bundle.tags),
            "categoryId": EDUCATION,
            "defaultLanguage": bundle.language,
            "defaultAudioLanguage": bundle.language,
        },
        "status": status,
    }


def tags_length(tags: Sequence[str]) -> int:
    """The length of `tags` in YouTube's counting.

    A comma stands between two tags, and quotes around one that has a blank in it; both count.
    """
    quotes = sum(2 for tag in tags if " " in tag)
    return sum(map(len, tags)) + quotes + max(0, len(tags) - 1)
