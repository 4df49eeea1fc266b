"""Pooling: keep the largest, or the mean, of every window."""

from __future__ import annotations

from scenes.shared import pooling


class Pooling(pooling.Pooling):
    """Of the worked example."""
