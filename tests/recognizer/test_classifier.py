from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.errors import UserError
from cnnviz.recognizer import classifier as module
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.classifier import Classifier, Prediction, folded
from cnnviz.recognizer.network import CardNetwork
from cnnviz.recognizer.preprocess import as_batch, resize
from cnnviz.recognizer.weights import load_network, save_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights by chance, in which normalisation does something and classes differ widely."""
    torch.manual_seed(3)
    network = CardNetwork()
    with torch.no_grad():
        for block in network.blocks:
            block.norm.running_mean.normal_(0, 0.3)
            block.norm.running_var.uniform_(0.3, 3)
            block.norm.weight.uniform_(0.5, 2)
            block.norm.bias.normal_(0, 0.3)
        for layer in (network.hidden, network.second, network.logits):
            layer.weight.mul_(3)
    path = tmp_path_factory.mktemp("weights") / "network.safetensors"
    save_weights(network.state_dict(), path, {})
    return path


@pytest.fixture(scope="module")
def classifier(weights: Path) -> Classifier:
    return Classifier(weights)


def pictures(count: int, side: int = 224) -> list[np.ndarray]:
    """Patterns of 16×16 pixels in two colours each."""
    rng = np.random.default_rng(4)
    cells = np.ones((16, 16, 1))
    drawn = []
    for _ in range(count):
        colours = rng.integers(0, 256, (2, 3))
        pattern = rng.integers(0, 2, (side // 16, side // 16))
        drawn.append(np.kron(colours[pattern], cells).astype(np.uint8))
    return drawn


def test_folding_the_normalisation_changes_nothing_but_the_work(weights: Path) -> None:
    network = load_network(weights)
    batch = as_batch(pictures(3))
    with torch.inference_mode():
        expected = network(batch)
        found = folded(copy.deepcopy(network))(batch)
    assert expected.std() > 0.1
    assert torch.allclose(found, expected, atol=1e-4, rtol=1e-4)
    assert not any(isinstance(each, torch.nn.BatchNorm2d) for each in folded(network).modules())


def test_it_says_what_the_whole_network_says(weights: Path, classifier: Classifier) -> None:
    cards = pictures(4)
    with torch.inference_mode():
        expected = load_network(weights)(as_batch(cards)).softmax(dim=1).numpy()
    found = np.stack([each.probabilities for each in classifier.predict(classifier.prepare(cards))])
    assert found == pytest.approx(expected, abs=0.01)
    # Not only what is common to all pictures, but what tells them apart, in 16 bits too.
    apart, found_apart = (np.log(each) - np.log(each).mean(axis=0) for each in (expected, found))
    assert np.corrcoef(apart.ravel(), found_apart.ravel())[0, 1] > 0.99


def test_in_32_bits_it_is_exact(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "has_bfloat16", lambda device: False)
    classifier = Classifier(weights)
    cards = pictures(2)
    with torch.inference_mode():
        expected = load_network(weights)(as_batch(cards)).softmax(dim=1).numpy()
    for prediction, row in zip(
        classifier.predict(classifier.prepare(cards)), expected, strict=True
    ):
        assert prediction.probabilities == pytest.approx(row, abs=1e-4)


def test_probabilities_are_those_of_all_classes_and_sum_to_one(classifier: Classifier) -> None:
    predictions = classifier.predict(classifier.prepare(pictures(5)))
    assert len(predictions) == 5
    for prediction in predictions:
        assert prediction.probabilities.shape == (53,)
        assert prediction.probabilities.dtype == np.float32
        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert (prediction.probabilities >= 0).all()


def test_a_picture_is_judged_alike_alone_and_among_others(classifier: Classifier) -> None:
    cards = pictures(3)
    together = classifier.predict(classifier.prepare(cards))
    for card, prediction in zip(cards, together, strict=True):
        (alone,) = classifier.predict(classifier.prepare([card]))
        assert alone.probabilities == pytest.approx(prediction.probabilities, abs=0.005)


def test_pictures_of_any_size_are_prepared_alike(classifier: Classifier) -> None:
    (small,) = pictures(1, side=64)
    batch = classifier.prepare([small, resize(small)])
    assert batch.shape == (2, 3, 224, 224)
    assert torch.equal(batch[0], batch[1])


def test_no_card_is_no_prediction(classifier: Classifier) -> None:
    assert classifier.predict(classifier.prepare([])) == []


def test_the_digest_is_that_of_the_weights(weights: Path, classifier: Classifier) -> None:
    assert classifier.digest == module.weights_digest(weights)


def test_the_number_of_threads_is_taken(weights: Path) -> None:
    before = torch.get_num_threads()
    try:
        Classifier(weights, threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_missing_weights_are_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no weights"):
        Classifier(tmp_path / "none.safetensors")


def test_a_prediction_names_its_best_classes_in_order() -> None:
    probabilities = np.full(53, 0.001, np.float32)
    probabilities[[7, 20, 50]] = 0.2, 0.6, 0.15
    prediction = Prediction(probabilities)
    assert prediction.label == CLASSES[20]
    assert prediction.confidence == pytest.approx(0.6)
    assert [name for name, _ in prediction.top(3)] == [CLASSES[20], CLASSES[7], CLASSES[50]]
    assert [value for _, value in prediction.top(3)] == pytest.approx([0.6, 0.2, 0.15])
    assert len(prediction.top(5)) == 5
