"""A network that learns batch by batch, and how good it is meanwhile."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from cnnviz.recognizer.network import CardNetwork, has_bfloat16
from cnnviz.recognizer.preprocess import normalise
from cnnviz.recognizer.training.recipe import Recipe
from cnnviz.recognizer.training.sources import NO_CARD

__all__ = ["Batch", "CheckSet", "Trainer", "learning_rate", "loss_of"]


@dataclass(frozen=True)
class CheckSet:
    """Pictures, BGR (224, 224, 3), and the indices of their classes: to measure with."""

    pictures: Sequence[NDArray[np.uint8]]
    targets: Sequence[int]


Batch = tuple[Tensor, Tensor]


def learning_rate(recipe: Recipe, step: int) -> float:
    """The part of the peak rate that holds at `step`: a short rise, then half a cosine."""
    done = (step + 1) / recipe.steps
    if done < recipe.warm_up:
        return done / recipe.warm_up
    rest = (done - recipe.warm_up) / (1 - recipe.warm_up)
    return max(0.002, 0.5 * (1 + math.cos(math.pi * rest)))


def loss_of(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy; a picture without a card asks for every class alike."""
    shown = targets != NO_CARD
    wanted = functional.one_hot(targets.clamp(min=0), logits.shape[1]).to(logits.dtype)
    wanted = torch.where(shown[:, None], wanted, torch.full_like(wanted, 1 / logits.shape[1]))
    return functional.cross_entropy(logits, wanted, label_smoothing=smoothing)


class Trainer:
    """A network with all that its training has to remember between two steps."""

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        begin: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.recipe = recipe
        self.device = device
        torch.manual_seed(recipe.seed)
        self.network = CardNetwork()
        self.network.tie_neighbours()
        if begin is not None:
            self.network.load_state_dict(begin)
        self.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        mean = get_ema_multi_avg_fn(recipe.averaging)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(self.network, multi_avg_fn=mean, use_buffers=True)
        parts = (self.network.blocks, self.network.hidden, self.network.second)
        groups = [
            {"params": list(part.parameters()), "peak": rate}
            for part, rate in zip(parts, recipe.rates, strict=True)
        ]
        groups[-1]["params"] += list(self.network.logits.parameters())  # type: ignore[operator]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)

    def step(self, step: int, batch: Batch) -> float:
        """Learn from `batch`; the loss before it."""
        recipe = self.recipe
        torch.manual_seed(recipe.seed + step)  # dropout, the same after a resume
        done = step / recipe.steps
        self.network.dropout.p = recipe.dropout * min(1.0, done / recipe.dropout_from)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * learning_rate(recipe, step)
        self.network.train()
        logits = self._logits(self.network, batch[0])
        loss = loss_of(logits, batch[1].to(self.device), recipe.smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        if step % recipe.averaging_every == 0:
            self.average.update_parameters(self.network)
        return float(loss.detach())

    def _logits(self, network: nn.Module, pictures: Tensor) -> Tensor:
        pictures = pictures.to(self.device).permute(0, 3, 1, 2).flip(1)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=has_bfloat16(self.device)):
            logits: Tensor = network(normalise(pictures.to(torch.float32) / 255))
        return logits.float()

    def accuracy(self, checks: CheckSet, size: int) -> float:
        """Part of `checks` that the averaged weights get right, pictures shrunk to `size`."""
        self.average.eval()
        right = 0
        for start in range(0, len(checks.targets), 64):
            some = [
                cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
                for picture in checks.pictures[start : start + 64]
            ]
            with torch.inference_mode():
                logits = self._logits(self.average, torch.from_numpy(np.stack(some)))
            guesses = logits.argmax(1).cpu().tolist()
            wanted = checks.targets[start : start + 64]
            right += sum(a == b for a, b in zip(guesses, wanted, strict=True))
        return right / len(checks.targets)

    def state(self) -> dict[str, Any]:
        """Everything a resumed run needs."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to `state`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
