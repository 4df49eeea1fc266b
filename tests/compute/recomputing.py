"""Numbers held against what their arguments give, without the project's code that made them."""

from __future__ import annotations

import json
import math
from pathlib import Path

from cnnviz.compute import Number
from cnnviz.review.recompute import recomputed


def check(number: Number, op: str, base: Path = Path()) -> None:
    """`number` survives JSON and is what its arguments give; exactly so if they are whole."""
    written = json.loads(json.dumps({"value": number.value, "args": dict(number.args)}))
    assert number.op == op
    again = recomputed(op, written["args"], base)
    assert again is not None
    assert math.isclose(written["value"], again, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(again, int):
        assert type(number.value) is int
        assert number.value == again
