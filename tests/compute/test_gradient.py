"""The gradient of a small CNN's loss: three ways in the trace, a fourth in the recomputation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputing import check
from torch import nn

from cnnviz.compute import DisagreementError, GradientTrace, ShapeError, gradient, operations
from cnnviz.compute.finite_differences import Difference
from cnnviz.review.recompute import NoProofError, recomputed

MODULE = sys.modules[gradient.__module__]
RING = np.array([[max(abs(y - 2.5), abs(x - 2.5)) == 2.5 for x in range(6)] for y in range(6)], int)
SALTIRE = np.array([[y in (x, 5 - x) for x in range(6)] for y in range(6)], int)
Network = dict[str, np.ndarray]


def network(seed: int, kernels: int = 1, side: int = 3, hidden: int = 3) -> Network:
    """For a picture of 6×6, with weights as torch would begin with."""
    random = np.random.default_rng(seed)
    pooled = (7 - side) // 2
    shapes = {
        "kernels": (kernels, side, side),
        "kernel_bias": (kernels,),
        "hidden_weights": (hidden, kernels * pooled**2),
        "hidden_bias": (hidden,),
        "output_weights": (2, hidden),
        "output_bias": (2,),
    }
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


def smooth(trace: GradientTrace, name: str) -> list[tuple[int, ...]]:
    """The places of `name` at which the loss does not bend."""
    return [at for at, bends in np.ndenumerate(trace.bends[name]) if not bends]


def torchs(image: np.ndarray, target: int, own: Network) -> list[np.ndarray]:
    """The gradients of the same network made of torch's layers."""
    kernels, _, side = own["kernels"].shape
    layers = nn.Sequential(
        nn.Conv2d(1, kernels, side),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(*own["hidden_weights"].shape[::-1]),
        nn.ReLU(),
        nn.Linear(*own["output_weights"].shape[::-1]),
    ).double()
    with torch.no_grad():
        for parameter, values in zip(layers.parameters(), own.values(), strict=True):
            parameter[:] = torch.tensor(values).reshape(parameter.shape)
    logits = layers(torch.tensor(image, dtype=torch.float64)[None, None])
    nn.CrossEntropyLoss()(logits, torch.tensor([target])).backward()
    return [
        parameter.grad.numpy().reshape(values.shape)
        for parameter, values in zip(layers.parameters(), own.values(), strict=True)
    ]


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32),
    st.integers(1, 2),
    st.integers(2, 4),
    st.sampled_from([RING, SALTIRE, None]),
    st.integers(0, 1),
)
def test_gradients_are_those_of_torchs_layers_and_recompute(
    seed: int, kernels: int, side: int, image: np.ndarray | None, target: int
) -> None:
    image = np.random.default_rng(seed).normal(size=(6, 6)) if image is None else image
    own = network(seed, kernels, side)
    trace = gradient(image, target, **own)
    for (name, found), expected in zip(
        trace.gradients.items(), torchs(image, target, own), strict=True
    ):
        kept = ~trace.bends[name]
        np.testing.assert_allclose(found[kept], expected[kept], rtol=1e-9, atol=1e-9)
    for name in trace.bends:
        for at in smooth(trace, name)[seed % 3 :: 7][:2]:
            check(trace.number(name, *at), "gradient")


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 1))
def test_a_small_step_against_the_gradient_makes_the_loss_smaller(seed: int, target: int) -> None:
    own = network(seed)
    trace = gradient(SALTIRE, target, **own)
    length = np.sqrt(sum((slope**2).sum() for slope in trace.gradients.values()))
    step = 1e-4 / max(1, length)
    moved = {name: values - step * trace.gradients[name] for name, values in own.items()}
    later = gradient(SALTIRE, target, **moved).loss.loss
    assert trace.loss.loss - later == pytest.approx(step * length**2, rel=0.05, abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32))
def test_blame_flows_back_step_by_step(seed: int) -> None:
    trace = gradient(RING, 1, **network(seed))
    steps, back = trace.forward, trace.backward
    assert back.logits == pytest.approx(trace.loss.probabilities - [0, 1])
    assert (back.hidden_sum[steps.hidden_sum <= 0] == 0).all()
    assert (back.map[steps.map <= 0] == 0).all()
    assert np.count_nonzero(back.relu) <= back.pooled.size
    assert back.relu.sum() == pytest.approx(back.pooled.sum())
    for i, j in np.ndindex(3, 3):
        blamed = sum(back.map[0, y, x] * RING[y + i, x + j] for y, x in np.ndindex(4, 4))
        assert back.kernels[0, i, j] == pytest.approx(blamed)


def test_two_equal_patches_that_win_together_are_no_fold_for_the_kernel() -> None:
    picture = np.ones((4, 4), int)  # all four places of the map see the same
    trace = gradient(picture, 0, **tiny(kernels=[[[0.3] * 3] * 3]))
    assert len(set(trace.forward.relu.ravel())) == 1
    assert not trace.bends["kernels"].any()
    assert trace.bends["map"].all()
    check(trace.number("kernels", 0, 1, 1), "gradient")
    with pytest.raises(ShapeError, match=r"the loss bends at map \[0, 0, 0\]"):
        trace.number("map", 0, 0, 0)


def tiny(**changes: Any) -> dict[str, Any]:
    """For a picture of 4×4, from which one value is left."""
    return {
        "kernels": [[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]],
        "kernel_bias": [0.1],
        "hidden_weights": [[0.7], [-0.4]],
        "hidden_bias": [0.2, 0.9],
        "output_weights": [[0.6, -0.7], [-0.5, 0.4]],
        "output_bias": [0, 0.1],
    } | changes


@pytest.mark.parametrize(
    ("changes", "picture", "place"),
    [
        ({"kernel_bias": [0]}, np.zeros((4, 4)), ("kernel_bias", 0)),
        ({"hidden_bias": [0, 0]}, np.zeros((4, 4)), ("hidden_bias", 1)),
        ({"kernels": np.ones((1, 3, 3))}, np.diag([0, 1, 0, 0]), ("kernels", 0, 1, 1)),
    ],
    ids=["a map of exactly 0", "a unit of exactly 0", "two patches that tie"],
)
def test_on_a_fold_there_is_no_number_and_no_proof(
    changes: dict[str, Any], picture: np.ndarray, place: tuple[Any, ...]
) -> None:
    if "hidden_bias" in changes:
        changes = changes | {"kernel_bias": [-1]}
    trace = gradient(picture, 0, **tiny(**changes))
    of, *index = place
    with pytest.raises(ShapeError, match=rf"the loss bends at {of} \[.*\]: it has no gradient"):
        trace.number(*place)
    straight = trace.number("output_bias", 0)
    check(straight, "gradient")
    with pytest.raises(NoProofError, match=f"the loss bends at {of}"):
        recomputed("gradient", {**straight.args, "of": of, "index": index}, Path())


def test_a_network_that_says_nothing_has_a_gradient_of_0() -> None:
    trace = gradient(np.zeros((4, 4)), 0, **tiny(kernel_bias=[-1]))
    number = trace.number("kernels", 0, 2, 2)
    assert number.value == 0
    check(number, "gradient")
    lines = operations()["gradient"].written(number.args, number.value, "en")
    assert lines[-1] == "≈ 0"


def test_it_is_written_out_from_the_logits_to_the_weight() -> None:
    picture = [[0, 1, 2, 0], [1, 3, 0, 1], [2, 0, 1, 5], [0, 1, 4, 2]]
    number = gradient(picture, 0, **tiny()).number("kernels", 0, 0, 1)
    lines = operations()["gradient"].written(number.args, number.value, "en")
    assert [line.split(" ≈ ")[0] for line in lines[:-1]] == [
        "∂L/∂(logits)",
        "∂L/∂(hidden layer)",
        "∂L/∂(hidden layer before its ReLU)",
        "∂L/∂(pooled values)",
        "∂L/∂(feature map)",
    ]
    blame, _, pixel = lines[-1].split(" ≈ ")[0].partition(" × ")
    shown = float(blame.strip("()").replace("−", "-")) * int(pixel)
    assert shown == pytest.approx(number.value, abs=1e-4 * int(pixel))


def test_a_trace_is_a_record_that_nothing_can_change() -> None:
    trace = gradient(RING, 1, **network(5))
    records = vars(trace.forward), vars(trace.backward), trace.gradients, trace.bends
    for array in (trace.input, *(one for record in records for one in record.values())):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kernels": [1, 2]}, "kernels must have 2 or 3 dimensions"),
        ({"kernels": np.ones((1, 4, 4))}, "picture is too small"),
        ({"kernel_bias": [1, 2]}, r"kernel bias must have shape \(1,\), not \(2,\)"),
        ({"hidden_weights": [[1, 2]]}, r"hidden weights must have shape \(2, 1\)"),
        ({"output_weights": [[1]]}, r"output weights must have shape \(2, 2\)"),
        (
            {"output_bias": 1, "output_weights": [[1, 2]]},
            r"output bias must have shape \(1,\), not \(\)",
        ),
        ({"output_bias": [1, float("nan")]}, "output bias holds NaN"),
        ({"kernels": np.full((1, 3, 3), 1e200), "hidden_weights": [[1e200], [1]]}, "too large"),
        ({"bias": [1]}, "parameters must be kernels, kernel_bias, hidden_weights"),
    ],
)
def test_networks_that_do_not_fit_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        gradient(np.ones((4, 4)), 0, **tiny(**changes))


def test_other_things_that_are_not_there_are_refused() -> None:
    with pytest.raises(ShapeError, match="target 2 is outside"):
        gradient(np.eye(4), 2, **tiny())
    with pytest.raises(ShapeError, match="picture 2"):
        gradient([1, 2], 0, **tiny())
    with pytest.raises(ShapeError, match="more than 512 values"):
        gradient(RING, 0, **network(1, hidden=100))
    trace = gradient(np.eye(4), 0, **tiny())
    with pytest.raises(ShapeError, match="no gradient of 'bias'; choose from kernels"):
        trace.number("bias", 0)
    with pytest.raises(ShapeError, match="kernels needs 3 indices, not 1"):
        trace.number("kernels", 0)
    with pytest.raises(ShapeError, match="kernels 3 is outside"):
        trace.number("kernels", 0, 3, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"of": "weights"}, "no 'weights'"),
        ({"index": [0]}, "too few or too many"),
        ({"index": [0, 0, 0, 0]}, "too few or too many"),
        ({"index": [0, 0, 3]}, "no place 3"),
        ({"index": [0, 0, -1]}, "no whole number"),
        ({"target": 2}, "no place 2"),
        ({"kernel_bias": [0.1, 0.2]}, "do not fit"),
        ({"hidden_weights": [[1, 2]]}, "do not fit"),
        ({"input": [[1]]}, "do not fit|lengths|list"),
    ],
)
def test_arguments_that_do_not_fit_are_no_proof(changes: dict[str, Any], said: str) -> None:
    args = gradient(np.eye(4), 0, **tiny()).number("kernels", 0, 1, 1).args
    with pytest.raises(NoProofError, match=said):
        recomputed("gradient", {**args, **changes}, Path())


def test_a_disagreement_of_any_two_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MODULE.torch_gradients
    with monkeypatch.context() as patch:
        patch.setattr(
            MODULE,
            "torch_gradients",
            lambda *args: {name: slope + 1e-6 for name, slope in right(*args).items()},
        )
        with pytest.raises(DisagreementError, match="gradient of the kernels: torch and numpy"):
            gradient(RING, 0, **network(5))
    monkeypatch.setattr(MODULE, "central_difference", lambda *args: Difference(3.0, 1e-7))
    with pytest.raises(DisagreementError, match="the chain rule and finite differences disagree"):
        gradient(RING, 0, **network(5))
