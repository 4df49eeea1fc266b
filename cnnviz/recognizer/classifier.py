"""The trained network as it runs: cut-out cards in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES, PICTURE_SIZE
from cnnviz.recognizer.network import Block, CardNetwork, has_bfloat16
from cnnviz.recognizer.preprocess import as_batch, resize
from cnnviz.recognizer.weights import WEIGHTS, load_network, weights_digest

__all__ = ["Classifier", "Prediction", "folded"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network makes of one cut-out card.

    Attributes
    ----------
    probabilities
        (53,), in the order of `CLASSES`; their sum is 1.
    """

    probabilities: NDArray[np.float32]

    @property
    def label(self) -> str:
        """The most probable class."""
        return CLASSES[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return float(self.probabilities.max())

    def top(self, count: int) -> list[tuple[str, float]]:
        """The `count` most probable classes and their probabilities, best first."""
        best = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(CLASSES[index], float(self.probabilities[index])) for index in best]


class Classifier:
    """The network, made fast for looking: no gradients, folded, in 16 bits where that is faster.

    Parameters
    ----------
    weights
        The file of weights.
    threads
        How many threads torch takes in this process; as many as it likes by default.

    Raises
    ------
    UserError
        The weights are missing or damaged.
    """

    def __init__(self, weights: Path = WEIGHTS, threads: int | None = None) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self.digest = weights_digest(weights)
        network = folded(load_network(weights))
        # Not autocast: it would turn all 26 million numbers into 16 bits anew for every frame,
        # which takes longer than the network itself.
        self._kind = torch.bfloat16 if has_bfloat16(torch.device("cpu")) else torch.float32
        if self._kind == torch.bfloat16:
            network.hidden = _Rounded(network.hidden)  # type: ignore[assignment]
        network.to(self._kind)
        self._network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        # Libraries choose their methods in the first run, which would hold up the first frame.
        self.predict(self.prepare([np.zeros((PICTURE_SIZE, PICTURE_SIZE, 3), np.uint8)]))

    def prepare(self, cards: Sequence[Picture]) -> Tensor:
        """BGR pictures of any size, (H, W, 3), as a batch for `predict`, (N, 3, 224, 224)."""
        if not cards:
            return torch.zeros((0, 3, PICTURE_SIZE, PICTURE_SIZE), dtype=self._kind)
        return as_batch([resize(card) for card in cards]).to(self._kind)

    def predict(self, batch: Tensor) -> list[Prediction]:
        """What each picture of a prepared batch shows; nothing for an empty one."""
        if not len(batch):
            return []
        with torch.inference_mode():
            probabilities = self._network(batch).float().softmax(dim=1).numpy()
        return [Prediction(row) for row in probabilities]


class _Rounded(nn.Module):
    """A linear layer whose matrix has 8 bits a number, and a scale for each output.

    For the first linear layer, as the file of weights has it anyway. For a single card its time is
    that of reading 25.7 million numbers from memory: a quarter of it is left of 16 bits' time.

    Parameters
    ----------
    layer
        The layer in 32 bits.
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weight = layer.weight.detach()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
        self.weight = torch.round(weight / scale).to(torch.int8)
        self.scale = scale[:, 0].to(torch.bfloat16)
        self.bias = layer.bias.detach().to(torch.bfloat16)

    def forward(self, values: Tensor) -> Tensor:
        return torch._weight_int8pack_mm(values, self.weight, self.scale) + self.bias


def folded(network: CardNetwork) -> CardNetwork:
    """`network`, in evaluation mode, with each batch normalisation inside its convolution.

    Both are linear then, so the second needs no pass of its own over the feature map. `network`
    itself is changed.
    """
    for block in network.blocks:
        assert isinstance(block, Block)
        block.convolution = fuse_conv_bn_eval(block.convolution, block.norm)
        block.norm = nn.Identity()  # type: ignore[assignment]
    return network
