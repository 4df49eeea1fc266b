"""The output size formula against what convolutions really give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnviz.compute import ShapeError, conv2d, output_size


@settings(deadline=None, max_examples=80)
@given(
    st.integers(1, 20), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)
)
def test_the_formula_gives_the_size_that_a_convolution_has(
    length: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    assume(dilation * (kernel - 1) + 1 <= length + 2 * padding)
    given_size = output_size(length, kernel, stride=stride, padding=padding, dilation=dilation)
    trace = conv2d(
        np.ones((length, 1)),
        np.ones((kernel, 1)),
        stride=(stride, 1),
        padding=(padding, 0),
        dilation=(dilation, 1),
    )
    assert given_size.result == trace.rows


def test_the_number_holds_every_setting() -> None:
    number = output_size(7, 3, stride=2, padding=1, dilation=2).number
    assert (number.value, number.op) == (3, "output_size")
    assert number.args == {"input": 7, "kernel": 3, "stride": 2, "padding": 1, "dilation": 2}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"input": 0}, "input must be at least 1, not 0"),
        ({"kernel": 0}, "kernel must be at least 1, not 0"),
        ({"stride": 0}, "stride must be at least 1, not 0"),
        ({"padding": -1}, "padding must be at least 0, not -1"),
        ({"dilation": 0}, "dilation must be at least 1, not 0"),
        ({"stride": 0.5}, "stride must be a whole number, not 0.5"),
        ({"input": 2}, "kernel covers 3 pixels, the padded input has only 2"),
        ({"dilation": 3}, "kernel covers 7 pixels, the padded input has only 5"),
        ({"dilation": 4, "padding": 1}, "kernel covers 9 pixels, the padded input has only 7"),
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        output_size(**({"input": 5, "kernel": 3} | wrong))
