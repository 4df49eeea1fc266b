"""Forty times three networks: every result a dot; then seed by seed, who was ahead."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    VGroup,
)

from cnnviz.compute import count, every, greater, less, literal, not_
from cnnviz.visuals import DotPlot, number_text, pulse
from cnnviz.visuals.theme import ACCENT, GROUND, HEADING, LABEL, MUTED, SMALL, Role
from scenes.tictactoe._parts import Sign, mean_right
from scenes.tictactoe._pictures import OURS, PLACES, Place
from scenes.tictactoe._run import COIN, KINDS, TrainedLesson

NAMES = {"perceptron": "perceptron", "large_perceptron": "large", "cnn": "cnn"}
ORDER = tuple(NAMES)
COLOURS = {
    "perceptron": Role.INPUT.value,
    "large_perceptron": Role.OUTPUT.value,
    "cnn": ACCENT,
}
RING = Place("O", OURS.size, OURS.row, OURS.column)


class Comparison(TrainedLesson):
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def numbers(cls):
        run = cls.run()
        parameters = "/recipe/parameters/{}"
        return {
            "seeds": count([one["seed"] for one in run.seeds]),
            "better": cls.counted("better"),
            "same": cls.counted("same"),
            "worse": cls.counted("worse"),
            "failed": count([one["seed"] for one in run.seeds if not one["cnn"]["learned_all"]]),
            **{f"{NAMES[kind]}.mean": mean_right(run, kind) for kind in KINDS},
            **{
                f"{NAMES[kind]}.parameters": run.measured(parameters.format(kind), 0)
                for kind in KINDS
            },
        }

    @classmethod
    def claims(cls):
        run = cls.run()
        means, shown = (
            {kind: mean_right(run, kind, decimals) for kind in KINDS} for decimals in (2, 0)
        )
        return {
            "no_perceptron_beats_the_coin": every(
                less(means["perceptron"], COIN), less(means["large_perceptron"], COIN)
            ),
            "larger_is_no_better": not_(greater(shown["large_perceptron"], shown["perceptron"])),
            "cnn_beats_the_coin": greater(means["cnn"], COIN),
            "cnn_leads": greater(means["cnn"], means["perceptron"], means["large_perceptron"]),
        }

    @classmethod
    def shares(cls, kind):
        """Of each seed, how many of a network's answers to hidden pictures are right, 0 to 1."""
        return [one.number.value / len(one.labels) for one in cls.run().by_seed(kind)]

    @classmethod
    def counted(cls, how):
        """The seeds in which the CNN is better than the perceptron, the same, or worse."""
        found = {"better": [], "same": [], "worse": []}
        pairs = zip(cls.shares("cnn"), cls.shares("perceptron"), strict=True)
        for seed, (cnn, other) in zip(cls.run().seeds, pairs, strict=True):
            found["better" if cnn > other else "same" if cnn == other else "worse"].append(
                seed["seed"]
            )
        return count(found[how])

    def setup_stage(self):
        numbers = self.numbers()
        self.plot = DotPlot(
            [(self.named(kind), [100 * one for one in self.shares(kind)]) for kind in ORDER],
            ticks=[literal(tick, of="axis") for tick in (0, 25, 50, 75, 100)],
            means=[numbers[f"{NAMES[kind]}.mean"] for kind in ORDER],
            coin=COIN,
            coin_name=self.label("coin", SMALL, colour=MUTED),
            title=self.label("right", SMALL, colour=MUTED),
            width=12.7,
            height=6.6,
            colours=[COLOURS[kind] for kind in ORDER],
        ).empty()
        self.plot.move_to(0.25 * DOWN)

    def named(self, kind):
        """A network's name, and below it how many numbers it has to learn."""
        name = self.label(NAMES[kind], LABEL, colour=COLOURS[kind])
        size = VGroup(
            number_text(self.numbers()[f"{NAMES[kind]}.parameters"], LABEL),
            self.label("parameters", SMALL, colour=MUTED),
        ).arrange(RIGHT, buff=0.15)
        return VGroup(name, size).arrange(DOWN, buff=0.12)

    def construct(self):
        with self.beat("predict") as beat:
            plot = self.plot
            pictures = VGroup(*(Sign(place, 0.85) for place in PLACES))
            pictures.arrange_in_grid(4, buff=(0.5, 0.16)).move_to(0.45 * DOWN)
            self.play(
                LaggedStart(*(FadeIn(one) for one in pictures), lag_ratio=0.1),
                run_time=beat.part(0.24),
            )
            for name in plot.names:
                self.play(FadeIn(name, shift=0.3 * UP), run_time=beat.part(0.1))
            self.play(FadeOut(pictures), run_time=beat.part(0.06))
            self.play(FadeIn(plot.axes, plot.coin), run_time=beat.part(0.14))
            self.add(plot)
            self.think(beat)

        with self.beat("perceptrons") as beat:
            self.play(self.plot.fall(0), run_time=beat.part(0.3))
            self.play(self.plot.show_mean(0), run_time=beat.part(0.1))
            self.play(self.plot.fall(1), run_time=beat.part(0.35))
            self.play(self.plot.show_mean(1), run_time=beat.part(0.1))

        with self.beat("cnn") as beat:
            self.play(self.plot.fall(2), run_time=beat.part(0.55))
            self.play(self.plot.show_mean(2), run_time=beat.part(0.15))
            self.play(pulse(self.plot.means[2][1], 1.5), run_time=beat.part(0.2))

        with self.beat("pairs") as beat:
            self.pair_up(beat)

        with self.beat("honest") as beat:
            self.be_honest(beat)

    def pair_up(self, beat):
        """The dots of a seed come to stand over each other, sorted by how far the CNN is ahead."""
        perceptrons, _, cnns = self.plot.columns
        ahead = [
            cnn - other
            for cnn, other in zip(self.shares("cnn"), self.shares("perceptron"), strict=True)
        ]
        order = sorted(range(len(ahead)), key=lambda at: -ahead[at])
        axes, moves, self.lines = self.plot.axes, [], VGroup()
        for rank, at in enumerate(order):
            ends = []
            for kind, dots in (("perceptron", perceptrons), ("cnn", cnns)):
                goal = axes.point(
                    100 * self.shares(kind)[at], share=(rank + 0.7) / (len(order) + 0.4)
                )
                # Where both are equal, one can still see both.
                beside = 0.055 if ahead[at] == 0 else 0.0
                goal = goal + beside * (RIGHT if kind == "cnn" else LEFT)
                ends.append(goal)
                moves.append(dots[at].animate.move_to(goal).set(width=0.19))
            colour = COLOURS["cnn" if ahead[at] > 0 else "perceptron"]
            line = Line(*ends, stroke_color=colour, stroke_width=5, stroke_opacity=0.55)
            self.lines.add(line)
        legend = self.legend()
        self.play(
            FadeOut(self.plot.columns[1], self.plot.means, self.plot.names),
            run_time=beat.part(0.08),
        )
        self.play(*moves, FadeIn(legend), run_time=beat.part(0.25))
        told = self.told(order, [ahead[at] for at in order])
        for part, lines in told:
            drawn = [Create(line) for line in lines if line.get_length() > 0.15]
            # Lines lie behind their dots.
            for line in lines:
                line.set_z_index(-1)
            self.play(LaggedStart(*drawn, FadeIn(part), lag_ratio=0.1), run_time=beat.part(0.16))
        self.cnns, self.legend_of = cnns, legend

    def legend(self):
        parts = [
            VGroup(Dot(radius=0.1, color=COLOURS[kind]), self.label(NAMES[kind], LABEL)).arrange(
                RIGHT, buff=0.15
            )
            for kind in ("cnn", "perceptron")
        ]
        legend = VGroup(*parts).arrange(RIGHT, buff=0.6)
        return legend.move_to(self.plot.axes.title).set_x(0.6)

    def told(self, order, ahead):
        """Of those ahead, those equal and those behind: the number below, and the lines."""
        numbers, axes = self.numbers(), self.plot.axes
        found, start = [], 0
        for name, colour in (("better", ACCENT), ("same", MUTED), ("worse", COLOURS["perceptron"])):
            end = start + numbers[name].value
            middle = axes.point(0, share=((start + end - 1) / 2 + 0.7) / (len(order) + 0.4))
            text = number_text(numbers[name], HEADING, colour=colour)
            text = VGroup(text, self.label(name, SMALL, colour=colour)).arrange(DOWN, buff=0.12)
            text.next_to(middle, DOWN, buff=0.14)
            found.append((text, self.lines[start:end]))
            start = end
        return found

    def be_honest(self, beat):
        failed = [
            dot
            for dot, one in zip(self.cnns, self.run().seeds, strict=True)
            if not one["cnn"]["learned_all"]
        ]
        self.play(
            LaggedStart(
                *(
                    dot.animate.set_fill(GROUND, opacity=1).set_stroke(ACCENT, width=4, opacity=1)
                    for dot in failed
                ),
                lag_ratio=0.3,
            ),
            run_time=beat.part(0.45),
        )
        signs = VGroup(Sign(OURS, 1.1), Sign(RING, 1.1)).arrange(RIGHT, buff=0.3)
        signs.next_to(self.plot.axes.bottom.get_end(), UP + LEFT, buff=0.25)
        self.play(FadeIn(signs, shift=0.3 * UP), run_time=beat.part(0.15))
        self.play(pulse(signs, 1.05), run_time=beat.part(0.25))
