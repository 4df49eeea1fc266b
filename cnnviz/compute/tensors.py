"""Between numpy and torch, which computes in float64.

torch is imported on first use: it takes seconds, and most commands never compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["array", "tensor"]


def tensor(values: NDArray[Any]) -> Tensor:
    """`values` as torch takes them: a copy, for it takes neither read-only nor turned arrays."""
    import torch

    return torch.from_numpy(np.array(values, dtype=np.float64, order="C"))


def array(values: Tensor) -> NDArray[Any]:
    """What torch gave, as numpy has it."""
    given: NDArray[Any] = values.detach().numpy()
    return given
