"""How large the output of a convolution is, along one axis."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.compute.checks import ShapeError, at_least
from cnnviz.compute.number import Number
from cnnviz.compute.operations import Args, Operation
from cnnviz.compute.writing import as_written

__all__ = ["SizeTrace", "output_size"]


@dataclass(frozen=True)
class SizeTrace:
    """An output size and the settings that give it, all in pixels along one axis."""

    input: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    result: int

    @property
    def number(self) -> Number:
        """`result` with its provenance."""
        args = {
            "input": self.input,
            "kernel": self.kernel,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
        return Number(self.result, "output_size", args)


def output_size(
    input: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> SizeTrace:
    """Size of a convolution's output along one axis.

    Parameters
    ----------
    input, kernel
        Their sizes along that axis, in pixels.
    stride, dilation
        Steps of the window and inside it, in pixels.
    padding
        Zeros at *each* of the two ends, in pixels.

    Raises
    ------
    ShapeError
        A setting is out of range, or the dilated kernel is larger than the padded input.

    Notes
    -----
    ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1, from `torch.nn.Conv2d`; derived in Dumoulin and Visin,
    *A guide to convolution arithmetic for deep learning* (arXiv:1603.07285).
    """
    input = at_least(1, input, "input")
    kernel = at_least(1, kernel, "kernel")
    stride = at_least(1, stride, "stride")
    padding = at_least(0, padding, "padding")
    dilation = at_least(1, dilation, "dilation")
    room = input + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        raise ShapeError(
            f"the kernel covers {dilation * (kernel - 1) + 1} pixels, "
            f"the padded input has only {input + 2 * padding}"
        )
    return SizeTrace(input, kernel, stride, padding, dilation, room // stride + 1)


def _written(args: Args, value: float, language: str) -> tuple[str, ...]:
    n, k, s, p, d = (args[name] for name in ("input", "kernel", "stride", "padding", "dilation"))
    return (
        "⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1",
        f"⌊({n} + 2·{p} − {d}·({k} − 1) − 1) / {s}⌋ + 1 = {as_written(value)}",
    )


OUTPUT_SIZE = Operation(
    "output_size",
    {"bn": "আউটপুটের মাপের সূত্র", "en": "formula of the output size"},
    _written,
)
