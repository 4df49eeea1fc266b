"""Recordings that were sent to this machine, which draws what shows them; kept by their digests."""

from __future__ import annotations

from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.evidence_files import video_path
from cnnviz.files import cache_dir, file_digest, replacing
from cnnviz.store import json_digest

__all__ = ["has_recording", "keep_recording", "kept_at", "recording_name"]


def recording_name(sidecar: Path) -> str:
    """The name under which a recording travels: its digest, and its own name, which ledgers hold.

    Raises
    ------
    OSError
        The sidecar, or the video beside it, cannot be read.
    """
    digest = json_digest([file_digest(sidecar), file_digest(video_path(sidecar))])
    return f"{digest}/{sidecar.name}"


def keep_recording(name: str, sidecar: bytes, video: bytes) -> None:
    """Put a recording into this machine's cache.

    Raises
    ------
    StudioError
        The disk is full, or it did not arrive as it was sent.
    """
    path = kept_at(name)
    for file, data in ((path.with_suffix(".mp4"), video), (path, sidecar)):
        with replacing(file) as temporary:
            temporary.write_bytes(data)
    if not has_recording(name):
        raise StudioError("the recording was damaged on its way", file=path)


def has_recording(name: str) -> bool:
    """Whether the recording is here, whole."""
    try:
        return recording_name(kept_at(name)) == name
    except OSError:
        return False


def kept_at(name: str) -> Path:
    """Where the recording's sidecar lies, or would lie."""
    return cache_dir() / "sent" / name
