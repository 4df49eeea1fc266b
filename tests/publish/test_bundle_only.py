"""The folder for those who upload by hand."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from bundles import FILM, bundle
from tiny import files_below

from cnnviz.errors import StudioError
from cnnviz.publish.bundle_only import README, lay_out_upload
from cnnviz.publish.metadata import Wish

NAMES = [
    "0-README.txt",
    "1-episode.mp4",
    "2-title.txt",
    "3-description.txt",
    "4-thumbnail.png",
    "5-tags.txt",
    "6-captions.bn.srt",
    "7-captions.en.srt",
]


def test_everything_is_there_in_the_order_of_the_form(tmp_path: Path) -> None:
    of = bundle(tmp_path / "bundle")
    text = lay_out_upload(of, Wish(), tmp_path / "upload")
    assert text == tmp_path / "upload" / README
    files = files_below(tmp_path / "upload")
    assert sorted(files) == NAMES
    assert files["1-episode.mp4"] == FILM
    assert files["2-title.txt"].decode() == "ছোট ছবি\n"
    assert files["3-description.txt"].decode() == of.description.strip() + "\n"
    assert files["4-thumbnail.png"] == of.thumbnail.read_bytes()
    assert files["5-tags.txt"].decode() == "ছোট, tiny film\n"
    assert files["6-captions.bn.srt"] == of.captions["bn"].read_bytes()


def test_the_text_names_every_file_in_that_order(tmp_path: Path) -> None:
    for language in ("bn", "en"):
        of = bundle(tmp_path / language, language=language)
        text = lay_out_upload(of, Wish(playlist="ক্লাস"), tmp_path / f"{language}-up").read_text(
            "utf-8"
        )
        names = sorted(path.name for path in (tmp_path / f"{language}-up").iterdir())
        places = [text.index(name) for name in names if name != README]
        assert places == sorted(places)
        assert "ক্লাস" in text


def test_the_text_speaks_the_films_language(tmp_path: Path) -> None:
    bengali = lay_out_upload(bundle(tmp_path / "a"), Wish(), tmp_path / "b").read_text("utf-8")
    assert "শিরোনাম" in bengali
    assert "ব্যক্তিগত (Private)" in bengali
    english = bundle(tmp_path / "c", language="en")
    said = lay_out_upload(english, Wish(privacy="public"), tmp_path / "d").read_text("utf-8")
    assert said.isascii() or "ছোট ছবি" in said
    assert "Visibility: Public." in said
    assert sorted(path.name for path in (tmp_path / "d").glob("*.srt")) == [
        "6-captions.en.srt",
        "7-captions.bn.srt",
    ]


def test_a_schedule_stands_in_the_text(tmp_path: Path) -> None:
    wish = Wish(schedule=datetime(2026, 12, 1, 18, 0).astimezone())
    for language in ("bn", "en"):
        of = bundle(tmp_path / language, language=language)
        assert "2026-12-01 18:00" in lay_out_upload(of, wish, tmp_path / "up").read_text("utf-8")


def test_a_film_takes_no_second_place_on_the_disk(tmp_path: Path) -> None:
    of = bundle(tmp_path / "bundle")
    lay_out_upload(of, Wish(), tmp_path / "upload")
    assert (tmp_path / "upload" / "1-episode.mp4").samefile(of.film)


def test_what_a_person_may_edit_is_a_copy(tmp_path: Path) -> None:
    of = bundle(tmp_path / "bundle")
    lay_out_upload(of, Wish(), tmp_path / "upload")
    assert not (tmp_path / "upload" / "6-captions.bn.srt").samefile(of.captions["bn"])


def test_where_the_disk_cannot_link_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    of = bundle(tmp_path / "bundle")
    lay_out_upload(of, Wish(), tmp_path / "upload")
    copy = tmp_path / "upload" / "1-episode.mp4"
    assert copy.read_bytes() == FILM
    assert not copy.samefile(of.film)


def test_a_second_time_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    of = bundle(tmp_path / "bundle")
    lay_out_upload(of, Wish(), tmp_path / "upload")
    (tmp_path / "upload" / "mine.txt").write_text("a person's own file")
    english = bundle(tmp_path / "bundle", language="en")
    lay_out_upload(english, Wish(), tmp_path / "upload")
    captions = sorted(path.name for path in (tmp_path / "upload").glob("*captions*"))
    assert captions == ["6-captions.en.srt", "7-captions.bn.srt"]
    assert (tmp_path / "upload" / "mine.txt").exists()


def test_a_folder_that_cannot_be_is_a_kind_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudioError, match="--to"):
        lay_out_upload(bundle(tmp_path / "bundle"), Wish(), tmp_path / "file")
