"""ReLU drops the negatives and cleans the map."""

from __future__ import annotations

from scenes.shared import relu


class Relu(relu.Relu):
    """Of the worked example."""
