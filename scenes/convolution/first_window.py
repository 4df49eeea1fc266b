"""The first window, spelled out: nine products, one sum, one cell of the feature map."""

from __future__ import annotations

from scenes.shared import first_window


class FirstWindow(first_window.FirstWindow):
    """Of the worked example."""
