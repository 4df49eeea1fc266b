"""The window slides: left to right, then down, until the whole picture is covered."""

from __future__ import annotations

from scenes.shared import sliding_window


class SlidingWindow(sliding_window.SlidingWindow):
    """Of the worked example."""
