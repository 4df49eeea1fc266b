"""Four numbers, three neurons, two logits: the network's first answer, which is wrong."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    Square,
    VGroup,
)

from cnnviz.compute import (
    count,
    equal,
    every,
    greater,
    literal,
    percent,
    positive,
    rounded,
    softmax,
    total,
    zero,
)
from cnnviz.visuals import Bars, NetworkView, pulse
from cnnviz.visuals.theme import BODY, GROUND, HEADING, LABEL, LINE, MUTED
from scenes.tictactoe._parts import SIGN_COLOURS, mark
from scenes.tictactoe._pictures import NAMES, OURS
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.filter import view
from scenes.tictactoe.pooling import Pooling

SMALL_PICTURE = 2.3
WIDTH, BARS = 6.8, 3.1
"""Of the network, and of the bars before they are as high as its two outputs lie apart."""
MIDDLE, NAMES_AT = -0.95, 2.15
"""Heights of the network's middle and of its layers' names."""
FAINT = 0.15
"""How opaque lines are through which nothing comes."""
LABELS = {"O": "ring", "X": "cross"}


class Answer(TrainedLesson):
    continues = Pooling
    title_over = True

    @classmethod
    def probabilities(cls):
        return [percent(cls.run().cnn(0).certainty(name)) for name in NAMES]

    @classmethod
    def numbers(cls):
        found = cls.run().cnn(0)
        shares = dict(zip(NAMES, cls.probabilities(), strict=True))
        return {
            "pooled.count": count(found.pooled.output.ravel().tolist()),
            "hidden.count": count(found.sums.output.tolist()),
            "p.ring": shares["O"],
            "p.cross": shares["X"],
        }

    @classmethod
    def claims(cls):
        found = cls.run().cnn(0)
        hidden = [found.hidden_number(unit) for unit in range(len(found.sums.output))]
        silent = [one for one in hidden if not one.value]
        shares = [found.certainty(name) for name in NAMES]
        return {
            "one_is_silent": every(
                zero(*silent),
                positive(*(one for one in hidden if one.value)),
                equal(count([one.value for one in silent]), count(["silent"])),
            ),
            "adds_up": equal(total(shares), total([softmax([0]).number(0)])),
            "ring_is_likelier": greater(found.certainty("O"), found.certainty(OURS.sign)),
        }

    def setup_stage(self):
        self.found = found = self.run().cnn(0)
        weights = self.run().weights(0)
        layers = [weights["hidden_weights"], weights["output_weights"]]
        self.network = NetworkView([4, 3, 2], layers, width=WIDTH, height=5.3)
        self.network.move_to((-0.3, MIDDLE, 0))
        self.silent = [at for at, one in enumerate(found.hidden.output[0, 0]) if not one]
        self.picture = self.previous.picture
        self.bars = self.beside_outputs()
        self.names = [
            self.label(name, LABEL, colour=MUTED).move_to((circles.get_x(), NAMES_AT, 0))
            for name, circles in zip(
                ("pooled", "hidden", "logits"), self.network.circles, strict=True
            )
        ]

    def beside_outputs(self):
        """Bars for both answers, each beside its node; nothing is written there yet."""
        names = [self.label(LABELS[name], BODY) for name in NAMES]
        nothing = [literal(start, of="axis") for start in (0,) * len(NAMES)]
        colours = [SIGN_COLOURS[name] for name in NAMES]
        one, other = self.network.circles[2]
        bars = Bars(names, nothing, full=100, width=BARS, colours=colours, unit="%")
        bars.scale(
            (one.get_y() - other.get_y()) / (bars.tracks[0].get_y() - bars.tracks[1].get_y())
        )
        bars.values.submobjects = []
        bars.next_to(self.network.circles[2], RIGHT, buff=0.4)
        return bars

    def construct(self):
        self.enter()
        self.light_up()
        self.put_out()
        self.turn_into_shares()
        self.tell_the_truth()

    def keys(self, layer, *, of=None):
        """The lines behind a layer, or those of some of its nodes, as the network calls them."""
        found = self.network.every_line()
        return [key for key in found if key[0] == layer and (of is None or key[1] in of)]

    def lines(self, layer, *, of=None):
        return [self.network.line(*key) for key in self.keys(layer, of=of)]

    def enter(self):
        before, network = self.previous, self.network
        goal = self.picture.squares.copy().scale(SMALL_PICTURE / self.picture.squares.height)
        goal.move_to((-6.35, MIDDLE, 0), aligned_edge=LEFT)
        circles = network.circles[0].copy()
        numbers = network.written(0, [self.found.pooled_number(at) for at in range(4)])
        arriving = [number.copy() for number in numbers]
        with self.beat("hidden") as beat:
            self.play(
                FadeOut(before.digits, before.marks, before.counted), run_time=beat.part(0.08)
            )
            self.play(
                *(
                    square.animate.become(there)
                    for square, there in zip(self.picture.squares, goal, strict=True)
                ),
                *(
                    ReplacementTransform(one, other)
                    for one, other in zip(before.pooled.squares, circles, strict=True)
                ),
                *(
                    ReplacementTransform(one, other)
                    for one, other in zip(before.pooled.digits, arriving, strict=True)
                ),
                # As long as there are two layers only, they are in the middle.
                self.frame.animate.zoom_to(
                    view(8, self.network.node(1, 0).get_x() / 2 - 3.0, 0), fill=1
                ),
                run_time=max(1.2, beat.part(0.3)),
            )
            self.remove(*circles, *arriving)
            network.digits[0].add(*numbers)
            self.hide(network.lines, *network.circles[1:])
            self.add(network)
            self.play(self.show(*self.lines(0)), run_time=beat.part(0.15))
            self.play(
                LaggedStart(*(self.show(one) for one in network.circles[1]), lag_ratio=0.4),
                FadeIn(self.names[0], self.names[1]),
                run_time=beat.part(0.17),
            )
            self.play(
                LaggedStart(*(pulse(one, 1.25) for one in network.circles[1]), lag_ratio=0.3),
                run_time=beat.part(0.2),
            )

    def hide(self, *parts):
        for part in parts:
            part.set_opacity(0)

    def show(self, *parts):
        """Let hidden nodes or lines appear."""
        return AnimationGroup(*(part.animate.set_opacity(1) for part in parts))

    def light_up(self):
        network, found = self.network, self.found
        units = range(len(found.sums.output))
        with self.beat("silent") as beat:
            self.play(network.light(self.keys(0)), run_time=beat.part(0.26))
            self.play(
                network.write(1, [found.sums.number(unit) for unit in units]),
                run_time=beat.part(0.16),
            )
            self.play(
                LaggedStart(*(pulse(one, 1.2) for one in network.digits[1]), lag_ratio=0.2),
                run_time=beat.part(0.14),
            )
            self.play(
                network.write(1, [found.hidden_number(unit) for unit in units]),
                run_time=beat.part(0.16),
            )
            quiet = [network.node(1, unit) for unit in self.silent]
            self.play(
                *(node.animate.set_stroke(LINE, 2).set_fill(GROUND) for node in quiet),
                *(pulse(network.digits[1][unit], 1.4) for unit in self.silent),
                run_time=beat.part(0.16),
            )

    def put_out(self):
        network, found = self.network, self.found
        others = [unit for unit in range(3) if unit not in self.silent]
        loud = self.keys(1, of=others)
        logits = [rounded(found.logits.number(at), 2) for at in range(2)]
        self.bar_names = self.bars.names.copy()
        with self.beat("logits") as beat:
            self.play(
                self.frame.animate.zoom_out(),
                self.show(*(network.line(*key) for key in loud), *network.circles[2]),
                *(line.animate.set_stroke(opacity=FAINT) for line in self.lines(1, of=self.silent)),
                run_time=max(1.0, beat.part(0.2)),
            )
            self.play(network.light(loud), run_time=beat.part(0.2))
            self.play(network.write(2, logits), run_time=beat.part(0.14))
            appear = (FadeIn(name, shift=0.2 * RIGHT) for name in self.bar_names)
            self.play(LaggedStart(*appear, lag_ratio=0.6), run_time=beat.part(0.2))
            self.play(
                FadeIn(self.names[2]),
                LaggedStart(*(pulse(one, 1.25) for one in network.digits[2]), lag_ratio=0.3),
                run_time=beat.part(0.2),
            )

    def turn_into_shares(self):
        network, bars = self.network, self.bars
        with self.beat("softmax") as beat:
            self.play(
                self.frame.animate.zoom_to(network.circles[2], bars, fill=0.77),
                FadeIn(bars.tracks),
                run_time=max(1.2, beat.part(0.25)),
            )
            self.remove(bars.tracks, *self.bar_names)
            self.add(bars)
            self.play(
                *(
                    FadeOut(one.copy(), target_position=track.get_left(), scale=0.4)
                    for one, track in zip(network.digits[2], bars.tracks, strict=True)
                ),
                run_time=beat.part(0.1),
            )
            self.play(bars.change_to(self.probabilities()), run_time=beat.part(0.3))
            self.play(
                LaggedStart(*(pulse(one, 1.2) for one in bars.values), lag_ratio=0.4),
                run_time=beat.part(0.2),
            )

    def tell_the_truth(self):
        bars, squares = self.bars, self.picture.squares
        ring, cross = NAMES.index("O"), NAMES.index("X")
        truth = self.label(LABELS[OURS.sign], HEADING, colour=SIGN_COLOURS[OURS.sign])
        truth.next_to(squares, DOWN, buff=0.25)
        wrong = mark(False, 0.6).next_to(bars.names[ring], RIGHT, buff=0.25)
        with self.beat("wrong") as beat:
            for at, share in ((ring, 0.16), (cross, 0.14)):
                row = VGroup(bars.names[at], bars.values[at])
                self.play(pulse(row, 1.1), run_time=beat.part(share))
            self.play(self.frame.animate.zoom_out(), run_time=max(1.0, beat.part(0.18)))
            border = Square(squares.height, color=SIGN_COLOURS[OURS.sign], stroke_width=6)
            self.play(
                Create(border.move_to(squares)),
                FadeIn(truth, shift=0.2 * DOWN),
                pulse(squares, 1.08),
                run_time=beat.part(0.16),
            )
            self.play(FadeIn(wrong, scale=2), run_time=beat.part(0.08))
            self.play(pulse(wrong, 1.4), run_time=beat.part(0.1))
