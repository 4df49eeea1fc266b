"""The small picture and the kernel that the whole episode works through, and all their traces."""

from __future__ import annotations

from cnnviz.compute import conv2d, kernel, literal, matrix_size, max_pool2d, mean_pool2d, relu
from cnnviz.compute.number import Number

IMAGE = [
    [1, 2, 3, 0, 1],
    [0, 1, 2, 3, 1],
    [1, 0, 1, 2, 3],
    [2, 1, 0, 1, 2],
    [1, 2, 1, 0, 1],
]
KERNEL = kernel("vertical_edge").values.tolist()
BIAS = 1

VALID = conv2d(IMAGE, KERNEL)
STRIDED = conv2d(IMAGE, KERNEL, stride=2)
PADDED = conv2d(IMAGE, KERNEL, padding=1)
PADDED_STRIDED = conv2d(IMAGE, KERNEL, padding=1, stride=2)
BIASED = conv2d(IMAGE, KERNEL, bias=BIAS)
FLIPPED = conv2d(IMAGE, KERNEL, flip=True)

RECTIFIED = relu(VALID.output[0])
RECTIFIED_PADDED = relu(PADDED.output[0])
MAX_POOLED = max_pool2d(RECTIFIED_PADDED.output[0], 2)
MEAN_POOLED = mean_pool2d(RECTIFIED_PADDED.output[0], 2)

INPUT_SIZE = matrix_size(IMAGE)
KERNEL_SIZE = matrix_size(KERNEL)
VALID_SIZE = matrix_size(VALID.output[0].tolist())
PADDED_SIZE = matrix_size(PADDED.output[0].tolist())
FIRST_SUM = VALID.window(0, 0).sum_number


def visits(row, column):
    """The output positions of the windows that cover the pixel (row, column)."""
    height, width = VALID.kernel.shape[-2:]
    return [
        [window.row, window.column]
        for window in VALID.windows()
        if window.top <= row < window.top + height and window.left <= column < window.left + width
    ]


def stride_number(trace: object) -> Number:
    """The stride that a convolution was made with."""
    return literal(trace.stride[0], of="stride")  # type: ignore[attr-defined]
