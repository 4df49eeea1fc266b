"""Every operation of the ledger, computed again from its arguments alone."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from cnnviz.review.recompute import (
    NoProofError,
    UnknownOperationError,
    evidence,
    in_digits,
    recomputed,
)

IMAGE = [
    [1, 2, 3, 0, 1],
    [0, 1, 2, 3, 1],
    [1, 0, 1, 2, 3],
    [2, 1, 0, 1, 2],
    [1, 2, 1, 0, 1],
]
KERNEL = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
CONV = {
    "input": IMAGE,
    "kernel": KERNEL,
    "bias": 0,
    "stride": [1, 1],
    "padding": [[0, 0], [0, 0]],
    "dilation": [1, 1],
    "flip": False,
    "index": [0, 0],
}
SIZE = {"input": 5, "kernel": 3, "stride": 1, "padding": 0, "dilation": 1}


def again(op: str, args: dict[str, Any], base: Path = Path()) -> Any:
    """As a stranger would: from what stands in a file."""
    return recomputed(op, json.loads(json.dumps(args)), base)


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [
        ("conv2d", CONV, -4),
        ("conv2d", CONV | {"index": [1, 2]}, -3),
        ("conv2d", CONV | {"stride": [2, 2], "index": [1, 0]}, 2),
        ("conv2d", CONV | {"padding": [[1, 1], [1, 1]]}, -3),
        ("conv2d", CONV | {"bias": 1}, -3),
        ("conv2d", CONV | {"flip": True}, 4),
        ("conv2d", CONV | {"dilation": [2, 2]}, -2),
        ("conv2d", CONV | {"input": [IMAGE, IMAGE], "kernel": [KERNEL, KERNEL]}, -8),
        ("relu", {"input": -2}, 0),
        ("relu", {"input": 3}, 3),
        ("relu", {"input": 0.1}, Fraction(0.1)),
        ("max_pool2d", {"input": [[0, 3], [1, 2]], "size": 2}, 3),
        ("mean_pool2d", {"input": [[0, 3], [1, 2]], "size": 2}, Fraction(3, 2)),
        ("product", {"factors": [2, -3]}, -6),
        ("sum", {"terms": [1, -5]}, -4),
        ("sum", {"terms": [0.1] * 10}, 10 * Fraction(0.1)),
        ("count", {"items": [[1, 2], [3, 4], [5, 6]]}, 3),
        ("output_size", SIZE, 3),
        ("output_size", SIZE | {"stride": 2, "padding": 1}, 3),
        ("output_size", SIZE | {"dilation": 2}, 1),
        ("literal", {"of": "stride"}, None),
    ],
)
def test_each_operation_gives_its_value(
    op: str, args: dict[str, Any], value: int | Fraction | None
) -> None:
    found = again(op, args)
    assert found == value
    assert type(found) is type(value)


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 2), st.booleans())
def test_convolutions_are_those_of_scipy(seed: int, side: int, stride: int, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(-9, 10, (6, 7)) if whole else rng.normal(size=(6, 7))
    kernel = rng.integers(-9, 10, (side, side)) if whole else rng.normal(size=(side, side))
    output = correlate2d(image, kernel, "valid")[::stride, ::stride]
    row, column = (int(rng.integers(0, length)) for length in output.shape)
    args = CONV | {
        "input": image.tolist(),
        "kernel": kernel.tolist(),
        "stride": [stride, stride],
        "index": [row, column],
    }
    found = again("conv2d", args)
    assert math.isclose(found, output[row, column], rel_tol=1e-9, abs_tol=1e-9)
    assert isinstance(found, int) is whole


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("conv2d", {}),
        ("conv2d", CONV | {"index": [3, 0]}),
        ("conv2d", CONV | {"index": [0]}),
        ("conv2d", CONV | {"index": [-1, 0]}),
        ("conv2d", CONV | {"stride": [0, 1]}),
        ("conv2d", CONV | {"kernel": [KERNEL, KERNEL]}),
        ("conv2d", CONV | {"input": [[1, 2], [3]]}),
        ("conv2d", CONV | {"input": []}),
        ("conv2d", CONV | {"input": [[]]}),
        ("conv2d", CONV | {"input": 5}),
        ("conv2d", CONV | {"bias": "1"}),
        ("conv2d", CONV | {"bias": True}),
        ("conv2d", CONV | {"padding": [1, 1]}),
        ("relu", {"input": None}),
        ("relu", {"input": math.nan}),
        ("max_pool2d", {"input": [[0, 3], [1, 2]], "size": 3}),
        ("mean_pool2d", {"input": [[[0]], [[1]]], "size": 1}),
        ("product", {"factors": []}),
        ("sum", {"terms": 3}),
        ("sum", {"terms": ["1"]}),
        ("count", {"items": 3}),
        ("output_size", SIZE | {"stride": 0}),
        ("output_size", SIZE | {"input": 5.5}),
        ("literal", {}),
        ("literal", {"of": ""}),
        ("literal", {"of": "bias of the first layer", "kernel": 32}),
        ("literal", {"of": "bias of the first layer"}),
        ("measured", {}),
    ],
)
def test_arguments_that_do_not_fit_are_no_proof(op: str, args: dict[str, Any]) -> None:
    with pytest.raises(NoProofError):
        again(op, args)


def test_an_unknown_operation_is_named() -> None:
    with pytest.raises(UnknownOperationError, match="'sorcery'"):
        again("sorcery", {})


@pytest.mark.parametrize("args", [None, 3, "terms", []])
def test_arguments_that_are_no_object_are_no_proof(args: Any) -> None:
    with pytest.raises(NoProofError):
        recomputed("sum", args, Path())


# --- evidence -------------------------------------------------------------------------------

MOMENT = {"frame": 1, "number": 7, "confidence": 0.9782}
RECORDING = {
    "frames": [
        {"cards": []},
        {"cards": [{"number": 3, "confidence": 0.4}, {"number": 7, "confidence": 0.9782}]},
    ],
    "moments": [MOMENT],
    "rates": {"shown/second": 29.69},
}
MEASURED = {
    "evidence": "recordings/demo.json",
    "pointer": "/moments/0/confidence",
    "scale": 100,
    "decimals": 0,
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "demo.json").write_text(json.dumps(RECORDING))
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, 98),
        ({"decimals": 1}, 97.8),
        ({"scale": 1, "decimals": 2}, 0.98),
        ({"pointer": "/frames/1/cards/0/confidence"}, 40),
        ({"pointer": "/rates/shown~1second", "scale": 1}, 30),
    ],
)
def test_a_measured_number_is_read_from_its_evidence(
    base: Path, changes: dict[str, Any], value: float
) -> None:
    assert again("measured", MEASURED | changes, base) == value


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"evidence": "recordings/other.json"}, "other.json cannot be read"),
        ({"evidence": "../demo.json"}, "outside of the bundle"),
        ({"evidence": "recordings"}, "cannot be read"),
        ({"pointer": "/moments/1/confidence"}, "nothing at /moments/1/confidence"),
        ({"pointer": "/moments/-1/confidence"}, "nothing at"),
        ({"pointer": "/moments/0"}, "is no number"),
        ({"pointer": "/nobody"}, "nothing at /nobody"),
        ({"pointer": 3}, "do not fit measured"),
        ({"scale": "100"}, "is no number"),
        ({"decimals": 0.5}, "is no whole number"),
    ],
)
def test_evidence_that_does_not_hold_the_number_is_no_proof(
    base: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(NoProofError, match=said):
        again("measured", MEASURED | changes, base)


def test_damaged_evidence_is_no_proof(base: Path) -> None:
    (base / "recordings" / "demo.json").write_text("{")
    with pytest.raises(NoProofError, match="damaged JSON"):
        again("measured", MEASURED, base)


def test_a_moment_that_its_frame_does_not_know_is_no_proof(base: Path) -> None:
    moment = MOMENT | {"confidence": 0.99}
    (base / "recordings" / "demo.json").write_text(json.dumps(RECORDING | {"moments": [moment]}))
    with pytest.raises(NoProofError, match="say otherwise"):
        again("measured", MEASURED, base)


def test_a_learned_bias_comes_from_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    args = {"of": "bias of the first layer", "kernel": 3}
    biases = {again("literal", args | {"kernel": kernel}) for kernel in range(32)}
    assert len(biases) == 32
    monkeypatch.setattr(evidence, "_WEIGHTS", Path("nowhere.safetensors"))
    with pytest.raises(NoProofError, match="weights cannot be read"):
        again("literal", args)


# --- writing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-0.00001, "0"),
        (-4, "−4"),
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (100, "100"),
        (43_352_064, "43,352,064"),
        (-1234.56789, "−1,234.5679"),
        (0.10284, "0.1028"),
        (float(Decimal(10) ** 20), "100,000,000,000,000,000,000"),
    ],
)
def test_numbers_are_written_as_they_should_read(value: float, written: str) -> None:
    assert in_digits(value) == written
