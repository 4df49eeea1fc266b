"""A finished bundle without a film in it: the files that publishing looks at, made in no time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from PIL import Image

from cnnviz.publish.bundle_reader import Bundle, read_bundle
from cnnviz.review.finding import Finding
from cnnviz.review.sealed import seal, write_findings

FILM = bytes(range(256)) * 400
CAPTION = """\
1
00:00:00,300 --> 00:00:02,000
এই হলো ফিচার ম্যাপ।

2
00:00:02,000 --> 00:00:04,000
প্রথম যোগফল 3
"""
DESCRIPTION = "একটা ছোট ছবি।\n\n0:00 শুরু\n0:10 মাঝখান\n0:25 শেষ\n"


def write_bundle(folder: Path, **changes: Any) -> Path:
    """A bundle with nothing wrong with it, but for `changes` of `bundle.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "episode.mp4").write_bytes(FILM)
    Image.new("RGB", (1280, 720), "navy").save(folder / "thumbnail.png")
    for language in ("bn", "en"):
        (folder / f"captions.{language}.srt").write_text(CAPTION, encoding="utf-8")
    data = {
        "title": "ছোট ছবি",
        "description": DESCRIPTION,
        "tags": ["ছোট", "tiny film"],
        "language": "bn",
        "voice": "recorded",
        "quality": "full",
        "duration": 40.0,
        "digest": hashlib.sha256(FILM).hexdigest(),
    }
    (folder / "bundle.json").write_text(json.dumps(data | changes), encoding="utf-8")
    return folder


def checked(folder: Path, *findings: Finding) -> Path:
    """The bundle in `folder`, after a `check` that found this."""
    write_findings(folder, seal(folder), findings)
    return folder


def write_checked(folder: Path, *findings: Finding, **changes: Any) -> Path:
    """A bundle, and what `check` found in it."""
    return checked(write_bundle(folder, **changes), *findings)


def bundle(folder: Path, **changes: Any) -> Bundle:
    return read_bundle(write_bundle(folder, **changes))
