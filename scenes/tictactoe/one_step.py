"""One step of learning: the blame flows back to the filter, and the filter gives way a little."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UL,
    UP,
    UR,
    Animation,
    Arrow,
    Dot,
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

from cnnviz.compute import (
    count,
    cross_entropy,
    difference,
    equal,
    every,
    greater,
    less,
    percent,
    product,
    rounded,
    zero,
)
from cnnviz.visuals import (
    Clock,
    NetworkView,
    NumberGrid,
    number_text,
    output_grid,
    pulse,
    with_title,
    words,
)
from cnnviz.visuals.text import put_on_baseline
from cnnviz.visuals.theme import (
    ACCENT,
    BODY,
    GROUND,
    HEADING,
    MUTED,
    SMALL,
    TEXT,
    Role,
    diverging,
    hex_colour,
)
from scenes.tictactoe._loss_plot import LOSS, LossPlot
from scenes.tictactoe._parts import mark
from scenes.tictactoe._pictures import NAMES, OURS
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.loss import Loss

CELLS = [(row, column) for row in range(3) for column in range(3)]
SPELLED = (2, 2)  # the weight whose step is written out
UPWARDS, DOWNWARDS = (hex_colour(diverging(sign, 1, vivid=True)) for sign in (1, -1))
SHRUNK = 0.8  # numbers on lines, of which the camera is close


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


class OneStep(TrainedLesson):
    continues = Loss
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def slope(cls, row, column):
        """The gradient of one weight of the filter."""
        return cls.run().gradient().number("kernels", 0, row, column)

    @classmethod
    def rate(cls):
        return cls.run().measured("/recipe/learning_rate")

    @classmethod
    def numbers(cls):
        run = cls.run()
        slopes = [cls.slope(*cell).value for cell in CELLS]
        before, after = (cls.loss_after(step) for step in (0, 1))
        return {
            "kernel.count": count(slopes),
            "up": count([one for one in slopes if one < 0]),
            "down": count([one for one in slopes if one > 0]),
            "same": count([one for one in slopes if one == 0]),
            "rate": cls.rate(),
            "loss.before": rounded(before),
            "loss.after": rounded(after),
            "p.after": percent(run.cnn(1).certainty(OURS.sign)),
        }

    @classmethod
    def loss_after(cls, step):
        """The loss for our picture after so many steps."""
        logits = cls.run().cnn(step).logits.output
        return cross_entropy(logits, NAMES.index(OURS.sign)).number

    @classmethod
    def claims(cls):
        run, trace, forward = cls.run(), cls.run().gradient(), cls.run().gradient().forward
        [silent] = np.flatnonzero(forward.hidden == 0).tolist()
        won = cls.winners()
        after, (right, wrong) = run.cnn(1), (OURS.sign, "O")
        return {
            "silent_gets_none": zero(
                trace.number("hidden_bias", silent),
                *(trace.number("hidden_weights", silent, i) for i in range(4)),
                *(trace.number("output_weights", k, silent) for k in range(2)),
            ),
            "losers_get_none": zero(
                *(
                    trace.number("map", 0, *map(int, place))
                    for place in np.ndindex(*forward.map.shape[1:])
                    if place not in won
                )
            ),
            "against_the_slope": every(*(cls.opposite(*cell) for cell in CELLS)),
            "a_small_step": every(*(cls.stepped(*cell) for cell in CELLS)),
            "loss_is_smaller": less(cls.loss_after(1), cls.loss_after(0)),
            "still_wrong": less(after.certainty(right), after.certainty(wrong)),
        }

    @classmethod
    def weight(cls, step, row, column, decimals=10):
        run = cls.run()
        return run.kernel_number(run.index(step), row, column, decimals)

    @classmethod
    def opposite(cls, row, column):
        """The training has moved a weight against its gradient: up where that is below zero."""
        before, after = (cls.weight(step, row, column) for step in (0, 1))
        relation = {-1: greater, 0: equal, 1: less}[int(np.sign(cls.slope(row, column).value))]
        return relation(after, before)

    @classmethod
    def stepped(cls, row, column):
        """It has moved by the size of a step times the gradient, and by nothing else."""
        before, after = (cls.weight(step, row, column) for step in (0, 1))
        return equal(after, difference(before, product([cls.rate(), cls.slope(row, column)])))

    @classmethod
    def winners(cls):
        """The four cells of the map that were kept, (row, column), in the order of the pieces."""
        won = cls.run().gradient().forward.winners[0]
        return [
            (2 * y + int(won[y, x]) // 2, 2 * x + int(won[y, x]) % 2)
            for y, x in np.ndindex(*won.shape)
        ]

    # The whole way from picture to loss -------------------------------------------------------

    def setup_stage(self):
        run, first = self.run(), self.run().cnn(0)
        self.trace, weights = run.gradient(), run.weights(0)
        self.map = output_grid(first.map, cell=0.95).move_to([-12.3, -0.4, 0])
        layers = [
            [first.pooled_number(index) for index in range(4)],
            [rounded(first.hidden_number(unit)) for unit in range(3)],
            [rounded(first.logits.number(name)) for name in range(2)],
            [rounded(self.trace.loss.number)],
        ]
        joins = [weights["hidden_weights"], weights["output_weights"], None]
        self.net = NetworkView(layers, joins, width=12.4, height=5.6).move_to([0, -0.4, 0])

    def construct(self):
        with self.beat("blame") as beat:
            self.blame(beat)
        with self.beat("silent") as beat:
            self.silent(beat)
        with self.beat("nine") as beat:
            self.nine(beat)
        with self.beat("direction") as beat:
            self.direction(beat)
        with self.beat("step") as beat:
            self.step(beat)
        with self.beat("predict") as beat:
            self.predict(beat)
        with self.beat("smaller") as beat:
            self.smaller(beat)

    def blame(self, beat):
        before, net = self.previous, self.net
        self.picture, loss = before.picture, before.loss
        away = self.picture.copy().scale(3.8 / self.picture.height).move_to([-18.0, -0.4, 0])
        node = net.node(3, 0)
        self.name = self.label("loss", BODY, colour=LOSS).next_to(node, UP, buff=0.2)
        self.play(
            FadeOut(before.plot, before.rule, before.chance, before.down),
            loss.animate.next_to(node, UP, buff=0.2).set_color(TEXT),
            self.picture.animate.become(away),
            self.frame.animate.zoom_to(away, net, fill=0.86),
            run_time=beat.part(0.13),
        )
        # From so far no digit could be read.
        digits = (self.map.digits, net.digits)
        for each in digits:
            each.set_opacity(0)
        self.play(FadeIn(self.map, net), run_time=beat.part(0.09))
        self.add(loss)  # in front of its node
        right = VGroup(*(net.circles[index] for index in (1, 2, 3)), self.name)
        lit = [key for key in net.every_line() if not self.is_silent(key)]
        self.play(
            net.light(lit),
            self.frame.animate.zoom_to(right, fill=0.86),
            loss.animate.match_height(net.digits[3][0]).move_to(node),
            run_time=beat.part(0.18),
        )
        self.play(
            *(each.animate.set_opacity(1) for each in digits),
            FadeIn(self.name),
            run_time=beat.part(0.05),
        )
        self.remove(loss)
        self.play(net.blame(self.on_lines(lit, (1, 2))), run_time=beat.part(0.22))
        deltas = [rounded(self.trace.number("hidden_bias", unit)) for unit in range(3)]
        # Neither the map nor the logits are cut by the frame, and the title stands free.
        corner = Dot(net.circles[0].get_corner(UL) + 0.95 * LEFT + 0.35 * UP)
        left = VGroup(net.circles[0], net.circles[1], corner)
        self.play(
            net.write(1, deltas),
            net.plates.animate.set_opacity(0),
            self.frame.animate.zoom_to(left, fill=0.88),
            run_time=beat.part(0.13),
        )
        self.play(net.blame(self.on_lines(lit, (0,))), run_time=beat.part(0.15))

    def is_silent(self, key):
        """Whether a line (layer, start, end) leads to the silent neuron or away from it."""
        layer, start, end = key
        unit = {0: end, 1: start}.get(layer)
        return unit is not None and self.trace.forward.hidden[unit] == 0

    def on_lines(self, keys, layers):
        """What of the blame goes back on lines of these layers."""
        return {
            key: number_text(rounded(self.blame_on(*key)), SMALL).scale(SHRUNK)
            for key in keys
            if key[0] in layers
        }

    def blame_on(self, layer, start, end):
        """What a node behind is blamed for, times the weight of the line that leads to it."""
        trace, run = self.trace, self.run()
        if layer == 2:
            return trace.number("logits", start)
        name, of = ("output_weights", "output_bias") if layer else ("hidden_weights", "hidden_bias")
        weight = run.weight_number(name, 0, end, start)
        return product([weight, trace.number(of, end)])

    # Who gets none ----------------------------------------------------------------------------

    def silent(self, beat):
        net = self.net
        [unit] = np.flatnonzero(self.trace.forward.hidden == 0).tolist()
        lines = net.every_line()
        dark = VGroup(*(net.line(*key) for key in lines if self.is_silent(key)))
        node = net.node(1, unit)
        self.play(pulse(net.layer(1)[0][unit], 1.2), run_time=beat.part(0.14))
        self.play(
            dark.animate.set_stroke(opacity=0.12),
            node.animate.set_fill(GROUND).set_stroke(MUTED, 2, opacity=0.4),
            run_time=beat.part(0.16),
        )
        pooled = [rounded(self.trace.number("pooled", 0, *divmod(i, 2))) for i in range(4)]
        view = VGroup(self.map, net.circles[0])
        self.play(
            net.write(0, pooled),
            net.plates.animate.set_opacity(0),
            self.frame.animate.zoom_to(view, fill=0.84),
            run_time=beat.part(0.2),
        )
        self.blamed = self.blame_map()
        won = self.winners()
        losers = [one for one in np.ndindex(4, 4) if one not in won]
        flying = [self.net.digits[0][index].copy() for index in range(len(won))]
        self.play(
            self.map.digits.animate.set_opacity(0),
            *(self.map.square(*one).animate.set_fill(GROUND) for one in losers),
            run_time=beat.part(0.14),
        )
        self.play(
            *(
                digit.animate.move_to(self.map.square(*cell))
                for digit, cell in zip(flying, won, strict=True)
            ),
            run_time=beat.part(0.14),
        )
        self.play(
            FadeIn(VGroup(*(self.blamed.at(*one) for one in won))),
            FadeOut(*flying),
            FadeIn(VGroup(*(self.blamed.at(*one) for one in losers))),
            run_time=beat.part(0.14),
        )
        self.take_off(self.map)
        self.add(self.blamed)

    def take_off(self, *mobjects):
        """Take mobjects off the stage whose parts may stand there by themselves."""
        self.remove(*(part for one in mobjects for part in one.get_family()))

    def blame_map(self):
        """The map once more, with what each of its cells is blamed for."""
        numbers = [
            [rounded(self.trace.number("map", 0, row, column)) for column in range(4)]
            for row in range(4)
        ]
        grid = NumberGrid(numbers, role=Role.OUTPUT, cell=0.95, limit=0.16).move_to(self.map)
        for place in np.ndindex(4, 4):
            if place not in self.winners():
                grid.square(*place).set_fill(GROUND)
                grid.digit(*place).set_fill(MUTED)
        return grid

    # Nine gradients ---------------------------------------------------------------------------

    def nine(self, beat):
        net, picture = self.net, self.picture
        self.gradient = self.gradient_grid()
        self.titled = with_title(self.gradient, self.label("gradient", BODY, colour=ACCENT))
        self.titled.move_to([4.5, -0.2, 0])
        self.gradient.empty()
        large = picture.copy().scale(4.2 / picture.height).move_to([-0.05, -0.5, 0])
        map_place = np.array([-4.45, -0.5, 0])
        self.play(FadeOut(net, self.name), run_time=beat.part(0.05))
        self.play(
            self.frame.animate.zoom_out(),
            picture.animate.become(large),
            self.blamed.animate.move_to(map_place),
            FadeIn(self.titled),
            run_time=beat.part(0.16),
        )
        side = picture.side
        window = Square(3 * side, stroke_color=Role.KERNEL.value, stroke_width=7)
        here = Square(self.blamed.cell, stroke_color=Role.OUTPUT.value, stroke_width=7)
        sums = np.zeros((3, 3))
        first = True
        for row, column in self.winners():
            place, cell = picture.point(row + 1, column + 1), self.blamed.point(row, column)
            if first:
                window.move_to(place)
                here.move_to(cell)
                self.play(FadeIn(window, here), run_time=beat.part(0.04))
                first = False
            else:
                self.play(
                    window.animate.move_to(place),
                    here.animate.move_to(cell),
                    run_time=beat.part(0.05),
                )
            sums += self.share_out(beat, row, column, sums)
        self.play(
            self.gradient.digits.animate.set_opacity(1),
            FadeOut(window, here),
            run_time=beat.part(0.1),
        )

    def share_out(self, beat, row, column, sums):
        """The blame of one cell of the map goes to those weights that met a bright pixel there."""
        under = OURS.pixels()[row : row + 3, column : column + 3]
        given = under * float(self.trace.backward.map[0, row, column])
        flying = [
            Dot(radius=0.12, color=TEXT).move_to(self.picture.point(row + i, column + j))
            for i, j in CELLS
            if under[i, j]
        ]
        ends = [self.gradient.square(*cell) for cell in CELLS if under[cell]]
        full = float(np.abs(self.trace.backward.kernels).max())
        fills = diverging(sums + given, full)
        self.play(
            *(dot.animate.move_to(end) for dot, end in zip(flying, ends, strict=True)),
            run_time=beat.part(0.07),
        )
        self.play(
            *(FadeOut(dot) for dot in flying),
            *(
                self.gradient.square(*cell).animate.set_fill(hex_colour(fills[cell]))
                for cell in CELLS
                if under[cell]
            ),
            run_time=beat.part(0.03),
        )
        return given

    def gradient_grid(self):
        numbers = [[rounded(self.slope(row, column)) for column in range(3)] for row in range(3)]
        return NumberGrid(numbers, role=Role.KERNEL, cell=1.2)

    def filter_grid(self, step, cell):
        """The filter at a step."""
        numbers = [[self.weight(step, row, column, 2) for column in range(3)] for row in range(3)]
        grid = NumberGrid(numbers, role=Role.KERNEL, cell=cell, limit=0.3)
        # What is compared is equally large, though some numbers are shorter than others.
        for digit in grid.digits:
            digit.scale(BODY / grid.digit_size)
        return grid

    # Which way, and how far -------------------------------------------------------------------

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
        spelled = self.spelled_out().move_to([0, -2.62, 0])
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

    # The same picture again -------------------------------------------------------------------

    def predict(self, beat):
        p = self.run().cnn(0).certainty(OURS.sign)
        self.plot = LossPlot(
            self.label("loss", BODY, colour=LOSS),
            self.label("probability", BODY, colour=ACCENT),
            8.6,
            6.2,
        ).move_to([1.95, -0.4, 0])
        plot = self.plot
        plot.pen.seek(0)
        plot.marker.seek(p.value)
        self.chance = self.in_percent(0)
        self.loss = plot.loss_text(rounded(self.loss_after(0)))
        self.picture.scale(2.5 / self.picture.height).move_to([-4.95, 1.2, 0])
        small = self.after.copy().scale(0.62).move_to([-4.95, -2.0, 0])
        self.play(
            FadeOut(self.titled, self.sum, self.filter_name),
            self.after.animate.become(small),
            run_time=beat.part(0.15),
        )
        self.play(FadeIn(self.picture), FadeIn(plot), run_time=beat.part(0.15))
        self.play(FadeIn(self.chance, self.loss), run_time=beat.part(0.12))
        arrows = VGroup(self.along(0.38, 0.2), self.along(0.45, 0.75))
        down, up = arrows[1], arrows[0]
        self.play(FadeIn(down, shift=0.3 * RIGHT), run_time=beat.part(0.2))
        self.play(FadeIn(up, shift=0.3 * LEFT), run_time=beat.part(0.2))
        self.arrows = arrows
        self.think(beat)

    def along(self, start, end):
        """An arrow above the curve."""
        places = [self.plot.point(one) + 0.3 * UR for one in (start, end)]
        return Arrow(*places, color=TEXT, stroke_width=8, buff=0)

    def in_percent(self, step):
        """The probability of the cross after so many steps, at its place on the axis."""
        share = self.run().cnn(step).certainty(OURS.sign)
        number = number_text(percent(share), HEADING, colour=ACCENT)
        text = VGroup(number, words("%", HEADING, colour=ACCENT)).arrange(RIGHT, buff=0.06)
        return self.plot.put_at_foot(text, share.value)

    def smaller(self, beat):
        plot, run = self.plot, self.run()
        before, after = (run.cnn(step).certainty(OURS.sign).value for step in (0, 1))
        clock = Clock(plot.marker, at=before)
        new = plot.loss_text(rounded(self.loss_after(1)))
        pair = VGroup(
            self.loss.copy(), Arrow(LEFT, RIGHT, color=MUTED, stroke_width=6), new.copy()
        ).arrange(RIGHT, buff=0.3)
        pair.scale(1.25).move_to(plot.axes.point(2.3, 0.62))
        self.play(
            FadeOut(self.arrows, self.chance, self.loss),
            clock.to(after),
            run_time=beat.part(0.2),
        )
        self.chance, self.loss = self.in_percent(1), new
        self.play(FadeIn(new, self.chance), run_time=beat.part(0.08))
        for part in pair:
            self.play(FadeIn(part, shift=0.2 * RIGHT), run_time=beat.part(0.08))
        half = Line(plot.foot(0.5), plot.axes.point(0.9, 0.5), color=TEXT, stroke_width=5)
        wrong = (
            mark(False, 0.7).next_to(self.picture, RIGHT, buff=-0.35).align_to(self.picture, DOWN)
        )
        self.play(FadeIn(half, shift=0.4 * DOWN), run_time=beat.part(0.12))
        self.play(pulse(self.chance, 1.25), FadeIn(wrong, scale=1.6), run_time=beat.part(0.2))
        self.pair, self.half, self.wrong = pair, half, wrong
