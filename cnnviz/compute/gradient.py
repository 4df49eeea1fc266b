"""The gradient of a small CNN's loss: how the loss changes when one value grows a little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from cnnviz.compute.checks import (
    DisagreementError,
    ShapeError,
    agree,
    frozen,
    plain,
    position,
    real,
    within_range,
    written_out,
)
from cnnviz.compute.cross_entropy import CrossEntropyTrace, cross_entropy
from cnnviz.compute.finite_differences import central_difference
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.small_network import (
    PARAMETERS,
    Array,
    Backward,
    Forward,
    SmallNetwork,
    backwards,
    forwards,
    small_network,
)
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.writing import added, as_written, listed, products
from cnnviz.languages import in_language

__all__ = ["GradientTrace", "gradient", "torch_gradients"]

Slopes = Mapping[str, Array]

_LAYERS = ("logits", "hidden", "pooled", "map")
_MOST_VALUES = 512  # of parameters and layers together: each costs two runs of the network


@dataclass(frozen=True, eq=False)
class GradientTrace:
    """A network's loss for one picture, and its gradient; all arrays are read-only.

    Parameters
    ----------
    network
        What it has learned.
    input
        The picture, (H, W).
    forward, loss
        From picture to logits, and from logits to loss.
    backward
        The chain rule, step by step.
    gradients
        Name of a parameter → the gradient with respect to it, as autograd gives it.
    bends
        Name of a parameter or layer (`logits`, `hidden`, `pooled`, `map`) → where the loss has
        no gradient: the picture lies on a fold of a ReLU or of a maximum.
    """

    network: SmallNetwork
    input: Array
    forward: Forward
    loss: CrossEntropyTrace
    backward: Backward
    gradients: Slopes
    bends: Slopes

    def number(self, of: str, *index: int) -> Number:
        """The gradient with respect to one value.

        Parameters
        ----------
        of
            A parameter's name as in `SmallNetwork`; or a layer, `logits`, `hidden` (after its
            ReLU), `pooled` or `map` (before its ReLU).
        index
            Which of its values.

        Raises
        ------
        ShapeError
            There is no such value, the loss has no gradient there, or the network is too large
            to be written out.
        """
        if of not in self.bends:
            raise ShapeError(f"no gradient of {of!r}; choose from {', '.join(self.bends)}")
        shape = self.bends[of].shape
        if len(index) != len(shape):
            raise ShapeError(f"{of} needs {len(shape)} indices, not {len(index)}")
        at = tuple(position(one, side, of) for one, side in zip(index, shape, strict=True))
        if self.bends[of][at]:
            raise ShapeError(f"the loss bends at {of} {list(at)}: it has no gradient there")
        slopes = self.gradients.get(of, getattr(self.backward, of))
        args = {
            "input": written_out(self.input, "picture"),
            **{
                name: written_out(values, name.replace("_", " "))
                for name, values in self.network.parameters().items()
            },
            "target": self.loss.target,
            "of": of,
            "index": list(at),
        }
        return Number(plain(slopes[at]), "gradient", args)


def gradient(image: ArrayLike, target: int, **parameters: ArrayLike) -> GradientTrace:
    """The gradient of the cross-entropy for one picture, with respect to every parameter.

    torch's autograd, the chain rule spelled out in numpy, and central differences must agree.

    Parameters
    ----------
    image
        (H, W).
    target
        Index of the right answer.
    parameters
        As in `SmallNetwork`.

    Raises
    ------
    ShapeError
        Shapes that do not fit, empty or non-numeric arrays, NaN or infinity, no such target, or
        more than 512 values to differentiate by.
    DisagreementError
        Two of the three ways differ.

    Notes
    -----
    A central difference stands on one side of every fold: its step is made smaller until neither
    a ReLU nor a maximum changes over within it. Where none is small enough, the value is one of
    the `bends`, and no number is made of it. Two pixels that win a window together are no fold
    for the kernels if the picture is the same under both.
    """
    given = real(image, "picture")
    network = small_network(parameters, given)
    within_range(_bound(network, given), False)
    steps = forwards(network, given)
    loss = cross_entropy(steps.logits, target)
    back = backwards(network, given, steps, loss.target)
    bends = _confirmed(network, given, steps, loss, back)
    computed = torch_gradients(network, given, loss.target)
    bound = max(1.0, *(float(np.abs(values).max()) for values in vars(back).values()))
    gradients = {
        name: frozen(_agreed(name, values, getattr(back, name), bends[name], bound))
        for name, values in computed.items()
    }
    for record in (steps, back):
        for values in vars(record).values():
            frozen(values)
    return GradientTrace(
        network, given, steps, loss, back, MappingProxyType(gradients), MappingProxyType(bends)
    )


def torch_gradients(network: SmallNetwork, image: Array, target: int) -> dict[str, Array]:
    """The gradient with respect to every parameter, by torch's autograd."""
    import torch
    from torch.nn import functional

    own = {name: tensor(values).requires_grad_() for name, values in network.parameters().items()}
    maps = functional.conv2d(tensor(image)[None, None], own["kernels"][:, None], own["kernel_bias"])
    pooled = functional.max_pool2d(torch.relu(maps), 2).flatten(1)
    hidden = torch.relu(functional.linear(pooled, own["hidden_weights"], own["hidden_bias"]))
    logits = functional.linear(hidden, own["output_weights"], own["output_bias"])
    loss = functional.cross_entropy(logits, torch.tensor([target]))
    slopes = torch.autograd.grad(loss, list(own.values()))
    return {name: array(slope) for name, slope in zip(own, slopes, strict=True)}


def _bound(network: SmallNetwork, image: Array) -> float:
    """The largest magnitude that anything on the way can reach, forwards or backwards."""
    with np.errstate(over="ignore"):
        sizes = [
            float(max(1.0, np.abs(values).max())) * values.size
            for values in (image, *network.parameters().values())
        ]
        return float(np.prod(sizes))


def _agreed(name: str, computed: Array, spelled: Array, bends: Array, bound: float) -> Array:
    """What torch gave, confirmed by the chain rule wherever there is one gradient."""
    kept = ~bends
    agree(computed * kept, spelled * kept, bound, False, f"gradient of the {name}")
    return computed


def _confirmed(
    network: SmallNetwork, image: Array, steps: Forward, loss: CrossEntropyTrace, back: Backward
) -> dict[str, Array]:
    """Where the loss bends, once central differences have confirmed the rest of `back`."""
    names = [*network.parameters(), *_LAYERS]
    if sum(getattr(back, name).size for name in names) > _MOST_VALUES:
        raise ShapeError(f"the network and its layers have more than {_MOST_VALUES} values")
    bends = {}
    for name in names:
        slopes = getattr(back, name)
        bends[name] = np.zeros(slopes.shape, dtype=bool)
        for index in np.ndindex(*slopes.shape):
            found = central_difference(network, image, loss.target, name, index, steps)
            if found is None:
                bends[name][index] = True
            elif not abs(found.slope - slopes[index]) <= found.tolerance:
                raise DisagreementError(
                    f"gradient of the {name}: the chain rule and finite differences disagree"
                )
        frozen(bends[name])
    return bends


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    image = np.array(args["input"], dtype=np.float64)
    network = small_network({name: args[name] for name in PARAMETERS}, image)
    steps = forwards(network, image)
    back = backwards(network, image, steps, args["target"])
    of, index = args["of"], tuple(args["index"])
    way = _BACK[: _BACK.index(_BEFORE.get(of, of)) + 1]
    words = in_language(_WORDS, language)
    blame = (
        f"∂L/∂({words[name]}) ≈ {listed(getattr(back, name).ravel().tolist())}" for name in way
    )
    return *blame, f"{_terms(of, index, image, steps, back)} ≈ {as_written(value)}".lstrip()


def _terms(of: str, index: tuple[int, ...], image: Array, steps: Forward, back: Backward) -> str:
    """What is added up for one parameter; nothing for a layer's own values, and for most biases."""
    if of == "output_weights":
        pairs = [(back.logits[index[0]], steps.hidden[index[1]])]
    elif of == "hidden_weights":
        pairs = [(back.hidden_sum[index[0]], steps.pooled.ravel()[index[1]])]
    elif of in ("kernels", "kernel_bias"):
        blame = back.map[index[0]]
        i, j = index[1:] or (0, 0)
        pairs = [(blame[y, x], image[y + i, x + j]) for y, x in np.argwhere(blame)]
    else:
        return ""
    if of == "kernel_bias":
        return added([one for one, _ in pairs])
    return products(pairs)


_BACK = ("logits", "hidden", "hidden_sum", "pooled", "map")
_BEFORE = {
    "output_weights": "logits",
    "output_bias": "logits",
    "hidden_weights": "hidden_sum",
    "hidden_bias": "hidden_sum",
    "kernels": "map",
    "kernel_bias": "map",
}
"""Parameter → the layer from which its blame comes."""

_WORDS = {
    "bn": {
        "logits": "লজিট",
        "hidden": "হিডেন স্তর",
        "hidden_sum": "হিডেন স্তর, ReLU-র আগে",
        "pooled": "পুলিং-এর ফল",
        "map": "ফিচার ম্যাপ",
    },
    "en": {
        "logits": "logits",
        "hidden": "hidden layer",
        "hidden_sum": "hidden layer before its ReLU",
        "pooled": "pooled values",
        "map": "feature map",
    },
}

GRADIENT = Operation(
    "gradient",
    {
        "bn": "গ্রেডিয়েন্ট: মানটা একটু বাড়ালে লস কতটা বদলায়",
        "en": "gradient: how the loss changes when this value grows a little",
    },
    _written,
)
