"""Padding: a fence of zeros, so that the map does not shrink and the border counts."""

from __future__ import annotations

from scenes.shared import padding


class Padding(padding.Padding):
    """Of the worked example."""
