from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from small_data import drawn_card, write_folder, write_photographs, write_picture

from cnnviz.errors import UserError
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES
from cnnviz.recognizer.network import CardNetwork
from cnnviz.recognizer.reading import Reading
from cnnviz.recognizer.training import evaluation
from cnnviz.recognizer.training.evaluation import evaluate, evaluate_command
from cnnviz.recognizer.weights import save_weights

DIGEST = "d" * 64


@dataclass
class Said:
    """What a classifier says about one picture."""

    probabilities: np.ndarray


class Reader:
    """A classifier that knows the drawn patterns, upright alone, and errs as it is told to.

    Parameters
    ----------
    says
        From the class that is seen to probabilities; sure and right where left out.
    """

    digest = DIGEST
    sizes: Counter[int]

    def __init__(self, says: Callable[[int], np.ndarray] | None = None) -> None:
        self.says = says or (lambda target: sure(target, 0.9))
        self.sizes = Counter()
        self.known = np.stack([self.seen(drawn_card(name)) for name in CLASSES])

    @staticmethod
    def seen(picture: np.ndarray) -> np.ndarray:
        small = cv2.resize(picture, (24, 24), interpolation=cv2.INTER_AREA)
        return np.asarray(small.astype(np.float32).ravel())

    def prepare(self, cards: Sequence[np.ndarray]) -> torch.Tensor:
        self.sizes[len(cards)] += 1
        return torch.from_numpy(np.stack([self.seen(card) for card in cards]))

    def predict(self, batch: torch.Tensor) -> list[Said]:
        distances = ((batch.numpy()[:, None] - self.known[None]) ** 2).mean(axis=2)
        return [Said(self.says(int(target))) for target in distances.argmin(axis=1)]


def sure(target: int, probability: float, second: int | None = None) -> np.ndarray:
    """Probabilities with `probability` at `target` and most of the rest at `second`."""
    rest = (1 - probability) / (2 * (len(CLASSES) - 1))
    probabilities = np.full(len(CLASSES), rest, np.float32)
    probabilities[target] = probability
    probabilities[(target + 1) % len(CLASSES) if second is None else second] += (
        1 - probability
    ) / 2
    return probabilities


@pytest.fixture(autouse=True)
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture is looked at as it is, once: how looks are joined is `reading`'s affair."""

    def read(classifier: Any, pictures: Sequence[np.ndarray]) -> list[Reading]:
        found = classifier.predict(classifier.prepare(pictures))
        return [Reading(each, each) for each in found]

    monkeypatch.setattr(evaluation, "read", read)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """The classifier that the command makes."""
    reader = Reader()
    monkeypatch.setattr(evaluation, "Classifier", lambda weights: reader)
    return reader


@pytest.fixture(scope="module")
def whole_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole_folder, tmp_path / "cards")


def run(data: Path, tmp_path: Path, **options: Any) -> dict[str, Any]:
    """The JSON that the command writes."""
    file = tmp_path / "report.json"
    evaluate_command(data, json_file=file, tell=lambda line: None, **options)
    written: dict[str, Any] = json.loads(file.read_text())
    return written


def only(*names: str) -> list[tuple[np.ndarray, int]]:
    return [(drawn_card(name), CLASS_INDEX[name]) for name in names]


# --- figures --------------------------------------------------------------------------------


def test_a_perfect_classifier_gets_perfect_figures() -> None:
    report = evaluate(Reader(), only(*CLASSES))
    assert report.accuracy == report.top5 == 1
    assert np.array_equal(report.confusion, np.eye(53))
    assert report.summary()["mean_confidence"] == pytest.approx(0.9)


def test_accuracy_top5_and_confidence_are_those_of_hand_written_probabilities() -> None:
    """Four pictures: right and sure, right and unsure, fourth best, last."""
    clubs = [CLASS_INDEX[f"{rank} of clubs"] for rank in ("ace", "two", "three", "four")]
    last = np.linspace(2, 1, 53, dtype=np.float32)
    last[clubs[3]] = 0
    fourth = np.full(53, 0.001, np.float32)
    fourth[[CLASS_INDEX["joker"], 10, 11]] = 0.5, 0.2, 0.15
    fourth[clubs[2]] = 0.1
    answers = {
        clubs[0]: sure(clubs[0], 0.95),
        clubs[1]: sure(clubs[1], 0.6),
        clubs[2]: fourth,
        clubs[3]: last / last.sum(),
    }
    reader = Reader(answers.__getitem__)
    names = [f"{rank} of clubs" for rank in ("ace", "two", "three", "four")]
    summary = evaluate(reader, only(*names)).summary()
    assert summary["pictures"] == 4
    assert summary["accuracy"] == 0.5
    assert summary["top5"] == 0.75
    confidences = [0.95, 0.6, 0.5, float((last / last.sum()).max())]
    assert summary["mean_confidence"] == pytest.approx(np.mean(confidences), abs=1e-6)
    assert summary["certain"] == {"from_confidence": 0.7, "pictures": 1, "accuracy": 1.0}
    assert summary["unknown"] == 3


def test_wrong_guesses_are_counted_by_class() -> None:
    king, queen, jack = (CLASS_INDEX[f"{rank} of hearts"] for rank in ("king", "queen", "jack"))
    answers = iter([queen, king, queen, jack, king])
    reader = Reader(lambda target: sure(next(answers), 0.8))
    report = evaluate(reader, only(*["king of hearts"] * 4, "queen of hearts"))
    assert report.confusion[king, [king, queen, jack]].tolist() == [1, 2, 1]
    assert report.confusion[queen, king] == 1
    assert report.confusion.sum() == 5
    by_class = report.by_class()
    assert list(by_class) == list(CLASSES)
    assert by_class["king of hearts"] == {
        "pictures": 4,
        "right": 1,
        "accuracy": 0.25,
        "commonest_wrong_guess": "queen of hearts",
    }
    assert by_class["joker"] == {
        "pictures": 0,
        "right": 0,
        "accuracy": None,
        "commonest_wrong_guess": None,
    }


def test_where_nothing_is_certain_there_is_no_accuracy_of_the_certain() -> None:
    summary = evaluate(Reader(lambda target: sure(target, 0.4)), only("joker")).summary()
    assert summary["certain"]["accuracy"] is None
    assert summary["unknown"] == 1


def test_any_number_of_pictures_is_taken_a_few_at_a_time() -> None:
    reader = Reader()
    assert len(evaluate(reader, iter(only(*CLASSES, *CLASSES))).targets) == 106
    assert max(reader.sizes) <= 32


def test_no_picture_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no picture"):
        evaluate(Reader(), [])


# --- the command on a folder ----------------------------------------------------------------


def test_the_json_says_everything(folder: Path, tmp_path: Path, reader: Reader) -> None:
    written = run(folder, tmp_path)
    assert written["data"] == str(folder)
    assert written["kind"] == "folder"
    assert written["missing_classes"] == []
    assert written["accuracy"] == written["top5"] == 1
    assert written["pictures"] == 53
    assert written["clear"] is None
    assert written["turned"] is None
    assert written["classes"] == list(CLASSES)
    assert written["confusion"] == np.eye(53, dtype=int).tolist()
    assert written["by_class"]["joker"]["right"] == 1
    assert written["weights_sha256"] == DIGEST
    assert {"cnnviz", "torch", "opencv", "numpy", "python"} == written["versions"].keys()


def test_the_real_network_gives_the_same_json_without_help(folder: Path, tmp_path: Path) -> None:
    """With numbers drawn by chance for weights: end to end, whatever they recognize."""
    torch.manual_seed(1)
    weights = tmp_path / "chance.safetensors"
    digest = save_weights(CardNetwork().state_dict(), weights, {})
    for name in CLASSES[6:]:
        shutil.rmtree(folder / name)
    written = run(folder, tmp_path, weights=weights)
    assert written["weights_sha256"] == digest
    assert written["pictures"] == np.sum(written["confusion"]) == 6
    assert 0 < written["mean_confidence"] < 1
    assert written["accuracy"] == np.trace(written["confusion"]) / 6


def test_turned_pictures_are_turned(folder: Path, tmp_path: Path, reader: Reader) -> None:
    """The reader knows upright patterns alone; a pattern that was turned back is upright again."""
    for name in CLASSES:
        path = folder / name / "000.png"
        write_picture(path, np.rot90(drawn_card(name), -1))
    turned = run(folder, tmp_path, turned=True)
    assert list(turned["turned"]) == ["90", "180", "270"]
    assert turned["turned"]["90"]["accuracy"] == 1
    assert turned["turned"]["90"]["pictures"] == 53
    assert max(turned["accuracy"], turned["turned"]["180"]["accuracy"]) < 0.5


def test_missing_classes_are_allowed_and_said(folder: Path, tmp_path: Path, reader: Reader) -> None:
    shutil.rmtree(folder / "joker")
    (folder / "ace of clubs" / "000.png").unlink()
    lines: list[str] = []
    report = evaluate_command(folder, tell=lines.append)
    assert len(report.targets) == 51
    assert "2 of 53 classes have no picture: ace of clubs, joker" in lines


def test_the_summary_names_the_weakest_classes(
    folder: Path, tmp_path: Path, reader: Reader
) -> None:
    joker, ace = CLASS_INDEX["joker"], CLASS_INDEX["ace of spades"]
    reader.says = lambda target: sure(ace if target == joker else target, 0.9)
    lines: list[str] = []
    evaluate_command(folder, tell=lines.append)
    assert "  joker: 0 of 1, mostly taken for the ace of spades" in lines
    assert any("98.11% of 53 right" in line for line in lines)
    assert any("53 named with at least 70% confidence, 98.11% of them" in line for line in lines)


def test_an_unknown_folder_is_an_error(folder: Path, reader: Reader) -> None:
    (folder / "knight of cups").mkdir()
    with pytest.raises(UserError, match="folders that are no class: “knight of cups”"):
        evaluate_command(folder)


@pytest.mark.parametrize("count", [1, 3])
def test_unreadable_pictures_are_all_named_before_anything_is_computed(
    folder: Path, reader: Reader, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    for name in CLASSES[:count]:
        (folder / name / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(UserError) as error:
        evaluate_command(folder)
    told = capsys.readouterr().err + str(error.value)
    assert [f"{name}/bad.jpg: not a readable" in told for name in CLASSES[:4]] == [
        index < count for index in range(4)
    ]
    assert not reader.sizes


def test_missing_weights_are_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.safetensors: no weights for the recognizer"):
        evaluate_command(folder, weights=tmp_path / "none.safetensors")


@pytest.mark.parametrize("name", ["nowhere", "nowhere.csv"])
def test_missing_data_are_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as error:
        evaluate_command(tmp_path / name)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


# --- the command on photographs -------------------------------------------------------------


def test_photographs_are_cut_out_around_their_boxes(tmp_path: Path, reader: Reader) -> None:
    table = write_photographs(tmp_path / "photographs", 6)
    written = run(table, tmp_path, everything=True)
    assert written["kind"] == "photographs"
    assert (written["photographs"], written["pictures"]) == (6, 12)
    assert written["accuracy"] == 1
    assert written["clear"]["pictures"] == 6
    assert written["left_out_of_training"] is False


def test_cards_that_are_wholly_seen_are_reported_alone_too(tmp_path: Path, reader: Reader) -> None:
    """In the table, the second card of each photograph is marked as hidden in part."""
    joker = CLASS_INDEX["joker"]
    reader.says = lambda target: sure(joker if target % 2 else target, 0.9)
    written = run(write_photographs(tmp_path, 6), tmp_path, everything=True)
    assert written["accuracy"] == 0.5
    assert written["clear"]["accuracy"] == 1


def test_only_photographs_left_out_of_training_count_unless_all_are_wanted(
    tmp_path: Path, reader: Reader
) -> None:
    table = write_photographs(tmp_path / "photographs", 43)
    lines: list[str] = []
    report = evaluate_command(table, tell=lines.append)
    assert len(report.targets) == 16  # the fifth block of eight
    assert set(report.targets) == {index % 53 for index in range(64, 80)}
    assert lines[0] == "8 of 43 photographs: those that training leaves out; --all takes all"
    assert len(evaluate_command(table, everything=True).targets) == 86


def test_too_few_photographs_say_what_to_do(tmp_path: Path, reader: Reader) -> None:
    table = write_photographs(tmp_path, 6)
    with pytest.raises(UserError, match=r"too few photographs: .* — --all takes them nevertheless"):
        evaluate_command(table)


def test_the_folder_of_the_photographs_will_do(tmp_path: Path, reader: Reader) -> None:
    table = write_photographs(tmp_path, 6)
    assert len(evaluate_command(table.parent, everything=True).targets) == 12
