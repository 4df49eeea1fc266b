"""One window, one filter: nine products, of which only those of bright cells count, and a sum."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    ReplacementTransform,
    VGroup,
)

from cnnviz.compute import count, equal, every, total, zero
from cnnviz.visuals import (
    MoveWindow,
    NumberGrid,
    WindowView,
    input_grid,
    number_text,
    pulse,
    with_title,
    words,
)
from cnnviz.visuals.theme import BODY, HEADING, MUTED, TITLE, Role
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe._stencil import SIZE, Stencil, Workings

AT = (2, 2)
"""The first window that is worked out: the middle of the cross lies in it."""
CELL = 0.88
STEPS, RULES = (0, 0.72, 1.44, 2.16, 2.88, 3.9, 4.85, 5.9), (3.33, 5.35)
"""Of the sum that is written out, where lines of numbers and the rules between them stand."""
HEADROOM = 0.02
"""Of what is seen from close by, by how much more stays free above, for the title in its corner."""
FLOOR, CEILING = -3.58, 1.7
"""Heights between which the picture lies; above is room for a title."""


def view(height, x, y):
    """What the frame shows if it is `height` units high: for `zoom_to`, with fill=1."""
    return Rectangle(width=height * 16 / 9, height=height).move_to((x, y, 0))


class Filter(TrainedLesson):
    title_over = True

    @classmethod
    def trace(cls):
        """The map of the film's cross by the first, random filter."""
        return cls.run().cnn(0).map

    @classmethod
    def weights(cls):
        return [[cls.run().kernel_number(0, i, j) for j in range(SIZE)] for i in range(SIZE)]

    @classmethod
    def bias(cls):
        return cls.run().weight_number("kernel_bias", 0, 0)

    @classmethod
    def lit(cls):
        """Under the filter, row and column of each bright cell."""
        patch = cls.trace().window(*AT).patch[0]
        return [(i, j) for i in range(SIZE) for j in range(SIZE) if patch[i, j]]

    @classmethod
    def numbers(cls):
        window = cls.trace().window(*AT)
        return {
            "kernel.count": count([one.value for row in cls.weights() for one in row]),
            "lit": count([list(place) for place in cls.lit()]),
            "sum": window.sum_number,
            "bias": cls.bias(),
            "result": window.result_number,
        }

    @classmethod
    def claims(cls):
        window, lit, weights = cls.trace().window(*AT), cls.lit(), cls.weights()
        places = [(i, j) for i in range(SIZE) for j in range(SIZE) if (i, j) not in lit]
        dark = [(window.pixel(*place), window.product(*place)) for place in places]
        return {
            "dark_gives_zero": every(*(zero(*pair) for pair in dark)),
            "sum_of_lit_weights": equal(window.sum_number, total(weights[i][j] for i, j in lit)),
        }

    def setup_stage(self):
        trace = self.trace()
        self.picture = input_grid(trace, cell=CELL)
        self.picture.move_to(UP * (FLOOR + CEILING) / 2)
        self.window = WindowView(trace, self.picture).set_stroke(opacity=0)
        self.window.set_z_index(1)  # cells that change their light come to the front
        self.add(self.picture, self.window)

    def construct(self):
        self.look()
        self.meet_the_filter()
        self.multiply()
        self.add_up()

    def look(self):
        with self.beat("window") as beat:
            cells = zip(self.picture.squares, self.picture.digits, strict=True)
            cross = [VGroup(*cell) for cell in cells if cell[1].numbers[0].value]
            self.play(pulse(VGroup(*cross), 1.06), run_time=beat.part(0.35))
            # A window is where one looks: all around it is dark.
            self.window.set_stroke(opacity=1)
            self.play(Create(self.window.frame), self.dim_others(0, 0), run_time=beat.part(0.1))
            path = [(0, 0), (0, 2), (1, 3), (2, 2)]
            for there in path[1:]:
                shade = [self.dim_others(*there)]
                self.play(MoveWindow(self.window, *there), *shade, run_time=beat.part(0.14))

    def dim_others(self, row, column):
        """Let the cells in a window shine, and all others be dim."""
        inside = {(row + i, column + j) for i in range(SIZE) for j in range(SIZE)}
        return AnimationGroup(
            *(
                self.dimmed(self.picture.at(i, j), (i, j) not in inside)
                for i in range(self.picture.rows)
                for j in range(self.picture.columns)
            )
        )

    def dimmed(self, cell, dim):
        square, digit = cell
        return AnimationGroup(
            square.animate.set_fill(opacity=0.28 if dim else 1),
            digit.animate.set_opacity(0 if dim else 1),
        )

    def meet_the_filter(self):
        self.grid = NumberGrid(self.weights(), role=Role.KERNEL, cell=1.55)
        self.named = with_title(self.grid, self.label_text("filter"), size=BODY)
        self.named.move_to(RIGHT * 3.6 + UP * (FLOOR + CEILING) / 2)
        aside = self.picture.copy().to_edge(LEFT, buff=0.75)
        with self.beat("weights") as beat:
            whole = VGroup(self.picture, self.window)
            shift = aside.get_center() - self.picture.get_center()
            self.play(whole.animate.shift(shift), run_time=beat.part(0.16))
            rise = [
                ReplacementTransform(
                    self.picture.square(AT[0] + at // SIZE, AT[1] + at % SIZE)
                    .copy()
                    .set_fill(opacity=0),
                    square,
                )
                for at, square in enumerate(self.grid.squares)
            ]
            self.play(LaggedStart(*rise, lag_ratio=0.1), run_time=beat.part(0.22))
            self.play(FadeIn(self.named[1], shift=0.2 * DOWN), run_time=beat.part(0.1))
            # In no order, for they are random.
            order = [4, 8, 0, 5, 3, 7, 1, 6, 2]
            digits = [FadeIn(self.grid.digits[at], scale=1.8) for at in order]
            self.play(LaggedStart(*digits, lag_ratio=0.3), run_time=beat.part(0.38))

    def multiply(self):
        window = self.trace().window(*AT)
        self.stencil = Stencil(self.picture, self.weights()).place(*AT)
        self.workings = Workings(window, self.picture)
        plates = self.stencil.plates
        for at, plate in enumerate(plates):
            self.workings.lay(plate, at)
        pixels = self.picture.block_digits(*AT, SIZE, SIZE)
        patch = self.picture.block(*AT, SIZE, SIZE)
        self.height = patch.height / 0.8
        middle = patch.get_center() + UP * HEADROOM * self.height
        with self.beat("multiply") as beat:
            self.play(
                self.frame.animate.zoom_to(view(self.height, *middle[:2]), fill=1),
                FadeOut(self.named[1]),
                *(
                    ReplacementTransform(VGroup(square, digit), plate)
                    for square, digit, plate in zip(
                        self.grid.squares, self.grid.digits, plates, strict=True
                    )
                ),
                *(
                    digit.animate.scale(there.height / digit.height).move_to(there)
                    for digit, there in zip(pixels, self.workings.pixels, strict=True)
                ),
                run_time=beat.part(0.24),
            )
            self.play(
                LaggedStart(
                    *(
                        AnimationGroup(FadeIn(sign), FadeIn(product, shift=0.1 * DOWN))
                        for sign, product in zip(
                            self.workings.times, self.workings.products, strict=True
                        )
                    ),
                    lag_ratio=0.4,
                ),
                run_time=beat.part(0.34),
            )
            dark = self.workings.dark()
            zeros = VGroup(*(self.workings.products[at] for at in dark))
            self.play(
                LaggedStart(*(pulse(zero, 1.7) for zero in zeros), lag_ratio=0.2),
                run_time=beat.part(0.22),
            )
            # Gone, as what is zero is gone from a sum.
            gone = [
                VGroup(part[at]) for at in dark for part in (pixels, self.workings.times, plates)
            ]
            self.play(FadeOut(*gone, zeros), run_time=beat.part(0.1))
        self.pixels = pixels

    def add_up(self):
        z = self.height / 8  # of the stage, what is a unit on the screen
        window, lit = self.trace().window(*AT), self.workings.lit()
        patch = self.picture.block(*AT, SIZE, SIZE)
        ink = Role.KERNEL.value
        terms = [
            number_text(self.weights()[at // SIZE][at % SIZE], HEADING, colour=ink) for at in lit
        ]
        rows = [*terms, number_text(window.sum_number, TITLE), number_text(self.bias(), HEADING)]
        rows.append(number_text(window.result_number, TITLE, colour=Role.OUTPUT.value))
        rows[-2].set_color(ink)
        names = {5: self.label("sum", BODY, colour=MUTED), 6: self.label("bias", BODY, colour=ink)}
        left, middle = patch.get_left()[0], patch.get_center()[1] + HEADROOM * self.height
        goal = view(self.height, left + (8 * 16 / 9 / 2 - 0.75) * z, middle)
        x, top = goal.get_right()[0] - 1.9 * z, 2.75
        for row, step in zip(rows, STEPS, strict=True):
            row.scale(z).move_to((x, middle + (top - step) * z, 0), aligned_edge=RIGHT)
        for at, name in names.items():
            name.scale(z).next_to(rows[at], LEFT, buff=0.6 * z)
        rules = [self.rule(x, middle + (top - step) * z, z) for step in RULES]
        plus = [words("+", HEADING, colour=MUTED).scale(z) for _ in range(2)]
        plus[0].next_to(rows[4], LEFT, buff=0.6 * z)
        plus[1].next_to(names[6], LEFT, buff=0.35 * z)
        beside = [self.picture.square(row, AT[1] + SIZE) for row in range(self.picture.rows)]
        with self.beat("sum") as beat:
            weights = [self.stencil.plates[at][1] for at in lit]
            self.play(
                self.frame.animate.zoom_to(goal, fill=1),
                *(square.animate.set_opacity(0) for square in beside),
                LaggedStart(*(pulse(self.stencil.plates[at], 1.25) for at in lit), lag_ratio=0.25),
                run_time=max(1.0, beat.part(0.25)),
            )
            self.play(
                LaggedStart(
                    *(
                        ReplacementTransform(weight.copy(), term)
                        for weight, term in zip(weights, terms, strict=True)
                    ),
                    lag_ratio=0.35,
                ),
                run_time=beat.part(0.3),
            )
            self.play(Create(rules[0]), FadeIn(plus[0]), run_time=beat.part(0.06))
            self.play(
                *(FadeOut(term.copy(), target_position=rows[5]) for term in terms),
                FadeIn(rows[5], names[5]),
                run_time=beat.part(0.14),
            )
            self.play(pulse(rows[5], 1.3), run_time=beat.part(0.14))

        with self.beat("bias") as beat:
            bias = VGroup(plus[1], names[6], rows[6])
            self.play(FadeIn(bias, shift=0.8 * z * UP), run_time=beat.part(0.25))
            self.play(pulse(rows[6], 1.3), run_time=beat.part(0.2))
            self.play(Create(rules[1]), run_time=beat.part(0.08))
            self.play(
                FadeOut(rows[5].copy(), rows[6].copy(), target_position=rows[7]),
                FadeIn(rows[7], scale=0.6),
                run_time=beat.part(0.18),
            )
            self.play(pulse(rows[7], 1.35), run_time=beat.part(0.2))
        self.result = rows[7]
        self.column = VGroup(*rows[:7], *names.values(), *rules, *plus)

    def rule(self, x, y, z):
        return Line(LEFT * 4.2 * z, RIGHT * 0.1 * z, color=MUTED, stroke_width=4).shift((x, y, 0))
