"""A confidence is what stands in the sidecar at the place that it names."""

from __future__ import annotations

import json

import pytest
from captures import write_recording

from cnnviz.capture.evidence import confidence_percent
from cnnviz.capture.sidecar import read_capture


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_confidence_can_be_found_again(tmp_path, moment):
    sidecar = write_recording(tmp_path, "mine", seconds=4)
    number = confidence_percent(read_capture(sidecar), moment)
    assert number.op == "measured"
    assert number.args["evidence"] == "recordings/mine.json"
    place = json.loads(sidecar.read_text(encoding="utf-8"))
    for step in number.args["pointer"].removeprefix("/").split("/"):
        place = place[int(step) if isinstance(place, list) else step]
    assert number.value == round(number.args["scale"] * place, number.args["decimals"])
    assert number.value == {0: 90, 1: 86, 2: 81}[moment]
