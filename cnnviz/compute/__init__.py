"""Arrays in, traces out: every number a film shows is computed here and nowhere else."""

from __future__ import annotations

from cnnviz.compute.accuracy import AccuracyTrace, accuracy
from cnnviz.compute.activation import ReluTrace, relu
from cnnviz.compute.argmax import argmax
from cnnviz.compute.arithmetic import difference, mean, product, total
from cnnviz.compute.batch_norm import BatchNormTrace, batch_norm
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
from cnnviz.compute.convolution import ConvTrace, Window, conv2d
from cnnviz.compute.cross_entropy import CrossEntropyTrace, cross_entropy
from cnnviz.compute.gradient import GradientTrace, gradient
from cnnviz.compute.kernels import KERNELS, Kernel, kernel
from cnnviz.compute.linear import LinearTrace, linear
from cnnviz.compute.morphology import MorphologyTrace, dilate, erode
from cnnviz.compute.number import Number, count, literal, matrix_size, measured
from cnnviz.compute.operations import Operation, operations
from cnnviz.compute.pooling import PoolTrace, PoolWindow, max_pool2d, mean_pool2d
from cnnviz.compute.rounding import percent, rounded
from cnnviz.compute.size import SizeTrace, output_size
from cnnviz.compute.softmax import SoftmaxTrace, softmax
from cnnviz.compute.threshold import ThresholdTrace, threshold

__all__ = [
    "KERNELS",
    "AccuracyTrace",
    "BatchNormTrace",
    "Claim",
    "ConvTrace",
    "CrossEntropyTrace",
    "DisagreementError",
    "GradientTrace",
    "Kernel",
    "LinearTrace",
    "MorphologyTrace",
    "Number",
    "Operation",
    "PoolTrace",
    "PoolWindow",
    "ReluTrace",
    "ShapeError",
    "SizeTrace",
    "SoftmaxTrace",
    "ThresholdTrace",
    "Window",
    "accuracy",
    "argmax",
    "batch_norm",
    "conv2d",
    "count",
    "cross_entropy",
    "difference",
    "dilate",
    "equal",
    "erode",
    "every",
    "farther_from_zero",
    "farthest_from_zero",
    "gradient",
    "greater",
    "kernel",
    "largest",
    "less",
    "linear",
    "literal",
    "matrix_size",
    "max_pool2d",
    "mean",
    "mean_pool2d",
    "measured",
    "negative",
    "not_",
    "not_negative",
    "operations",
    "output_size",
    "percent",
    "positive",
    "product",
    "relu",
    "rounded",
    "smallest",
    "softmax",
    "threshold",
    "total",
    "zero",
]
