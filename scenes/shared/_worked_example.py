"""A small picture and a kernel that a lesson works through by hand, and all their traces."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

from cnnviz.compute import conv2d, kernel, literal, matrix_size, max_pool2d, mean_pool2d, relu
from cnnviz.errors import UserError
from cnnviz.stage.lesson import Lesson

IMAGE = (
    (1, 2, 3, 0, 1),
    (0, 1, 2, 3, 1),
    (1, 0, 1, 2, 3),
    (2, 1, 0, 1, 2),
    (1, 2, 1, 0, 1),
)
KERNEL = kernel("vertical_edge").values.tolist()

LARGEST_PICTURE, LARGEST_KERNEL = 8, 5  # rows or columns whose digits can still be read


def rows_of(values):
    """Rows as tuples: the same numbers are the same example."""
    return tuple(tuple(row) for row in values)


@dataclass(frozen=True)
class WorkedExample:
    """All that a lesson computes from one picture and one kernel, each trace once.

    Parameters
    ----------
    image, kernel
        Rows of numbers.
    stride, padding, bias, pool
        Of those traces that differ from the plain one in just this.
    """

    image: tuple
    kernel: tuple
    stride: int = 2
    padding: int | str = 1
    bias: float = 1
    pool: int = 2

    @cached_property
    def valid(self):
        return conv2d(self.image, self.kernel)

    @cached_property
    def strided(self):
        return conv2d(self.image, self.kernel, stride=self.stride)

    @cached_property
    def padded(self):
        return conv2d(self.image, self.kernel, padding=self.padding)

    @cached_property
    def padded_strided(self):
        (top, bottom), (left, right) = self.padded.padding
        if (top, left) != (bottom, right):
            raise UserError(
                "this kernel needs more zeros on one side of the picture than on the other",
                hint="take a kernel of three rows and columns, or write the padding as a number",
            )
        return conv2d(self.image, self.kernel, padding=(top, left), stride=self.stride)

    @cached_property
    def biased(self):
        return conv2d(self.image, self.kernel, bias=self.bias)

    @cached_property
    def flipped(self):
        return conv2d(self.image, self.kernel, flip=True)

    @cached_property
    def rectified(self):
        return relu(self.valid.output[0])

    @cached_property
    def rectified_padded(self):
        return relu(self.padded.output[0])

    @cached_property
    def max_pooled(self):
        return max_pool2d(self.rectified_padded.output[0], self.pool)

    @cached_property
    def mean_pooled(self):
        return mean_pool2d(self.rectified_padded.output[0], self.pool)

    @cached_property
    def input_size(self):
        return matrix_size([list(row) for row in self.image])

    @cached_property
    def kernel_size(self):
        return matrix_size([list(row) for row in self.kernel])

    @cached_property
    def valid_size(self):
        return map_size(self.valid)

    @cached_property
    def padded_size(self):
        return map_size(self.padded)

    @cached_property
    def first_sum(self):
        return self.valid.window(0, 0).sum_number

    @cached_property
    def pixels(self):
        """The places of all pixels, in reading order."""
        return places(len(self.image), len(self.image[0]))

    def visits(self, row, column):
        """The output positions of the windows that cover the pixel (row, column)."""
        height, width = self.valid.kernel.shape[-2:]
        return [
            [window.row, window.column]
            for window in self.valid.windows()
            if window.top <= row < window.top + height
            and window.left <= column < window.left + width
        ]


_KNOBS = tuple(field.name for field in fields(WorkedExample))
_KNOWN = {}


class WorkedScene(Lesson):
    """A scene about the worked example; its picture and kernel are knobs."""

    image = IMAGE
    kernel = KERNEL

    @classmethod
    def example(cls):
        """What follows from the knobs; computed once for the same numbers."""
        knobs = {name: getattr(cls, name) for name in _KNOBS if hasattr(cls, name)}
        knobs |= {name: rows_of(knobs[name]) for name in ("image", "kernel")}
        example = WorkedExample(**knobs)
        require_readable(example)
        return _KNOWN.setdefault(example, example)


def require_readable(example):
    """Refuse what is too large for its digits to be read, or too small to slide over."""
    for what, rows, most in (
        ("picture", example.image, LARGEST_PICTURE),
        ("kernel", example.kernel, LARGEST_KERNEL),
    ):
        if max(len(rows), len(rows[0])) > most:
            raise UserError(
                f"a {what} of {len(rows)}×{len(rows[0])} is too large to work through by hand",
                hint=f"at most {most} rows and columns can be read",
            )


def require_map(example, rows, columns):
    """Refuse an example whose feature map is smaller than a scene needs."""
    trace = example.valid
    if trace.rows < rows or trace.columns < columns:
        raise UserError(
            f"the feature map is only {trace.rows}×{trace.columns},"
            f" this scene needs {rows}×{columns}",
            hint="take a larger picture, or a smaller kernel",
        )


def map_size(trace):
    return matrix_size(trace.output[0].tolist())


def places(rows, columns):
    return [(row, column) for row in range(rows) for column in range(columns)]


def fitted(cell, room, *grids):
    """The side of cells that are `cell` large where `room` of them stand in a row, or fewer."""
    most = max(max(rows, columns) for rows, columns in grids)
    return cell if most <= room else cell * room / most


def input_shape(trace):
    return trace.input.shape[-2:]


def kernel_shape(trace):
    return trace.kernel.shape[-2:]


def output_shape(trace):
    return trace.output.shape[-2:]


def stride_number(trace):
    """The stride that a convolution was made with."""
    return literal(trace.stride[0], of="stride")
