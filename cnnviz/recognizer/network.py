"""The recognizer's network: four blocks of convolution, then three linear layers."""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from cnnviz.recognizer.classes import CLASSES, PICTURE_SIZE

__all__ = [
    "CHANNELS",
    "GRID",
    "Block",
    "CardNetwork",
    "has_bfloat16",
]

CHANNELS = (32, 64, 128, 256)
GRID = PICTURE_SIZE // 2 ** len(CHANNELS)  # rows and columns of the last feature map


class Block(nn.Module):
    """Convolution 3×3 with padding 1, batch normalisation, ReLU, max pooling 2×2.

    Shapes: (N, `inputs`, H, W) → (N, `outputs`, H / 2, W / 2).
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        maps = self.norm(self.convolution(pictures))
        # ReLU after pooling instead of before: both never reverse an order, so the values are
        # the same, and ReLU has a quarter of the work (a tenth of the whole network's time).
        return functional.relu(functional.max_pool2d(maps, 2))


class CardNetwork(nn.Module):
    """Normalised pictures (N, 3, 224, 224) → logits (N, 53).

    The last feature map is always read as 14×14. Smaller pictures are accepted too, as long as
    16 divides their side: their last map is brought to 7×7 by averaging and every value is
    repeated 2×2. This is for the first stages of training alone, which cost a quarter then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            Block(inputs, outputs)
            for inputs, outputs in zip((3, *CHANNELS), CHANNELS, strict=False)
        )
        self.hidden = nn.Linear(CHANNELS[-1] * GRID * GRID, 512)
        self.second = nn.Linear(512, 256)
        self.logits = nn.Linear(256, len(CLASSES))
        self.dropout = nn.Dropout(0.5)

    def features(self, pictures: Tensor) -> Tensor:
        """The last feature map, (N, 256, 14, 14)."""
        maps = pictures
        for block in self.blocks:
            maps = block(maps)
        if maps.shape[-1] == GRID:
            return maps
        coarse = functional.adaptive_avg_pool2d(maps, GRID // 2)
        return coarse.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)

    def forward(self, pictures: Tensor) -> Tensor:
        flat = self.features(pictures).flatten(1)
        hidden = self.dropout(functional.relu(self.hidden(flat)))
        second = self.dropout(functional.relu(self.second(hidden)))
        logits: Tensor = self.logits(second)
        return logits

    def tie_neighbours(self) -> None:
        """Give each 2×2 neighbourhood of the last map one common weight in the first linear layer.

        A start from which small pictures teach that layer all that it needs for large ones: equal
        inputs give equal gradients, so the weights stay common until the pictures are 224 wide.
        """
        with torch.no_grad():
            weight = self.hidden.weight.view(-1, CHANNELS[-1], GRID, GRID)
            coarse = weight[:, :, ::2, ::2]
            weight.copy_(coarse.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3))


def has_bfloat16(device: torch.device) -> bool:
    """Whether `device` itself calculates with 16 bits; emulated, they would be slower than 32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
