"""Pictures as the project knows them: bytes in rows."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Picture"]

Picture: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) of sRGB: R, G, B in all that is drawn and filmed, B, G, R as a camera gives it."""
