"""A short training on drawn pictures, run as a program so that a test can kill it."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from small_data import drawn_card, write_folder
from torch import Tensor

from cnnviz.recognizer.classes import CLASS_INDEX
from cnnviz.recognizer.preprocess import resize
from cnnviz.recognizer.training.dataset import read_folder
from cnnviz.recognizer.training.recipe import Recipe, TrainingStage
from cnnviz.recognizer.training.sources import Folder, Grounds, NoCard
from cnnviz.recognizer.training.train import train
from cnnviz.recognizer.training.trainer import CheckSet

FOUR = ("ace of clubs", "king of hearts", "seven of spades", "joker")

SHORT = Recipe(
    stages=(TrainingStage(32, 12 * 16), TrainingStage(48, 4 * 16)),
    batch=16,
    averaging=0.6,
    averaging_every=1,
    validate_every=3,
    seed=5,
)


def run(
    folder: Path, recipe: Recipe = SHORT, workers: int = 0, save_seconds: float = 1000.0
) -> dict[str, Tensor]:
    """Train on four classes, in one thread, and check with pictures that were not trained on."""
    torch.set_num_threads(1)
    pictures = folder.parent / "pictures"
    if not pictures.exists():
        write_folder(pictures, FOUR, count=4)
    checked = [(name, seed) for name in FOUR for seed in range(100, 105)]
    checks = CheckSet(
        [resize(drawn_card(name, seed)) for name, seed in checked],
        [CLASS_INDEX[name] for name, _ in checked],
    )
    source = Folder(read_folder(pictures, complete=False), Grounds())
    return train(
        recipe,
        [(source, 0.9), (NoCard(Grounds()), 0.1)],
        {"drawn": checks},
        folder,
        data={"classes": list(FOUR)},
        workers=workers,
        save_seconds=save_seconds,
        tell=lambda line: print(line, flush=True),
    )


if __name__ == "__main__":
    # A checkpoint after every step: whenever it is killed, there is one not far behind.
    run(Path(sys.argv[1]), workers=1, save_seconds=0)
