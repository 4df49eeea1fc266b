from __future__ import annotations

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as functional
from torch import nn

from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.network import Block, CardNetwork

CHANNELS = (3, 32, 64, 128, 256)


@pytest.fixture(scope="module")
def network() -> CardNetwork:
    torch.manual_seed(1)
    return CardNetwork().eval()


def convolutions() -> int:
    """Weights and biases of 3×3 convolutions, then scale and shift of batch normalisation."""
    pairs = pairwise(CHANNELS)
    return sum((3 * 3 * inputs + 1) * outputs + 2 * outputs for inputs, outputs in pairs)


def linear(inputs: int, outputs: int) -> int:
    return (inputs + 1) * outputs


def test_the_network_has_as_many_parameters_as_its_layers_shapes_give(network: CardNetwork) -> None:
    flat = 256 * 14 * 14
    counted = convolutions() + linear(flat, 512) + linear(512, 256) + linear(256, 53)
    assert counted == 26_224_949
    assert sum(each.numel() for each in network.parameters()) == counted


def test_the_layers_are_the_described_ones(network: CardNetwork) -> None:
    blocks = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    assert [(layer.in_channels, layer.out_channels) for layer in blocks] == [
        (3, 32),
        (32, 64),
        (64, 128),
        (128, 256),
    ]
    assert all(layer.kernel_size == (3, 3) and layer.padding == (1, 1) for layer in blocks)
    lines = [module for module in network.modules() if isinstance(module, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in lines] == [
        (50_176, 512),
        (512, 256),
        (256, len(CLASSES)),
    ]
    assert lines[0].weight.numel() == 25_690_112
    assert network.dropout.p == 0.5


def test_pictures_of_224_pixels_become_a_last_map_of_14_by_14(network: CardNetwork) -> None:
    with torch.inference_mode():
        pictures = torch.zeros(2, 3, 224, 224)
        assert network.features(pictures).shape == (2, 256, 14, 14)
        assert network(pictures).shape == (2, 53)


def test_a_block_is_convolution_normalisation_relu_and_pooling_in_this_order() -> None:
    torch.manual_seed(2)
    block = Block(3, 8).eval()
    with torch.no_grad():
        block.norm.running_mean.uniform_(-0.5, 0.5)
        block.norm.bias.uniform_(-0.5, 0.5)
        pictures = torch.randn(2, 3, 16, 16)
        maps = functional.relu(block.norm(block.convolution(pictures)))
        assert torch.equal(block(pictures), functional.max_pool2d(maps, 2))


def test_small_pictures_are_read_as_if_each_value_stood_for_four(network: CardNetwork) -> None:
    with torch.inference_mode():
        maps = network.features(torch.randn(1, 3, 112, 112))
    assert maps.shape == (1, 256, 14, 14)
    assert torch.equal(maps[..., ::2, ::2], maps[..., 1::2, 1::2])


def test_tied_neighbours_stay_tied_while_small_pictures_teach() -> None:
    torch.manual_seed(3)
    network = CardNetwork().train()
    network.tie_neighbours()
    before = network.hidden.weight.detach().clone()
    loss = functional.cross_entropy(network(torch.randn(4, 3, 32, 32)), torch.tensor([0, 1, 2, 3]))
    loss.backward()
    with torch.no_grad():
        network.hidden.weight -= 0.1 * network.hidden.weight.grad
    weight = network.hidden.weight.detach().view(512, 256, 14, 14)
    assert not torch.equal(network.hidden.weight, before)
    assert torch.equal(weight[..., ::2, ::2], weight[..., 1::2, ::2])
    assert torch.equal(weight[..., ::2, ::2], weight[..., 1::2, 1::2])
