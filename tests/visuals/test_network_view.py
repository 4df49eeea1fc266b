"""A small network: lines that light up forwards, blame that runs backwards."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from on_stage import last_picture, ledger

from cnnviz.compute import literal
from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import NetworkView
from cnnviz.visuals.arrange import in_format
from cnnviz.visuals.theme import ACCENT, MUTED, VIVID_NEGATIVE, VIVID_POSITIVE, hex_colour

WEIGHTS = [np.array([[2.0, -2.0, 0.0], [0.5, 1.0, -1.0]]), np.array([[1.0, -1.0]])]
FORMATS = pytest.mark.parametrize("format", [WIDE, TALL], ids=["wide", "tall"])


def number(value):
    return literal(value, of="test")


def overlaps(one, other):
    apart = np.abs(one.get_center() - other.get_center())[:2]
    return bool(np.all(apart < np.array([one.width + other.width, one.height + other.height]) / 2))


def sizes(network):
    return [(line.get_stroke_width(), line.get_stroke_color().to_hex()) for line in network.lines]


def test_there_is_a_line_from_each_node_to_each_of_the_next_layer():
    network = NetworkView([4, 3, 2])
    assert len(network.lines) == len(network.every_line()) == 4 * 3 + 3 * 2
    for layer, start, end in network.every_line():
        line = network.line(layer, start, end)
        for place, node in (
            (line.get_start(), network.node(layer, start)),
            (line.get_end(), network.node(layer + 1, end)),
        ):
            assert np.linalg.norm(place - node.get_center()) == pytest.approx(network.radius)


@FORMATS
def test_layers_follow_each_other_as_the_format_flows(format):
    with in_format(format):
        network = NetworkView([4, 3, 2])
    centers = [network.layer(index).get_center() for index in range(3)]
    ahead = [1, 0, 0] if format is WIDE else [0, -1, 0]
    for one, other in pairwise(centers):
        way = other - one
        assert way / np.linalg.norm(way) == pytest.approx(ahead)
    nodes = [circle for layer in network.circles for circle in layer]
    assert not any(overlaps(one, other) for one, other in combinations(nodes, 2))


def test_colour_is_the_sign_of_a_weight_and_width_its_size():
    network = NetworkView([3, 2, 1], WEIGHTS)
    largest, opposite = network.line(0, 0, 0), network.line(0, 1, 0)
    zero, half = network.line(0, 2, 0), network.line(0, 1, 1)
    assert largest.get_stroke_color().to_hex() == hex_colour(VIVID_POSITIVE)
    assert opposite.get_stroke_color().to_hex() == hex_colour(VIVID_NEGATIVE)
    assert largest.get_stroke_width() == opposite.get_stroke_width()
    assert zero.get_stroke_width() < half.get_stroke_width() < largest.get_stroke_width()


def test_a_layer_without_weights_has_lines_that_are_alike():
    plain = sizes(NetworkView([3, 2, 1]))[0]
    assert sizes(NetworkView([3, 2, 1], [WEIGHTS[0], None]))[6:] == [plain, plain]


@pytest.mark.parametrize("weights", [WEIGHTS[:1], [WEIGHTS[0].T, WEIGHTS[1]]])
def test_weights_that_do_not_join_the_layers_are_refused(weights):
    with pytest.raises(ValueError, match="do not join layers"):
        NetworkView([3, 2, 1], weights)


@FORMATS
def test_numbers_stand_inside_their_nodes(format):
    with in_format(format):
        network = NetworkView([[number(1), None, number(-0.35), number(0.5)], 2])
    assert [len(digits) for digits in network.digits] == [3, 0]
    for digits, place in zip(network.digits[0], (0, 2, 3), strict=True):
        node = network.node(0, place)
        assert digits.get_center() == pytest.approx(node.get_center())
        assert np.hypot(digits.width, digits.height) <= node.width


def test_writing_exchanges_the_digits_of_a_layer():
    network = NetworkView([[number(1), number(2)], 2])
    for layer, values in ((0, (3, 4)), (1, (5, 6))):
        change = network.write(layer, [number(value) for value in values])
        change.begin()
        change.finish()
        assert [one.numbers[0].value for one in network.digits[layer]] == list(values)


def ring(network, layer, index):
    return network.node(layer, index).get_stroke_color().to_hex()


def test_light_goes_from_layer_to_layer_and_leaves_the_other_lines_alone():
    network = NetworkView([3, 2, 1], WEIGHTS)
    before = sizes(network)
    light = network.light([(1, 0, 0), (0, 1, 0)])
    light.begin()
    light.interpolate(0.25)
    first, second = network.glow
    assert first.get_length() == pytest.approx(network.line(0, 1, 0).get_length() / 2)
    assert second.get_stroke_opacity() == 0
    assert ring(network, 0, 1) == ACCENT
    assert ring(network, 1, 0) == MUTED
    light.interpolate(0.75)
    assert first.get_length() == pytest.approx(network.line(0, 1, 0).get_length())
    assert second.get_length() == pytest.approx(network.line(1, 0, 0).get_length() / 2)
    assert ring(network, 1, 0) == ACCENT
    assert ring(network, 2, 0) == MUTED
    light.finish()
    assert ring(network, 2, 0) == ACCENT
    assert ring(network, 0, 0) == MUTED
    assert sizes(network) == before, "colour and width of a line mean its weight"


def test_blame_runs_backwards_and_leaves_its_numbers():
    network = NetworkView([3, 2, 1], WEIGHTS)
    back = network.blame({(0, 1, 0): number(-0.2), (1, 0, 0): number(0.7)})
    back.begin()
    back.interpolate(0.15)
    pulses = [pulse for pulse in network.pulses if pulse.get_fill_opacity()]
    line = network.line(1, 0, 0)
    assert len(pulses) == 1
    assert pulses[0].get_center() == pytest.approx((line.get_start() + line.get_end()) / 2)
    back.interpolate(0.5)
    early, late = (plate[1][0].get_fill_opacity() for plate in network.plates)
    assert (early, late) == (0, 1), "the number of the last layer is there first"
    back.finish()
    assert not len(network.pulses)
    assert [plate[1].numbers[0].value for plate in network.plates] == [-0.2, 0.7]


@FORMATS
def test_numbers_on_lines_stand_on_them_and_nowhere_on_each_other_or_on_nodes(format):
    with in_format(format):
        network = NetworkView([4, 3, 2])
        keys = [
            *(key for key in network.every_line() if key[0] == 1),
            (0, 0, 0),
            (0, 1, 1),
            (0, 3, 2),
        ]
        network.blame({key: number(-0.05) for key in keys}).begin()
    nodes = [circle for layer in network.circles for circle in layer]
    for one, other in combinations([*network.plates, *nodes], 2):
        assert not overlaps(one, other)
    for key, plate in zip(keys, network.plates, strict=True):
        start, end = network.line(*key).get_start_and_end()
        way, at = end - start, plate.get_center() - start
        assert np.linalg.norm(np.cross(way, at)) / np.linalg.norm(way) < 1e-6
        assert 0 < at @ way < way @ way
        assert plate[0].get_fill_opacity() == plate[1][0].get_fill_opacity()


def test_the_same_numbers_get_the_same_places():
    keys = NetworkView([4, 3, 2]).every_line()[::2]
    twice = []
    for _ in range(2):
        network = NetworkView([4, 3, 2])
        network.blame({key: number(0.5) for key in keys}).begin()
        twice.append([plate.get_center() for plate in network.plates])
    assert np.array_equal(*twice)


def test_more_numbers_than_there_is_room_for_are_refused():
    network = NetworkView([5, 5], width=2.6)
    with pytest.raises(ValueError, match="no room for 25 numbers"):
        network.blame({key: number(-0.05) for key in network.every_line()})


def there_and_back(scene):
    network = NetworkView([[number(3), None, None], 2, 1], WEIGHTS)
    scene.add(network)
    return [
        lambda: network.light([(0, 1, 0), (1, 0, 0)]),
        lambda: network.blame({(0, 1, 0): number(-0.2), (1, 0, 0): number(0.7)}),
        lambda: network.write(2, [number(9)]),
        lambda: network.darken(),
    ]


def test_the_ledger_holds_what_blame_brought_until_it_is_dark_again():
    assert ledger(there_and_back) == {
        "before": {"3"},
        "moving": {"3", "−0.2", "0.7", "9"},
        "after": {"3", "9"},
    }


def test_after_it_is_dark_again_it_looks_as_if_nothing_had_been():
    def only_write(scene):
        network = NetworkView([[number(3), None, None], 2, 1], WEIGHTS)
        scene.add(network)
        return [lambda: network.write(2, [number(9)])]

    beats = ("before", "moving", "after")
    assert np.array_equal(last_picture(there_and_back, beats), last_picture(only_write, beats))


def all_but_dark(scene):
    return there_and_back(scene)[:3]


def test_a_beat_that_is_skipped_leaves_it_as_one_that_was_drawn():
    drawn = last_picture(all_but_dark, ("before", "moving", "after"))
    assert np.array_equal(drawn, last_picture(all_but_dark, ("after",)))
