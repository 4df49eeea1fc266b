"""Films about convolutional neural networks in which every number was really computed."""

from __future__ import annotations

from cnnviz import exact_import as exact_import

__all__ = ["__version__"]

__version__ = "0.1.0"
