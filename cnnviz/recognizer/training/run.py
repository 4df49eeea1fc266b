"""The verb that trains the recognizer: pictures from a person's folders in, weights out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.preprocess import resize
from cnnviz.recognizer.training.artwork import read_decks
from cnnviz.recognizer.training.dataset import (
    LabelledPicture,
    Photograph,
    cut_boxes,
    read_folder,
    read_photographs,
    read_picture,
    split_photographs,
)
from cnnviz.recognizer.training.evaluation import evaluate, versions
from cnnviz.recognizer.training.memory import keep_freed_memory
from cnnviz.recognizer.training.recipe import Recipe
from cnnviz.recognizer.training.sources import (
    Artwork,
    CutOuts,
    Deck,
    Folder,
    Grounds,
    NoCard,
    Source,
)
from cnnviz.recognizer.training.train import Beginning, train
from cnnviz.recognizer.training.trainer import CheckSet
from cnnviz.recognizer.weights import WEIGHTS, load_network, save_weights, weights_digest

__all__ = ["SHARES", "train_recognizer"]

# How much of the training each source makes up; what is not given leaves its share to the others.
SHARES = {"folder": 0.45, "photographs": 0.2, "artwork": 0.31, "no card": 0.04}


@dataclass(frozen=True)
class _Given:
    """Everything that a person gave to train with, checked and listed but not yet decoded."""

    training: Sequence[LabelledPicture]
    validation: Sequence[LabelledPicture]
    photographs: Sequence[Photograph]
    left_out: Sequence[Photograph]
    decks: Sequence[Deck]

    def about(self) -> dict[str, Any]:
        """What the run's record says about it; another record means other data."""
        return {
            "folder": _listing(picture.path for picture in self.training),
            "validation": _listing(picture.path for picture in self.validation),
            "photographs": _listing(photograph.path for photograph in self.photographs),
            "photographs_left_out": _listing(photograph.path for photograph in self.left_out),
            "decks": {deck.name: sum(map(len, deck.faces.values())) for deck in self.decks},
        }


def train_recognizer(
    data: Path,
    *,
    out: Path,
    photographs: Path | None = None,
    artwork: Path | None = None,
    valid: Path | None = None,
    begin: Path | None = None,
    pictures: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    tell: Callable[[str], None] = print,
) -> Path:
    """Train the recognizer, or go on where a run into `out` was stopped.

    Parameters
    ----------
    data
        A folder with `train` and `valid` in it, in each a folder a class; or the training folder
        alone, with `valid` given.
    out
        Gets the checkpoints, the record of the run and, in the end, the weights.
    photographs
        The table of photographs' boxes, with the pictures in `images` beside it. One in five is
        left out of the training and checked with.
    artwork
        A folder with decks, see `read_decks`.
    valid
        The folder to validate with, in place of the one in `data`.
    begin
        Weights to begin with in place of random ones. They know what small pictures teach, so the
        recipe's last stage alone is left to do.
    pictures
        How many pictures to show in all; as many as the recipe says if left out.
    seed
        Of everything that is left to chance.
    workers
        Processes that make pictures; one less than there are processors if left out.
    tell
        Gets the lines that say how far it is.

    Returns
    -------
    Path
        The weights.

    Raises
    ------
    UserError
        Folders or tables that are missing, incomplete or not what they should be, pictures that
        cannot be read, weights that are missing or damaged, a checkpoint in `out` of another
        training.
    StudioError
        The disk is full; drawings are given and cannot be drawn here.
    """
    recipe = _recipe(pictures, seed, fresh=begin is None)
    beginning = _beginning(begin) if begin else None
    given = _given(data, valid, photographs, artwork, tell)
    checks = _checks(given)
    mixture = _mixture(given, tell)
    about = given.about()
    workers = max(1, (os.cpu_count() or 2) - 1) if workers is None else workers
    if (out / "checkpoint.pt").exists():
        tell(f"going on from {out / 'checkpoint.pt'}")
    keep_freed_memory()
    state = train(
        recipe, mixture, checks, out, data=about, workers=workers, begin=beginning, tell=tell
    )

    path = out / WEIGHTS.name
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    facts = {
        "recipe": run["recipe"],
        "shares": SHARES,
        "data": about,
        "begun_with": run["begun_with"],
        "best_step": run["best"]["step"],
        "seconds": run["seconds"],
        "versions": versions(),
    }
    save_weights(state, path, facts)
    # Rounded as they are stored, the weights may be a little better or worse than in training.
    classifier = Classifier(path)
    validation = {
        name: evaluate(classifier, zip(check.pictures, check.targets, strict=True)).summary()
        for name, check in checks.items()
    }
    digest = save_weights(state, path, {**facts, "validation": validation})
    for name, summary in validation.items():
        tell(f"{name}: {summary['accuracy']:.2%} of {summary['pictures']} right")
    tell(f"weights: {path} ({path.stat().st_size / 1e6:.1f} MB, SHA-256 {digest[:16]}…)")
    tell(f"try them with --weights {path}")
    tell(f"or put them and {path.with_suffix('.json').name} into {WEIGHTS.parent} for good")
    return path


def _recipe(pictures: int | None, seed: int, *, fresh: bool) -> Recipe:
    """What to do: with weights that are not `fresh` the last stage alone."""
    recipe = Recipe(seed=seed)
    if not fresh:
        recipe = replace(recipe, stages=recipe.stages[-1:])
    if pictures is None:
        return recipe
    whole = sum(stage.pictures for stage in recipe.stages)
    stages = tuple(
        replace(stage, pictures=round(stage.pictures * pictures / whole)) for stage in recipe.stages
    )
    if any(stage.pictures < recipe.batch for stage in stages):
        fewest = -(-recipe.batch * whole // min(stage.pictures for stage in recipe.stages))
        raise UserError(f"{pictures} pictures are too few", hint=f"at least {fewest}")
    return replace(recipe, stages=stages)


def _beginning(path: Path) -> Beginning:
    return Beginning(load_network(path).state_dict(), weights_digest(path))


def _given(
    data: Path,
    valid: Path | None,
    photographs: Path | None,
    artwork: Path | None,
    tell: Callable[[str], None],
) -> _Given:
    inside = data / "train"
    training = read_folder(inside if inside.is_dir() else data)
    if valid is None:
        valid = data / "valid"
        if not valid.is_dir():
            raise UserError(
                "no folder valid in here, nothing to validate with",
                file=data,
                hint="--valid DIR names another one",
            )
    validation = read_folder(valid, complete=False)
    if photographs is not None and photographs.is_dir():
        photographs = photographs / "labels.csv"
    kept, left_out = split_photographs(read_photographs(photographs) if photographs else [])
    decks = read_decks(artwork, tell) if artwork else []
    return _Given(training, validation, kept, left_out, decks)


def _checks(given: _Given) -> dict[str, CheckSet]:
    """What to validate with: the folder, and the photographs that are left out of the training."""
    checks = {
        "valid": CheckSet(
            [resize(read_picture(picture.path)) for picture in given.validation],
            [picture.target for picture in given.validation],
        )
    }
    cards = [card for photograph in given.left_out for card in cut_boxes(photograph)]
    if cards:
        checks["photographs"] = CheckSet(
            [resize(picture) for picture, _ in cards], [box.target for _, box in cards]
        )
    return checks


def _mixture(given: _Given, tell: Callable[[str], None]) -> list[tuple[Source, float]]:
    """The sources that there are, with their shares."""
    grounds = Grounds(given.photographs)
    sources: dict[str, Source] = {"folder": Folder(given.training, grounds)}
    if given.photographs:
        sources["photographs"] = CutOuts(given.photographs)
    if given.decks:
        sources["artwork"] = Artwork(given.decks, grounds)
    sources["no card"] = NoCard(grounds)
    whole = sum(SHARES[name] for name in sources)
    counts = {
        "folder": f"{len(given.training)} pictures of {len(CLASSES)} classes",
        "photographs": f"{sum(len(item.boxes) for item in given.photographs)} cards",
        "artwork": f"{len(given.decks)} decks",
        "no card": "backgrounds",
    }
    for name in sources:
        tell(f"{SHARES[name] / whole:.0%} {name}: {counts[name]}")
    return [(source, SHARES[name] / whole) for name, source in sources.items()]


def _listing(paths: Iterable[Path]) -> dict[str, Any]:
    """How many files, and a digest of their names and lengths: cheap, and enough to tell apart."""
    lines = [f"{path.parent.name}/{path.name} {path.stat().st_size}" for path in paths]
    return {
        "files": len(lines),
        "listing_sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }
