"""What holds of the recognizer's first layer, whichever card it looks at."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from cnnviz.compute import equal, every, not_, not_negative, relu, total


def layer_claims(seen):
    """The claims of the scene that looks into it.

    Parameters
    ----------
    seen
        A `Recognition`.
    """
    pairs = list(combinations(seen.traces, 2))
    return {
        "weights_of_their_own": every(*(not_(equal(*pair)) for pair in colours(seen.window))),
        "one_number": equal(total([*seen.sums, seen.bias]), seen.window.result_number),
        "maps_differ": every(*(not_(equal(*apart(*pair))) for pair in pairs)),
        "no_minus_left": not_negative(*(rectified_lowest(trace) for trace in seen.traces)),
    }


def colours(window):
    """Of any two colours, the weights that differ most."""
    for one, other in combinations(range(len(window.kernel)), 2):
        place = farthest_apart(window.kernel[one], window.kernel[other])
        yield [window.trace.kernel_number(*place, colour) for colour in (one, other)]


def apart(trace, other):
    """Where two maps differ most, both their values."""
    place = farthest_apart(trace.output[0], other.output[0])
    return trace.number(*place), other.number(*place)


def farthest_apart(one, other):
    row, column = np.unravel_index(int(np.abs(one - other).argmax()), one.shape)
    return int(row), int(column)


def rectified_lowest(trace):
    """What ReLU makes of the lowest value of a map."""
    return relu([[trace.output.min()]]).number(0, 0)
