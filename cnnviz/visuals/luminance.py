"""How light a colour is and how well two of them stand apart, by WCAG 2.2."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["contrast_ratio", "luminance"]


def luminance(colours: ArrayLike) -> NDArray[np.float64]:
    """Relative luminance, (...), of sRGB `colours`, (..., 3), all from 0 to 1."""
    channels = np.asarray(colours, dtype=float)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    weighed: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighed


def contrast_ratio(one: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """From 1 to 21, (...), of sRGB colours `one` and `other`, (..., 3) from 0 to 1."""
    first, second = luminance(one), luminance(other)
    ratios: NDArray[np.float64] = (np.maximum(first, second) + 0.05) / (
        np.minimum(first, second) + 0.05
    )
    return ratios
