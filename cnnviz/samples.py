"""Sound as the project knows it: float samples, at one rate from the voice to the film."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAMPLE_RATE", "Samples"]

SAMPLE_RATE = 48_000
"""Samples a second, of every voice and of every film."""

Samples: TypeAlias = NDArray[np.float32]
"""(n,) or (n, channels), full scale at ±1."""
