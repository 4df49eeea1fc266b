"""The filter gives way a little, against its gradient."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    UR,
    Animation,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Square,
    Triangle,
    VGroup,
    linear,
    smooth,
)

from cnnviz.compute import rounded
from cnnviz.visuals import NumberGrid, number_text, pulse, with_title, words
from cnnviz.visuals.text import put_on_baseline
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, MUTED, Role, diverging, hex_colour
from scenes.tictactoe._nine import CELLS

SPELLED = (2, 2)  # the weight whose step is written out
UPWARDS, DOWNWARDS = (hex_colour(diverging(sign, 1, vivid=True)) for sign in (1, -1))


class Roll(Animation):
    """The numbers of a grid give way to those of the next one, cell by cell.

    They come from below where they grow and from above where they fall.
    """

    LAG, REACH = 0.6, 0.4  # of the time, until the last one begins; of a cell, how far they roll

    def __init__(self, old, new, ways, **kwargs):
        self.old, self.new, self.ways = old, new, ways
        self.places = [[digit.get_center() for digit in grid.digits] for grid in (old, new)]
        super().__init__(VGroup(old, new), rate_func=linear, **kwargs)

    def create_starting_mobject(self):
        """No copy: what is seen follows from the time alone."""
        return self.mobject

    def interpolate_mobject(self, alpha):
        lag = self.LAG / (len(self.ways) - 1)
        for index, way in enumerate(self.ways):
            share = smooth(float(np.clip((alpha - index * lag) / (1 - self.LAG), 0, 1)))
            self.show(index, way * self.REACH * self.old.cell * UP, share)

    def show(self, index, way, share):
        """One cell when it has so much of its turn behind it."""
        for digits, places, gone in (
            (self.old.digits, self.places[0], share),
            (self.new.digits, self.places[1], share - 1),
        ):
            digits[index].move_to(places[index] + gone * way)
            digits[index].set_opacity(max(0.0, 1 - 2 * abs(gone)))
        self.new.squares[index].set_opacity(share).set_stroke(opacity=0.65 * share)


class GivingWay:
    """The beats that say which way, and how far, for a `TrainedLesson`."""

    def direction(self, beat):
        numbers = self.numbers()
        cell = 1.5
        self.filter = self.filter_grid(0, cell)
        self.filter_name = self.label("filter", BODY, colour=Role.KERNEL.value)
        old = with_title(self.filter, self.filter_name).move_to([-4.0, 0.2, 0])
        goal = self.titled.copy()
        goal.scale(cell / self.gradient.cell)
        goal[0].move_to(self.filter).set_x(4.0)
        goal[1].match_height(self.titled[1]).next_to(goal[0], UP, buff=0.22)
        for title in (self.filter_name, goal[1]):
            put_on_baseline(title, self.filter.get_top()[1] + 0.3)
        self.play(FadeOut(self.picture, self.blamed), run_time=beat.part(0.05))
        self.play(self.titled.animate.become(goal), FadeIn(old), run_time=beat.part(0.14))
        falls = [cell for cell in CELLS if self.slope(*cell).value < 0]
        rises = [cell for cell in CELLS if self.slope(*cell).value > 0]
        stays = [cell for cell in CELLS if self.slope(*cell).value == 0]
        self.play(
            *(pulse(self.gradient.digit(*cell), 1.35) for cell in falls),
            run_time=beat.part(0.2),
        )
        self.arrows, self.counts = VGroup(), VGroup()
        turns = zip((falls, rises, stays), (1, -1, 0), ("up", "down", "same"), strict=True)
        for (cells, way, name), share in zip(turns, (0.24, 0.1, 0.1), strict=True):
            signs = [self.arrow(way, self.filter.square(*cell)) for cell in cells]
            self.arrows.add(*signs)
            counted = VGroup(self.arrow(way), number_text(numbers[name], HEADING))
            counted.arrange(RIGHT, buff=0.3).move_to([0, 1.2 * way + 0.0, 0])
            self.counts.add(counted)
            shift = 0.3 * (UP if way > 0 else DOWN)
            self.play(
                LaggedStart(*(FadeIn(one, shift=shift) for one in signs), lag_ratio=0.25),
                FadeIn(counted, shift=shift),
                run_time=beat.part(share),
            )

    def arrow(self, way, square=None):
        """Up, down, or a dash; in the corner of a weight's cell, if there is one."""
        colour = {1: UPWARDS, -1: DOWNWARDS, 0: MUTED}[way]
        if way:
            made = Triangle(color=colour, fill_color=colour, fill_opacity=1, stroke_width=0)
            made.scale_to_fit_height(0.26)
            made.rotate(0 if way > 0 else PI)
        else:
            made = Line(LEFT, RIGHT, color=colour, stroke_width=7).scale_to_fit_width(0.28)
        if square is None:
            return made.scale(1.5)
        return made.move_to(square.get_corner(UR) + 0.27 * (LEFT + DOWN))

    def step(self, beat):
        spelled = self.spelled_out().move_to([0, -2.88, 0])
        here, slope = self.filter.digit(*SPELLED), self.gradient.digit(*SPELLED)
        old, minus, rate, times, grad, about, new = spelled
        frames = VGroup(
            *(
                Square(1.5, stroke_color=ACCENT, stroke_width=6).move_to(grid.square(*SPELLED))
                for grid in (self.filter, self.gradient)
            )
        )
        self.play(FadeIn(frames), run_time=beat.part(0.08))
        start, other = here.copy(), slope.copy()
        self.play(start.animate.become(old), FadeIn(minus), run_time=beat.part(0.12))
        self.play(
            other.animate(path_arc=-1.2).become(grad[1]),
            FadeIn(grad[0], grad[2], times),
            run_time=beat.part(0.12),
        )
        name = self.label("rate", BODY, colour=MUTED).next_to(rate, DOWN, buff=0.13)
        self.play(FadeIn(rate, name, shift=0.2 * UP), run_time=beat.part(0.12))
        self.play(FadeIn(about, new), run_time=beat.part(0.1))
        self.play(FadeOut(frames, name), run_time=beat.part(0.05))
        self.after = self.filter_grid(1, 1.5).move_to(self.filter)
        after_name = self.label("after", BODY, colour=Role.KERNEL.value)
        after_name.move_to(self.filter_name)
        put_on_baseline(after_name, self.filter.get_top()[1] + 0.3)
        ways = [-float(np.sign(self.slope(*cell).value)) for cell in CELLS]
        self.play(FadeOut(self.filter_name, self.arrows, self.counts), run_time=beat.part(0.06))
        self.play(Roll(self.filter, self.after, ways), FadeIn(after_name), run_time=beat.part(0.28))
        self.take_off(self.filter)
        self.add(self.after)
        self.filter_name = after_name
        self.sum = VGroup(start, other, minus, rate, times, grad[0], grad[2], about, new)

    def spelled_out(self):
        """Weight − rate × gradient ≈ new weight, for one weight."""
        old, new = (
            number_text(self.weight(step, *SPELLED, 2), HEADING, colour=Role.KERNEL.value)
            for step in (0, 1)
        )
        slope = number_text(rounded(self.slope(*SPELLED)), HEADING, colour=ACCENT)
        rate = number_text(self.rate(), HEADING)
        grad = VGroup(words("(", HEADING), slope, words(")", HEADING)).arrange(RIGHT, buff=0.06)
        minus, times, about = (words(sign, HEADING) for sign in ("−", "×", "≈"))
        row = VGroup(old, minus, rate, times, grad, about, new)
        return row.arrange(RIGHT, buff=0.25)

    def filter_grid(self, step, cell):
        """The filter at a step."""
        numbers = [[self.weight(step, row, column, 2) for column in range(3)] for row in range(3)]
        grid = NumberGrid(numbers, role=Role.KERNEL, cell=cell, limit=0.3)
        # What is compared is equally large, though some numbers are shorter than others.
        for digit in grid.digits:
            digit.scale(BODY / grid.digit_size)
        return grid
