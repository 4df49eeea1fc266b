"""The training as the scenes see it: its networks at any step, and its answers, as numbers.

Every scene that shows any of it is a `TrainedLesson`.
"""

from __future__ import annotations

import json
from functools import cache, cached_property

import numpy as np

from cnnviz.compute import (
    accuracy,
    conv2d,
    gradient,
    linear,
    max_pool2d,
    measured,
    percent,
    relu,
    softmax,
)
from cnnviz.files import file_digest
from cnnviz.stage.lesson import Lesson
from scenes.tictactoe._pictures import NAMES, OURS, PLACES

COIN = percent(softmax([0, 0]).number(0))  # of answers that a coin gets right: both are as likely
KINDS = ("cnn", "perceptron", "large_perceptron")


class TrainedLesson(Lesson):
    evidence = ("tictactoe",)

    @classmethod
    def run(cls):
        """What `render.py train-lesson` has written; read once."""
        path = cls.evidence_file("tictactoe")
        return _run(path, file_digest(path))


@cache
def _run(path, digest):
    return Run(json.loads(path.read_bytes()), f"recordings/{path.name}")


def pointer(*steps):
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{step}" for step in steps)


class Run:
    def __init__(self, data, file):
        self.data, self.file = data, file

    def measured(self, pointer, decimals=2, scale=1):
        """What stands at a JSON pointer, as a number of the ledger."""
        found = self.data
        for step in pointer.split("/")[1:]:
            found = found[int(step)] if isinstance(found, list) else found[step]
        return measured(found, self.file, pointer, decimals=decimals, scale=scale)

    # The network that is watched ----------------------------------------------------------

    @cached_property
    def steps(self):
        """The steps of which everything is kept, (S,)."""
        return self.data["watched"]["steps"]

    def index(self, step):
        """Where a kept step stands; −1 is the last."""
        return len(self.steps) - 1 if step == -1 else self.steps.index(step)

    def weights(self, step):
        """All weights of the watched network before a step, by name."""
        kept, index = self.data["watched"]["weights"], self.index(step)
        return {name: np.array(values[index]) for name, values in kept.items()}

    @cached_property
    def kernels(self):
        """Its filter at every kept step, (S, 3, 3)."""
        return np.array(self.data["watched"]["weights"]["kernels"])[:, 0]

    def kernel_number(self, index, row, column, decimals=2):
        """A weight of the filter at the kept step with this index."""
        at = pointer("watched", "weights", "kernels", index, 0, row, column)
        return self.measured(at, decimals)

    def weight_number(self, name, step, *place, decimals=2):
        """Any other weight of the watched network."""
        at = pointer("watched", "weights", name, self.index(step), *place)
        return self.measured(at, decimals)

    def cnn(self, step, place=OURS):
        """What the watched network makes of a picture at a step."""
        return _cnn(self, step, place)

    def gradient(self):
        """The gradient of the first step, in which it is shown our X."""
        return _gradient(self)

    # The others -----------------------------------------------------------------------------

    def perceptron(self, place=OURS):
        """What the trained perceptron of the hook makes of a picture."""
        return _perceptron(self, place)

    def right(self, kind, half="unseen"):
        """The answers of the film's own networks: `watched`, the CNN, or `perceptron`."""
        told = self.data[kind][half]
        pointers = (f"/{kind}/{half}/labels", f"/{kind}/{half}/predicted")
        return accuracy(told["labels"], told["predicted"], evidence=self.file, pointer=pointers)

    @property
    def seeds(self):
        return self.data["seeds"]

    def by_seed(self, kind):
        """For every seed, the answers to what its network never saw."""
        return _by_seed(self, kind)


@cache
def _by_seed(run, kind):
    return [
        accuracy(
            one["labels"],
            one[kind]["predicted"],
            evidence=run.file,
            pointer=(f"/seeds/{at}/labels", f"/seeds/{at}/{kind}/predicted"),
        )
        for at, one in enumerate(run.seeds)
    ]


@cache
def _cnn(run, step, place):
    return CnnPass(run.weights(step), place)


@cache
def _gradient(run):
    return gradient(OURS.pixels(), NAMES.index(OURS.sign), **run.weights(0))


@cache
def _perceptron(run, place):
    weights = {name: np.array(values) for name, values in run.data["perceptron"]["weights"].items()}
    return PerceptronPass(weights, place.pixels().ravel())


class PerceptronPass:
    """From a row of inputs to probabilities; each step a trace.

    `sums` and `hidden` are the hidden layer before and after its ReLU, `logits` the outputs,
    `answer` their softmax.
    """

    def __init__(self, weights, inputs):
        self.sums = linear(inputs, weights["hidden_weights"], weights["hidden_bias"])
        self.hidden = relu(self.sums.output[np.newaxis])
        self.logits = linear(
            self.hidden.output[0, 0], weights["output_weights"], weights["output_bias"]
        )
        self.answer = softmax(self.logits.output)

    def hidden_number(self, unit):
        return self.hidden.number(0, unit)

    def certainty(self, sign):
        """How sure the network is of a sign, 0 to 1."""
        return self.answer.number(NAMES.index(sign))

    @property
    def said(self):
        """The sign that it takes it for."""
        return NAMES[int(self.answer.output.argmax())]


class CnnPass(PerceptronPass):
    """From a picture to probabilities; `map`, `rectified`, `pooled` come before the rest."""

    def __init__(self, weights, place):
        [kernel], [bias] = weights["kernels"], weights["kernel_bias"]
        self.map = conv2d(place.pixels(), kernel, bias=bias)
        self.rectified = relu(self.map.output[0])
        self.pooled = max_pool2d(self.rectified.output[0], 2)
        super().__init__(weights, self.pooled.output.ravel())

    def pooled_number(self, index):
        """One of the four pooled values, row by row."""
        return self.pooled.number(*divmod(index, self.pooled.columns))


def neighbours():
    """All pairs of pictures of which the second is the first, moved by one cell."""
    return [
        (place, place.moved(*step))
        for place in PLACES
        for step in ((0, 1), (1, 0))
        if place.moved(*step) in PLACES
    ]
