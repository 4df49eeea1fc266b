"""For those who upload by hand: a folder with everything named in the order of YouTube's form."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.files import replacing, write_text
from cnnviz.languages import LANGUAGES, in_language
from cnnviz.publish.bundle_reader import Bundle
from cnnviz.publish.metadata import Wish

__all__ = ["README", "lay_out_upload"]

README = "0-README.txt"

_IN_BENGALI = {"bn": "বাংলা", "en": "ইংরেজি"}
_PRIVACY = {
    "bn": {
        "private": "ব্যক্তিগত (Private)",
        "unlisted": "তালিকাভুক্ত নয় (Unlisted)",
        "public": "সর্বজনীন (Public)",
    },
    "en": {"private": "Private", "unlisted": "Unlisted", "public": "Public"},
}


def lay_out_upload(bundle: Bundle, wish: Wish, folder: Path) -> Path:
    """Fill `folder` with what YouTube Studio asks for, numbered, and with a text that says how.

    Returns
    -------
    Path
        The text.

    Raises
    ------
    StudioError
        The folder cannot be written to, or the disk is full.
    """
    captions = {
        language: f"{number}-captions.{language}.srt"
        for number, language in enumerate(_own_first(bundle), start=6)
    }
    thumbnail = f"4-thumbnail{bundle.thumbnail.suffix}"
    try:
        _link(bundle.film, folder / "1-episode.mp4")
        write_text(folder / "2-title.txt", bundle.title.strip() + "\n")
        write_text(folder / "3-description.txt", bundle.description.strip() + "\n")
        _copy(bundle.thumbnail, folder / thumbnail)
        write_text(folder / "5-tags.txt", ", ".join(bundle.tags) + "\n")
        for language, name in captions.items():
            _copy(bundle.captions[language], folder / name)
        for left in folder.glob("[0-9]-captions.*.srt"):  # of a film in other languages
            if left.name not in captions.values():
                left.unlink()
        write_text(folder / README, _readme(bundle, wish, captions))
    except StudioError as error:
        hint = (error.hint or "").replace("--out", "--to") or None
        raise type(error)(error.message, file=error.file, hint=hint) from error
    return folder / README


def _own_first(bundle: Bundle) -> list[str]:
    return sorted(bundle.captions, key=lambda language: (language != bundle.language, language))


def _copy(source: Path, target: Path) -> None:
    """A copy, which a person may edit without changing the bundle."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def _link(source: Path, target: Path) -> None:
    """`target` is the same file as `source`, or a copy where the disk cannot do that."""
    with replacing(target) as temporary:
        temporary.unlink()
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)


def _readme(bundle: Bundle, wish: Wish, captions: dict[str, str]) -> str:
    write = in_language({"bn": _bengali, "en": _english}, bundle.language)
    return "\n".join(write(bundle, wish, captions)) + "\n"


def _english(bundle: Bundle, wish: Wish, captions: dict[str, str]) -> list[str]:
    kids = "Yes" if wish.made_for_kids else "No"
    synthetic = "Yes" if wish.synthetic else "No"
    playlist = f'Playlist: choose "{wish.playlist}", or make it.' if wish.playlist else None
    lines = [
        "Open https://studio.youtube.com, then CREATE → Upload videos.",
        "Choose the file 1-episode.mp4.",
        "Title: replace what stands there by the text in 2-title.txt.",
        "Description: paste all of 3-description.txt. The chapters are in it.",
        "Thumbnail: upload the file 4-thumbnail.png.",
        playlist,
        f"Audience, made for kids: {kids}.",
        f"Show more → Altered content: {synthetic}.",
        "Tags: paste 5-tags.txt.",
        f"Language: {_name(bundle.language)}. Category: Education.",
        *(
            f"Subtitles, {_name(language)}: Upload file → With timing → {name}."
            for language, name in captions.items()
        ),
        _english_visibility(wish),
    ]
    return [f"{bundle.title.strip()}", "", *_listed(lines)]


def _english_visibility(wish: Wish) -> str:
    if wish.schedule is not None:
        return f"Visibility: Schedule, {wish.schedule.astimezone():%Y-%m-%d %H:%M}."
    return f"Visibility: {_PRIVACY['en'][wish.privacy]}. Then Save."


def _bengali(bundle: Bundle, wish: Wish, captions: dict[str, str]) -> list[str]:
    kids = "হ্যাঁ (Yes)" if wish.made_for_kids else "না (No)"
    synthetic = "হ্যাঁ (Yes)" if wish.synthetic else "না (No)"
    playlist = (
        f"প্লেলিস্ট (Playlist): “{wish.playlist}” বেছে নিন, না থাকলে তৈরি করুন।"
        if wish.playlist
        else None
    )
    lines = [
        "https://studio.youtube.com খুলুন, তারপর তৈরি করুন (Create) → ভিডিও আপলোড করুন (Upload videos)।",
        "1-episode.mp4 ফাইলটা বেছে নিন।",
        "শিরোনাম (Title): যা লেখা আছে তা মুছে 2-title.txt-এর লেখাটা বসান।",
        "বিবরণ (Description): 3-description.txt-এর পুরো লেখাটা বসান। অধ্যায়গুলো এর মধ্যেই আছে।",
        "থাম্বনেইল (Thumbnail): 4-thumbnail.png ফাইলটা আপলোড করুন।",
        playlist,
        f"দর্শক (Audience), শিশুদের জন্য তৈরি কি না: {kids}।",
        f"আরও দেখান (Show more) → পরিবর্তিত কনটেন্ট (Altered content): {synthetic}।",
        "ট্যাগ (Tags): 5-tags.txt-এর লেখাটা বসান।",
        f"ভাষা (Language): {_bengali_name(bundle.language)}। বিভাগ (Category): শিক্ষা (Education)।",
        *(
            f"সাবটাইটেল (Subtitles), {_bengali_name(language)}: ফাইল আপলোড করুন (Upload file) → "
            f"সময়সহ (With timing) → {name}।"
            for language, name in captions.items()
        ),
        _bengali_visibility(wish),
    ]
    return [f"{bundle.title.strip()}", "", *_listed(lines)]


def _bengali_visibility(wish: Wish) -> str:
    if wish.schedule is not None:
        when = f"{wish.schedule.astimezone():%Y-%m-%d %H:%M}"
        return f"দৃশ্যমানতা (Visibility): সময় ঠিক করুন (Schedule), {when}।"
    return f"দৃশ্যমানতা (Visibility): {_PRIVACY['bn'][wish.privacy]}। তারপর সেভ করুন (Save)।"


def _name(language: str) -> str:
    return LANGUAGES[language].name if language in LANGUAGES else language


def _bengali_name(language: str) -> str:
    """As it reads in a Bengali YouTube, and as in an English one."""
    name = _name(language)
    return f"{_IN_BENGALI[language]} ({name})" if language in _IN_BENGALI else name


def _listed(lines: list[str | None]) -> list[str]:
    # Without numbers: those of the files are enough.
    return [f"- {line}" for line in lines if line is not None]
