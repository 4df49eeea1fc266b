"""A number or more of every operation, as the traces make them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from cnnviz.compute import (
    Number,
    accuracy,
    argmax,
    batch_norm,
    conv2d,
    count,
    cross_entropy,
    difference,
    dilate,
    erode,
    gradient,
    linear,
    literal,
    max_pool2d,
    mean,
    mean_pool2d,
    output_size,
    percent,
    product,
    relu,
    rounded,
    softmax,
    threshold,
    total,
)

IMAGE = [[1, 2, 3, 0, 1], [0, 1, 2, 3, 1], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [1, 2, 1, 0, 1]]
GREY = [[200, 190, 60, 40], [210, 180, 50, 30], [220, 170, 160, 20], [230, 90, 80, 10]]
CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
RING = [[int(max(abs(y - 2.5), abs(x - 2.5)) == 2.5) for x in range(6)] for y in range(6)]
NETWORK = {
    "kernels": [[[0.52, -0.23, 0.11], [0.97, 0.71, -0.46], [0.28, -1.03, 0.57]]],
    "kernel_bias": [0.1],
    "hidden_weights": [[0.5, -0.3, 0.2, 0.7], [-0.4, 0.9, 0.3, -0.2], [0.1, 0.2, 0.6, -0.8]],
    "hidden_bias": [0.1, -0.2, 0.3],
    "output_weights": [[0.6, -0.7, 0.2], [-0.5, 0.4, 0.9]],
    "output_bias": [0.05, -0.05],
}
ANSWERS = {
    "rows": [
        {"label": "O", "predicted": "O"},
        {"label": "X", "predicted": "O"},
        {"label": "X", "predicted": "X"},
    ],
    "labels": [0, 1, 1],
    "predicted": [0, 0, 1],
    "sure": [0.9782],
}


def put_evidence(base: Path) -> None:
    """The file that some of the examples name."""
    (base / "answers.json").write_text(json.dumps(ANSWERS))


@cache
def examples() -> tuple[Number, ...]:
    """All of them; those of one operation may be several."""
    trained = gradient(RING, 1, **NETWORK)
    layer = linear([1, -2, 0.5], [[3, 1, 2], [0.25, -1, 4]], [1, 0])
    rows = ANSWERS["rows"]
    labels, predicted = ([row[name] for row in rows] for name in ("label", "predicted"))
    measured = {"evidence": "answers.json", "pointer": "/sure/0", "scale": 100, "decimals": 0}
    return (
        conv2d(IMAGE, CROSS, bias=0.5, stride=2, padding=1).number(1, 2),
        conv2d(IMAGE, CROSS, padding=1, dilation=2, flip=True).number(0, 1),
        relu([[-4, 2]]).number(0, 0),
        max_pool2d(IMAGE).number(1, 1),
        mean_pool2d(IMAGE).number(1, 1),
        product([2, -3, 0.5]),
        total([1, -5, 0.25]),
        mean([10, 20, 30, 41]),
        difference(0.75, -0.5),
        argmax([0.1, 0.7, -0.2]),
        output_size(224, 3, padding=1).number,
        count(["K", "Q"]),
        literal(7, of="input", row=0, column=1),
        Number(98, "measured", measured),
        layer.number(0),
        layer.number(1),
        batch_norm(GREY, mean=100, variance=400, weight=2, bias=-1).number(0, 2),
        softmax([2, -1, 0.5]).number(0),
        cross_entropy([2, -1, 0.5], 1).number,
        rounded(cross_entropy([2, -1, 0.5], 1).number),
        percent(softmax([2, -1, 0.5]).number(0), 1),
        trained.number("kernels", 0, 1, 2),
        trained.number("kernel_bias", 0),
        trained.number("hidden_weights", 2, 3),
        trained.number("hidden_bias", 0),
        trained.number("output_weights", 0, 2),
        trained.number("output_bias", 1),
        trained.number("hidden", 1),
        trained.number("pooled", 0, 1, 0),
        trained.number("logits", 0),
        threshold(GREY, 3).number(1, 2),
        threshold(np.tile(GREY, (4, 4)), inverted=True).number(7, 5),
        erode(GREY, CROSS).number(0, 3),
        dilate(GREY).number(2, 2),
        accuracy(labels, predicted).number,
        accuracy(labels, predicted).percent(1),
        accuracy(labels, predicted, evidence="answers.json", pointer="/rows").percent(),
        accuracy(
            ANSWERS["labels"],
            ANSWERS["predicted"],
            evidence="answers.json",
            pointer=("/labels", "/predicted"),
        ).number,
    )
