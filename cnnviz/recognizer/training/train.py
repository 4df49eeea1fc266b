"""Training the recognizer: resumable at any moment, and the same to the bit when resumed."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from cnnviz.errors import UserError
from cnnviz.files import replacing, write_json
from cnnviz.recognizer.classes import PICTURE_SIZE
from cnnviz.recognizer.network import CardNetwork, has_bfloat16
from cnnviz.recognizer.preprocess import normalise
from cnnviz.recognizer.training import augment
from cnnviz.recognizer.training.sources import NO_CARD, Source

__all__ = [
    "Batch",
    "Beginning",
    "CheckSet",
    "Progress",
    "Recipe",
    "Stage",
    "Trainer",
    "learning_rate",
    "loss_of",
    "train",
]


@dataclass(frozen=True)
class Stage:
    """Some pictures of one size; small ones come first, because they cost a quarter."""

    size: int
    pictures: int


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what training does with its data.

    Parameters
    ----------
    rates
        Peak learning rates of AdamW: of the convolutions; of the first linear layer, lower in
        proportion to its fan-in of 50,176; of the last two layers.
    warm_up
        Part of all steps over which the rates rise; they fall with a cosine afterwards.
    dropout, dropout_from
        Where dropout ends, and the part of all steps over which it rises there from 0. The network
        would take 0.5; with as many different pictures as are made here that only slows it.
    gentle_from, gentle
        The part of all steps after which light and camera spoil pictures less and less often, and
        how often in the end, as a part of before: the last steps see what is to be recognized.
    smoothing
        How much of the target's probability is spread over all classes.
    averaging, averaging_every
        Decay of the running mean of the weights, and the steps between two of its updates.
    """

    stages: tuple[Stage, ...] = (Stage(112, 160_000), Stage(PICTURE_SIZE, 300_000))
    batch: int = 64
    seed: int = 1
    rates: tuple[float, float, float] = (2e-3, 4e-5, 1e-3)
    weight_decay: float = 0.02
    warm_up: float = 0.03
    dropout: float = 0.2
    dropout_from: float = 0.6
    gentle_from: float = 0.5
    gentle: float = 0.4
    smoothing: float = 0.05
    averaging: float = 0.99
    averaging_every: int = 4
    validate_every: int = 300

    @property
    def steps(self) -> int:
        """How many batches all stages have."""
        return sum(stage.pictures // self.batch for stage in self.stages)

    def work(self, step: int) -> float:
        """The part of all the work that is done after `step` steps: it goes with the pixels."""
        done = whole = 0
        for stage in self.stages:
            steps = stage.pictures // self.batch
            done += min(max(step, 0), steps) * stage.size**2
            whole += steps * stage.size**2
            step -= steps
        return done / whole

    def strength(self, step: int) -> float:
        """How often light and camera spoil a picture at `step`, as a part of at the beginning."""
        done = max(0.0, step / self.steps - self.gentle_from) / (1 - self.gentle_from)
        return 1 - (1 - self.gentle) * done

    def size_at(self, step: int) -> int:
        """The pictures' side in pixels at `step`, counted from 0."""
        for stage in self.stages:
            step -= stage.pictures // self.batch
            if step < 0:
                return stage.size
        return self.stages[-1].size


@dataclass(frozen=True)
class CheckSet:
    """Pictures, BGR (224, 224, 3), and the indices of their classes: to measure with."""

    pictures: Sequence[NDArray[np.uint8]]
    targets: Sequence[int]


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


Batch = tuple[Tensor, Tensor]


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
    for step, batch in _batches(recipe, mixture, progress.step, workers):
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


def _batches(
    recipe: Recipe, mixture: Sequence[tuple[Source, float]], start: int, workers: int
) -> Iterator[tuple[int, Batch]]:
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
