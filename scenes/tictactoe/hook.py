"""A cross that a machine knows, and does not know any more one cell further."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    Arrow,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    RoundedRectangle,
    SurroundingRectangle,
    VGroup,
    linear,
    rush_from,
    smooth,
    wiggle,
)

from cnnviz.compute import equal, every, greater, literal, percent, total
from cnnviz.visuals import Bars
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, LINE, MUTED, PANEL
from scenes.tictactoe._parts import OFF, ON, SIGN_COLOURS, WRONG, Sign
from scenes.tictactoe._pictures import MOVED, NAMES, OURS, SIDE
from scenes.tictactoe._run import TrainedLesson

HEIGHT = 6.9


class Hook(TrainedLesson):
    card = False
    titled = False

    @classmethod
    def numbers(cls):
        return {"sure.moved": sure(cls.run(), MOVED)}

    @classmethod
    def claims(cls):
        run = cls.run()
        return {
            "says_cross": likelier(run, OURS, "X"),
            "one_cell_right": every(*moved_by_one_column()),
            "says_ring": likelier(run, MOVED, "O"),
        }

    def setup_stage(self):
        self.sign = Sign(OURS, HEIGHT)
        # The very first picture: the light begins in the middle.
        self.sign.lit.set_opacity(0)
        self.sign.lit[2:6].set_opacity(0.5)
        self.machine = self.box()
        self.add(self.sign)

    def box(self):
        """The machine: what it is called, and its two answers."""
        names = [self.label(name, HEADING) for name in ("cross", "ring")]
        self.bars = Bars(
            names,
            self.answers(OURS),
            full=100,
            unit="%",
            width=4.5,
            colours=[SIGN_COLOURS["X"], SIGN_COLOURS["O"]],
            size=HEADING,
        )
        self.bars.stretch_bars([0, 0])
        self.bars.values.submobjects = []  # before it has answered
        box = RoundedRectangle(
            width=5.3, height=5.6, corner_radius=0.25, stroke_color=LINE, stroke_width=4
        ).set_fill(PANEL, opacity=0.6)
        name = self.label("machine", BODY, colour=MUTED)
        name.move_to(box.get_top() + 0.55 * DOWN)
        self.bars.move_to(box).shift(0.3 * DOWN)
        return VGroup(box, name, self.bars).set_x(self.format.safe[2] - 5.3 / 2)

    def answers(self, place):
        """How sure it is of a cross and of a ring, in percent."""
        found, decimals = self.run().perceptron(place), 2 if place == OURS else 0
        return [percent(found.certainty(name), decimals) for name in reversed(NAMES)]

    def construct(self):
        with self.beat("sees") as beat:
            self.play(Lighting(self.sign), run_time=min(1.2, beat.part(0.4)))
            self.play(
                self.sign.animate.to_edge(LEFT, buff=0.75),
                FadeIn(self.machine, shift=0.6 * LEFT),
                run_time=beat.part(0.17),
            )
            self.ask(beat.part(0.17))
            self.play(
                self.bars.change_to(self.answers(OURS), rate_func=rush_from),
                self.machine[0].animate.set_stroke(ACCENT),
                run_time=beat.part(0.22),
            )

        with self.beat("moved") as beat:
            before = VGroup(*(self.trace(cell) for cell in self.sign.lit))
            arrow = self.arrow()
            self.add(before)
            self.bring_to_front(self.sign.lit)
            self.play(
                self.sign.lit.animate.shift(self.sign.side * RIGHT),
                FadeIn(arrow, shift=0.3 * RIGHT),
                self.machine[0].animate.set_stroke(LINE),
                run_time=beat.part(0.45),
            )
            self.ask(beat.part(0.3))

        with self.beat("wrong") as beat:
            ring = Circle(2.05 * self.sign.side, color=WRONG, stroke_width=16)
            ring.move_to(self.sign.point(2.5, 3.5))
            self.play(
                self.bars.change_to(self.answers(MOVED), rate_func=rush_from),
                self.machine[0].animate.set_stroke(WRONG),
                Create(ring),
                run_time=beat.part(0.2),
            )
            self.play(
                wiggling(self.sign.lit),
                ring.animate.set_stroke(opacity=0.55),
                run_time=beat.part(0.25),
            )
            self.play(
                self.bars.row(1)[1].animate(rate_func=wiggle).scale((1, 1.12, 1)),
                run_time=beat.part(0.15),
            )
            self.play(
                FadeOut(ring, scale=1.15),
                *(FadeOut(one) for one in (before, arrow)),
                run_time=beat.part(0.2),
            )

    def ask(self, seconds):
        """The bright cells go into the machine."""
        door = self.machine[0].get_left() + 0.3 * RIGHT
        flying = self.sign.lit.copy()
        self.play(
            LaggedStart(
                *(one.animate.move_to(door).scale(0.15).set_opacity(0.2) for one in flying),
                lag_ratio=0.08,
            ),
            run_time=seconds,
        )
        self.remove(*flying, flying)

    def trace(self, cell):
        """Where a bright cell was."""
        return cell.copy().set_fill(opacity=0).set_stroke(MUTED, 4, opacity=0.8).scale(0.92)

    def arrow(self):
        """One cell to the right, and the words."""
        start, end = (self.sign.point(0, column) for column in (1, 2))
        arrow = Arrow(start, end, buff=0, color=ACCENT, stroke_width=9)
        words = self.label("one_cell", HEADING, colour=ACCENT)
        words.next_to(arrow, RIGHT, buff=0.3)
        # The grid's lines stay out of the words.
        plate = SurroundingRectangle(words, buff=0.1, stroke_width=0)
        return VGroup(arrow, plate.set_fill(OFF, opacity=1), words)


def sure(run, place):
    """How sure the perceptron is of what it says, in percent."""
    found = run.perceptron(place)
    return percent(found.certainty(found.said))


def likelier(run, place, name):
    """The perceptron takes a picture for the sign `name` sooner than for the other one."""
    found = run.perceptron(place)
    [other] = [one for one in NAMES if one != name]
    return greater(found.certainty(name), found.certainty(other))


def moved_by_one_column():
    """Every bright cell of the moved cross lies one column right of one of ours."""
    cells = (np.argwhere(one.pixels()).tolist() for one in (OURS, MOVED))
    for (row, column), (other_row, other_column) in zip(*cells, strict=True):
        yield equal(literal(other_row, of="row"), literal(row, of="row"))
        yield equal(literal(other_column, of="column"), total([column, 1]))


def wiggling(mobject):
    """Shake, sideways, and come to rest."""
    return mobject.animate(rate_func=_shaken).shift(0.12 * RIGHT)


def _shaken(share):
    return float(np.sin(6 * np.pi * share) * (1 - share))


class Lighting(Animation):
    """All cells flash from the middle outwards; those of the sign stay bright."""

    FLASH = 0.35

    def __init__(self, sign, **kwargs):
        self.sign = sign
        kwargs.setdefault("rate_func", linear)
        super().__init__(sign, **kwargs)

    def create_starting_mobject(self):
        """No copy: what is seen follows from the time alone."""
        self.bright = {
            tuple(map(int, cell)): own
            for cell, own in zip(np.argwhere(self.sign.place.pixels()), self.sign.lit, strict=True)
        }
        places = [(row, column) for row in range(SIDE) for column in range(SIDE)]
        self.cells = {
            place: self.bright.get(place) or self.sign.cell(*place, fill=ON) for place in places
        }
        self.sign.panel.submobjects = [
            own for place, own in self.cells.items() if place not in self.bright
        ]
        middle = (SIDE - 1) / 2
        self.far = {
            place: (np.hypot(*(np.array(place) - middle)) - np.sqrt(0.5)) / 3 for place in places
        }
        return self.mobject

    def interpolate_mobject(self, alpha):
        """Be so far."""
        share = self.rate_func(alpha)
        for place, cell in self.cells.items():
            since = 0.5 + (share - self.far[place] * (1 - 1.5 * self.FLASH)) / self.FLASH
            up = smooth(float(np.clip(since, 0, 1)))
            down = 0.0 if place in self.bright else smooth(float(np.clip(since - 1, 0, 1)))
            cell.set_fill(opacity=up - down)

    def finish(self):
        """Only the sign is left."""
        super().finish()
        self.sign.panel.submobjects = []
