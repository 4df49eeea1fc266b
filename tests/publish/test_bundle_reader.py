"""Reading a bundle that is whole, and refusing one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundles import write_bundle

from cnnviz.errors import UserError
from cnnviz.publish.bundle_reader import read_bundle


def test_everything_is_found(tmp_path: Path) -> None:
    bundle = read_bundle(write_bundle(tmp_path))
    assert bundle.film == tmp_path / "episode.mp4"
    assert bundle.thumbnail == tmp_path / "thumbnail.png"
    assert dict(bundle.captions) == {
        "bn": tmp_path / "captions.bn.srt",
        "en": tmp_path / "captions.en.srt",
    }
    assert bundle.tags == ("ছোট", "tiny film")
    assert bundle.quality == "full"


def test_where_there_is_no_film_one_has_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no finished film here — .*render\.py episode"):
        read_bundle(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["episode.mp4", "thumbnail.png", "captions.bn.srt"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write_bundle(tmp_path) / name).unlink()
    with pytest.raises(UserError, match="missing") as caught:
        read_bundle(tmp_path)
    assert caught.value.file == tmp_path / name


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "not JSON"), ("[]", "not an object"), ("{}", "title"), ("\xff", "not JSON")],
)
def test_a_damaged_bundle_is_one_line(tmp_path: Path, content: str, said: str) -> None:
    (write_bundle(tmp_path) / "bundle.json").write_text(content, encoding="latin-1")
    with pytest.raises(UserError, match=said) as caught:
        read_bundle(tmp_path)
    assert caught.value.file == tmp_path / "bundle.json"


@pytest.mark.parametrize(
    "change", [{"title": 3}, {"tags": "one"}, {"tags": [1]}, {"duration": "40"}, {"digest": None}]
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(UserError, match=next(iter(change))):
        read_bundle(write_bundle(tmp_path, **change))
