"""Stride: how many cells the kernel jumps."""

from __future__ import annotations

from scenes.shared import stride


class Stride(stride.Stride):
    """Of the worked example."""
