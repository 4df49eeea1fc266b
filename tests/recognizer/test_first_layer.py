"""What is shown of the network's first layer is what the network does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captures import card_picture
from torch import nn

from cnnviz.compute import DisagreementError
from cnnviz.errors import UserError
from cnnviz.recognizer.first_layer import FirstLayer, clearest_window, colour_sums, first_layer
from cnnviz.recognizer.network import CardNetwork
from cnnviz.recognizer.preprocess import as_batch
from cnnviz.recognizer.weights import load_network, save_weights
from cnnviz.script.numerals import as_digits


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """An untrained network whose batch normalisation is not the identity."""
    torch.manual_seed(3)
    network = CardNetwork()
    norm = network.blocks[0].norm
    with torch.no_grad():
        for tensor, low, high in (
            (norm.weight, 0.5, 1.5),
            (norm.bias, -0.4, 0.4),
            (norm.running_mean, -0.3, 0.3),
            (norm.running_var, 0.3, 2.0),
        ):
            nn.init.uniform_(tensor, low, high)
    path = tmp_path_factory.mktemp("weights") / "network.safetensors"
    save_weights(network.state_dict(), path, {})
    return path


@pytest.fixture(scope="module")
def layer(weights):
    return first_layer(card_picture(200), weights)


def test_the_maps_are_those_of_the_first_block(layer, weights):
    network = load_network(weights)
    block = network.blocks[0]
    with torch.inference_mode():
        expected = block(as_batch([card_picture(200)]))[0].numpy()
    rectified = np.maximum(layer.maps, 0)
    pooled = rectified.reshape(32, 112, 2, 112, 2).max(axis=(2, 4))
    assert np.abs(pooled - expected).max() < 1e-5


def test_a_map_is_the_convolution_of_the_picture_with_kernel_and_bias(layer):
    for kernel in (0, 13, 31):
        trace = layer.trace(kernel)
        assert np.abs(trace.output[0] - layer.maps[kernel]).max() < 1e-5
        assert trace.kernel.shape == (1, 3, 3, 3)
        assert trace.window(5, 7).bias == layer.bias[kernel]


def test_a_map_that_the_kernel_does_not_give_is_not_shown(layer):
    shifted = FirstLayer(layer.picture, layer.kernels, layer.bias, layer.maps + 0.01)
    with pytest.raises(DisagreementError, match="feature map is not the one of the trace"):
        shifted.trace(0)


def test_any_size_of_card_will_do(weights):
    assert first_layer(np.full((90, 60, 3), 128, np.uint8), weights).maps.shape == (32, 224, 224)


def test_missing_weights_are_told(tmp_path):
    with pytest.raises(UserError, match="no weights"):
        first_layer(card_picture(0), tmp_path / "none.safetensors")


def of_maps(*maps):
    """A layer with these maps, (H, W) each; what gave them does not matter."""
    stacked = np.stack(maps).astype(float)
    count = len(maps)
    return FirstLayer(np.zeros((3, 8, 8)), np.zeros((count, 3, 3, 3)), np.zeros(count), stacked)


def test_the_kernels_that_are_shown_differ():
    rng = np.random.default_rng(1)
    one, other, third = (rng.random((8, 8)) for _ in range(3))
    weak = [0.1 * other, 0.01 * third, 0.02 * one, 0.03 * other]
    layer = of_maps(2.9 * one + 0.01 * other, 3 * one, 1.5 * third, 2 * other, *weak)
    assert layer.distinct(1) == (1,)
    assert set(layer.distinct(3)) == {1, 2, 3}


def test_a_kernel_whose_map_is_all_negative_is_not_shown(layer):
    dead = FirstLayer(layer.picture, layer.kernels, layer.bias, layer.maps.copy())
    dead.maps[5] = -1
    assert 5 not in dead.distinct(16)
    assert len(set(dead.distinct(16))) == 16


def test_the_edge_finder_is_the_kernel_whose_weights_cancel_out(layer):
    kernels = np.ones((4, 3, 3, 3))
    kernels[2, :, :, 0], kernels[2, :, :, 1] = -1, 0
    kernels[3] = -1
    known = FirstLayer(layer.picture, kernels, np.zeros(4), layer.maps[:4])
    assert known.edge_finder((0, 2, 3)) == 2
    assert known.edge_finder((3,)) == 3


def test_colour_sums_and_bias_make_the_result(layer):
    window = layer.trace(4).window(100, 60)
    sums = colour_sums(window)
    assert [number.op for number in sums] == ["sum"] * 3
    for colour, number in enumerate(sums):
        products = window.patch[colour] * window.kernel[colour]
        assert number.args["terms"] == pytest.approx(products.ravel().tolist())
        assert number.value == pytest.approx(products.sum())
    assert sum(number.value for number in sums) + window.bias == pytest.approx(window.result)


@pytest.mark.parametrize("kernel", [0, 7, 22])
def test_a_viewer_can_add_up_the_window_that_is_shown(layer, kernel):
    trace = layer.trace(kernel)
    window = clearest_window(trace)
    texts = [as_digits(number.value) for number in colour_sums(window)]
    texts += [as_digits(window.bias), as_digits(window.result)]
    *parts, total = (round(10_000 * float(text.replace("−", "-"))) for text in texts)
    assert sum(parts) == total
    assert {len(text.partition(".")[2]) for text in texts} == {4}
    assert window.result > np.quantile(trace.output, 0.99)


def test_windows_at_the_edge_are_not_taken(layer):
    window = clearest_window(layer.trace(0), margin=40)
    assert 40 <= window.row < 184
    assert 40 <= window.column < 184
