"""What the files of a bundle are called, for those that write it and those that read it."""

from __future__ import annotations

__all__ = ["FILM"]

FILM = "episode.mp4"
