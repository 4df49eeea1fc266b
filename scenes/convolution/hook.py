"""How can a machine without eyes see? One tiny kernel walks over a photograph."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, Group, Square

from cnnviz.compute import every, total, zero
from cnnviz.stage.lesson import Lesson
from cnnviz.visuals import SweepPicture, feature_picture, framed, kernel_grid, picture
from cnnviz.visuals.theme import HEADING, LABEL, Role
from scenes.convolution._claims import (
    FLAT_ROW,
    KERNEL_SIZE,
    LEFT_SIDE,
    PICTURE_SIZE,
    SMALL_KERNEL,
    stands_out,
)
from scenes.convolution._photograph import COLOUR, TEXTURE
from scenes.shared._claims import goes_to_the_end, weights

EDGE = (LEFT_SIDE[0], LEFT_SIDE[1] + 1)  # this kernel answers strongest on the inner side


class Hook(Lesson):
    card = False
    titled = False

    @classmethod
    def numbers(cls):
        return {"kernel.size": KERNEL_SIZE}

    @classmethod
    def claims(cls):
        return {
            "small_kernel": SMALL_KERNEL,
            "whole_picture": goes_to_the_end(TEXTURE, PICTURE_SIZE),
            # Where nothing changes the weights cancel out, however bright it is.
            "only_edges": every(zero(total(weights(TEXTURE))), stands_out(TEXTURE, EDGE, FLAT_ROW)),
        }

    def setup_stage(self):
        self.photo = framed(picture(COLOUR, 5.4)).to_edge(UP, buff=0.5)
        self.question = self.label("question", HEADING).next_to(self.photo, DOWN, buff=0.45)
        self.add(self.photo)

    def construct(self):
        with self.beat("no_eyes") as beat:
            self.play(self.photo.animate.scale(1.03), run_time=beat.part(0.5))
            self.play(FadeIn(self.question, shift=UP * 0.2), run_time=beat.part(0.25))

        small = framed(picture(COLOUR, 4.2), Role.INPUT)
        edges = framed(feature_picture(TEXTURE, 4.2), Role.OUTPUT)
        Group(small, edges).arrange(RIGHT, buff=0.7).to_edge(UP, buff=0.6)
        kernel = kernel_grid(TEXTURE, cell=0.62).to_edge(DOWN, buff=0.5)

        with self.beat("tiny_kernel") as beat:
            self.play(
                FadeOut(self.question),
                self.photo.animate.scale_to_fit_height(small.height).move_to(small),
                run_time=beat.part(0.25),
            )
            self.play(FadeIn(kernel, shift=UP * 0.3), run_time=beat.part(0.25))
            window = Square(0.3, color=Role.KERNEL.value, stroke_width=5)
            window.move_to(small.get_corner(UP + -RIGHT))
            self.play(Create(window), Create(edges[1]), run_time=beat.part(0.15))
            self.add(edges, window)
            self.play(SweepPicture(edges[0], seen=small[0], cursor=window), run_time=beat.remaining)

        with self.beat("edges_left") as beat:
            name = self.label("edges", LABEL, colour=Role.OUTPUT.value)
            name.next_to(edges, DOWN, buff=0.25)
            self.play(FadeOut(window), FadeIn(name), run_time=beat.part(0.2))
            self.play(
                FadeOut(self.photo, small, kernel, name),
                edges.animate.scale(1.4).center(),
                run_time=beat.part(0.4),
            )
