from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch
from small_data import drawn_card, write_folder, write_photographs, write_picture

from cnnviz.commands.command_line import main
from cnnviz.errors import UserError
from cnnviz.recognizer import weights as weights_module
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.network import CardNetwork
from cnnviz.recognizer.training import run
from cnnviz.recognizer.training import train as training
from cnnviz.recognizer.training.recipe import Recipe, TrainingStage
from cnnviz.recognizer.training.run import SHARES, train_recognizer
from cnnviz.recognizer.weights import load_network, save_weights, weights_digest

LAST_BLOCK = 34  # photographs: two of them are in the block that training leaves out


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often memory was asked to be kept, for a process that goes on to other tests."""
    asked: list[bool] = []
    monkeypatch.setattr(run, "keep_freed_memory", lambda: asked.append(True))
    return asked


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe of three steps with small pictures."""
    stages = (TrainingStage(32, 16), TrainingStage(48, 8))
    monkeypatch.setattr(run, "Recipe", partial(Recipe, stages=stages, batch=8))


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "train", lambda *_, **__: pytest.fail("training began"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    write_folder(root / "cards" / "train")
    write_folder(root / "cards" / "valid", CLASSES[:5])
    write_photographs(root / "photographs", LAST_BLOCK)
    for name in CLASSES:
        write_picture(root / "artwork" / "deck" / f"{name}.png", drawn_card(name, 1))
    return root


@pytest.fixture
def data(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "data")


def train(data: Path, **options: Any) -> list[str]:
    """The lines that the command says."""
    lines: list[str] = []
    out = options.pop("out", data / "out")
    train_recognizer(data / "cards", out=out, workers=0, tell=lines.append, **options)
    return lines


def weights_of(seed: int, path: Path) -> Path:
    """Weights that nobody trained."""
    torch.manual_seed(seed)
    save_weights(CardNetwork().state_dict(), path, {})
    return path


def everything(data: Path) -> dict[str, Path]:
    return {"photographs": data / "photographs" / "labels.csv", "artwork": data / "artwork"}


# --- a whole run ----------------------------------------------------------------------------


def test_it_ends_with_weights_that_load_and_a_record_of_how_they_came(
    data: Path, quick: None
) -> None:
    threads = cv2.getNumThreads()
    lines = train(data, **everything(data))
    weights = data / "out" / "card_network.safetensors"
    assert not load_network(weights).training
    about = json.loads(weights.with_suffix(".json").read_text())["about"]
    assert about["recipe"]["stages"] == [
        {"size": 32, "pictures": 16},
        {"size": 48, "pictures": 8},
    ]
    assert about["data"]["folder"]["files"] == 53
    assert about["data"]["photographs"]["files"] == LAST_BLOCK - 2
    assert about["data"]["photographs_left_out"]["files"] == 2
    assert about["data"]["decks"] == {"deck": 53}
    assert about["shares"] == SHARES
    assert about["validation"]["valid"]["pictures"] == 5
    assert about["validation"]["photographs"]["pictures"] == 4
    assert 0 <= about["validation"]["valid"]["accuracy"] <= 1
    assert "torch" in about["versions"]

    assert lines[:4] == [
        "45% folder: 53 pictures of 53 classes",
        "20% photographs: 64 cards",
        "31% artwork: 1 decks",
        "4% no card: backgrounds",
    ]
    assert any(line.startswith("step 3/3  48 px") for line in lines)
    [told] = [line for line in lines if line.startswith("weights: ")]
    assert weights_digest(weights)[:16] in told
    assert any("--weights" in line for line in lines)
    assert cv2.getNumThreads() == threads

    # Once more with the same data: nothing to do but to say so again.
    again = train(data, **everything(data))
    assert f"going on from {data / 'out' / 'checkpoint.pt'}" in again
    assert not any(line.startswith("step") for line in again)
    assert told in again

    # And with other data it does not go on.
    write_picture(data / "cards" / "train" / "joker" / "more.png", drawn_card("joker", 9))
    with pytest.raises(UserError, match="a checkpoint of another recipe, other data or"):
        train(data, **everything(data))


class StopError(Exception):
    """The training would begin."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What training would have begun with."""
    seen: dict[str, Any] = {}

    def stop(recipe: Recipe, mixture: Any, checks: Any, out: Path, **options: Any) -> None:
        seen.update(recipe=recipe, mixture=mixture, checks=checks, out=out, **options)
        raise StopError

    monkeypatch.setattr(run, "train", stop)
    return seen


def test_what_is_not_given_leaves_its_share_to_the_others(
    data: Path, begun: dict[str, Any]
) -> None:
    with pytest.raises(StopError):
        train(data)
    shares = [share for _, share in begun["mixture"]]
    assert shares == pytest.approx([0.45 / 0.49, 0.04 / 0.49])
    assert list(begun["checks"]) == ["valid"]


def test_with_everything_given_the_shares_are_the_promised_ones(
    data: Path, begun: dict[str, Any]
) -> None:
    with pytest.raises(StopError):
        train(data, **everything(data))
    assert [share for _, share in begun["mixture"]] == pytest.approx([0.45, 0.2, 0.31, 0.04])
    kinds = [type(source).__name__ for source, _ in begun["mixture"]]
    assert kinds == ["Folder", "CutOuts", "Artwork", "NoCard"]
    assert [len(check.targets) for check in begun["checks"].values()] == [5, 4]


def test_the_training_folder_alone_will_do_with_another_one_to_validate_with(
    data: Path, begun: dict[str, Any]
) -> None:
    (data / "cards" / "valid").rename(data / "elsewhere")
    with pytest.raises(StopError):
        train_recognizer(
            data / "cards" / "train", out=data / "out", valid=data / "elsewhere", tell=str
        )
    assert begun["data"]["validation"]["files"] == 5


def test_the_number_of_pictures_is_shared_by_the_stages_as_in_the_recipe(
    data: Path, begun: dict[str, Any]
) -> None:
    whole = sum(stage.pictures for stage in Recipe().stages)
    with pytest.raises(StopError):
        train(data, pictures=whole // 10, seed=7)
    recipe = begun["recipe"]
    assert recipe.seed == 7
    for found, usual in zip(recipe.stages, Recipe().stages, strict=True):
        assert found.size == usual.size
        assert found.pictures == pytest.approx(usual.pictures / 10, abs=1)


def test_the_same_data_elsewhere_is_the_same_data(data: Path, begun: dict[str, Any]) -> None:
    with pytest.raises(StopError):
        train(data, **everything(data))
    before = begun["data"]
    moved = data.rename(data.with_name("moved"))
    with pytest.raises(StopError):
        train(moved, **everything(moved))
    assert begun["data"] == before


# --- beginning with weights -----------------------------------------------------------------


def test_with_weights_to_begin_with_the_last_stage_alone_is_run(
    data: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    begin, out = weights_of(1, data / "begin.safetensors"), data / "out"
    words = ["train", "--data", str(data / "cards"), "--out", str(out), "--from"]
    assert main([*words, str(begin)]) == 0
    assert "step 1/1  48 px" in capsys.readouterr().out
    about = json.loads((out / "card_network.json").read_text())["about"]
    for record in (about, json.loads((out / "run.json").read_text())):
        assert record["begun_with"] == weights_digest(begin)
        assert record["recipe"]["stages"] == [{"size": 48, "pictures": 8}]

    # A checkpoint that began otherwise is not gone on with, be it only that the weights differ.
    other = weights_of(2, data / "other.safetensors")
    assert main([*words, str(other)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "a checkpoint of another recipe, other data or another beginning" in line
    with pytest.raises(UserError, match="another beginning"):
        train(data, out=out)


def test_training_gets_the_weights_to_begin_with(data: Path, begun: dict[str, Any]) -> None:
    begin = weights_of(3, data / "begin.safetensors")
    with pytest.raises(StopError):
        train(data, begin=begin)
    wanted = load_network(begin).state_dict()
    state = begun["begin"].state
    assert state.keys() == wanted.keys()
    assert all(torch.equal(state[name], wanted[name]) for name in wanted)
    assert begun["recipe"].stages == Recipe().stages[-1:]


def test_without_them_it_begins_with_random_ones(
    data: Path, begun: dict[str, Any], kept: list[bool]
) -> None:
    with pytest.raises(StopError):
        train(data)
    assert begun["begin"] is None
    assert kept == [True]


def test_the_number_of_pictures_is_that_of_the_stage_which_is_left(
    data: Path, begun: dict[str, Any]
) -> None:
    begin = weights_of(3, data / "begin.safetensors")
    with pytest.raises(StopError):
        train(data, begin=begin, pictures=640)
    assert begun["recipe"].stages == (TrainingStage(Recipe().stages[-1].size, 640),)
    with pytest.raises(UserError, match="63 pictures are too few — at least 64"):
        train(data, begin=begin, pictures=63)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("kind", ["missing", "a folder", "cut short", "alone"])
def test_weights_that_cannot_be_begun_with_are_one_line(
    data: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = weights_of(1, data / "begin.safetensors")
    if kind in ("missing", "a folder"):
        begin.unlink()
    if kind == "a folder":
        begin.mkdir()
    if kind == "cut short":
        begin.write_bytes(begin.read_bytes()[:1000])
    if kind == "alone":
        begin.with_suffix(".json").unlink()
    words = ["train", "--data", str(data / "cards"), "--out", str(data / "out")]
    assert main([*words, "--from", str(begin)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "begin." in line
    assert not (data / "out").exists()


def test_the_help_names_the_weights_that_came_along(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    path = weights_module.WEIGHTS.relative_to(Path(weights_module.__file__).parents[2])
    assert str(path) in "".join(capsys.readouterr().out.split())


# --- what cannot be trained with is said at once --------------------------------------------


def line_of(error: pytest.ExceptionInfo[UserError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


@pytest.mark.usefixtures("no_training")
class TestBeforeTraining:
    def test_a_missing_folder(self, data: Path) -> None:
        with pytest.raises(UserError) as error:
            train_recognizer(data / "none", out=data / "out")
        assert "none: no such folder" in line_of(error)

    def test_an_empty_folder(self, data: Path) -> None:
        (data / "none").mkdir()
        with pytest.raises(UserError) as error:
            train_recognizer(data / "none", out=data / "out")
        assert "none: none of the 53 classes' folders" in line_of(error)

    def test_nothing_to_validate_with(self, data: Path) -> None:
        shutil.rmtree(data / "cards" / "valid")
        with pytest.raises(UserError) as error:
            train(data)
        assert "cards: no folder valid in here, nothing to validate with — --valid DIR" in line_of(
            error
        )

    def test_a_missing_class(self, data: Path) -> None:
        shutil.rmtree(data / "cards" / "train" / "joker")
        with pytest.raises(UserError) as error:
            train(data)
        assert "missing classes: “joker”" in line_of(error)

    def test_an_empty_class(self, data: Path) -> None:
        (data / "cards" / "train" / "joker" / "000.png").unlink()
        with pytest.raises(UserError) as error:
            train(data)
        assert "joker: no picture in this folder" in line_of(error)

    @pytest.mark.parametrize("part", ["train", "valid"])
    def test_an_unreadable_picture(self, data: Path, part: str) -> None:
        (data / "cards" / part / "ace of clubs" / "bad.jpg").write_bytes(b"no picture")
        with pytest.raises(UserError) as error:
            train(data)
        assert "bad.jpg: not a readable picture" in line_of(error)

    def test_a_missing_table_of_photographs(self, data: Path) -> None:
        with pytest.raises(UserError) as error:
            train(data, photographs=data / "none.csv")
        assert "none.csv: no readable table of boxes" in line_of(error)

    def test_a_missing_folder_of_decks(self, data: Path) -> None:
        with pytest.raises(UserError) as error:
            train(data, artwork=data / "none")
        assert "none: no such folder — --artwork takes" in line_of(error)

    def test_decks_without_a_joker(self, data: Path) -> None:
        (data / "artwork" / "deck" / "joker.png").unlink()
        with pytest.raises(UserError) as error:
            train(data, artwork=data / "artwork")
        assert "no deck has the joker" in line_of(error)

    def test_too_few_pictures_to_show(self, data: Path) -> None:
        with pytest.raises(UserError) as error:
            train(data, pictures=100)
        line = line_of(error)
        assert "100 pictures are too few — at least " in line
        run._recipe(int(line.split()[-1]), 1, fresh=True)  # that many are enough


def test_a_place_that_cannot_be_written_to_is_said_before_the_first_step(
    data: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training.Trainer, "step", lambda *_: pytest.fail("trained"))
    (data / "out").write_text("a file is in the way")
    with pytest.raises(UserError, match="a file is in the way of this folder"):
        train(data)
