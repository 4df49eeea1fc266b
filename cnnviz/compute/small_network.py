"""A small CNN, forwards and backwards, with every step of both kept.

Convolution, ReLU, 2×2 max pooling, a hidden linear layer with ReLU, and a linear layer that gives
the logits. numpy alone: torch's own word on it stands in `gradient`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import ShapeError, real

__all__ = [
    "PARAMETERS",
    "Array",
    "Backward",
    "Forward",
    "Nudge",
    "SmallNetwork",
    "backwards",
    "forwards",
    "small_network",
]

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, eq=False)
class SmallNetwork:
    """What such a network has learned; all arrays are read-only.

    Parameters
    ----------
    kernels, kernel_bias
        Of the convolution, (K, kh, kw) and (K,).
    hidden_weights, hidden_bias
        Of the hidden layer, (hidden, K·h·w) and (hidden,), where each pooled map is h × w; the
        maps stand one after the other, row by row.
    output_weights, output_bias
        Of the last layer, (outputs, hidden) and (outputs,).
    """

    kernels: Array
    kernel_bias: Array
    hidden_weights: Array
    hidden_bias: Array
    output_weights: Array
    output_bias: Array

    def parameters(self) -> dict[str, Array]:
        """All arrays by name."""
        return {name: getattr(self, name) for name in PARAMETERS}


PARAMETERS = tuple(each.name for each in fields(SmallNetwork))


def small_network(parameters: Mapping[str, ArrayLike], image: Array) -> SmallNetwork:
    """The network with these `parameters`, which fit one another and an `image` of (H, W).

    Raises
    ------
    ShapeError
        They do not fit, or one is missing, or not numbers.
    """
    if set(parameters) != set(PARAMETERS):
        raise ShapeError(f"the network's parameters must be {', '.join(PARAMETERS)}")
    found = {name: real(parameters[name], name.replace("_", " ")) for name in PARAMETERS}
    kernels = found["kernels"]
    if kernels.ndim == 2:
        found["kernels"] = kernels = kernels[np.newaxis]
    if kernels.ndim != 3 or image.ndim != 2:
        raise ShapeError("the kernels must have 2 or 3 dimensions, and the picture 2")
    height, width = (side // 2 for side in _map_shape(image, kernels))
    if min(height, width) < 1:
        raise ShapeError("the picture is too small for the kernels and 2×2 pooling")
    hidden, outputs = found["hidden_bias"].size, found["output_bias"].size
    for name, shape in {
        "kernel_bias": (len(kernels),),
        "hidden_weights": (hidden, len(kernels) * height * width),
        "hidden_bias": (hidden,),
        "output_weights": (outputs, hidden),
        "output_bias": (outputs,),
    }.items():
        if found[name].shape != shape:
            what = name.replace("_", " ")
            raise ShapeError(f"the {what} must have shape {shape}, not {found[name].shape}")
    return SmallNetwork(**found)


@dataclass(frozen=True)
class Nudge:
    """A small push at one value: of a parameter, or of what a layer gives."""

    of: str
    index: tuple[int, ...]
    amount: float


@dataclass(frozen=True, eq=False)
class Forward:
    """From picture to logits, step by step.

    Parameters
    ----------
    map
        What the convolution gives, (K, H′, W′).
    relu
        The same without what is below 0.
    pooled
        The largest of each 2×2 of it, (K, h, w).
    winners
        Which of the four that is, 0 to 3 row by row, the first where several are, (K, h, w).
    hidden_sum, hidden
        The hidden layer before and after its ReLU, (hidden,).
    logits
        (outputs,).
    """

    map: Array
    relu: Array
    pooled: Array
    winners: Array
    hidden_sum: Array
    hidden: Array
    logits: Array

    def course(self) -> tuple[bytes, bytes]:
        """Which way everything went: the loss bends only where this changes."""
        taken = np.where(_windows(self.relu).max(axis=-1) > 0, self.winners, -1)
        return taken.tobytes(), (self.hidden_sum > 0).tobytes()


@dataclass(frozen=True, eq=False)
class Backward:
    """The loss's gradient with respect to every step of `Forward`, and to every parameter.

    Each has the shape of what it is the gradient of. Where a ReLU gets exactly 0 its slope is
    taken as 0, and where several of a window are largest the first gets all, as in torch.
    """

    logits: Array
    output_weights: Array
    output_bias: Array
    hidden: Array
    hidden_sum: Array
    hidden_weights: Array
    hidden_bias: Array
    pooled: Array
    relu: Array
    map: Array
    kernels: Array
    kernel_bias: Array


def forwards(network: SmallNetwork, image: Array, nudge: Nudge | None = None) -> Forward:
    """What `network` makes of `image`, (H, W); one value pushed by `nudge`."""

    def pushed(of: str, values: Array) -> Array:
        values = values.astype(np.float64)
        if nudge is not None and nudge.of == of:
            values[nudge.index] += nudge.amount
        return values

    own = {name: pushed(name, values) for name, values in network.parameters().items()}
    kernels = own["kernels"]
    taps = np.ndindex(*kernels.shape[1:])
    # Tap by tap, so that equal patches give equal sums to the last bit.
    terms = [kernels[:, i, j, None, None] * _under(image, kernels, i, j) for i, j in taps]
    feature = pushed("map", sum(terms) + own["kernel_bias"][:, None, None])
    relu = np.maximum(feature, 0)
    windows = _windows(relu)
    pooled = pushed("pooled", windows.max(axis=-1))
    hidden_sum = (own["hidden_weights"] * pooled.ravel()).sum(axis=1) + own["hidden_bias"]
    hidden = pushed("hidden", np.maximum(hidden_sum, 0))
    logits = pushed("logits", (own["output_weights"] * hidden).sum(axis=1) + own["output_bias"])
    return Forward(feature, relu, pooled, windows.argmax(axis=-1), hidden_sum, hidden, logits)


def backwards(network: SmallNetwork, image: Array, steps: Forward, target: int) -> Backward:
    """The chain rule of the cross-entropy, from the logits back to the kernels.

    Notes
    -----
    ∂L/∂z = p − y for the logits z: Goodfellow, Bengio and Courville, *Deep Learning* (2016),
    section 6.2.2; the rest is their algorithm 6.4.
    """
    powers = np.exp(steps.logits - steps.logits.max())
    logits = powers / powers.sum() - np.eye(len(powers))[target]
    hidden = network.output_weights.T @ logits
    hidden_sum = hidden * (steps.hidden_sum > 0)
    pooled = (network.hidden_weights.T @ hidden_sum).reshape(steps.pooled.shape)
    relu = _back_to_winners(pooled, steps)
    feature = relu * (steps.map > 0)
    kernels = np.zeros(network.kernels.shape)
    for i, j in np.ndindex(*kernels.shape[1:]):
        kernels[:, i, j] = (feature * _under(image, kernels, i, j)).sum(axis=(1, 2))
    return Backward(
        logits=logits,
        output_weights=np.outer(logits, steps.hidden),
        output_bias=logits,
        hidden=hidden,
        hidden_sum=hidden_sum,
        hidden_weights=np.outer(hidden_sum, steps.pooled),
        hidden_bias=hidden_sum,
        pooled=pooled,
        relu=relu,
        map=feature,
        kernels=kernels,
        kernel_bias=feature.sum(axis=(1, 2)),
    )


def _under(image: Array, kernels: Array, i: int, j: int) -> Array:
    """The pixels that meet the weight at (`i`, `j`), one for each place of the map."""
    rows, columns = _map_shape(image, kernels)
    return image[i : i + rows, j : j + columns]


def _map_shape(image: Array, kernels: Array) -> tuple[int, int]:
    (height, width), (rows, columns) = image.shape, kernels.shape[1:]
    return height - rows + 1, width - columns + 1


def _windows(maps: Array) -> Array:
    """The 2×2 windows without overlap, (K, h, w, 4); what is left at the edge is dropped."""
    depth, height, width = maps.shape
    rows, columns = height // 2, width // 2
    cut = maps[:, : 2 * rows, : 2 * columns].reshape(depth, rows, 2, columns, 2)
    return np.asarray(cut.transpose(0, 1, 3, 2, 4).reshape(depth, rows, columns, 4))


def _back_to_winners(pooled: Array, steps: Forward) -> Array:
    relu = np.zeros(steps.relu.shape)
    for k, y, x in np.ndindex(*pooled.shape):
        down, right = divmod(int(steps.winners[k, y, x]), 2)
        relu[k, 2 * y + down, 2 * x + right] = pooled[k, y, x]
    return relu
