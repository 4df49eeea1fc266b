"""Three kernels on one photograph: three feature maps, stacked as channels."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, Line, Square, VGroup

from cnnviz.compute import (
    count,
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
from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import (
    NumberGrid,
    SweepPicture,
    feature_picture,
    framed,
    kernel_grid,
    map_limit,
    picture,
    sign_legend,
    stack,
    words,
)
from cnnviz.visuals.theme import HEADING, LABEL, MUTED, Role
from scenes.convolution._claims import (
    BOTTOM_SIDE,
    FLAT_COLUMN,
    FLAT_ROW,
    LEFT_SIDE,
    RIGHT_SIDE,
    TOP_SIDE,
    stands_out,
)
from scenes.convolution._photograph import COLOUR, HORIZONTAL, TEXTURE, VERTICAL
from scenes.shared._claims import left_and_right, weights

PLACE = LEFT_SIDE
ROBE = [(130, column) for column in (158, 159, 167)]  # output positions on the king's robe
WINDOW = VERTICAL.window(*PLACE)
KERNELS = {"vertical": VERTICAL, "horizontal": HORIZONTAL, "texture": TEXTURE}


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


class ManyKernels(Lesson):
    @classmethod
    def numbers(cls):
        return {
            "kernels": count(list(KERNELS)),
            "photo.pixels": count(WINDOW.patch.ravel().tolist()),
            "photo.sum": WINDOW.result_number,
        }

    @classmethod
    def claims(cls):
        row, column = PLACE
        beside = [VERTICAL.number(row, other) for other in range(column - 10, column + 11)]
        return {
            "left_of_a_card": less(*left_and_right(WINDOW)),
            "edge_here": every(
                farthest_from_zero(WINDOW.result_number, of=beside),
                stands_out(VERTICAL, PLACE, FLAT_ROW),
            ),
            "sides_light_up": lights_up(VERTICAL, HORIZONTAL, (LEFT_SIDE, RIGHT_SIDE), FLAT_ROW),
            "turned": every(
                *(
                    equal(HORIZONTAL.kernel_number(i, j), VERTICAL.kernel_number(2 - j, i))
                    for i in range(3)
                    for j in range(3)
                )
            ),
            "top_and_bottom_light_up": lights_up(
                HORIZONTAL, VERTICAL, (TOP_SIDE, BOTTOM_SIDE), FLAT_COLUMN
            ),
            "middle_against_rest": middle_against_rest(weights(TEXTURE)),
            "robe_stands_out": every(*(stands_out(TEXTURE, place, FLAT_ROW) for place in ROBE)),
        }

    def setup_stage(self):
        self.photo = framed(picture(COLOUR, 5.2), Role.INPUT).shift(DOWN * 0.2)
        self.add(self.photo)

    def construct(self):
        with self.beat("question") as beat:
            self.play(
                self.photo.animate.scale_to_fit_height(3.1).to_corner(UP + LEFT, buff=1.0),
                run_time=beat.part(0.6),
            )

        with self.beat("zoom") as beat:
            self.stop_at_one_place(beat)

        self.kernel = Group()
        self.maps = []
        with self.beat("vertical") as beat:
            self.show_map(beat, "vertical")

        with self.beat("horizontal") as beat:
            self.show_map(beat, "horizontal")

        with self.beat("texture") as beat:
            self.show_map(beat, "texture")

        with self.beat("channels") as beat:
            self.pile_up(beat)

    def stop_at_one_place(self, beat):
        patch = NumberGrid(
            [[WINDOW.pixel(i, j) for j in range(3)] for i in range(3)],
            role=Role.INPUT,
            cell=0.85,
            shade="grey",
            limit=255,
        )
        result = NumberGrid(
            [[WINDOW.result_number]], role=Role.OUTPUT, cell=1.3, limit=map_limit(VERTICAL)
        )
        kernel = kernel_grid(VERTICAL, cell=0.85)
        signs = [words(sign, HEADING, colour=MUTED) for sign in ("×", "=")]
        line = Group(patch, signs[0], kernel, signs[1], result).arrange(RIGHT, buff=0.3)
        line.to_edge(RIGHT, buff=0.8).shift(DOWN * 0.2)
        spot = Square(0.22, color=Role.KERNEL.value, stroke_width=5).move_to(self.place())
        rays = VGroup(
            Line(spot.get_corner(UP + RIGHT), patch.get_corner(UP + LEFT)),
            Line(spot.get_corner(DOWN + RIGHT), patch.get_corner(DOWN + LEFT)),
        ).set_stroke(Role.KERNEL.value, width=1.5, opacity=0.6)
        self.play(Create(spot), run_time=beat.part(0.12))
        self.play(Create(rays), FadeIn(patch), run_time=beat.part(0.2))
        self.play(FadeIn(signs[0], kernel), run_time=beat.part(0.2))
        self.play(FadeIn(signs[1], result), run_time=beat.part(0.15))
        self.zoomed = Group(spot, rays, line)

    def place(self):
        photo, (row, column) = self.photo[0], PLACE
        pixel = photo.height / COLOUR.shape[0]
        corner = photo.get_corner(UP + LEFT)
        return corner + pixel * ((column + 1.5) * RIGHT + (row + 1.5) * DOWN)

    def show_map(self, beat, name):
        trace = KERNELS[name]
        kernel = kernel_grid(trace, cell=0.62).next_to(self.photo, DOWN, buff=0.5)
        image = framed(feature_picture(trace, 4.9), Role.OUTPUT)
        image.to_edge(RIGHT, buff=0.85).shift(DOWN * 0.1)
        title = self.label(name, LABEL, colour=Role.OUTPUT.value).next_to(image, DOWN, buff=0.2)
        leaving = [self.kernel, *self.maps[-1:]] if self.maps else [self.zoomed]
        self.play(
            *(FadeOut(old) for old in leaving if len(old)),
            FadeIn(kernel, shift=UP * 0.2),
            run_time=beat.part(0.15),
        )
        self.play(FadeIn(title), Create(image[1]), run_time=beat.part(0.1))
        cursor = Square(0.3, color=Role.KERNEL.value, stroke_width=5)
        self.add(image, cursor)
        self.play(
            SweepPicture(image[0], seen=self.photo[0], cursor=cursor), run_time=beat.part(0.5)
        )
        self.remove(cursor)
        self.kernel = kernel
        self.maps.append(Group(image, title))

    def pile_up(self, beat):
        layers = [framed(feature_picture(trace, 3.6), Role.OUTPUT) for trace in KERNELS.values()]
        pile = stack(layers, step=0.55)
        pile.to_edge(RIGHT, buff=0.85).shift(UP * 0.15)
        legend = sign_legend(*(self.label_text(name) for name in ("negative", "zero", "positive")))
        legend.next_to(pile, DOWN, buff=0.4)
        kernels = Group(*(kernel_grid(trace, cell=0.46) for trace in KERNELS.values()))
        kernels.arrange(RIGHT, buff=0.3).next_to(self.photo, DOWN, buff=0.6)
        self.play(FadeOut(self.kernel, self.maps[-1]), run_time=beat.part(0.12))
        for kernel, layer in zip(kernels, pile, strict=True):
            self.play(FadeIn(kernel), FadeIn(layer, shift=LEFT * 0.3), run_time=beat.part(0.16))
        self.play(FadeIn(legend), run_time=beat.part(0.15))
