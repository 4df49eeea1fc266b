"""Every number is computed again from its `op` and `args` alone, without the project's code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from recomputing import check

from cnnviz.compute import (
    conv2d,
    count,
    literal,
    max_pool2d,
    mean_pool2d,
    output_size,
    relu,
)


@st.composite
def conv_problems(draw: st.DrawFn, most: int = 4) -> dict[str, Any]:
    """Arguments of `conv2d` that fit together; `most` is the slack in height and width."""
    small = st.integers(1, 3)
    pairs = st.tuples(small, small)
    (rows, columns), dilation, stride = draw(pairs), draw(pairs), draw(pairs)
    height = dilation[0] * (rows - 1) + 1 + draw(st.integers(0, most))
    width = dilation[1] * (columns - 1) + 1 + draw(st.integers(0, most))
    depth, outputs = draw(small), draw(small)
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shapes = {
        "image": (depth, height, width),
        "kernel": (outputs, depth, rows, columns),
        "bias": (outputs,),
    }
    whole = draw(st.booleans())
    return {
        **{
            name: random.integers(-9, 10, shape) if whole else random.normal(size=shape)
            for name, shape in shapes.items()
        },
        "stride": stride,
        "padding": draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        "dilation": dilation,
        "flip": draw(st.booleans()),
    }


@settings(deadline=None, max_examples=40)
@given(conv_problems())
def test_convolutions_recompute_at_every_position(problem: dict[str, Any]) -> None:
    trace = conv2d(**problem)
    for channel, row, column in np.ndindex(*trace.output.shape):
        check(trace.number(row, column, channel), "conv2d")


@settings(deadline=None, max_examples=30)
@given(conv_problems())
def test_same_padding_recomputes_also_where_it_is_uneven(problem: dict[str, Any]) -> None:
    trace = conv2d(**(problem | {"padding": "same", "stride": 1}))
    for row, column in np.ndindex(trace.rows, trace.columns):
        check(trace.number(row, column), "conv2d")


@settings(deadline=None, max_examples=40)
@given(conv_problems(), st.data())
def test_products_and_sums_recompute(problem: dict[str, Any], data: st.DataObject) -> None:
    trace = conv2d(**problem)
    row = data.draw(st.integers(0, trace.rows - 1))
    column = data.draw(st.integers(0, trace.columns - 1))
    window = trace.window(row, column, len(trace.kernel) - 1)
    for channel, i, j in np.ndindex(*window.patch.shape):
        product = window.product(i, j, channel)
        check(product, "product")
        weight = trace.kernel_number(i, j, channel, len(trace.kernel) - 1)
        assert product.args["factors"] == [window.pixel(i, j, channel).value, weight.value]
    check(window.sum_number, "sum")
    check(window.result_number, "conv2d")
    assert len(window.sum_number.args["terms"]) == window.patch.size


@settings(deadline=None, max_examples=40)
@given(conv_problems(most=30), st.data())
def test_large_inputs_are_written_as_one_window_and_still_recompute(
    problem: dict[str, Any], data: st.DataObject
) -> None:
    trace = conv2d(**problem)
    row = data.draw(st.integers(0, trace.rows - 1))
    column = data.draw(st.integers(0, trace.columns - 1))
    number = trace.number(row, column)
    check(number, "conv2d")
    written = np.array(number.args["input"])
    if trace.input.size > 400:
        rows, columns = problem["kernel"].shape[2:]
        down, across = problem["dilation"]
        assert written.shape[-2:] == (down * (rows - 1) + 1, across * (columns - 1) + 1)
        assert number.args["index"] == [0, 0]
        assert number.args["padding"] == [[0, 0], [0, 0]]
    else:
        assert written.size == trace.input.size
        assert number.args["index"] == [row, column]


@pytest.mark.parametrize(("side", "whole_input"), [((20, 20), True), ((20, 21), False)])
def test_the_ledger_writes_whole_inputs_up_to_400_values(
    side: tuple[int, int], whole_input: bool
) -> None:
    number = conv2d(np.ones(side, int), np.ones((3, 3), int), padding=1).number(0, 0)
    assert (np.array(number.args["input"]).shape == side) is whole_input
    check(number, "conv2d")
    assert number.value == 4


def test_the_kernel_is_written_as_it_was_given_before_any_flip() -> None:
    kernel = [[1, 2], [3, 4]]
    trace = conv2d(np.arange(9).reshape(3, 3), kernel, flip=True)
    assert trace.number(0, 0).args["kernel"] == kernel
    assert trace.kernel[0, 0].tolist() == [[4, 3], [2, 1]]
    assert trace.number(0, 0).args["flip"] is True


def test_positions_from_numpy_are_written_as_plain_json() -> None:
    trace = conv2d(np.ones((2, 3, 3)), np.ones((1, 2, 2, 2)))
    one = np.int64(1)
    for number in (trace.number(one, one), trace.input_number(one, one, one)):
        json.dumps({"value": number.value, "args": dict(number.args)})


@settings(deadline=None, max_examples=30)
@given(arrays(np.float64, (2, 3), elements=st.floats(-1e9, 1e9)), st.booleans())
def test_relus_recompute(values: np.ndarray, whole: bool) -> None:
    trace = relu(np.rint(values).astype(int) if whole else values)
    for row, column in np.ndindex(2, 3):
        check(trace.number(row, column), "relu")


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 2**32), st.booleans())
def test_poolings_recompute(size: int, stride: int, seed: int, whole: bool) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(-9, 10, (2, 5, 6)) if whole else random.normal(size=(2, 5, 6))
    for pool, op in ((max_pool2d, "max_pool2d"), (mean_pool2d, "mean_pool2d")):
        trace = pool(values, size, stride=stride)
        for channel, row, column in np.ndindex(*trace.output.shape):
            check(trace.number(row, column, channel), op)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(9, 30), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 2)
)
def test_sizes_recompute(
    length: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    size = output_size(length, kernel, stride=stride, padding=padding, dilation=dilation)
    check(size.number, "output_size")


def test_counts_recompute_and_literals_say_which() -> None:
    check(count([[1, 2], [3, 4], [5, 6]]), "count")
    number = literal(7, of="input", row=0, column=1)
    assert (number.value, number.op) == (7, "literal")
    assert number.args == {"of": "input", "row": 0, "column": 1}
