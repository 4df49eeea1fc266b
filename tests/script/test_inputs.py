"""`inputs:` in a script: a film's own numbers, read and refused with their place."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from cnnviz.compute import KERNELS
from cnnviz.errors import UserError
from cnnviz.script.inputs import misfits
from cnnviz.script.reader import Script, read_script

SCRIPT = """\
title: t
description: d
tags: [t]
scenes:
  - id: one
    title: t
    beats:
      said: s
"""


@pytest.fixture
def reading(tmp_path):
    def read(inputs: str, scene: str = "") -> Script:
        path = tmp_path / "bn.yaml"
        text = f"{inputs}\n{SCRIPT}".replace("    beats:", f"{scene}    beats:")
        path.write_text(text, encoding="utf-8")
        return read_script(path)

    return read


def values(inputs) -> dict[str, object]:
    return {key: given.value for key, given in inputs.items()}


def test_rows_are_taken_as_they_stand(reading):
    script = reading("inputs:\n  image: [[1, 2.5], [0, 1]]\n  kernel:\n    - [1]\n    - [-1]")
    assert values(script.inputs) == {"image": [[1, 2.5], [0, 1]], "kernel": [[1], [-1]]}
    given = script.inputs["kernel"]
    assert (given.file, given.line) == (script.path, 3)
    assert {type(given.value), *map(type, given.value)} == {list}, "plain, for records of all kinds"


@pytest.mark.parametrize("name", ["vertical_edge", "box_blur"])
def test_a_kernel_may_be_named(reading, name):
    script = reading(f"inputs:\n  kernel: {name}")
    assert values(script.inputs) == {"kernel": KERNELS[name].values.tolist()}


def test_the_other_knobs_are_numbers(reading):
    script = reading("inputs: {stride: 2, padding: same, dilation: 1, bias: -0.5, pool: 3}")
    given = {"stride": 2, "padding": "same", "dilation": 1, "bias": -0.5, "pool": 3}
    assert values(script.inputs) == given


def test_a_scene_may_choose_for_itself(reading):
    script = reading("", "    inputs: {stride: 3}\n")
    assert not script.inputs
    assert values(script.scenes[0].inputs) == {"stride": 3}


def test_a_picture_is_read_from_a_file_beside_the_script(reading, tmp_path):
    picture = np.zeros((8, 12, 3), np.uint8)
    picture[:, 6:] = (0, 0, 255)  # red, as OpenCV has it
    cv2.imwrite(str(tmp_path / "red.png"), picture)
    script = reading("inputs:\n  image: {file: red.png, size: [2, 4]}")
    given = script.inputs["image"]
    assert given.value == [[0, 0, 76, 76]] * 2, "0.299 of 255, by ITU-R BT.601"
    assert given.picture == tmp_path / "red.png"
    assert np.shape(reading("inputs:\n  image: red.png").inputs["image"].value) == (8, 12)


@pytest.mark.parametrize(
    ("inputs", "says", "hint"),
    [
        ("inputs: 3", "inputs must be a mapping", "image, kernel"),
        ("inputs:\n  kernal: [[1]]", "unknown key 'kernal'", "did you mean 'kernel'"),
        ("inputs:\n  kernel: vertical_egde", "unknown kernel", "did you mean vertical_edge"),
        ("inputs:\n  kernel: 3", "must be a kernel", "vertical_edge"),
        ("inputs:\n  kernel: [1, 2]", "rows of numbers", "[[0, 9], [9, 0]]"),
        ("inputs:\n  kernel: [[1, x]]", "rows of numbers", "[[0, 9], [9, 0]]"),
        ("inputs:\n  kernel: [[yes]]\n  stride: true", "must be", ""),
        ("inputs:\n  image: [[1, 2], [3]]", "differ in length", ""),
        ("inputs:\n  image: [[]]", "empty", ""),
        ("inputs:\n  image: [[.nan]]", "NaN", ""),
        ("inputs:\n  image: none.png", "none.png cannot be read", ""),
        ("inputs:\n  image: bn.yaml", "bn.yaml is no picture", "PNG"),
        ("inputs:\n  image: {size: [2, 2]}", "needs its file", "file: NAME"),
        ("inputs:\n  image: 7", "must be a picture", "file: NAME"),
        ("inputs:\n  stride: 0", "stride must be at least 1", ""),
        ("inputs:\n  stride: 1.5", "stride must be a whole number", ""),
        ("inputs:\n  padding: around", "unknown padding 'around'", "same"),
        ("inputs:\n  bias: much", "must be a number", ""),
        ("inputs:\n  pool: true", "whole number", ""),
        ("inputs:\n  bias: .inf", "nothing can be computed with inf", "finite"),
        ("inputs:\n  image: {file: bn.yaml, size: [9999999, 2]}", "too large", "at most 32"),
        ("inputs:\n  photograph: line.png", "4000×1 pixels is too narrow", ""),
        ('inputs:\n  image: "a\\0b.png"', "U+0000", "letter"),
    ],
)
def test_what_will_not_do_is_said_with_its_line(reading, tmp_path, inputs, says, hint):
    cv2.imwrite(str(tmp_path / "line.png"), np.zeros((1, 4000), np.uint8))
    with pytest.raises(UserError) as error:
        reading(inputs)
    assert says in error.value.message
    assert hint in (error.value.hint or "")
    assert Path(error.value.file).name == "bn.yaml"
    assert error.value.line in (1, 2, 3)


def test_a_picture_too_large_for_its_numbers_is_to_be_made_smaller(reading, tmp_path):
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((40, 30), np.uint8))
    with pytest.raises(UserError, match=r"large\.png is 40×30, too large") as error:
        reading("inputs:\n  image: large.png")
    assert "{file: large.png, size: [6, 6]}" in error.value.hint


def test_a_kernel_that_does_not_fit_into_the_picture_is_named(reading):
    small = "inputs:\n  image: [[1, 2], [3, 4]]\n  kernel: vertical_edge"
    [problem] = misfits(reading(small).inputs)
    assert "covers 3 pixels" in problem.message
    assert problem.line == 3
    assert not list(misfits(reading(small + "\n  padding: 1").inputs))
    assert not list(misfits(reading(small + "\n  padding: same").inputs))
