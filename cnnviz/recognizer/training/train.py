"""Training the recognizer: resumable at any moment, and the same to the bit when resumed."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.files import replacing, write_json
from cnnviz.recognizer.training.batches import batches
from cnnviz.recognizer.training.recipe import Recipe
from cnnviz.recognizer.training.sources import Source
from cnnviz.recognizer.training.trainer import CheckSet, Trainer, learning_rate

__all__ = [
    "Beginning",
    "Progress",
    "train",
]


@dataclass
class Progress:
    """The record of a run, written as JSON beside the checkpoint.

    `begun_with` is the digest of the weights that it began with, None for random ones.
    """

    recipe: dict[str, Any]
    data: dict[str, Any]
    begun_with: str | None = None
    step: int = 0
    seconds: float = 0.0
    best: dict[str, Any] | None = None
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Beginning:
    """Weights of a `CardNetwork` to begin with, and the digest of the file that they are from."""

    state: Mapping[str, Tensor]
    digest: str


def train(
    recipe: Recipe,
    mixture: Sequence[tuple[Source, float]],
    checks: Mapping[str, CheckSet],
    folder: Path,
    *,
    data: Mapping[str, Any],
    workers: int = 1,
    save_seconds: float = 120,
    begin: Beginning | None = None,
    tell: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train, or go on where a killed run stopped; the best averaged weights by validation.

    Parameters
    ----------
    mixture
        Sources of pictures, each with its share.
    checks
        What to validate with, by name; the mean of their accuracies decides which weights are best.
    folder
        Gets `checkpoint.pt`, `best.pt` and `run.json`.
    data
        What to write about the data into `run.json`; a checkpoint of other data is refused.
    workers
        Processes that make pictures.
    save_seconds
        Between two checkpoints.
    begin
        Weights to begin with in place of random ones.

    Raises
    ------
    UserError
        The checkpoint in `folder` belongs to another recipe, other data or another beginning.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = Trainer(recipe, device, begin.state if begin else None)
    fresh = Progress(_plain(recipe), dict(data), begin.digest if begin else None)
    progress = _resumed(trainer, fresh, folder)
    write_json(folder / "run.json", asdict(progress))  # better to fail now than after minutes
    report = _Pace(recipe, progress.step, tell)
    saved = time.monotonic()
    started = saved - progress.seconds
    losses: list[float] = []
    for step, batch in batches(recipe, mixture, progress.step, workers):
        losses.append(trainer.step(step, batch))
        progress.step = step + 1
        progress.seconds = time.monotonic() - started
        last = progress.step == recipe.steps
        if progress.step % recipe.validate_every == 0 or last:
            _validate(trainer, checks, progress, losses, folder, tell)
            losses = []
        if last or time.monotonic() - saved > save_seconds:
            _save(trainer, progress, folder)
            saved = time.monotonic()
        report.reached(progress.step)
    return _best(folder)


class _Pace:
    """A line now and then that says how far the work is and how long the rest may take."""

    _EVERY = 60.0  # seconds

    def __init__(self, recipe: Recipe, step: int, tell: Callable[[str], None]) -> None:
        self._recipe = recipe
        self._tell = tell
        self._start = step
        self._started = self._told = time.monotonic()

    def reached(self, step: int) -> None:
        now = time.monotonic()
        if now - self._told < self._EVERY or step == self._recipe.steps:
            return
        self._told = now
        done, before = self._recipe.work(step), self._recipe.work(self._start)
        left = (now - self._started) * (1 - done) / (done - before)
        self._tell(f"{done:.0%} done, about {math.ceil(left / 60)} min left")


def _plain(recipe: Recipe) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(recipe)))
    return plain


def _resumed(trainer: Trainer, fresh: Progress, folder: Path) -> Progress:
    path = folder / "checkpoint.pt"
    for left_over in folder.glob(".part-*.pt"):  # of a run that was killed while it saved
        left_over.unlink(missing_ok=True)
    if not path.exists():
        return fresh
    try:
        stored = torch.load(path, weights_only=True)
        progress = Progress(**stored["progress"])
    except Exception as error:
        raise _damaged(path) from error
    if _origin(progress) != _origin(fresh):
        raise UserError(
            "a checkpoint of another recipe, other data or another beginning",
            file=path,
            hint="take another folder with --out, or remove it",
        )
    try:
        trainer.restore(stored)
    except (KeyError, ValueError, RuntimeError) as error:
        raise _damaged(path) from error
    return progress


def _origin(progress: Progress) -> tuple[object, ...]:
    return progress.recipe, progress.data, progress.begun_with


def _damaged(path: Path) -> UserError:
    return UserError("a damaged checkpoint", file=path, hint="remove it to begin anew")


def _best(folder: Path) -> dict[str, Tensor]:
    path = folder / "best.pt"
    try:
        best: dict[str, Tensor] = torch.load(path, weights_only=True)
    except Exception as error:
        raise UserError(
            "missing or damaged", file=path, hint=f"remove {folder / 'checkpoint.pt'} to begin anew"
        ) from error
    return best


def _save(trainer: Trainer, progress: Progress, folder: Path) -> None:
    _store({**trainer.state(), "progress": asdict(progress)}, folder / "checkpoint.pt")
    write_json(folder / "run.json", asdict(progress))


def _store(value: Mapping[str, Any], path: Path) -> None:
    with replacing(path) as temporary, temporary.open("wb") as file:
        try:
            torch.save(value, file)
        except RuntimeError as error:
            # PyTorch hides what the disk said, which is what a person has to know.
            if isinstance(error.__context__, OSError):
                raise error.__context__ from error
            raise


def _validate(
    trainer: Trainer,
    checks: Mapping[str, CheckSet],
    progress: Progress,
    losses: Sequence[float],
    folder: Path,
    tell: Callable[[str], None],
) -> None:
    size = trainer.recipe.size_at(progress.step - 1)
    found = {name: trainer.accuracy(check, size) for name, check in checks.items()}
    entry = {
        "step": progress.step,
        "size": size,
        "loss": float(np.mean(losses)) if losses else None,
        "rate": learning_rate(trainer.recipe, progress.step - 1),
        "seconds": round(progress.seconds, 1),
        "accuracy": found,
    }
    progress.history.append(entry)
    score = float(np.mean(list(found.values())))
    # Small pictures only prepare for large ones: what is best is decided among the latter.
    rank = [size, score]
    if progress.best is None or rank >= progress.best["rank"]:
        progress.best = {**entry, "rank": rank}
        inner: nn.Module = trainer.average.module
        _store(inner.state_dict(), folder / "best.pt")
    shown = "  ".join(f"{name} {100 * value:.2f} %" for name, value in found.items())
    loss = f"loss {entry['loss']:.3f}  " if entry["loss"] is not None else ""
    tell(f"step {progress.step}/{trainer.recipe.steps}  {size} px  {loss}{shown}")
