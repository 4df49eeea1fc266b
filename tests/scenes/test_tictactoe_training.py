"""The training that `tictactoe` shows is what its recipe gives, here as on another machine."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cnnviz.compute import cross_entropy
from cnnviz.episode.lesson_training import differences
from scenes.tictactoe import _training
from scenes.tictactoe._pictures import MOVED, OURS, PLACES
from scenes.tictactoe._run import TrainedLesson

STEPS = 60
RUN = TrainedLesson.run()


def plain(value):
    return json.loads(json.dumps(value))


def test_a_short_run_gives_the_first_steps_of_the_long_one():
    short, shipped = plain(_training.watch(_training.WATCHED, STEPS)), RUN.data["watched"]
    for name in ("steps", "loss", "right", "certainty"):
        before = shipped[name][: STEPS + 1]
        assert not list(differences(before, short[name], _training.TOLERANCE))
    for name, values in short["weights"].items():
        before = shipped["weights"][name][: STEPS + 1]
        assert not list(differences(before, values, _training.TOLERANCE))
    assert short["first_right"] == shipped["first_right"]


def test_the_networks_of_one_seed_answer_as_in_the_evidence():
    assert plain(_training.counted(0)) == RUN.seeds[0]


def test_the_first_step_is_the_one_that_the_lesson_works_out():
    slopes, step = RUN.gradient().gradients, _training.LEARNING_RATE
    before, after = RUN.weights(0), RUN.weights(1)
    for name, slope in slopes.items():
        told = np.array(RUN.data["watched"]["first_gradients"][name])
        assert told == pytest.approx(slope, abs=_training.TOLERANCE)
        assert after[name] == pytest.approx(before[name] - step * slope, abs=_training.TOLERANCE)


@pytest.mark.parametrize("index", [0, 1, 20, 200, -1])
def test_what_was_written_at_a_step_is_what_its_weights_give(index):
    watched = RUN.data["watched"]
    step = watched["steps"][index]
    certainty = RUN.cnn(step).certainty("X").value
    assert watched["certainty"][index] == pytest.approx(certainty, abs=1e-6)
    seen = [PLACES[place] for place in watched["seen"]["pictures"]]
    losses = [
        cross_entropy(RUN.cnn(step, place).logits.output, ("O", "X").index(place.sign)).loss
        for place in seen
    ]
    assert watched["loss"][index] == pytest.approx(np.mean(losses), abs=1e-6)
    right = [RUN.cnn(step, place).said == place.sign for place in seen]
    assert watched["right"][index] == sum(right)


def test_the_networks_that_are_shown_answer_as_in_the_evidence():
    for kind, answer in (
        ("watched", lambda place: RUN.cnn(-1, place)),
        ("perceptron", RUN.perceptron),
    ):
        for half in ("seen", "unseen"):
            told = RUN.data[kind][half]
            said = [answer(PLACES[place]).said for place in told["pictures"]]
            assert said == told["predicted"]


def test_every_picture_is_in_one_half_and_each_sign_fits_as_often():
    for one in RUN.seeds:
        assert sorted([*one["seen"], *one["unseen"]]) == list(range(len(PLACES)))
    assert Counter(place.sign for place in PLACES) == {"O": 14, "X": 14}
    assert len({place.pixels().tobytes() for place in PLACES}) == len(PLACES)


def test_our_cross_is_seen_in_training_and_its_neighbour_is_not():
    watched = RUN.data["watched"]
    assert PLACES.index(OURS) in watched["seen"]["pictures"]
    assert PLACES.index(MOVED) in watched["unseen"]["pictures"]


def test_the_milestones_are_those_of_the_steps_that_are_kept():
    watched = RUN.data["watched"]
    sure = [
        at for at, share in zip(watched["steps"], watched["certainty"], strict=True) if share > 0.5
    ]
    assert watched["first_right"] == sure[0]
    all_right = [count == len(watched["seen"]["labels"]) for count in watched["right"]]
    lasting = watched["steps"].index(watched["all_right_from"])
    assert all(all_right[lasting:])
    assert not all_right[lasting - 1]


def test_the_file_lies_where_render_py_puts_it_and_is_small():
    file = TrainedLesson.evidence_file("tictactoe")
    assert file == Path(__file__).parents[2] / "recordings" / "tictactoe.json"
    assert file.stat().st_size < 1_000_000
