from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("channel")

from channel import Channel, write_film  # noqa: E402
from fake_youtube import FakeYouTube, fake_youtube  # noqa: E402


@pytest.fixture
def fake() -> Iterator[FakeYouTube]:
    with fake_youtube() as youtube:
        yield youtube


@pytest.fixture
def channel(fake: FakeYouTube, tmp_path: Path) -> Channel:
    """A film that is ready, and an empty channel."""
    write_film(tmp_path / "bundle")
    return Channel(fake, tmp_path)
