"""Arrays in, traces out: every number a film shows is computed here and nowhere else."""

from __future__ import annotations

from cnnviz.compute.activation import ReluTrace, relu
from cnnviz.compute.checks import DisagreementError, ShapeError
from cnnviz.compute.claim import (
    Claim,
    equal,
    every,
    farther_from_zero,
    farthest_from_zero,
    greater,
    largest,
    less,
    negative,
    not_,
    not_negative,
    positive,
    smallest,
    zero,
)
from cnnviz.compute.combine import difference, times, total
from cnnviz.compute.convolution import ConvTrace, Window, conv2d
from cnnviz.compute.kernels import KERNELS, Kernel, kernel
from cnnviz.compute.number import Number, count, literal, matrix_size
from cnnviz.compute.pooling import PoolTrace, PoolWindow, max_pool2d, mean_pool2d
from cnnviz.compute.size import SizeTrace, output_size

__all__ = [
    "KERNELS",
    "Claim",
    "ConvTrace",
    "DisagreementError",
    "Kernel",
    "Number",
    "PoolTrace",
    "PoolWindow",
    "ReluTrace",
    "ShapeError",
    "SizeTrace",
    "Window",
    "conv2d",
    "count",
    "difference",
    "equal",
    "every",
    "farther_from_zero",
    "farthest_from_zero",
    "greater",
    "kernel",
    "largest",
    "less",
    "literal",
    "matrix_size",
    "max_pool2d",
    "mean_pool2d",
    "negative",
    "not_",
    "not_negative",
    "output_size",
    "positive",
    "relu",
    "smallest",
    "times",
    "total",
    "zero",
]
