"""Three kernels on one photograph: three feature maps, stacked as channels."""

from __future__ import annotations

from cnnviz.compute import (
    equal,
    every,
    farther_from_zero,
    farthest_from_zero,
    less,
    negative,
    positive,
    total,
    zero,
)
from cnnviz.visuals.theme import LABEL
from scenes.convolution._claims import (
    BOTTOM_SIDE,
    FLAT_COLUMN,
    FLAT_ROW,
    LEFT_SIDE,
    RIGHT_SIDE,
    TOP_SIDE,
    stands_out,
)
from scenes.shared._claims import left_and_right, weights
from scenes.shared.feature_maps import OUTPUT, FeatureMaps

ROBE = [(130, column) for column in (158, 159, 167)]  # output positions on the king's robe


def lights_up(trace, other, places, flat):
    """At `places` the map stands out, and is farther from zero than that of the `other` kernel."""
    return every(
        *(stands_out(trace, place, flat) for place in places),
        *(farther_from_zero(trace.number(*place), other.number(*place)) for place in places),
    )


def middle_against_rest(numbers):
    """The middle weight counts for the middle pixel, all others against it, together the same."""
    before, middle, after = numbers[:4], numbers[4], numbers[5:]
    return every(positive(middle), negative(*before, *after), zero(total(numbers)))


class ManyKernels(FeatureMaps):
    place = LEFT_SIDE

    @classmethod
    def claims(cls):
        vertical, horizontal, texture = cls.maps()
        row, column = LEFT_SIDE
        beside = [vertical.number(row, other) for other in range(column - 10, column + 11)]
        return {
            "left_of_a_card": less(*left_and_right(cls.window())),
            "edge_here": every(
                farthest_from_zero(vertical.number(*LEFT_SIDE), of=beside),
                stands_out(vertical, LEFT_SIDE, FLAT_ROW),
            ),
            "sides_light_up": lights_up(vertical, horizontal, (LEFT_SIDE, RIGHT_SIDE), FLAT_ROW),
            "turned": every(
                *(
                    equal(horizontal.kernel_number(i, j), vertical.kernel_number(2 - j, i))
                    for i in range(3)
                    for j in range(3)
                )
            ),
            "top_and_bottom_light_up": lights_up(
                horizontal, vertical, (TOP_SIDE, BOTTOM_SIDE), FLAT_COLUMN
            ),
            "middle_against_rest": middle_against_rest(weights(texture)),
            "robe_stands_out": every(*(stands_out(texture, place, FLAT_ROW) for place in ROBE)),
        }

    def construct(self):
        with self.beat("question") as beat:
            self.make_room(beat)

        with self.beat("zoom") as beat:
            self.stop_at_one_place(beat)

        with self.beat("vertical") as beat:
            self.show_map(beat, self.label("vertical", LABEL, colour=OUTPUT))

        with self.beat("horizontal") as beat:
            self.show_map(beat, self.label("horizontal", LABEL, colour=OUTPUT))

        with self.beat("texture") as beat:
            self.show_map(beat, self.label("texture", LABEL, colour=OUTPUT))

        with self.beat("channels") as beat:
            self.pile_up(beat)
