"""Pictures as the project knows them: bytes in rows, of a shape in which something can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import UserError

__all__ = ["Picture", "require_shape"]

NARROWEST = 20
"""How many times as long as wide a picture may be: a narrower one vanishes when it is shrunk."""

Picture: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) of sRGB: R, G, B in all that is drawn and filmed, B, G, R as a camera gives it."""


def require_shape(picture: NDArray[Any], file: Path) -> None:
    """See that a picture, (H, W) or (H, W, channels), is not a mere line.

    Raises
    ------
    UserError
        It is; names the `file` that it comes from.
    """
    height, width = picture.shape[:2]
    if max(height, width) > NARROWEST * min(height, width):
        raise UserError(
            f"a picture of {width}×{height} pixels is too narrow to show anything",
            file=file,
            hint=f"its longer side may be {NARROWEST} times the shorter one",
        )
