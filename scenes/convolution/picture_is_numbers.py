"""A picture is a matrix of numbers; a kernel is a small one; their sums make a third."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, Square, VGroup

from cnnviz.compute import largest, literal, smallest
from cnnviz.visuals import (
    NumberGrid,
    SweepPicture,
    feature_picture,
    framed,
    kernel_grid,
    picture,
    with_title,
)
from cnnviz.visuals.theme import ACCENT, BODY, LABEL, Role
from scenes.convolution._claims import SMALL_KERNEL
from scenes.convolution._photograph import GREY, PHOTO
from scenes.shared._photograph import feature_map
from scenes.shared._worked_example import WorkedScene, fitted, kernel_shape

TOP, LEFTMOST, SIDE = 28, 280, 8
PATCH = GREY[TOP : TOP + SIDE, LEFTMOST : LEFTMOST + SIDE]
PIXELS = [
    [
        literal(int(PATCH[r, c]), of="cards.png, grey", row=TOP + r, column=LEFTMOST + c)
        for c in range(SIDE)
    ]
    for r in range(SIDE)
]
FLAT = [pixel for row in PIXELS for pixel in row]


class PictureIsNumbers(WorkedScene):
    @classmethod
    def numbers(cls):
        return {
            "patch.brightest": max(FLAT, key=lambda pixel: pixel.value),
            "patch.darkest": min(FLAT, key=lambda pixel: pixel.value),
            "kernel.size": cls.example().kernel_size,
        }

    @classmethod
    def claims(cls):
        numbers = cls.numbers()
        return {
            "brightest": largest(numbers["patch.brightest"], of=FLAT),
            "darkest": smallest(numbers["patch.darkest"], of=FLAT),
            "small_kernel": SMALL_KERNEL,
        }

    def setup_stage(self):
        photo = framed(picture(GREY, 4.6), Role.INPUT)
        name = self.label("photo", LABEL, colour=Role.INPUT.value)
        self.photo = Group(photo, name.next_to(photo, UP, buff=0.22)).to_edge(LEFT, buff=0.85)
        self.photo.shift(DOWN * 0.2)
        self.add(self.photo)

    def construct(self):
        self.look_closer()
        self.meet_the_kernel()

    def look_closer(self):
        numbers = NumberGrid(PIXELS, role=Role.INPUT, cell=0.66, shade="grey", limit=255)
        close = framed(picture(PATCH, numbers.height, crisp=True), Role.INPUT)
        self.close = Group(close, numbers).to_edge(RIGHT, buff=0.75).shift(DOWN * 0.2)
        spot = self.spot()

        with self.beat("what_it_sees") as beat:
            self.play(self.photo[0].animate.scale(1.03), run_time=beat.part(0.4))
            self.play(Create(spot), run_time=beat.part(0.3))

        with self.beat("pixels") as beat:
            close.scale_to_fit_height(spot.height).move_to(spot)
            self.add(close)
            self.play(
                close.animate.scale_to_fit_height(numbers.height).move_to(numbers),
                run_time=beat.part(0.45),
            )

        with self.beat("values") as beat:
            name = self.label("numbers", LABEL, colour=Role.INPUT.value)
            self.close.add(name.next_to(numbers, UP, buff=0.22))
            self.play(FadeIn(name), FadeIn(numbers), run_time=beat.part(0.3))
            self.play(self.mark(numbers, "patch.brightest"), run_time=beat.part(0.15))
            self.play(self.mark(numbers, "patch.darkest"), run_time=beat.part(0.15))
        self.spot_mark = spot

    def spot(self):
        photo = self.photo[0][0]
        pixel = photo.height / GREY.shape[0]
        spot = Square(SIDE * pixel * 1.6, color=ACCENT, stroke_width=4)
        corner = photo.get_corner(UP + LEFT)
        middle = (LEFTMOST + SIDE / 2) * RIGHT + (TOP + SIDE / 2) * DOWN
        return spot.move_to(corner + 1.03 * pixel * middle)

    def mark(self, grid, name):
        index = FLAT.index(self.numbers()[name])
        frame = Square(grid.cell, color=ACCENT, stroke_width=7).move_to(grid.squares[index])
        grid.add(frame)
        return Create(frame)

    def meet_the_kernel(self):
        trace = self.example().valid
        kernel = kernel_grid(trace, cell=fitted(0.75, 3, kernel_shape(trace)))
        titled = with_title(kernel, self.label_text("kernel")).move_to(self.close)

        with self.beat("kernel") as beat:
            self.play(FadeOut(self.close), FadeOut(self.spot_mark), run_time=beat.part(0.15))
            self.play(FadeIn(titled, scale=0.8), run_time=beat.part(0.25))

        with self.beat("recipe") as beat:
            seen = feature_map(PHOTO, self.kernel)
            image = framed(feature_picture(seen, 3.3), Role.OUTPUT)
            name = self.label("map", LABEL, colour=Role.OUTPUT.value)
            result = Group(image, name.next_to(image, UP, buff=0.22))
            places = Group(
                self.photo.copy().scale_to_fit_height(result.height),
                kernel.copy().scale(0.7),
                result,
            ).arrange(RIGHT, buff=0.55)
            places.shift(UP * 0.3)
            steps = VGroup(
                *(self.label(step, BODY, colour=ACCENT) for step in ("slide", "multiply", "add"))
            ).arrange(RIGHT, buff=1.2)
            steps.next_to(places, DOWN, buff=0.7)
            self.play(
                self.photo.animate.scale_to_fit_height(result.height).move_to(places[0]),
                FadeOut(titled[1]),
                kernel.animate.scale(0.7).move_to(places[1]),
                run_time=beat.part(0.15),
            )
            for step in steps:
                self.play(FadeIn(step, shift=UP * 0.2), run_time=beat.part(0.12))
            self.play(FadeIn(name), Create(image[1]), run_time=beat.part(0.08))
            cursor = Square(0.35, color=Role.KERNEL.value, stroke_width=5)
            self.add(image, cursor)
            self.play(
                SweepPicture(image[0], seen=self.photo[0][0], cursor=cursor),
                run_time=beat.part(0.34),
            )
            self.play(FadeOut(cursor), run_time=beat.part(0.05))
