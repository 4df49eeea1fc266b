"""The blame for a wrong answer flows back through the network, as `one_step` shows it."""

from __future__ import annotations

import numpy as np
from manim import LEFT, UL, UP, Dot, FadeIn, FadeOut, VGroup

from cnnviz.compute import product, rounded
from cnnviz.visuals import NetworkView, NumberGrid, number_text, output_grid, pulse
from cnnviz.visuals.theme import BODY, GROUND, MUTED, SMALL, TEXT, Role
from scenes.tictactoe._loss_plot import LOSS

SHRUNK = 0.8  # numbers on lines, of which the camera is close


class WayBack:
    """The beats from the loss back to the map, for a `TrainedLesson`."""

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

    def blame(self, beat):
        before, net = self.previous, self.net
        self.picture, loss = before.picture, before.loss
        away = self.picture.copy().scale(3.8 / self.picture.height).move_to([-18.0, -0.4, 0])
        node = net.node(3, 0)
        self.name = self.label("loss", BODY, colour=LOSS).next_to(node, UP, buff=0.2)
        self.play(
            FadeOut(before.plot, before.rule, before.chance, before.down),
            loss.animate.scale(1.15).next_to(node, UP, buff=0.2).set_color(TEXT),
            self.picture.animate.become(away),
            self.frame.animate.zoom_to(away, net, fill=0.86),
            run_time=beat.part(0.12),
        )
        # From so far no digit could be read.
        digits = (self.map.digits, net.digits)
        for each in digits:
            each.set_opacity(0)
        self.play(FadeIn(self.map, net), run_time=beat.part(0.08))
        self.add(loss)  # in front of its node
        right = VGroup(*(net.circles[index] for index in (1, 2, 3)), self.name)
        lit = [key for key in net.every_line() if not self.is_silent(key)]
        # Not nearer before the title has gone: it would lie on the nodes.
        self.play(net.light(lit), run_time=beat.part(0.14))
        self.play(
            self.frame.animate.zoom_to(right, fill=0.86),
            loss.animate.match_height(net.digits[3][0]).move_to(node),
            run_time=beat.part(0.15),
        )
        self.play(
            *(each.animate.set_opacity(1) for each in digits),
            FadeIn(self.name),
            run_time=beat.part(0.05),
        )
        self.remove(loss)
        self.play(net.blame(self.on_lines(lit, (1, 2))), run_time=beat.part(0.17))
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
        self.play(net.blame(self.on_lines(lit, (0,))), run_time=beat.part(0.12))

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
