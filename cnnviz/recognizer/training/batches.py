"""Batches of training pictures, made by other processes, the same ones on every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from cnnviz.recognizer.training import augment
from cnnviz.recognizer.training.recipe import Recipe
from cnnviz.recognizer.training.sources import Source
from cnnviz.recognizer.training.trainer import Batch

__all__ = ["batches"]


class _Batches(Dataset[Batch]):
    """Batch number `step`: always the same pictures, whoever asks and whenever."""

    def __init__(self, recipe: Recipe, mixture: Sequence[tuple[Source, float]]) -> None:
        self._recipe = recipe
        self._sources = [source for source, _ in mixture]
        shares = np.array([share for _, share in mixture])
        self._shares = shares / shares.sum()

    def __len__(self) -> int:
        return self._recipe.steps

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng([self._recipe.seed, step])
        size = self._recipe.size_at(step)
        strength = self._recipe.strength(step)
        drawn = [self._draw(rng, size, strength) for _ in range(self._recipe.batch)]
        pictures = torch.from_numpy(np.stack([picture for picture, _ in drawn]))
        return pictures, torch.tensor([target for _, target in drawn])

    def _draw(
        self, rng: np.random.Generator, size: int, strength: float
    ) -> tuple[NDArray[np.uint8], int]:
        source = self._sources[int(rng.choice(len(self._sources), p=self._shares))]
        picture, target = source.draw(rng, size)
        return augment.light(rng, picture, strength), target


def batches(
    recipe: Recipe, mixture: Sequence[tuple[Source, float]], start: int, workers: int
) -> Iterator[tuple[int, Batch]]:
    """From step `start` on, each step with its batch: BGR (N, S, S, 3) bytes, and N class indices.

    `workers` processes draw them from the sources in `mixture`, each with its share.
    """
    steps = range(start, recipe.steps)
    loader = DataLoader(
        _Batches(recipe, mixture),
        batch_size=None,
        sampler=steps,
        num_workers=workers,
        prefetch_factor=3 if workers else None,
        worker_init_fn=_one_thread,
    )
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # OpenCV's threads do not live on in forked workers, which wait for them
    try:
        yield from zip(steps, loader, strict=True)
    finally:
        cv2.setNumThreads(threads)


def _one_thread(worker: int) -> None:
    cv2.setNumThreads(1)
