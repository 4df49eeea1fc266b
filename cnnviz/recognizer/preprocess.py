"""From a cut-out card to the network's input."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.recognizer.classes import PICTURE_SIZE

__all__ = ["IMAGENET_MEAN", "IMAGENET_STD", "as_batch", "normalise", "resize"]

# RGB, of pictures scaled to [0, 1]; from torchvision's pretrained models.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def resize(picture: NDArray[np.uint8], size: int = PICTURE_SIZE) -> NDArray[np.uint8]:
    """`picture`, (H, W, 3), stretched to (`size`, `size`, 3)."""
    if picture.shape[:2] == (size, size):
        return picture
    shrinking = picture.shape[0] * picture.shape[1] > size * size
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (size, size), interpolation=method), np.uint8)


def as_batch(pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    """Pictures (size, size, 3) in BGR, 0 to 255 → normalised RGB (N, 3, size, size), float32."""
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).flip(1)
    return normalise(stacked.to(torch.float32) / 255)


def normalise(pictures: Tensor) -> Tensor:
    """RGB (N, 3, H, W) in [0, 1] → mean 0 and deviation 1 over ImageNet's pictures."""
    mean = torch.tensor(IMAGENET_MEAN, device=pictures.device).view(1, 3, 1, 1)
    deviation = torch.tensor(IMAGENET_STD, device=pictures.device).view(1, 3, 1, 1)
    return ((pictures - mean) / deviation).contiguous(memory_format=torch.channels_last)
