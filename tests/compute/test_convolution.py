"""Convolution against torch, OpenCV and its own algebra."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from cnnviz.compute import ConvTrace, DisagreementError, ShapeError, conv2d, convolution
from cnnviz.errors import StudioError, UserError

WHOLE = st.integers(-9, 9)
REAL = st.floats(-9, 9, width=32)


def matrix(draw: st.DrawFn, *shape: int, whole: bool) -> np.ndarray:
    dtype = np.int64 if whole else np.float64
    return draw(arrays(dtype, shape, elements=WHOLE if whole else REAL))


@st.composite
def problems(draw: st.DrawFn, whole: bool | None = None) -> dict[str, Any]:
    """Arguments of `conv2d` that fit together, everywhere in the space of its settings."""
    small = st.integers(1, 3)
    pairs = st.tuples(small, small)
    whole = draw(st.booleans()) if whole is None else whole
    rows, columns = draw(pairs)
    dilation, stride = draw(pairs), draw(pairs)
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    height = max(1, dilation[0] * (rows - 1) + 1 - 2 * padding[0]) + draw(st.integers(0, 4))
    width = max(1, dilation[1] * (columns - 1) + 1 - 2 * padding[1]) + draw(st.integers(0, 4))
    depth, outputs = draw(small), draw(small)
    return {
        "image": matrix(draw, depth, height, width, whole=whole),
        "kernel": matrix(draw, outputs, depth, rows, columns, whole=whole),
        "bias": matrix(draw, outputs, whole=whole),
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
    }


@st.composite
def whole_pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Two small integer matrices."""
    side = st.integers(1, 5)
    first = matrix(draw, draw(side), draw(side), whole=True)
    return first, matrix(draw, draw(side), draw(side), whole=True)


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64)


def full(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The mathematical convolution with every overlap, however small."""
    padding = (kernel.shape[0] - 1, kernel.shape[1] - 1)
    return conv2d(image, kernel, padding=padding, flip=True).output


@settings(deadline=None, max_examples=80)
@given(problems())
def test_output_is_what_torch_computes(problem: dict[str, Any]) -> None:
    trace = conv2d(**problem)
    expected = functional.conv2d(
        tensor(problem["image"])[None],
        tensor(problem["kernel"]),
        tensor(problem["bias"]),
        stride=problem["stride"],
        padding=problem["padding"],
        dilation=problem["dilation"],
    )[0].numpy()
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-9)
    assert (trace.rows, trace.columns) == expected.shape[1:]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, max_examples=40)
@given(problems())
def test_same_padding_is_torchs_also_for_even_kernels(problem: dict[str, Any]) -> None:
    problem |= {"padding": "same", "stride": 1}
    expected = functional.conv2d(
        tensor(problem["image"])[None],
        tensor(problem["kernel"]),
        tensor(problem["bias"]),
        padding="same",
        dilation=problem["dilation"],
    )[0].numpy()
    trace = conv2d(**problem)
    assert trace.output.shape[1:] == problem["image"].shape[1:]
    np.testing.assert_allclose(trace.output, expected, rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.data(), st.sampled_from([1, 3, 5]), st.sampled_from([1, 3, 5]))
def test_output_is_what_opencv_filters(data: st.DataObject, rows: int, columns: int) -> None:
    image = data.draw(arrays(np.float64, (7, 9), elements=REAL))
    kernel = data.draw(arrays(np.float64, (rows, columns), elements=REAL))
    expected = cv2.filter2D(image, cv2.CV_64F, kernel, borderType=cv2.BORDER_CONSTANT)
    output = conv2d(image, kernel, padding="same").output[0]
    np.testing.assert_allclose(output, expected, rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(problems(whole=True))
def test_whole_inputs_give_whole_numbers(problem: dict[str, Any]) -> None:
    trace = conv2d(**problem)
    assert trace.output.dtype == np.int64
    window = trace.window(0, 0)
    numbers = (trace.number(0, 0), window.product(0, 0), window.sum_number, window.pixel(0, 0))
    assert all(type(number.value) is int for number in numbers)


def test_fractions_stay_fractions() -> None:
    assert conv2d([[1, 2]], [[0.25]]).number(0, 0).value == 0.25
    assert conv2d([[1, 2]], [[1]], bias=0.5).output.tolist() == [[[1.5, 2.5]]]


def test_a_whole_sum_of_fractions_is_shown_as_a_whole_number() -> None:
    value = conv2d([[1.0, 2.0]], [[1.0, 1.0]]).number(0, 0).value
    assert value == 3
    assert type(value) is int


@settings(deadline=None, max_examples=40)
@given(problems())
def test_every_windows_products_add_up_to_its_result(problem: dict[str, Any]) -> None:
    trace = conv2d(**problem)
    for channel in range(len(trace.kernel)):
        windows = list(trace.windows(channel))
        assert [(window.row, window.column) for window in windows] == list(
            np.ndindex(trace.rows, trace.columns)
        )
        for window in windows:
            assert np.array_equal(window.products, window.patch * window.kernel)
            assert window.sum == pytest.approx(float(window.products.sum()), abs=1e-9)
            assert window.result == pytest.approx(window.sum + window.bias, abs=1e-9)
            assert window.bias == problem["bias"][channel]
            assert window.result == trace.output[channel, window.row, window.column]
            assert window.result_number == trace.number(window.row, window.column, channel)


@settings(deadline=None, max_examples=40)
@given(problems())
def test_a_windows_pixels_are_the_inputs_or_the_borders(problem: dict[str, Any]) -> None:
    trace = conv2d(**problem)
    image = problem["image"]
    for window in trace.windows():
        for channel, i, j in np.ndindex(*window.patch.shape):
            row = window.top + i * trace.dilation[0]
            column = window.left + j * trace.dilation[1]
            inside = 0 <= row < image.shape[1] and 0 <= column < image.shape[2]
            number = window.pixel(i, j, channel)
            assert number.args["of"] == ("input" if inside else "padding")
            assert number.value == (image[channel, row, column] if inside else 0)
            assert number.value == window.patch[channel, i, j]
            if inside:
                assert number == trace.input_number(row, column, channel)


def test_windows_know_their_corner_in_the_unpadded_input() -> None:
    trace = conv2d(np.ones((5, 6)), np.ones((3, 3)), stride=(2, 3), padding=(1, 2))
    corners = [(window.top, window.left) for window in trace.windows()]
    assert corners == [(top, left) for top in (-1, 1, 3) for left in (-2, 1, 4)][: len(corners)]
    assert len(corners) == 9


def test_uneven_same_padding_moves_the_corner_by_its_smaller_half() -> None:
    trace = conv2d(np.ones((5, 5)), np.ones((2, 4)), padding="same")
    assert trace.padding == ((0, 1), (1, 2))
    assert (trace.window(0, 0).top, trace.window(0, 0).left) == (0, -1)


def test_valid_padding_is_none() -> None:
    trace = conv2d(np.ones((5, 6)), np.ones((3, 3)), padding="valid", stride=2)
    assert trace.padding == ((0, 0), (0, 0))
    assert trace.output.shape == (1, 2, 2)


@settings(deadline=None, max_examples=40)
@given(problems())
def test_flip_turns_the_kernel_by_180_degrees(problem: dict[str, Any]) -> None:
    turned = problem | {"kernel": problem["kernel"][:, :, ::-1, ::-1]}
    trace = conv2d(**problem, flip=True)
    assert np.array_equal(trace.output, conv2d(**turned).output)
    assert np.array_equal(trace.kernel, turned["kernel"])


def test_an_impulse_comes_out_as_the_kernel_if_flipped_and_turned_if_not() -> None:
    impulse = np.zeros((3, 3), int)
    impulse[1, 1] = 1
    kernel = np.arange(9).reshape(3, 3)
    assert np.array_equal(conv2d(impulse, kernel, padding=1, flip=True).output[0], kernel)
    assert np.array_equal(conv2d(impulse, kernel, padding=1).output[0], kernel[::-1, ::-1])


@settings(deadline=None, max_examples=40)
@given(whole_pairs())
def test_mathematical_convolution_is_commutative(pair: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = pair
    assert np.array_equal(full(first, second), full(second, first))


@settings(deadline=None, max_examples=40)
@given(whole_pairs(), st.integers(-5, 5), st.data(), st.booleans())
def test_convolution_is_linear_in_image_and_kernel(
    pair: tuple[np.ndarray, np.ndarray], factor: int, data: st.DataObject, flip: bool
) -> None:
    image, kernel = pair
    image2 = data.draw(arrays(np.int64, image.shape, elements=WHOLE))
    kernel2 = data.draw(arrays(np.int64, kernel.shape, elements=WHOLE))

    def apply(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return conv2d(image, kernel, padding=4, flip=flip).output

    both = apply(factor * image + image2, kernel)
    assert np.array_equal(both, factor * apply(image, kernel) + apply(image2, kernel))
    both = apply(image, factor * kernel + kernel2)
    assert np.array_equal(both, factor * apply(image, kernel) + apply(image, kernel2))


@pytest.mark.parametrize("shape", [(3, 3), (1, 3, 3), (1, 1, 3, 3)])
def test_kernels_may_leave_out_channels_and_outputs(shape: tuple[int, ...]) -> None:
    trace = conv2d(np.ones((4, 4), int), np.ones(shape, int))
    assert trace.kernel.shape == (1, 1, 3, 3)
    assert trace.input.shape == (1, 4, 4)
    assert trace.output.tolist() == [[[9, 9], [9, 9]]]


def test_a_single_bias_is_added_to_every_output_channel() -> None:
    trace = conv2d(np.ones((2, 2), int), np.ones((2, 1, 2, 2), int), bias=3)
    assert trace.output.tolist() == [[[7]], [[7]]]
    assert trace.bias.tolist() == [3, 3]


def test_each_output_channel_has_its_own_windows_and_weights() -> None:
    kernel = np.arange(12).reshape(2, 1, 2, 3)
    trace = conv2d(np.ones((3, 4), int), kernel, bias=[10, 20])
    assert [trace.window(1, 1, channel).result for channel in (0, 1)] == [25, 71]
    assert trace.kernel_number(1, 2, 0, 1).value == 11
    assert trace.kernel_number(1, 2, 0, 1).args == {"of": "kernel", "row": 1, "column": 2}


def test_padded_numbers_name_the_border_in_padded_and_the_input_in_its_own_coordinates() -> None:
    trace = conv2d([[5]], np.ones((3, 3), int), padding=1)
    assert trace.padded.tolist() == [[[0, 0, 0], [0, 5, 0], [0, 0, 0]]]
    assert trace.padded_number(1, 1) == trace.input_number(0, 0)
    assert trace.padded_number(1, 1).value == 5
    assert trace.padded_number(0, 2).value == 0
    assert trace.padded_number(0, 2).args == {"of": "padding", "row": 0, "column": 2}
    assert trace.padded_number(2, 1).args["of"] == "padding"


def test_booleans_and_bytes_count_as_whole_numbers() -> None:
    bright = np.full((3, 3), 255, np.uint8)
    assert conv2d(bright, np.ones((3, 3), bool)).output.tolist() == [[[2295]]]
    assert conv2d(bright, [[-1]]).output.min() == -255


def test_a_trace_is_a_record_that_nothing_can_change() -> None:
    image = np.ones((3, 3))
    trace = conv2d(image, np.ones((2, 2)), padding=1, flip=True)
    image[:] = 7
    assert trace.input.max() == 1
    for array in (trace.input, trace.kernel, trace.bias, trace.padded, trace.output):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(ValueError, match="read-only"):
        trace.window(0, 0).products[...] = 0


def test_a_picture_and_several_kernels_are_confirmed_in_full() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (480, 640), dtype=np.uint8)
    kernels = np.random.default_rng(2).integers(-3, 4, (4, 1, 3, 3))
    trace = conv2d(picture, kernels, padding="same")
    expected = cv2.filter2D(
        picture.astype(float), -1, kernels[2, 0].astype(float), borderType=cv2.BORDER_CONSTANT
    )
    assert np.array_equal(trace.output[2], expected)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"image": [1, 2]}, "image must have 2 or 3 dimensions, not 1"),
        ({"image": np.ones((1, 1, 5, 5))}, "image must have 2 or 3 dimensions, not 4"),
        ({"kernel": [1, 2]}, "kernel must have 2, 3 or 4 dimensions, not 1"),
        ({"kernel": np.ones((1, 1, 1, 3, 3))}, "kernel must have 2, 3 or 4 dimensions, not 5"),
        ({"image": np.ones((3, 5, 5))}, "differ in channels: 1 and 3"),
        ({"kernel": np.ones((2, 3, 3))}, "differ in channels: 2 and 1"),
        ({"image": np.ones((0, 5))}, "image is empty"),
        ({"image": [[]]}, "image is empty"),
        ({"kernel": np.ones((0, 1, 3, 3))}, "kernel is empty"),
        ({"bias": []}, "bias is empty"),
        ({"image": [[1, 2], [3]]}, "rows of the image differ in length"),
        ({"image": np.full((5, 5), np.nan)}, "image holds NaN or infinity"),
        ({"kernel": np.full((3, 3), np.inf)}, "kernel holds NaN or infinity"),
        ({"bias": -np.inf}, "bias holds NaN or infinity"),
        ({"image": [["a"]]}, "image must hold real numbers"),
        ({"image": [[None]]}, "image must hold real numbers, not object"),
        ({"kernel": np.ones((3, 3), complex)}, "kernel must hold real numbers, not complex128"),
        ({"bias": [1, 2]}, "bias must be one number or 1"),
        ({"bias": [[1]]}, "bias must be one number or 1"),
        ({"stride": 0}, "stride must be at least 1, not 0"),
        ({"stride": (1, 0)}, "stride must be at least 1, not 0"),
        ({"stride": 1.5}, "stride must be a whole number, not 1.5"),
        ({"stride": (1, 2, 3)}, "stride must be one number or a"),
        ({"dilation": 0}, "dilation must be at least 1, not 0"),
        ({"padding": -1}, "padding must be at least 0, not -1"),
        ({"padding": (0, -2)}, "padding must be at least 0, not -2"),
        ({"padding": "full"}, "unknown padding 'full'"),
        ({"padding": "same", "stride": 2}, 'padding "same" needs stride 1'),
        ({"dilation": (3, 1)}, "kernel covers 7×3 pixels, the padded image has only 5×5"),
        ({"dilation": (1, 3)}, "kernel covers 3×7 pixels, the padded image has only 5×5"),
        ({"kernel": np.ones((6, 1))}, "kernel covers 6×1 pixels, the padded image has only 5×5"),
        ({"image": np.full((5, 5), 2**60)}, r"image holds numbers beyond 2\*\*53"),
        ({"image": np.full((5, 5), -(2**60))}, r"image holds numbers beyond 2\*\*53"),
        ({"image": np.full((5, 5), 2**64 - 1, np.uint64)}, r"image holds numbers beyond 2\*\*53"),
        ({"image": np.full((5, 5), 2**50)}, "too large to compute with exactly"),
        ({"kernel": np.full((3, 3), 1e308)}, "too large to compute with exactly"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_in_one_line(
    wrong: dict[str, Any], message: str
) -> None:
    arguments = {"image": np.ones((5, 5), int), "kernel": np.ones((3, 3), int)} | wrong
    with pytest.raises(ShapeError, match=message) as caught:
        conv2d(**arguments)
    assert isinstance(caught.value, UserError)
    assert "\n" not in str(caught.value)


def test_the_smallest_fitting_image_is_accepted() -> None:
    assert conv2d(np.ones((7, 5)), np.ones((3, 3)), dilation=(3, 2)).output.shape == (1, 1, 1)
    assert conv2d([[2**53]], [[1]]).number(0, 0).value == 2**53


@pytest.fixture
def trace() -> ConvTrace:
    return conv2d(np.ones((2, 4, 5), int), np.ones((3, 2, 2, 3), int))


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("window", (3, 0)),
        ("window", (0, 3)),
        ("window", (-1, 0)),
        ("window", (0, 0, 3)),
        ("number", (0, -1)),
        ("input_number", (4, 0)),
        ("input_number", (0, 5)),
        ("input_number", (0, 0, 2)),
        ("kernel_number", (2, 0)),
        ("kernel_number", (0, 3)),
        ("kernel_number", (0, 0, 2)),
        ("kernel_number", (0, 0, 0, 3)),
        ("padded_number", (4, 0)),
        ("padded_number", (0, -1)),
    ],
)
def test_positions_outside_are_refused(
    trace: ConvTrace, method: str, place: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError, match="is outside 0 … "):
        getattr(trace, method)(*place)


@pytest.mark.parametrize("place", [(2, 0), (0, 3), (0, 0, 2), (-1, 0)])
def test_positions_outside_a_window_are_refused(trace: ConvTrace, place: tuple[int, ...]) -> None:
    window = trace.window(0, 0)
    for method in (window.pixel, window.product):
        with pytest.raises(ShapeError, match="is outside 0 … "):
            method(*place)


@pytest.mark.parametrize("kind", [np.int64, np.float64])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda right: np.add(right, [[0, 0], [0, 1]]),
        lambda right: right + 1e-6,
        lambda right: right * np.nan,
        lambda right: right[:, :1],
    ],
    ids=["one value", "a trifle", "nan", "shape"],
)
def test_a_disagreement_between_torch_and_numpy_is_an_error(
    monkeypatch: pytest.MonkeyPatch, kind: type, spoil: Any
) -> None:
    right = convolution.torch_conv2d
    monkeypatch.setattr(
        convolution, "torch_conv2d", lambda *args, **settings: spoil(right(*args, **settings))
    )
    with pytest.raises(DisagreementError, match="torch") as caught:
        conv2d(np.ones((4, 4), kind), np.ones((3, 3), kind))
    assert isinstance(caught.value, StudioError)
    assert not isinstance(caught.value, UserError)


def test_large_whole_numbers_must_agree_to_the_last_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    right = convolution.torch_conv2d
    monkeypatch.setattr(
        convolution, "torch_conv2d", lambda *args, **settings: right(*args, **settings) + 1
    )
    with pytest.raises(DisagreementError, match="torch and numpy disagree"):
        conv2d([[2**50]], [[1]])
