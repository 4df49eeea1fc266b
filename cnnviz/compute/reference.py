"""The operations as torch computes them, in float64, on arrays of shape (C, H, W).

torch is imported on first use: it takes seconds, and most commands never compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["torch_conv2d", "torch_max_pool2d", "torch_mean_pool2d", "torch_relu"]


def _tensor(array: NDArray[Any]) -> Tensor:
    import torch

    # A fresh copy: torch takes neither read-only nor turned-round arrays.
    return torch.from_numpy(np.array(array, dtype=np.float64, order="C"))


def _array(tensor: Tensor) -> NDArray[Any]:
    array: NDArray[Any] = tensor.numpy()
    return array


def torch_conv2d(
    image: NDArray[Any],
    kernel: NDArray[Any],
    bias: NDArray[Any],
    *,
    stride: tuple[int, int],
    padding: tuple[tuple[int, int], tuple[int, int]],
    dilation: tuple[int, int],
) -> NDArray[Any]:
    """Cross-correlation of (C, H, W) with (O, C, kh, kw), as (O, h, w)."""
    from torch.nn import functional

    (top, bottom), (left, right) = padding
    padded = functional.pad(_tensor(image), (left, right, top, bottom))
    result = functional.conv2d(
        padded[None], _tensor(kernel), _tensor(bias), stride=stride, dilation=dilation
    )
    return _array(result[0])


def torch_relu(values: NDArray[Any]) -> NDArray[Any]:
    """The larger of each value and 0."""
    import torch

    return _array(torch.relu(_tensor(values)))


def torch_max_pool2d(values: NDArray[Any], size: int, stride: int) -> NDArray[Any]:
    """The largest value of each window."""
    from torch.nn import functional

    return _array(functional.max_pool2d(_tensor(values), size, stride))


def torch_mean_pool2d(values: NDArray[Any], size: int, stride: int) -> NDArray[Any]:
    """The mean of each window."""
    from torch.nn import functional

    return _array(functional.avg_pool2d(_tensor(values), size, stride))
