"""Convolution in two dimensions, with every step of every window kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from cnnviz.compute.checks import (
    ShapeError,
    agree,
    channels,
    frozen,
    is_whole,
    pair,
    real,
    within_range,
)
from cnnviz.compute.convolution_trace import ConvTrace, Padding, Pair, Window, extent
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.tensors import array, tensor
from cnnviz.compute.words import WORDS, place
from cnnviz.compute.writing import MOST_TERMS, equals, factor, products
from cnnviz.languages import in_language

__all__ = ["ConvTrace", "Window", "conv2d", "torch_conv2d"]


def conv2d(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    bias: ArrayLike = 0,
    stride: int | Pair = 1,
    padding: int | Pair | str = 0,
    dilation: int | Pair = 1,
    flip: bool = False,
) -> ConvTrace:
    """Slide `kernel` over `image`; at each stop multiply, add up, and add the bias.

    torch computes the output in float64 and numpy spells out every window to confirm it.

    Parameters
    ----------
    image
        (H, W) or (C, H, W).
    kernel
        (kh, kw), (C, kh, kw) or, for O output channels, (O, C, kh, kw).
    bias
        One number, or (O,).
    stride, dilation
        Steps of the window, and between the pixels inside it: one int or (row, column).
    padding
        Zeros around the image: one int, (row, column), "valid" (none) or "same" (as many as keep
        the size, the odd one at the bottom and right; stride 1 only).
    flip
        False for cross-correlation, which deep learning calls convolution; True for the
        mathematical convolution, which turns the kernel by 180°.

    Returns
    -------
    ConvTrace
        The output, (O, h, w), and all that led to it.

    Raises
    ------
    ShapeError
        Wrong dimensions, channels that differ, empty or non-numeric arrays, NaN or infinity,
        settings out of range, or a kernel larger than the padded image.
    DisagreementError
        torch and numpy differ.

    Notes
    -----
    Cross-correlation and convolution as in Goodfellow, Bengio and Courville, *Deep Learning*
    (2016), equations 9.6 and 9.5; stride, padding and dilation as in `torch.nn.Conv2d`.
    """
    pixels = channels(image, "image")
    weights = _weights(kernel, len(pixels))
    offsets = _offsets(bias, len(weights))
    steps = pair(1, stride, "stride")
    gaps = pair(1, dilation, "dilation")
    covered = extent(weights.shape[2:], gaps)
    border = _border(padding, steps, covered)
    padded = frozen(np.pad(pixels, ((0, 0), *border)))
    _check_fit(covered, padded.shape[1:])
    applied = weights[:, :, ::-1, ::-1] if flip else weights
    output = _confirmed_output(pixels, padded, applied, offsets, steps, border, gaps)
    return ConvTrace(pixels, applied, offsets, padded, output, steps, border, gaps, bool(flip))


def torch_conv2d(
    image: NDArray[Any],
    kernel: NDArray[Any],
    bias: NDArray[Any],
    *,
    stride: tuple[int, int],
    padding: tuple[tuple[int, int], tuple[int, int]],
    dilation: tuple[int, int],
) -> NDArray[Any]:
    """Cross-correlation of (C, H, W) with (O, C, kh, kw), as (O, h, w)."""
    from torch.nn import functional

    (top, bottom), (left, right) = padding
    padded = functional.pad(tensor(image), (left, right, top, bottom))
    result = functional.conv2d(
        padded[None], tensor(kernel), tensor(bias), stride=stride, dilation=dilation
    )
    return array(result[0])


def _weights(kernel: ArrayLike, depth: int) -> NDArray[Any]:
    weights = real(kernel, "kernel")
    if weights.ndim not in (2, 3, 4):
        raise ShapeError(f"the kernel must have 2, 3 or 4 dimensions, not {weights.ndim}")
    weights = weights[(np.newaxis,) * (4 - weights.ndim)]
    if weights.shape[1] != depth:
        raise ShapeError(
            f"the kernel and the image differ in channels: {weights.shape[1]} and {depth}"
        )
    return weights


def _offsets(bias: ArrayLike, outputs: int) -> NDArray[Any]:
    offsets = real(bias, "bias")
    if offsets.shape not in ((), (outputs,)):
        raise ShapeError(f"the bias must be one number or {outputs}, not shape {offsets.shape}")
    return np.broadcast_to(offsets, (outputs,))


def _border(padding: int | Pair | str, stride: Pair, extent: Pair) -> Padding:
    if not isinstance(padding, str):
        rows, columns = pair(0, padding, "padding")
        return (rows, rows), (columns, columns)
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding != "same":
        raise ShapeError(f"unknown padding {padding!r}", hint='use a number, "valid" or "same"')
    if stride != (1, 1):
        raise ShapeError('padding "same" needs stride 1')
    rows, columns = extent[0] - 1, extent[1] - 1
    return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)


def _check_fit(extent: Pair, padded: tuple[int, ...]) -> None:
    if extent[0] > padded[0] or extent[1] > padded[1]:
        raise ShapeError(
            f"the kernel covers {extent[0]}×{extent[1]} pixels, "
            f"the padded image has only {padded[0]}×{padded[1]}"
        )


def _confirmed_output(
    pixels: NDArray[Any],
    padded: NDArray[Any],
    kernel: NDArray[Any],
    bias: NDArray[Any],
    stride: Pair,
    padding: Padding,
    dilation: Pair,
) -> NDArray[Any]:
    whole = is_whole(pixels, kernel, bias)
    bound = _bound(pixels, kernel, bias)
    within_range(bound, whole)
    computed = torch_conv2d(pixels, kernel, bias, stride=stride, padding=padding, dilation=dilation)
    spelled = _spelled_out(padded, kernel, bias, stride, dilation)
    return agree(computed, spelled, bound, whole, "convolution")


def _bound(pixels: NDArray[Any], kernel: NDArray[Any], bias: NDArray[Any]) -> float:
    """The largest magnitude that any sum inside the convolution can reach."""
    with np.errstate(over="ignore"):
        weight = float(np.abs(kernel).astype(np.float64).sum(axis=(1, 2, 3)).max())
    return float(np.abs(pixels).max()) * weight + float(np.abs(bias).max())


def _spelled_out(
    padded: NDArray[Any],
    kernel: NDArray[Any],
    bias: NDArray[Any],
    stride: Pair,
    dilation: Pair,
) -> NDArray[Any]:
    pixels = padded.astype(np.float64)
    windows = sliding_window_view(pixels, extent(kernel.shape[2:], dilation), axis=(1, 2))
    windows = windows[:, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    weights = kernel.astype(np.float64)
    # Row by row: all windows at once, copied out, would take kh × kw times the image's memory.
    rows = [
        np.tensordot(weights, windows[:, row], ((1, 2, 3), (0, 2, 3)))
        for row in range(windows.shape[1])
    ]
    return np.asarray(np.stack(rows, axis=1) + bias[:, np.newaxis, np.newaxis])


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    words = {**in_language(WORDS, language), **in_language(_WORDS, language)}
    patch, kernel = _patch_and_kernel(args)
    row, column = args["index"]
    where = f"{words['output']}: {place(language, row=row, column=column)}"
    settings = [
        f"{words[name]} {'×'.join(map(str, args[name]))}"
        for name in ("stride", "dilation")
        if list(args[name]) != [1, 1]
    ]
    if any(map(any, args["padding"])):
        (top, bottom), (left, right) = args["padding"]
        settings.append(f"{words['padding']} {top}, {bottom}, {left}, {right}")
    if args["flip"]:
        settings.append(words["flipped"])
    rows = [products(pairs) for pairs in _rows(patch, kernel)]
    if len(rows) > MOST_TERMS:
        rows = [*rows[:MOST_TERMS], "…"]
    end = equals(value, *patch.ravel(), *kernel.ravel(), args["bias"], value)
    last = f"+ {factor(args['bias'])} ({words['bias']}) {end}" if args["bias"] else end
    return ", ".join([where, *settings]), rows[0], *(f"+ {one}" for one in rows[1:]), last


def _rows(
    patch: NDArray[np.float64], kernel: NDArray[np.float64]
) -> Iterable[list[tuple[float, float]]]:
    """Row by row and channel by channel, the pixels with the weights that they meet."""
    for pixels, weights in zip(patch, kernel, strict=True):
        for one, other in zip(pixels.tolist(), weights.tolist(), strict=True):
            yield list(zip(one, other, strict=True))


def _patch_and_kernel(args: Args) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The pixels under the window and the weights as applied, both (C, kh, kw)."""
    image, kernel = (np.array(args[name], dtype=np.float64) for name in ("input", "kernel"))
    image, kernel = (one if one.ndim == 3 else one[np.newaxis] for one in (image, kernel))
    padded = np.pad(image, ((0, 0), *args["padding"]))
    top, left = (at * step for at, step in zip(args["index"], args["stride"], strict=True))
    down, across = args["dilation"]
    height, width = extent(kernel.shape[1:], (down, across))
    patch = padded[:, top : top + height : down, left : left + width : across]
    return patch, kernel[:, ::-1, ::-1] if args["flip"] else kernel


_WORDS = {
    "bn": {
        "stride": "স্ট্রাইড",
        "dilation": "ডাইলেশন",
        "padding": "প্যাডিং (ওপর, নিচ, বাঁ, ডান)",
        "flipped": "কার্নেল 180° ঘোরানো",
    },
    "en": {
        "stride": "stride",
        "dilation": "dilation",
        "padding": "padding (top, bottom, left, right)",
        "flipped": "kernel turned by 180°",
    },
}

CONV2D = Operation(
    "conv2d",
    {
        "bn": "কনভোলিউশন: প্রতিটি পিক্সেল × ওজন, সব যোগ",
        "en": "convolution: every pixel × weight, added up",
    },
    _written,
)
