from __future__ import annotations

import errno
import io
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from training_run import FOUR, SHORT, run

from cnnviz.errors import StudioError, UserError
from cnnviz.recognizer.classes import PICTURE_SIZE
from cnnviz.recognizer.training import train as training
from cnnviz.recognizer.training.batches import _Batches
from cnnviz.recognizer.training.recipe import Recipe, TrainingStage
from cnnviz.recognizer.training.sources import NO_CARD
from cnnviz.recognizer.training.train import Progress
from cnnviz.recognizer.training.trainer import learning_rate, loss_of

PROGRAM = Path(__file__).with_name("training_run.py")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """As in the program that is killed: sums in another order would differ in their last bit."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that went through, and what it returned as `returned.pt`."""
    folder = tmp_path_factory.mktemp("unkilled") / "run"
    torch.save(run(folder), folder / "returned.pt")
    return folder


def record_of(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return record


def tensors(value: Any, path: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor in nested dictionaries and lists, with its place."""
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from tensors(inner, f"{path}/{key}")


def assert_same_bits(one: Path, other: Path) -> None:
    first, second = (
        dict(tensors(torch.load(path, weights_only=True, mmap=True))) for path in (one, other)
    )
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


# --- a whole run ----------------------------------------------------------------------------


def test_training_learns(unkilled: Path) -> None:
    """From one in four by chance, measured on pictures that it has not seen."""
    assert record_of(unkilled)["best"]["accuracy"]["drawn"] >= 0.75


def test_the_record_tells_the_whole_run(unkilled: Path) -> None:
    record = record_of(unkilled)
    assert record["recipe"] == json.loads(json.dumps(asdict(SHORT)))
    assert record["data"] == {"classes": list(FOUR)}
    assert record["begun_with"] is None
    assert record["step"] == SHORT.steps == 16
    assert [entry["step"] for entry in record["history"]] == [3, 6, 9, 12, 15, 16]
    assert [entry["size"] for entry in record["history"]] == [32, 32, 32, 32, 48, 48]
    assert record["seconds"] > 0


def test_the_best_weights_are_those_with_the_best_validation_on_large_pictures(
    unkilled: Path,
) -> None:
    record = record_of(unkilled)
    large = [entry for entry in record["history"] if entry["size"] == 48]
    assert record["best"]["accuracy"] == max((entry["accuracy"] for entry in large), key=str)
    assert record["best"]["size"] == 48
    assert_same_bits(unkilled / "best.pt", unkilled / "returned.pt")


def test_a_killed_run_ends_with_the_same_bits_as_one_that_was_not(
    unkilled: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("step 3/16")  # after two checkpoints
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert 2 <= torch.load(folder / "checkpoint.pt", mmap=True)["progress"]["step"] < SHORT.steps

    run(folder)
    assert_same_bits(folder / "checkpoint.pt", unkilled / "checkpoint.pt")
    assert_same_bits(folder / "best.pt", unkilled / "best.pt")
    told, wanted = record_of(folder)["history"], record_of(unkilled)["history"]
    assert [entry["accuracy"] for entry in told] == [entry["accuracy"] for entry in wanted]
    assert sorted(path.name for path in folder.iterdir()) == [
        "best.pt",
        "checkpoint.pt",
        "run.json",
    ]


def test_training_can_begin_with_the_weights_of_an_earlier_one(unkilled: Path) -> None:
    earlier = torch.load(unkilled / "best.pt", weights_only=True)
    trainer = training.Trainer(SHORT, torch.device("cpu"), earlier)
    for network in (trainer.network, trainer.average.module):
        state = network.state_dict()
        assert all(torch.equal(state[name], wanted) for name, wanted in earlier.items())


def test_a_finished_run_only_gives_its_weights_again(
    unkilled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training.Trainer, "step", lambda *_: pytest.fail("trained again"))
    found = run(unkilled)
    wanted = torch.load(unkilled / "best.pt", weights_only=True)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_a_line_now_and_then_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    clock = iter([0.0, 59.0, 61.0, 90.0, 122.0])
    monkeypatch.setattr(training.time, "monotonic", lambda: next(clock))
    recipe = Recipe(stages=(TrainingStage(32, 160),), batch=16)
    pace = training._Pace(recipe, 0, lines.append)
    for step in (1, 2, 3, 4):
        pace.reached(step)
    assert lines == ["20% done, about 5 min left", "40% done, about 4 min left"]


# --- what cannot be gone on with ------------------------------------------------------------


def write_checkpoint(folder: Path, **differing: Any) -> Path:
    """A checkpoint without weights: enough to see whose it is."""
    folder.mkdir()
    recipe = json.loads(json.dumps(asdict(SHORT)))
    progress = asdict(Progress(recipe, {"classes": list(FOUR)}, step=3))
    torch.save({"progress": {**progress, **differing}}, folder / "checkpoint.pt")
    return folder / "checkpoint.pt"


@pytest.mark.parametrize(
    "differing",
    [{"recipe": {"seed": 6}}, {"data": {"classes": ["joker"]}}, {"begun_with": "5" * 64}],
)
def test_a_checkpoint_of_another_training_is_refused(
    tmp_path: Path, differing: dict[str, Any]
) -> None:
    checkpoint = write_checkpoint(tmp_path / "run", **differing)
    before = checkpoint.read_bytes()
    with pytest.raises(UserError) as error:
        run(tmp_path / "run")
    message = "checkpoint.pt: a checkpoint of another recipe, other data or another beginning — "
    assert message + "take another folder" in str(error.value)
    assert "\n" not in str(error.value)
    assert checkpoint.read_bytes() == before


@pytest.mark.parametrize("kind", ["cut short", "text", "empty", "without weights", "of no run"])
def test_a_damaged_checkpoint_is_one_line(tmp_path: Path, kind: str) -> None:
    checkpoint = write_checkpoint(tmp_path / "run", **({"x": 1} if kind == "of no run" else {}))
    data = checkpoint.read_bytes()
    changed = {"cut short": data[: len(data) // 2], "text": b"no checkpoint", "empty": b""}
    checkpoint.write_bytes(changed.get(kind, data))
    with pytest.raises(UserError) as error:
        run(tmp_path / "run")
    line = str(error.value)
    assert line.endswith("checkpoint.pt: a damaged checkpoint — remove it to begin anew")


def test_missing_best_weights_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"best\.pt: missing or damaged — remove .*checkpoint\.pt"):
        training._best(tmp_path)


def test_an_unwritable_folder_is_said_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").write_text("a file is in the way")
    monkeypatch.setattr(training.Trainer, "step", lambda *_: pytest.fail("trained"))
    with pytest.raises(UserError, match="a file is in the way of this folder"):
        run(tmp_path / "run")


def test_a_full_disk_is_said_and_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "no space")

    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"old")
    real = torch.save
    monkeypatch.setattr(torch, "save", lambda value, file: real(value, Full()))
    with pytest.raises(StudioError, match="no space left on the disk"):
        training._store({"weights": torch.zeros(1000)}, path)
    assert [found.name for found in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert path.read_bytes() == b"old"


# --- the recipe -----------------------------------------------------------------------------


def test_the_recipe_goes_from_small_to_large_pictures() -> None:
    recipe = Recipe()
    sizes = [recipe.size_at(step) for step in range(recipe.steps)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == PICTURE_SIZE
    assert [sizes.count(stage.size) for stage in recipe.stages] == [
        stage.pictures // recipe.batch for stage in recipe.stages
    ]


def test_work_is_counted_in_pixels() -> None:
    recipe = Recipe(stages=(TrainingStage(112, 640), TrainingStage(224, 640)), batch=64)
    assert recipe.work(0) == 0
    assert recipe.work(10) == pytest.approx(1 / 5)
    assert recipe.work(15) == pytest.approx(3 / 5)
    assert recipe.work(20) == 1


def test_the_rate_rises_to_its_peak_and_falls_to_almost_nothing() -> None:
    recipe = replace(Recipe(), warm_up=0.1, stages=(TrainingStage(32, 16_000),), batch=16)
    rates = [learning_rate(recipe, step) for step in range(recipe.steps)]
    peak = rates.index(max(rates))
    assert peak == pytest.approx(100, abs=2)
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 < rates[-1] < 0.01


def test_pictures_are_spoilt_less_and_less_often_towards_the_end() -> None:
    recipe = Recipe(stages=(TrainingStage(32, 1600),), batch=16, gentle_from=0.5, gentle=0.4)
    strengths = [recipe.strength(step) for step in range(recipe.steps + 1)]
    assert strengths[:51] == [1.0] * 51
    assert strengths[50:] == pytest.approx(np.linspace(1, 0.4, 51).tolist())


class Plain:
    """A source of one and the same picture."""

    def draw(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, int]:
        return np.tile(np.arange(0, 256, 256 // size, np.uint8)[:size, None, None], (1, size, 3)), 0


def spoilt(recipe: Recipe, step: int) -> int:
    """How many pictures of that batch light and camera changed."""
    pictures, _ = _Batches(recipe, [(Plain(), 1.0)])[step]
    plain, _ = Plain().draw(np.random.default_rng(1), 32)
    return sum(not np.array_equal(picture, plain) for picture in pictures.numpy())


def test_the_last_batches_are_the_ones_of_the_gentlest_light() -> None:
    recipe = Recipe(stages=(TrainingStage(32, 640),), batch=64, gentle_from=0.0, gentle=0.0)
    assert spoilt(recipe, 0) > spoilt(recipe, 5) > spoilt(recipe, 9)
    assert spoilt(replace(recipe, gentle=1.0), 9) > spoilt(recipe, 9)
    long = replace(recipe, stages=(TrainingStage(32, 64 * 10**6),))
    assert spoilt(long, long.steps - 1) == 0


# --- the loss -------------------------------------------------------------------------------


def cross_entropy(logits: list[float], wanted: list[float]) -> float:
    whole = sum(math.exp(value) for value in logits)
    return -sum(
        part * (value - math.log(whole)) for part, value in zip(wanted, logits, strict=True)
    )


def test_the_loss_of_a_card_is_smoothed_cross_entropy() -> None:
    logits = [2.0, -1.0, 0.5, 0.0]
    wanted = [0.05 + 0.8, 0.05, 0.05, 0.05]
    found = loss_of(torch.tensor([logits]), torch.tensor([0]), smoothing=0.2)
    assert float(found) == pytest.approx(cross_entropy(logits, wanted), abs=1e-6)


def test_where_there_is_no_card_every_class_is_wanted_alike() -> None:
    logits = [2.0, -1.0, 0.5, 0.0]
    found = loss_of(torch.tensor([logits]), torch.tensor([NO_CARD]), smoothing=0.2)
    assert float(found) == pytest.approx(cross_entropy(logits, [0.25] * 4), abs=1e-6)
    unsure = loss_of(torch.zeros(1, 4), torch.tensor([NO_CARD]), smoothing=0.2)
    assert float(unsure) < float(found)
